//! The texts by which a secret is found.

use base64::{
    Engine,
    engine::{GeneralPurpose, general_purpose},
};

/// Fewer characters than this are too likely to be part of a word that has nothing to do with the secret.
pub(super) const LEAST_LENGTH: usize = 6;

/// What to look for, and how much to mask where it is found.
pub(super) struct Needle {
    pub(super) text: String,
    pub(super) extent: Extent,
}

#[derive(Clone, Copy)]
pub(super) enum Extent {
    /// Wherever it is.
    Itself,
    /// Only where it stands alone.
    Word,
    /// With all of the Base64 that it is part of.
    Base64,
}

pub(super) fn of(secret: &str) -> Vec<Needle> {
    if secret.is_empty() {
        return Vec::new();
    }
    let alphabets = [
        general_purpose::STANDARD_NO_PAD,
        general_purpose::URL_SAFE_NO_PAD,
    ];
    let is_short = secret.chars().nth(LEAST_LENGTH - 1).is_none();
    let (extent, encoded): (_, Vec<_>) = match is_short {
        true => (
            Extent::Word,
            alphabets.map(|base64| base64.encode(secret)).into(),
        ),
        false => {
            let cores = alphabets
                .iter()
                .flat_map(|base64| (0..3).map(|before| core(secret.as_bytes(), before, base64)));
            (Extent::Itself, cores.collect())
        }
    };
    let in_base64 = match is_short {
        true => Extent::Word,
        false => Extent::Base64,
    };
    let mut needles = vec![Needle {
        text: secret.to_owned(),
        extent,
    }];
    for text in encoded {
        if needles.iter().all(|needle| needle.text != text) {
            needles.push(Needle {
                text,
                extent: in_base64,
            });
        }
    }
    needles
}

/// The characters of Base64 that depend on nothing but the secret, `before` bytes after a border of three.
fn core(secret: &[u8], before: usize, base64: &GeneralPurpose) -> String {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(secret);
    let encoded = base64.encode(&bytes);
    let start = (before * 8).div_ceil(6);
    let end = bytes.len() * 8 / 6;
    encoded.get(start..end).unwrap_or_default().to_owned()
}
