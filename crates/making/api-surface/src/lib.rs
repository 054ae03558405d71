//! Lists the public items of a crate from its source, for review.
//!
//! The listing has one line for each item, field, variant, method and
//! implementation, grouped by module and sorted, so that one change of the API
//! is one small hunk in a diff. It is read from the source with `syn`: no
//! nightly compiler, no build, and the items of every feature are there, each
//! with its `#[cfg(…)]`.
//!
//! ```
//! let listing = api_surface::list_sources(
//!     "src/lib.rs",
//!     [("src/lib.rs", "pub fn refund(order: &str) -> bool { order.is_empty() }")],
//! )?;
//! assert_eq!(listing, "mod crate\n\npub fn refund(order: &str) -> bool\n");
//! # Ok::<(), api_surface::SurfaceError>(())
//! ```
//!
//! An item is listed where a user finds it: at its own path when every module
//! on the way is public, else where `pub use` makes it visible. Further ways to
//! the same item, and items of other crates, are listed as `pub use`.
//!
//! The source does not show everything: what a macro expands to, `extern`
//! blocks and automatic traits (`Send`, `Sync`) are not in the listing, and a
//! public type that cannot be named from outside is not either.

mod attributes;
mod error;
mod exports;
mod implementations;
mod item;
mod members;
mod modules;
mod names;
mod paths;
mod sources;
mod text;
mod visibility;

use std::path::Path;

pub use error::SurfaceError;
pub use item::{Item, Kind, Surface};
use modules::Crate;
use sources::Sources;

/// The listing of the crate whose `Cargo.toml` lies in `crate_dir`.
///
/// # Errors
/// Those of [`surface`].
pub fn list(crate_dir: &Path) -> Result<String, SurfaceError> {
    Ok(surface(crate_dir)?.to_string())
}

/// The listing of a crate given as pairs of path and source; `root` is the path
/// of its root module.
///
/// # Errors
/// Those of [`surface_of`].
pub fn list_sources<P, S>(
    root: &str,
    sources: impl IntoIterator<Item = (P, S)>,
) -> Result<String, SurfaceError>
where
    P: Into<String>,
    S: Into<String>,
{
    Ok(surface_of(root, sources)?.to_string())
}

/// The public items of the crate whose `Cargo.toml` lies in `crate_dir`.
///
/// # Errors
/// When `src/lib.rs` is missing, a file cannot be read or does not parse, or a
/// module has no file.
pub fn surface(crate_dir: &Path) -> Result<Surface, SurfaceError> {
    Ok(public_items(&Crate::parse(&Sources::of_crate(crate_dir)?)?))
}

/// The public items of a crate given as pairs of path (with `/`) and source;
/// `root` is the path of its root module.
///
/// # Errors
/// When `root` is not among the sources, a source does not parse, or a module
/// has no source.
pub fn surface_of<P, S>(
    root: &str,
    sources: impl IntoIterator<Item = (P, S)>,
) -> Result<Surface, SurfaceError>
where
    P: Into<String>,
    S: Into<String>,
{
    Ok(public_items(&Crate::parse(&Sources::in_memory(
        root, sources,
    ))?))
}

fn public_items(source: &Crate) -> Surface {
    let visible = visibility::Visible::of(source);
    let mut items = members::describe(source, &visible);
    items.extend(implementations::describe(source, &visible));
    items.extend(visible.into_listed());
    Surface::new(items)
}
