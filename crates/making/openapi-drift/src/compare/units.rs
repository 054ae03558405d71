//! Units of amounts.

use openapi_model::pointer::tokens;

/// Words of units below the currency's own.
const MINOR: [&str; 20] = [
    "minor unit",
    "minor currency unit",
    "smallest unit",
    "smallest currency unit",
    "smallest denomination",
    "lowest denomination",
    "implied decimal",
    "subunit",
    "sub-unit",
    "cent",
    "cents",
    "pence",
    "penny",
    "paise",
    "kobo",
    "satoshi",
    "satoshis",
    "sats",
    "wei",
    "lamports",
];

/// Words of the currency's own unit.
const MAJOR: [&str; 7] = [
    "major unit",
    "major currency unit",
    "main unit",
    "whole unit",
    "whole currency unit",
    "in dollars",
    "in euros",
];

/// Words of either.
const EITHER: [&str; 8] = [
    "decimal place",
    "decimal digit",
    "decimals",
    "fraction digit",
    "multiplied by",
    "divided by",
    "unit of the currency",
    "in units of",
];

/// What a text says of the unit of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Minor,
    Major,
    /// Something, but not which.
    Unclear,
}

/// What a text says of a unit; nothing when it does not speak of one.
pub(crate) fn unit(text: &str) -> Option<Unit> {
    let lower = text.to_lowercase().replace("per cent", "percent");
    let says = |words: &[&str]| words.iter().any(|word| has_word(&lower, word));
    match (says(&MINOR), says(&MAJOR), says(&EITHER)) {
        (true, false, _) => Some(Unit::Minor),
        (false, true, _) => Some(Unit::Major),
        (false, false, false) => None,
        _ => Some(Unit::Unclear),
    }
}

/// Whether a text has this word, or its plural.
fn has_word(lower: &str, word: &str) -> bool {
    lower.match_indices(word).any(|(at, _)| {
        let before = lower[..at].chars().next_back();
        let rest = &lower[at + word.len()..];
        let rest = rest.strip_prefix('s').unwrap_or(rest);
        let is_part = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        !is_part(before) && !is_part(rest.chars().next())
    })
}

/// Whether a place holds an amount of money, or what tells how much it is worth, by the name of its field.
pub(crate) fn is_amount(pointer: &str) -> bool {
    const WORDS: [&str; 21] = [
        "amount",
        "price",
        "fee",
        "total",
        "balance",
        "charge",
        "cost",
        "money",
        "sum",
        "value",
        "rate",
        "receives",
        "currenc",
        "exponent",
        "decimal",
        "denominat",
        "minor",
        "cents",
        "commission",
        "discount",
        "deduct",
    ];
    let tokens: Vec<_> = tokens(pointer).collect();
    let mut fields = tokens
        .windows(2)
        .filter(|pair| pair[0] == "properties" || pair[0] == "schemas")
        .map(|pair| pair[1].to_lowercase());
    fields
        .next_back()
        .is_some_and(|name| WORDS.iter().any(|word| name.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_tells_the_unit_that_it_names() {
        assert!(has_word("in minor units.", "minor unit") && !has_word("recent", "cent"));
        assert_eq!(unit("Amount in cents."), Some(Unit::Minor));
        assert_eq!(unit("with two implied decimals"), Some(Unit::Minor));
        assert_eq!(unit("Captured amount in major units"), Some(Unit::Major));
        assert_eq!(unit("up to 2 decimal places"), Some(Unit::Unclear));
        assert_eq!(unit("A fee in per cent"), None);
        assert_eq!(unit("A recent refund"), None);
    }

    #[test]
    fn a_field_is_an_amount_by_its_name() {
        assert!(is_amount("/components/schemas/R/properties/refundedAmount"));
        assert!(is_amount("/components/schemas/OrderAmount/oneOf/0"));
        assert!(is_amount(
            "/components/schemas/R/properties/holding_currency"
        ));
        assert!(is_amount("/components/schemas/R/properties/minorUnits"));
        assert!(!is_amount("/components/schemas/R/properties/reason"));
    }
}
