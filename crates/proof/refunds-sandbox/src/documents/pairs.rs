//! Names and values in a query or a form.

use percent_encoding::percent_decode;

pub(super) struct Pair {
    pub(super) name: String,
    pub(super) value: String,
    /// The value as sent.
    pub(super) raw: String,
}

pub(super) fn pairs(text: &str) -> Vec<Pair> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, raw) = pair.split_once('=').unwrap_or((pair, ""));
            Pair {
                name: decoded(name),
                value: decoded(raw),
                raw: raw.to_owned(),
            }
        })
        .collect()
}

/// Without percent-escapes and with spaces for `+`.
pub(super) fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    percent_decode(text.as_bytes())
        .decode_utf8_lossy()
        .into_owned()
}
