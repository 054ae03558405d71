//! The fuzz targets on their committed corpus, with a stable compiler.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failure here is a failure of the test"
)]

#[allow(
    unreachable_pub,
    reason = "it is a library of its own in the fuzz package"
)]
#[path = "../fuzz/src/lib.rs"]
mod fuzz;

use std::fs;

use fuzz::{readers, webhooks};
use workspace_tests::{PROVIDERS, workspace_root};

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 10] = [
    ("amount", readers::amount),
    ("document", readers::document),
    ("kotanipay", webhooks::kotanipay),
    ("mce", webhooks::mce),
    ("model", readers::model),
    ("optty", webhooks::optty),
    ("page", readers::page),
    ("tazapay", webhooks::tazapay),
    ("timestamp", readers::timestamp),
    ("union", readers::union),
];

fn target_of(name: &str) -> Target {
    let found = TARGETS.iter().find(|(target, _)| *target == name);
    found
        .unwrap_or_else(|| panic!("{name} has no fuzz target"))
        .1
}

fn inputs(name: &str) -> Vec<Vec<u8>> {
    let folder = workspace_root().join("fuzz/corpus").join(name);
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| fs::read(entry.unwrap().path()).unwrap())
        .collect()
}

#[test]
fn every_input_of_the_corpus_passes_its_target() {
    for (name, target) in TARGETS {
        let inputs = inputs(name);
        assert!(!inputs.is_empty(), "{name}");
        for input in inputs {
            assert!(input.len() < 1024, "{name}: the corpus is kept small");
            target(&input);
        }
    }
    for provider in PROVIDERS {
        let _ = target_of(provider);
    }
}

/// A target that accepts everything finds nothing.
#[test]
fn the_targets_hold_random_inputs_to_the_same() {
    let mut random = fastrand::Rng::with_seed(8);
    for (name, target) in TARGETS {
        let inputs = inputs(name);
        for _ in 0..2_000 {
            let mut input = inputs[random.usize(0..inputs.len())].clone();
            for _ in 0..random.usize(0..4) {
                let at = random.usize(0..=input.len());
                match input.get_mut(at) {
                    Some(byte) => *byte = random.u8(..),
                    None => input.push(random.u8(..)),
                }
            }
            target(&input);
        }
    }
}

#[test]
fn every_target_is_a_program_of_the_fuzz_package() {
    let manifest = fs::read_to_string(workspace_root().join("fuzz/Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let programs = manifest["bin"].as_array().unwrap();
    let mut names: Vec<_> = programs
        .iter()
        .filter_map(|program| program["name"].as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, TARGETS.map(|(name, _)| name));
    for program in programs {
        let path = program["path"].as_str().unwrap();
        assert!(workspace_root().join("fuzz").join(path).is_file(), "{path}");
    }
}
