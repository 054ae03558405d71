//! The set is complete: as many payloads as people count on the pages.

use std::collections::BTreeMap;

use workspace_tests::PROVIDERS;
use workspace_tests::payloads::{self, Payloads};

/// How many payloads of which kind.
type Printed = &'static [(&'static str, usize)];

/// For each document, how many payloads of which kind it prints, counted by reading it. The same
/// body printed twice for one status (as an example, and in the curl command below it) is one.
const PRINTED: [(&str, &str, Printed); 9] = [
    // The examples of the properties of the 400, of the 401 and of the 404.
    (
        "kotanipay",
        "published/retry-refund.md",
        &[("400", 1), ("401", 1), ("404", 1)],
    ),
    // retry-refunds-multiple: 400; retry-all-failed-refunds: 400; submit-refund-invoice: request,
    // 400 and 404; offramp: 404; refund.completed, refund.failed, refund.lightning.invoice_needed.
    (
        "kotanipay",
        "transcribed.yaml",
        &[("400", 3), ("404", 2), ("event", 3), ("request", 1)],
    ),
    // retry-refund: the second shape of error under 400, the first one under 429.
    ("kotanipay", "overlay.yaml", &[("400", 1), ("429", 1)]),
    // "Example" under "Body Params", which "Request Code Samples" repeats; "Example" under 200.
    (
        "mce",
        "published/create-crypto-refund.txt",
        &[("200", 1), ("request", 1)],
    ),
    // The error handling guide's "Insufficient Funds".
    ("mce", "transcribed.yaml", &[("422", 1)]),
    // A tab each: "Sample Request", 200, 400 with two bodies, 401, 404, 500.
    (
        "optty",
        "published/post-orders-reference-refund.md",
        &[
            ("200", 1),
            ("400", 2),
            ("401", 1),
            ("404", 1),
            ("500", 1),
            ("request", 1),
        ],
    ),
    // The token; the details' refund entry and 401.
    (
        "optty",
        "transcribed.yaml",
        &[("200", 1), ("2xx", 1), ("401", 1)],
    ),
    // "Request Example" and "Accepted".
    (
        "tazapay",
        "published/initiate-refund.md",
        &[("202", 1), ("request", 1)],
    ),
    // refund.succeeded.
    ("tazapay", "transcribed.yaml", &[("event", 1)]),
];

type Counts = BTreeMap<String, usize>;

/// The document of `published/page.md, line 12`.
fn document_of(from: &str) -> &str {
    from.split(", line ").next().unwrap()
}

fn kind_of(file: &str) -> String {
    let (_, rest) = file.split_once('/').unwrap();
    rest.split('-').next().unwrap().to_owned()
}

fn count(kinds: impl IntoIterator<Item = String>) -> Counts {
    let mut counts = Counts::new();
    for kind in kinds {
        *counts.entry(kind).or_default() += 1;
    }
    counts
}

fn printed(kinds: &[(&str, usize)]) -> Counts {
    kinds
        .iter()
        .map(|(kind, count)| ((*kind).to_owned(), *count))
        .collect()
}

#[test]
fn as_many_payloads_are_extracted_as_each_document_prints() {
    for (provider, document, kinds) in PRINTED {
        let extracted = payloads::documented(provider).unwrap();
        let extracted = extracted
            .iter()
            .filter(|payload| document_of(&payload.from) == document);
        let extracted = count(extracted.map(|payload| kind_of(&payload.file)));
        assert_eq!(extracted, printed(kinds), "{provider}: {document}");
    }
}

#[test]
fn every_document_that_a_payload_comes_from_was_counted() {
    for provider in PROVIDERS {
        for payload in payloads::documented(provider).unwrap() {
            assert!(
                PRINTED
                    .iter()
                    .any(|(counted, document, _)| *counted == provider
                        && *document == document_of(&payload.from)),
                "{provider}: count the payloads of {} by hand and add them to the list",
                payload.from
            );
        }
    }
}

#[test]
fn as_many_files_are_there_as_the_documents_print() {
    for provider in PROVIDERS {
        let files = payloads::on_disk(provider).unwrap();
        let mut counted = Counts::new();
        for (_, _, kinds) in PRINTED.iter().filter(|(counted, ..)| *counted == provider) {
            for (kind, count) in printed(kinds) {
                *counted.entry(kind).or_default() += count;
            }
        }
        assert_eq!(
            count(files.keys().map(|file| kind_of(file))),
            counted,
            "{provider}"
        );
    }
}

#[test]
fn the_files_are_the_payloads_of_the_documents() {
    for provider in PROVIDERS {
        let documented: Payloads = payloads::documented(provider)
            .unwrap()
            .into_iter()
            .map(|payload| (payload.file, payload.value))
            .collect();
        let problems = payloads::differences(&documented, &payloads::on_disk(provider).unwrap());
        assert_eq!(
            problems, [""; 0],
            "{provider}: run `cargo xtask import {provider}`"
        );
    }
}
