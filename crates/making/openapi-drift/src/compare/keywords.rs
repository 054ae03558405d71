//! Vendors' extensions that are on the wire.

/// Whether a vendor's extension speaks of the unit of an amount, and is on the wire for that.
pub(crate) fn is_unit_extension(keyword: &str) -> bool {
    const WORDS: [&str; 7] = [
        "unit",
        "currency",
        "decimal",
        "precision",
        "scale",
        "exponent",
        "minor",
    ];
    let lower = keyword.to_lowercase();
    lower.starts_with("x-") && WORDS.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_extension_is_on_the_wire_only_if_it_speaks_of_units() {
        assert!(is_unit_extension("x-amount-unit") && is_unit_extension("X-Currency"));
        assert!(!is_unit_extension("x-log-safe") && !is_unit_extension("unit"));
    }
}
