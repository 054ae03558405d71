//! A provider that begins to publish what was transcribed.

use std::fs;

use serde_json::Value;
use spec_documents::{Provider, text};
use tempfile::TempDir;

use crate::shared::{files, has, read};
use crate::support::{Passing, drift, drift_with, report, workspace};

/// A provider with its whole API as one JSON document under another name, as `edit` leaves it.
fn whole(provider: &str, edit: impl FnOnce(&mut Value)) -> (TempDir, String) {
    let root = workspace(provider);
    let loaded = Provider::load(&root.path().join("specs").join(provider)).unwrap();
    let mut document = loaded.merged().unwrap();
    edit(&mut document);
    let page = root.path().join("api.json");
    fs::write(&page, text::sorted(&document)).unwrap();
    let page = page.to_str().unwrap().to_owned();
    (root, page)
}

/// Name and state of each part.
fn parts(report: &Value) -> Vec<(String, String)> {
    let parts = report["transcribed"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    parts
        .iter()
        .map(|part| (text(&part["part"]), text(&part["state"])))
        .collect()
}

const REPLACES: [&str; 2] = ["--replaces", "initiate-refund.md"];

#[test]
fn a_whole_api_as_one_document_takes_the_place_of_page_and_transcription_in_one_step() {
    let (root, page) = whole("tazapay", |_| {});
    let line = ["tazapay", &page, REPLACES[0], REPLACES[1]];
    let (_, told) = report(&root, &line);
    let found = parts(&told);
    assert_eq!(found.len(), 9, "{found:?}");
    assert!(found.contains(&("GET /v3/refund/{id}".to_owned(), "same".to_owned())));
    assert!(found.contains(&("webhook refund.failed".to_owned(), "same".to_owned())));
    assert!(found.iter().all(|(_, state)| state == "same"), "{found:?}");
    // The text of the page that is gone is all that changes.
    let changes = told["drift"]["changes"].as_array().unwrap();
    assert!(
        changes
            .iter()
            .all(|change| change["kind"] == "page-changed"),
        "{changes:#?}"
    );
    let gone = changes.iter().map(|change| change["before"].to_string());
    assert!(
        gone.collect::<String>()
            .contains("Not all the payment methods support refunds!")
    );
    assert_eq!(told["verdict"], "read-this");
    assert_eq!(told["overlay"], Value::Null);
    let (_, printed) = drift_with(&root, &Passing, &[&line[..], &["--accept"]].concat()).unwrap();
    has!(
        &printed,
        "  specs/tazapay/published/api.json\n",
        "  specs/tazapay/published/initiate-refund.md\n",
        "  specs/tazapay/transcribed.yaml\n"
    );
    let specs = root.path().join("specs/tazapay");
    assert!(specs.join("published/api.json").is_file());
    assert!(!specs.join("published/initiate-refund.md").exists());
    assert!(!specs.join("transcribed.yaml").exists());
    assert_eq!(drift(&root, &["tazapay"]).unwrap().0, 0);
}

#[test]
fn what_the_page_says_otherwise_is_told_with_its_part_and_counts() {
    let (root, page) = whole("tazapay", |document| {
        let fetch = &mut document["paths"]["/v3/refund/{id}"]["get"];
        fetch["responses"].as_object_mut().unwrap().remove("404");
        fetch["parameters"][0]["schema"]["maxLength"] = 40.into();
    });
    let line = ["tazapay", &page, REPLACES[0], REPLACES[1]];
    let (code, told) = report(&root, &line);
    assert_eq!(code, 2, "{told:#}");
    let found = parts(&told);
    assert!(found.contains(&("GET /v3/refund/{id}".to_owned(), "differs".to_owned())));
    assert!(found.contains(&("webhook refund.failed".to_owned(), "same".to_owned())));
    let list = told["transcribed"].as_array().unwrap();
    let part = list
        .iter()
        .find(|part| part["part"] == "GET /v3/refund/{id}")
        .unwrap();
    let differences = part["differences"].to_string();
    has!(&differences, "404", "breaking: ");
    assert!(
        part["place"]
            .as_str()
            .unwrap()
            .starts_with("specs/tazapay/transcribed.yaml:")
    );
    // What users meet is told as any other change.
    let changes = told["drift"]["changes"].to_string();
    has!(&changes, "limit-tightened");
}

#[test]
fn an_operation_that_the_page_has_in_another_place_is_to_be_read_and_stays() {
    for new in ["/v4/refund/{id}", "/v3/refund/{refund}/", "/refund/{id}"] {
        let (root, page) = whole("tazapay", |document| {
            let paths = document["paths"].as_object_mut().unwrap();
            let item = paths.remove("/v3/refund/{id}").unwrap();
            paths.insert(new.to_owned(), item);
        });
        let line = ["tazapay", &page, REPLACES[0], REPLACES[1]];
        let (_, told) = report(&root, &line);
        let moved = ("GET /v3/refund/{id}".to_owned(), "moved".to_owned());
        assert!(parts(&told).contains(&moved), "{new}: {:?}", parts(&told));
        assert_eq!(told["verdict"], "read-this");
        drift_with(&root, &Passing, &[&line[..], &["--accept"]].concat()).unwrap();
        let rest = read(&root, "specs/tazapay/transcribed.yaml");
        has!(&rest, "  /v3/refund/{id}:\n");
    }
}

#[test]
fn what_no_page_has_stays_with_its_comments() {
    let (root, page) = whole("tazapay", |document| {
        document.as_object_mut().unwrap().remove("webhooks");
        let schemas = document["components"]["schemas"].as_object_mut().unwrap();
        schemas.retain(|name, _| !name.contains("Event"));
    });
    let line = ["tazapay", &page, REPLACES[0], REPLACES[1], "--accept"];
    drift_with(&root, &Passing, &line).unwrap();
    let rest = read(&root, "specs/tazapay/transcribed.yaml");
    assert!(
        rest.starts_with("# Operations that Tazapay documents outside"),
        "{rest}"
    );
    has!(&rest, "\nwebhooks:\n  refund.created:\n");
    for gone in ["paths:", "ErrorEnvelope:\n"] {
        assert!(!rest.contains(gone), "{gone} is in:\n{rest}");
    }
    assert_eq!(drift(&root, &["tazapay"]).unwrap().0, 0);
}

#[test]
fn a_rest_is_written_in_the_version_of_the_page() {
    let (root, page) = whole("kotanipay", |document| {
        document["openapi"] = "3.1.0".into();
        document["paths"]
            .as_object_mut()
            .unwrap()
            .retain(|path, _| path.contains("retry-refund/") || path.contains("refund-status"));
        document.as_object_mut().unwrap().remove("x-webhooks");
    });
    let line = [
        "kotanipay",
        &page,
        "--replaces",
        "retry-refund.md",
        "--accept",
    ];
    drift_with(&root, &Passing, &line).unwrap();
    let rest = read(&root, "specs/kotanipay/transcribed.yaml");
    has!(&rest, "\nopenapi: 3.1.0\n");
    assert!(!rest.contains("/api/v3/offramp/refund-status/"), "{rest}");
    has!(&rest, "  refund.lightning.invoice_needed:\n");
}

#[test]
fn a_page_under_another_name_is_refused_with_the_option_that_takes_it() {
    let (root, page) = whole("tazapay", |document| {
        document["paths"]["/v3/refund"]["post"]["summary"] = "Refund".into();
    });
    let before = files(&root);
    let error = drift(&root, &["tazapay", &page]).unwrap_err();
    has!(&error, "add `--replaces initiate-refund.md`");
    let line = ["tazapay", &page, "--replaces", "refund.md"];
    let error = drift(&root, &line).unwrap_err();
    has!(
        &error,
        "--replaces refund.md: there is no such page; published are initiate-refund.md"
    );
    assert_eq!(files(&root), before);
}

#[test]
fn every_provider_could_publish_its_whole_api_and_nothing_would_change_on_the_wire() {
    for (provider, old) in [
        ("kotanipay", "retry-refund.md"),
        ("mce", "create-crypto-refund.txt"),
        ("optty", "post-orders-reference-refund.md"),
    ] {
        let (root, page) = whole(provider, |_| {});
        let line = [provider, &page, "--replaces", old];
        let (_, told) = report(&root, &line);
        assert!(!parts(&told).is_empty(), "{provider}");
        let changes = told["drift"]["changes"].as_array().unwrap();
        assert!(
            changes
                .iter()
                .all(|change| change["kind"] == "page-changed"),
            "{provider}: {changes:#?}"
        );
        drift_with(&root, &Passing, &[&line[..], &["--accept"]].concat()).unwrap();
        assert_eq!(drift(&root, &[provider]).unwrap().0, 0);
    }
}

#[test]
fn a_schema_that_the_page_calls_otherwise_goes_with_the_last_one_that_refers_to_it() {
    let (root, page) = whole("tazapay", |document| {
        let text = document.to_string().replace("ErrorDetail", "Problem");
        *document = serde_json::from_str(&text).unwrap();
    });
    let line = ["tazapay", &page, REPLACES[0], REPLACES[1]];
    let (_, told) = report(&root, &line);
    let unused = (
        "components/schemas/ErrorDetail".to_owned(),
        "unused".to_owned(),
    );
    assert!(parts(&told).contains(&unused), "{:?}", parts(&told));
    drift_with(&root, &Passing, &[&line[..], &["--accept"]].concat()).unwrap();
    assert!(!root.path().join("specs/tazapay/transcribed.yaml").exists());
}

#[test]
fn a_path_parameter_that_the_page_calls_otherwise_is_a_line_to_mend() {
    let (root, page) = whole("tazapay", |document| {
        let text = document.to_string();
        let text = text.replace("/v3/refund/{id}", "/v3/refund/{refund}");
        let text = text.replace("\"name\":\"id\"", "\"name\":\"refund\"");
        *document = serde_json::from_str(&text).unwrap();
    });
    let line = ["tazapay", &page, REPLACES[0], REPLACES[1]];
    let (_, told) = report(&root, &line);
    let mends = told["mends"].to_string();
    has!(&mends, "call = \\\"GET /v3/refund/{refund}\\\"");
    // The crate was generated with the line mended.
    assert!(!told["rust"].is_null(), "{told:#}");
    let config = root.path().join("specs/tazapay/provider.toml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(
        &config,
        text.replace("/v3/refund/{id}", "/v3/refund/{refund}"),
    )
    .unwrap();
    drift_with(&root, &Passing, &[&line[..], &["--accept"]].concat()).unwrap();
}
