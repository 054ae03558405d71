//! Tells what step of a crate's version the difference of two public surfaces needs, by the rules of Cargo's
//! [SemVer compatibility](https://doc.rust-lang.org/cargo/reference/semver.html).
//!
//! ```
//! use openapi_drift::Step;
//!
//! let surface = |source: &str| api_surface::surface_of("src/lib.rs", [("src/lib.rs", source)]);
//! let before = surface("#[non_exhaustive] pub enum Status { Pending }")?;
//! let after = surface("#[non_exhaustive] pub enum Status { Pending, Cancelled }")?;
//! let changes = surface_semver::compare(&before, &after);
//! assert_eq!(changes[0].item, "Status::Cancelled");
//! assert_eq!(changes[0].step, Step::Minor);
//! # Ok::<(), api_surface::SurfaceError>(())
//! ```
//!
//! Judged is what a listing shows. Behaviour, what macros make and automatic traits are not in it.

mod index;
mod rules;
mod version;

use api_surface::Surface;
use openapi_drift::{RustChange, Step};

use index::Index;

pub use version::{VersionError, is_older, recommended};

/// Every change between two surfaces of one crate, the largest step first.
#[must_use]
pub fn compare(before: &Surface, after: &Surface) -> Vec<RustChange> {
    let (before, after) = (Index::of(before), Index::of(after));
    let mut changes = Vec::new();
    for (key, old) in before.groups() {
        let (old, new) = index::unpaired(old, after.group(key));
        let mut new = new.into_iter();
        for old in old {
            match new.next() {
                Some(new) => changes.push(rules::changed(old, new)),
                None if before.owner_is_gone(old, &after) => {}
                None => changes.push(rules::removed(old)),
            }
        }
        changes.extend(new.map(|new| rules::added(new, &before)));
    }
    for (key, new) in after.groups() {
        if before.group(key).is_empty() {
            let listed = new.iter().filter(|new| !after.owner_is_gone(new, &before));
            changes.extend(listed.map(|new| rules::added(new, &before)));
        }
    }
    changes.sort_by(|left, right| (right.step, &left.item).cmp(&(left.step, &right.item)));
    changes
}

/// The largest step of `changes`.
#[must_use]
pub fn step(changes: &[RustChange]) -> Step {
    changes
        .iter()
        .map(|change| change.step)
        .max()
        .unwrap_or_default()
}
