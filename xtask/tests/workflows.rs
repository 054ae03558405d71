//! The workflows of GitHub call commands that exist, in shell that parses, with no more rights than they need.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failure here is a failure of the test"
)]

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use clap::Parser;
use serde_json::{Value, json};
use spec_documents::syntax::{self, Format};
use xtask::cli::Arguments;

/// Every workflow with its name.
fn workflows() -> Vec<(String, Value)> {
    let folder = root().join(".github/workflows");
    let mut found: Vec<(String, Value)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, syntax::parse(&text, Format::Yaml).unwrap())
        })
        .collect();
    found.sort_by(|left, right| left.0.cmp(&right.0));
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn jobs(workflow: &Value) -> Vec<(&String, &Value)> {
    workflow["jobs"].as_object().unwrap().iter().collect()
}

/// Every step of a workflow.
fn steps(workflow: &Value) -> Vec<&Value> {
    let jobs = jobs(workflow).into_iter();
    jobs.flat_map(|(_, job)| job["steps"].as_array().unwrap())
        .collect()
}

/// The shell of every step, with the workflow.
fn scripts() -> Vec<(String, String)> {
    let mut scripts = Vec::new();
    for (name, workflow) in workflows() {
        for step in steps(&workflow) {
            if let Some(script) = step["run"].as_str() {
                scripts.push((name.clone(), script.to_owned()));
            }
        }
    }
    scripts
}

/// The words of each `cargo xtask …` in a script, as far as the command goes; variables and globs stand for a name.
fn commands(script: &str) -> Vec<Vec<String>> {
    let script = script.replace("\\\n", " ");
    let calls = script
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .filter_map(|line| line.split_once("cargo xtask "));
    calls
        .map(|(_, rest)| {
            let words = rest.split_whitespace();
            words
                .take_while(|word| !word.starts_with(['>', '|', '&', ';', '2']))
                .map(|word| word.replace(['"', '$'], ""))
                .collect()
        })
        .collect()
}

fn parses(words: &[String]) -> Result<(), String> {
    let line = ["xtask"]
        .into_iter()
        .chain(words.iter().map(String::as_str));
    Arguments::try_parse_from(line)
        .map(drop)
        .map_err(|error| error.to_string())
}

#[test]
fn the_workflows_are_the_four_that_are_documented() {
    let names: Vec<String> = workflows().into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        ["checks.yml", "drift-report.yml", "drift.yml", "release.yml"]
    );
    let (_, checks) = &workflows()[0];
    assert!(steps(checks).iter().any(|step| step["run"] == ".ci/run"));
    assert!(root().join(".ci/run").is_file());
}

#[test]
fn every_command_line_in_a_workflow_is_one_of_ours() {
    let mut names = BTreeSet::new();
    for (workflow, script) in scripts() {
        for words in commands(&script) {
            parses(&words).unwrap_or_else(|error| panic!("{workflow}: {words:?}: {error}"));
            names.insert(words[0].clone());
        }
    }
    assert_eq!(
        names,
        BTreeSet::from(["drift", "fetch", "release"].map(str::to_owned))
    );
}

#[test]
fn a_command_line_that_is_not_ours_would_be_found() {
    let found =
        commands("x\ncargo xtask drift \"$PROVIDER\" pages/* --formatt markdown > a || code=$?\n");
    assert_eq!(
        found,
        [["drift", "PROVIDER", "pages/*", "--formatt", "markdown"].map(str::to_owned)]
    );
    assert!(parses(&found[0]).unwrap_err().contains("--formatt"));
}

#[test]
fn every_step_is_shell_that_parses() {
    let scripts = scripts();
    assert!(scripts.len() > 5, "{}", scripts.len());
    for (workflow, script) in scripts {
        let mut bash = Command::new("bash")
            .arg("-n")
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        bash.stdin
            .take()
            .unwrap()
            .write_all(script.as_bytes())
            .unwrap();
        let output = bash.wait_with_output().unwrap();
        let problem = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{workflow}: {problem}\n{script}");
    }
}

/// What comes from an event or a matrix reaches the shell as a variable, never as a part of the script.
#[test]
fn nothing_is_interpolated_into_a_script() {
    for (workflow, script) in scripts() {
        assert!(!script.contains("${{"), "{workflow}: {script}");
    }
}

#[test]
fn only_jobs_that_build_nothing_may_write() {
    let mut writing = Vec::new();
    for (name, workflow) in workflows() {
        assert_eq!(
            workflow["permissions"],
            json!({"contents": "read"}),
            "{name}"
        );
        for (job, body) in jobs(&workflow) {
            assert!(body["timeout-minutes"].is_u64(), "{name}, {job}");
            if body.get("permissions").is_none() {
                continue;
            }
            writing.push(format!("{name}: {job}"));
            if name == "release.yml" {
                // It builds, and may change nothing but the registry, which a person allows.
                let rights = json!({"contents": "read", "id-token": "write"});
                assert_eq!(body["permissions"], rights);
                assert_eq!(body["environment"], "release");
                continue;
            }
            let scripts = body["steps"].as_array().unwrap().iter();
            for script in scripts.filter_map(|step| step["run"].as_str()) {
                assert!(!script.contains("cargo"), "{name}, {job}: {script}");
            }
        }
    }
    assert_eq!(
        writing,
        [
            "drift-report.yml: comment",
            "drift.yml: propose",
            "release.yml: publish"
        ]
    );
}

#[test]
fn the_registrys_token_is_there_for_one_step_which_builds_nothing_new() {
    for (name, workflow) in workflows() {
        let steps = steps(&workflow);
        let with_token = steps
            .iter()
            .filter(|step| step["env"].get("CARGO_REGISTRY_TOKEN").is_some());
        let scripts: Vec<_> = with_token.map(|step| &step["run"]).collect();
        let expected: &[&str] = match name.as_str() {
            "release.yml" => &["cargo xtask release --publish --quick"],
            _ => &[],
        };
        assert_eq!(scripts, expected, "{name}");
    }
}

/// A tag can be moved to other code, a commit cannot.
#[test]
fn every_action_is_pinned_by_its_commit_with_its_version_beside_it() {
    let folder = root().join(".github/workflows");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for line in text.lines().filter(|line| line.contains("uses: ")) {
            let (_, pin) = line.split_once('@').unwrap();
            let (commit, version) = pin.split_once(" # v").unwrap_or_else(|| panic!("{line}"));
            let is_hex = commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(commit.len() == 40 && is_hex, "{line}");
            assert!(
                version.starts_with(|first: char| first.is_ascii_digit()),
                "{line}"
            );
            count += 1;
        }
    }
    assert!(count > 8, "{count}");
}

#[test]
fn the_steps_that_build_leave_no_token_in_the_checkout() {
    for (name, workflow) in workflows() {
        for (job, body) in jobs(&workflow) {
            let builds = body.get("permissions").is_none() || name == "release.yml";
            for step in body["steps"].as_array().unwrap() {
                let Some(action) = step["uses"].as_str() else {
                    continue;
                };
                let known = action.starts_with("actions/")
                    || action.starts_with("rust-lang/crates-io-auth-action@");
                assert!(known, "{name}: {action}");
                if builds && action.starts_with("actions/checkout@") {
                    assert_eq!(step["with"]["persist-credentials"], false, "{name}, {job}");
                }
            }
        }
    }
}

#[test]
fn the_scheduled_job_looks_at_every_provider() {
    let workflows = workflows();
    let (_, drift) = workflows
        .iter()
        .find(|(name, _)| name == "drift.yml")
        .unwrap();
    let providers = xtask::workspace::providers(root()).unwrap();
    assert_eq!(
        drift["jobs"]["look"]["strategy"]["matrix"]["provider"],
        json!(providers)
    );
}
