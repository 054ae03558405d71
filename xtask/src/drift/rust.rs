//! What becomes of the crate.

use anyhow::Result;
use api_surface::Surface;
use openapi_drift::{Class, Drift, RustChange, RustSide, Step};

use super::changelog;
use super::names::touches;

/// The changes from one surface to the other, judged together with those of the wire, whose Rust names are filled in.
pub(super) fn side(
    name: &str,
    surfaces: (&Surface, &Surface),
    drift: &Drift,
    version: &str,
) -> Result<RustSide> {
    let changes = surface_semver::compare(surfaces.0, surfaces.1);
    let types = surface_semver::step(&changes);
    let wire = match drift.class() {
        None => Step::None,
        Some(Class::Compatible | Class::ReadThis) => Step::Patch,
        Some(Class::Breaking) => Step::Major,
    };
    Ok(RustSide {
        step: types,
        disagreements: disagreements(name, drift, &changes),
        current_version: version.to_owned(),
        recommended_version: surface_semver::recommended(version, types.max(wire))?,
        changelog: changelog::entry(name, drift, &changes),
        changes,
    })
}

/// Where wire and types disagree: code that still compiles and fails, and code that does not compile any more though
/// the wire would let it be.
fn disagreements(name: &str, drift: &Drift, changes: &[RustChange]) -> Vec<String> {
    let mut found = Vec::new();
    for wire in drift.of(Class::Breaking) {
        let seen = changes
            .iter()
            // What a type implements is not what a call is made of.
            .any(|rust| {
                rust.step == Step::Major
                    && !rust.item.contains(" (")
                    && touches(name, &wire.rust, rust)
            });
        if !seen {
            found.push(format!(
                "Breaking on the wire, and code that compiled still does, so that no compiler finds the calls to change: {}",
                wire.message
            ));
        }
    }
    for rust in changes.iter().filter(|rust| rust.step == Step::Major) {
        // What the builder of a type shows is told with the type.
        if rust.item.starts_with("types::builder::") {
            continue;
        }
        let wire: Vec<_> = drift
            .changes
            .iter()
            .filter(|wire| touches(name, &wire.rust, rust))
            .collect();
        if wire.iter().any(|wire| wire.class == Class::Breaking) {
            continue;
        }
        let on_the_wire = match wire.first() {
            Some(wire) => format!(
                "compatible on the wire ({})",
                wire.message.trim_end_matches('.')
            ),
            None => "nothing on the wire".to_owned(),
        };
        found.push(format!(
            "Breaking in the types, {on_the_wire}: `{}`: {}.",
            rust.item, rust.why
        ));
    }
    found
}
