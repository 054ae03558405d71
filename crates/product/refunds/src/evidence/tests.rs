//! The table is what the documentation says, and leaves out no documented member.

use std::{collections::BTreeSet, fmt::Write};

use serde_json::Value;

use super::*;

const DOCUMENTATION: &str = include_str!("../../docs/evidence.md");

const PROVIDERS: [ProviderName; 4] = [
    ProviderName::Kotanipay,
    ProviderName::Mce,
    ProviderName::Optty,
    ProviderName::Tazapay,
];

fn all() -> impl Iterator<Item = &'static Row> {
    let own = PROVIDERS.into_iter().flat_map(tables::of);
    tables::COMMON.iter().chain(own)
}

#[test]
fn the_documentation_has_every_row_and_no_other() {
    let mut table = String::new();
    for row in all() {
        writeln!(
            table,
            "| `{}` | {} | {} | {} | {} |",
            row.id, row.about, row.looks_at, row.proves, row.source
        )
        .unwrap();
    }
    let (_, documented) = DOCUMENTATION.split_once("|---|---|---|---|---|\n").unwrap();
    assert!(
        documented == table,
        "put these rows at the end of docs/evidence.md:\n{table}"
    );
}

#[test]
fn every_row_has_a_name_of_its_own_that_begins_with_its_provider() {
    let names: BTreeSet<_> = all().map(|row| row.id).collect();
    assert_eq!(names.len(), all().count());
    for provider in PROVIDERS {
        for row in tables::of(provider) {
            assert!(row.id.starts_with(provider.as_str()), "{}", row.id);
        }
    }
}

/// Members of answers that are in no row, with the reason.
const SILENT: &[(&str, &str)] = &[
    (
        "tazapay message",
        "free text, of which the documentation says never to match on it",
    ),
    (
        "tazapay data.balance_transaction",
        "an id of something else",
    ),
    (
        "tazapay data.created_at",
        "under a key the first answer comes again, so that it may be old",
    ),
    (
        "tazapay data.customer_receives",
        "in another currency, of which no rate is documented",
    ),
    ("tazapay data.holding_currency", "of the merchant's account"),
    ("tazapay data.reason", "free text of the caller's"),
    (
        "tazapay data.reference_id",
        "of the payin in the only sample",
    ),
    ("tazapay data.status_description", "free text"),
    (
        "tazapay data.status_reason",
        "free text, and in events only",
    ),
    ("tazapay data.webhook_url", "where events go"),
    ("optty bnplProvider", "an open set of names"),
    ("optty callbackUrl", "its meaning is not documented"),
    ("optty description", "an empty object in every sample"),
    (
        "optty refundDate",
        "of a form without a zone in some samples",
    ),
    (
        "optty refundReference",
        "the sample shows that it is no echo",
    ),
    ("mce msg", "free text"),
    ("mce data.participantCode", "of the caller's account"),
    (
        "mce data.status",
        "numbers whose meanings are not documented for refunds",
    ),
    (
        "mce data.blockchain",
        "of the payment, which the request does not name",
    ),
    (
        "mce data.currency",
        "of the payment, which the request does not name",
    ),
    ("mce data.feeCurrency", "a fee"),
    ("mce data.feeAmount", "a fee"),
    ("mce data.txnHash", "on the blockchain"),
];

/// The members of an operation's 2xx, from the provider's own document: those of `data` in an envelope.
fn documented_members(provider: &str, path: &str) -> Vec<String> {
    let file = format!(
        "{}/../../../specs/{provider}/openapi.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let document: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let resolve = |schema: &Value| match schema["$ref"].as_str() {
        Some(to) => document
            .pointer(to.trim_start_matches('#'))
            .unwrap()
            .clone(),
        None => schema.clone(),
    };
    let schema = &document["paths"][path]["post"]["responses"]["200"]["content"]["application/json"]
        ["schema"];
    let mut members = Vec::new();
    for (name, schema) in resolve(schema)["properties"].as_object().unwrap() {
        match resolve(schema)["properties"].as_object() {
            Some(inner) if name == "data" => {
                members.extend(inner.keys().map(|inner| format!("data.{inner}")));
            }
            _ => members.push(name.clone()),
        }
    }
    members
}

#[test]
fn every_documented_member_of_a_success_is_in_a_row_or_tells_nothing_for_a_reason() {
    for (provider, path) in [
        (ProviderName::Tazapay, "/v3/refund"),
        (ProviderName::Optty, "/orders/{orderReference}/refund"),
        (ProviderName::Mce, "/v1.0/payment/crypto/createCryptoRefund"),
    ] {
        let looked_at: String = tables::of(provider)
            .iter()
            .filter(|row| row.about == About::Answer)
            .map(|row| row.looks_at)
            .collect();
        let members = documented_members(provider.as_str(), path);
        assert!(members.len() > 2, "{provider}: {members:?}");
        for member in members {
            let is_looked_at = looked_at.contains(&format!("`{member}`"))
                || (member == "status" && looked_at.contains("`status` of the envelope"));
            let name = format!("{provider} {member}");
            let is_silent = SILENT.iter().any(|(silent, _)| *silent == name);
            assert!(is_looked_at != is_silent, "{name}");
        }
    }
}
