//! The fuzz targets on their committed corpus, with a stable compiler.

#[allow(
    unreachable_pub,
    reason = "it is a library of its own in the fuzz package"
)]
#[path = "../../fuzz/src/targets.rs"]
mod targets;

use std::fs;

use workspace_tests::{PROVIDERS, workspace_root};

#[test]
fn every_input_of_the_corpus_passes_its_target() {
    for provider in PROVIDERS {
        let target = match provider {
            "kotanipay" => targets::kotanipay,
            "mce" => targets::mce,
            "optty" => targets::optty,
            "tazapay" => targets::tazapay,
            other => panic!("{other} has no fuzz target"),
        };
        let mut inputs = 0;
        for entry in fs::read_dir(workspace_root().join("fuzz/corpus").join(provider)).unwrap() {
            let input = fs::read(entry.unwrap().path()).unwrap();
            assert!(input.len() < 1024, "{provider}: the corpus is kept small");
            target(&input);
            inputs += 1;
        }
        assert!(inputs > 0, "{provider}");
    }
}

/// A target that accepts everything finds nothing.
#[test]
fn the_targets_hold_random_inputs_to_the_same() {
    let mut random = fastrand::Rng::with_seed(8);
    let seed = br#"{"id":"evt_1","created_at":"t","event":"x","data":{"a":[1,"\u00e9",null]}}"#;
    for _ in 0..2_000 {
        let mut input = seed.to_vec();
        for _ in 0..random.usize(0..4) {
            let at = random.usize(0..input.len());
            input[at] = random.u8(..);
        }
        targets::kotanipay(&input);
        targets::mce(&input);
        targets::optty(&input);
        targets::tazapay(&input);
    }
}

#[test]
fn every_target_is_a_program_of_the_fuzz_package() {
    let manifest = fs::read_to_string(workspace_root().join("fuzz/Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let programs = manifest["bin"].as_array().unwrap();
    let names: Vec<_> = programs
        .iter()
        .filter_map(|program| program["name"].as_str())
        .collect();
    assert_eq!(names, PROVIDERS);
    for program in programs {
        let path = program["path"].as_str().unwrap();
        assert!(workspace_root().join("fuzz").join(path).is_file(), "{path}");
    }
}
