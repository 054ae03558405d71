//! The version to release.

use openapi_drift::Step;
use semver::{Prerelease, Version};
use thiserror::Error;

/// A version that is none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{version:?} is no version ({cause}): write major.minor.patch into Cargo.toml")]
pub struct VersionError {
    /// What was given.
    pub version: String,
    /// What is wrong with it.
    pub cause: String,
}

/// Whether a version comes before another one.
///
/// # Errors
///
/// [`VersionError`] if one of them is no version.
pub fn is_older(version: &str, other: &str) -> Result<bool, VersionError> {
    let parsed = |version: &str| {
        Version::parse(version).map_err(|error| VersionError {
            version: version.to_owned(),
            cause: error.to_string(),
        })
    };
    Ok(parsed(version)? < parsed(other)?)
}

/// The version after `current` that `step` needs, by the rules of Cargo: before 1.0 the first number that is not zero
/// is the one that says "breaking". A pre-release becomes the release that it prepares.
///
/// # Errors
///
/// [`VersionError`] if `current` is no version.
pub fn recommended(current: &str, step: Step) -> Result<String, VersionError> {
    let mut version = Version::parse(current).map_err(|error| VersionError {
        version: current.to_owned(),
        cause: error.to_string(),
    })?;
    if step == Step::None {
        return Ok(version.to_string());
    }
    if !version.pre.is_empty() {
        version.pre = Prerelease::EMPTY;
        return Ok(version.to_string());
    }
    version.build = semver::BuildMetadata::EMPTY;
    let next = match (version.major, version.minor, step) {
        (0, 0, _) => Version::new(0, 0, version.patch + 1),
        (0, minor, Step::Major) => Version::new(0, minor + 1, 0),
        (0, minor, _) => Version::new(0, minor, version.patch + 1),
        (major, _, Step::Major) => Version::new(major + 1, 0, 0),
        (major, minor, Step::Minor) => Version::new(major, minor + 1, 0),
        (major, minor, _) => Version::new(major, minor, version.patch + 1),
    };
    Ok(next.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_come_in_the_order_of_their_numbers() {
        for (version, other, expected) in [
            ("0.9.0", "0.10.0", true),
            ("0.1.1", "0.1.1", false),
            ("1.0.0", "1.0.0-rc.1", false),
        ] {
            assert_eq!(
                is_older(version, other).unwrap(),
                expected,
                "{version} {other}"
            );
        }
        assert!(is_older("1", "2.0.0").is_err());
    }

    #[test]
    fn the_first_number_that_is_not_zero_says_breaking() {
        use Step::{Major, Minor, None, Patch};
        // From Cargo's reference: before 1.0, 0.y.z treats y as the major number and z as the minor one.
        for (current, step, expected) in [
            ("0.1.0", None, "0.1.0"),
            ("0.1.0", Patch, "0.1.1"),
            ("0.1.3", Minor, "0.1.4"),
            ("0.1.3", Major, "0.2.0"),
            ("0.0.3", Minor, "0.0.4"),
            ("0.0.3", Major, "0.0.4"),
            ("1.2.3", Patch, "1.2.4"),
            ("1.2.3", Minor, "1.3.0"),
            ("1.2.3", Major, "2.0.0"),
            ("2.0.0-rc.1", Major, "2.0.0"),
            ("1.2.3+build", Minor, "1.3.0"),
        ] {
            assert_eq!(
                recommended(current, step).as_deref(),
                Ok(expected),
                "{current} {step:?}"
            );
        }
    }

    #[test]
    fn what_is_no_version_is_refused_with_its_text() {
        let error = recommended("one", Step::Major).unwrap_err().to_string();
        assert!(error.starts_with("\"one\" is no version"), "{error}");
    }
}
