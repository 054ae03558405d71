//! Nothing among the inputs is there for show: without any action, payload or
//! line of a generated document, something is red.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failure here is a failure of the test"
)]

use std::fs;

use spec_documents::lock::Lock;
use spec_documents::overlay::{self, Overlay};
use spec_documents::{Provider, text};
use workspace_tests::payloads::{self, Payloads};
use workspace_tests::{PROVIDERS, specs_of, workspace_root};

fn provider(name: &str) -> Provider {
    Provider::load(&specs_of(name)).unwrap()
}

fn committed(name: &str, file: &str) -> String {
    fs::read_to_string(specs_of(name).join(file)).unwrap()
}

/// The effective document must come out as it is committed, so that a change of it is red.
#[test]
fn the_effective_documents_are_those_that_are_committed() {
    for name in PROVIDERS {
        let effective = text::sorted(&provider(name).effective().unwrap());
        assert!(
            effective == committed(name, "openapi.json"),
            "specs/{name}/openapi.json is not what its inputs give: run `cargo xtask codegen {name}`"
        );
    }
}

#[test]
fn without_any_overlay_action_the_effective_document_is_another_or_none() {
    let mut actions = 0;
    for name in PROVIDERS {
        let provider = provider(name);
        let merged = provider.merged().unwrap();
        let whole = provider.overlay().unwrap().unwrap();
        for left_out in &whole.actions {
            let kept = whole
                .actions
                .iter()
                .filter(|action| action.number != left_out.number);
            let rest = Overlay {
                actions: kept.cloned().collect(),
                ..whole.clone()
            };
            let without =
                overlay::apply_strictly(&merged, &rest).map(|document| text::sorted(&document));
            assert_ne!(
                without.ok(),
                Some(committed(name, "openapi.json")),
                "{name}: nothing notices when action {} ({}) is deleted",
                left_out.number,
                left_out.target
            );
            actions += 1;
        }
    }
    assert!(
        actions > 40,
        "{actions} actions: the overlays were not read"
    );
}

fn documented(name: &str) -> Payloads {
    let payloads = payloads::documented(name).unwrap();
    payloads
        .into_iter()
        .map(|payload| (payload.file, payload.value))
        .collect()
}

#[test]
fn without_any_payload_the_comparison_with_the_documents_is_red() {
    for name in PROVIDERS {
        let documented = documented(name);
        let on_disk = payloads::on_disk(name).unwrap();
        assert_eq!(
            payloads::differences(&documented, &on_disk),
            [""; 0],
            "{name}"
        );
        for file in on_disk.keys() {
            let mut rest = on_disk.clone();
            rest.remove(file);
            assert_eq!(
                payloads::differences(&documented, &rest),
                [format!("{file} is documented and missing")],
                "{name}"
            );
        }
    }
}

#[test]
fn the_locks_hold_the_hashes_of_the_inputs_as_they_are() {
    for name in PROVIDERS {
        let lock = Lock::parse(&committed(name, "lock.toml")).unwrap();
        assert_eq!(
            lock,
            provider(name).lock(&lock.generator),
            "specs/{name}/lock.toml is not of these inputs: run `cargo xtask codegen {name}`"
        );
    }
}

/// The generated code itself is compared by `cargo xtask codegen --check`, which runs the generator.
#[test]
fn the_generated_code_names_the_document_that_it_was_made_from() {
    for name in PROVIDERS {
        let path = workspace_root()
            .join("crates/providers")
            .join(name)
            .join("src/generated/mod.rs");
        let source = fs::read_to_string(path).unwrap();
        let head: String = source.lines().take(3).collect();
        let hash = spec_documents::lock::sha256(committed(name, "openapi.json").as_bytes());
        assert!(
            head.contains(&hash),
            "{name}: run `cargo xtask codegen {name}`"
        );
    }
}
