//! The secrets that signatures are made with.

use std::{borrow::Cow, fmt};

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use thiserror::Error;

/// An empty secret, with which anybody could sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the webhook secret is empty: give the one that the provider's dashboard shows")]
pub struct EmptySecret;

/// One or several secrets, any of which a signature may be made with.
///
/// While a secret is being replaced, events signed with the old one still arrive. `Debug` shows how many
/// there are, and nothing of them.
///
/// ```
/// use provider_runtime::webhooks::Secrets;
///
/// let secrets = Secrets::new("the new one")?.with_older("the one before")?;
/// assert_eq!(format!("{secrets:?}"), "Secrets(2)");
/// # Ok::<(), provider_runtime::webhooks::EmptySecret>(())
/// ```
#[derive(Clone)]
pub struct Secrets(Vec<SecretString>);

impl Secrets {
    /// A secret as the provider shows it.
    ///
    /// # Errors
    ///
    /// [`EmptySecret`].
    pub fn new(secret: impl Into<SecretString>) -> Result<Self, EmptySecret> {
        Self(Vec::new()).with_older(secret)
    }

    /// These secrets and one more, which is on its way out.
    ///
    /// # Errors
    ///
    /// [`EmptySecret`].
    pub fn with_older(mut self, secret: impl Into<SecretString>) -> Result<Self, EmptySecret> {
        let secret = secret.into();
        if secret.expose_secret().is_empty() {
            return Err(EmptySecret);
        }
        self.0.push(secret);
        Ok(self)
    }

    /// Whether one of the secrets fits. Every one is tried.
    pub(crate) fn any(&self, mut fits: impl FnMut(&str) -> bool) -> bool {
        self.0
            .iter()
            .fold(false, |found, secret| fits(secret.expose_secret()) | found)
    }
}

/// Whether `tag` is the HMAC-SHA256 of all `parts` together. The comparison takes the same time wherever a tag differs.
pub(super) fn hmac_sha256(secret: &[u8], parts: &[Cow<'_, [u8]>], tag: &[u8]) -> bool {
    // HMAC takes a key of any length, so that this never fails.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        return false;
    };
    for part in parts {
        mac.update(part);
    }
    mac.verify_slice(tag).is_ok()
}

impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Secrets({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 4231, test case 2.
    const KEY: &str = "Jefe";
    const DATA: [&[u8]; 2] = [b"what do ya want ", b"for nothing?"];
    const TAG: [u8; 32] = [
        0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75,
        0xc7, 0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27, 0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec,
        0x38, 0x43,
    ];

    fn made(secrets: &Secrets, tag: &[u8], parts: &[&[u8]]) -> bool {
        let parts: Vec<Cow<'_, [u8]>> = parts.iter().map(|part| (*part).into()).collect();
        secrets.any(|secret| hmac_sha256(secret.as_bytes(), &parts, tag))
    }

    #[test]
    fn the_vector_of_rfc_4231_fits_in_pieces_and_whole() {
        let secrets = Secrets::new(KEY).unwrap();
        assert!(made(&secrets, &TAG, &DATA));
        assert!(made(&secrets, &TAG, &[b"what do ya want for nothing?"]));
        assert!(!made(&secrets, &TAG, &[b"what do ya want for nothing!"]));
        assert!(!made(&secrets, &TAG[..31], &DATA));
        assert!(!made(&secrets, &[], &DATA));
    }

    #[test]
    fn any_of_several_secrets_will_do() {
        let rotated = Secrets::new("new").unwrap().with_older(KEY).unwrap();
        assert!(made(&rotated, &TAG, &DATA));
        let rotated = Secrets::new(KEY).unwrap().with_older("old").unwrap();
        assert!(made(&rotated, &TAG, &DATA));
        assert!(!made(&Secrets::new("new").unwrap(), &TAG, &DATA));
    }

    #[test]
    fn an_empty_secret_is_refused() {
        assert!(Secrets::new("").is_err());
        assert!(Secrets::new("a").unwrap().with_older("").is_err());
    }

    #[test]
    fn white_space_around_a_secret_is_part_of_it() {
        let secrets = Secrets::new("Jefe\n").unwrap();
        assert!(!made(&secrets, &TAG, &DATA));
    }

    #[test]
    fn nothing_of_a_secret_is_shown() {
        let shown = format!("{:?}", Secrets::new("whsec_hidden").unwrap());
        assert_eq!(shown, "Secrets(1)");
    }
}
