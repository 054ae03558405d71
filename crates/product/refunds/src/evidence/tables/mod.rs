//! The tables, as data.

mod common;
mod kotanipay;
mod mce;
mod optty;
mod tazapay;

pub(super) use common::COMMON;

use super::{About, Check, Fact, Missing, Refusal, Row, Rule};
use crate::ProviderName;

pub(super) fn of(provider: ProviderName) -> &'static [Row] {
    match provider {
        ProviderName::Kotanipay => kotanipay::ROWS,
        ProviderName::Mce => mce::ROWS,
        ProviderName::Optty => optty::ROWS,
        ProviderName::Tazapay => tazapay::ROWS,
    }
}

/// What a row says of itself.
struct Says {
    id: &'static str,
    looks_at: &'static str,
    proves: &'static str,
    source: &'static str,
}

const fn row(about: About, says: Says, rule: Rule) -> Row {
    let Says {
        id,
        looks_at,
        proves,
        source,
    } = says;
    Row {
        id,
        about,
        looks_at,
        proves,
        source,
        rule,
    }
}

/// A member that the documents do not promise.
const fn member(about: About, fact: Fact, check: Check, says: Says) -> Row {
    let missing = Missing::Fine;
    row(
        about,
        says,
        Rule::Member {
            fact,
            check,
            missing,
        },
    )
}

/// A member that the documents promise.
const fn promised(about: About, fact: Fact, check: Check, says: Says) -> Row {
    let missing = Missing::Doubt;
    row(
        about,
        says,
        Rule::Member {
            fact,
            check,
            missing,
        },
    )
}

const fn refusal(
    statuses: &'static [(u16, u16)],
    codes: &'static [&'static str],
    means: Refusal,
    says: Says,
) -> Row {
    row(
        About::Refusal,
        says,
        Rule::Refused {
            statuses,
            codes,
            means,
        },
    )
}
