//! The scripts of the workflows, run with stand-ins for the commands that they call.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a failure here is a failure of the test"
)]

mod shared;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use shared::{has, write};
use spec_documents::syntax::{self, Format};
use tempfile::TempDir;

/// The shell of a step, by its name.
fn script(workflow: &str, step: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = fs::read_to_string(root.join(".github/workflows").join(workflow)).unwrap();
    let workflow = syntax::parse(&text, Format::Yaml).unwrap();
    let jobs = workflow["jobs"].as_object().unwrap().values();
    let mut steps = jobs.flat_map(|job| job["steps"].as_array().unwrap());
    let found = steps.find(|found: &&Value| found["name"] == step).unwrap();
    found["run"].as_str().unwrap().to_owned()
}

/// A runner, with stand-ins: the name of a command and what it does.
struct Runner {
    folder: TempDir,
}

impl Runner {
    fn new(stand_ins: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bin = folder.path().join("bin");
        fs::create_dir(&bin).unwrap();
        for (name, body) in stand_ins {
            let path = bin.join(name);
            fs::write(&path, format!("#!/usr/bin/env bash\n{body}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self { folder }
    }

    /// Runs a script as GitHub does, and gives back its exit code; what it prints is in the file `printed`.
    fn run(&self, script: &str, variables: &[(&str, &str)]) -> i32 {
        let folder = self.folder.path();
        let path = std::env::var("PATH").unwrap();
        let output = Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
            .current_dir(folder)
            .env("PATH", format!("{}/bin:{path}", folder.display()))
            .env("RUNNER_TEMP", folder)
            .env("GITHUB_OUTPUT", folder.join("output"))
            .env("GITHUB_STEP_SUMMARY", folder.join("summary"))
            .envs(variables.iter().copied())
            .output()
            .unwrap();
        write(folder, "printed", output.stdout);
        output.status.code().unwrap()
    }

    /// A file that a script wrote; empty if it did not.
    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap_or_default()
    }
}

/// A repository with the script of a release, one crate since `v0.1.0` and one that is new, both of them in `v0.2.0`, which
/// is here.
fn released(cargo: &str) -> Runner {
    let runner = Runner::new(&[("cargo", cargo)]);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let folder = runner.folder.path();
    fs::create_dir(folder.join(".ci")).unwrap();
    fs::copy(root.join(".ci/release"), folder.join(".ci/release")).unwrap();
    write(folder, "Cargo.toml", "[workspace]\n");
    for (name, tag) in [("old", "v0.1.0"), ("new", "v0.2.0")] {
        fs::create_dir(folder.join(name)).unwrap();
        let manifest = format!("[package]\nname = \"{name}\"\n");
        fs::write(folder.join(name).join("Cargo.toml"), manifest).unwrap();
        let git = format!(
            "git init -q; git add -A; git -c user.name=t -c user.email=t@example.com commit -qm m; git tag {tag}"
        );
        assert_eq!(runner.run(&git, &[]), 0);
    }
    runner
}

#[test]
fn surfaces_are_compared_with_the_release_before_this_one_and_new_crates_with_none() {
    let runner =
        released("echo \"$*\" >> called; [ \"$1\" != cyclonedx ] || echo {} > new/new.cdx.json");
    assert_eq!(runner.run("cd old && ../.ci/release ../sbom", &[]), 0);
    let called = runner.file("called");
    has!(
        &called,
        "semver-checks --workspace --baseline-rev v0.1.0 --exclude new\n"
    );
    assert_eq!(runner.file("sbom/new.cdx.json"), "{}\n");
}

#[test]
fn what_a_release_could_not_be_looked_at_for_is_named_and_the_rest_is_looked_at() {
    let runner = released("echo \"$*\" >> called; [ \"${*: -1}\" != advisories ]");
    assert_eq!(runner.run(".ci/release sbom 2>&1", &[]), 1);
    let printed = runner.file("printed");
    assert!(
        printed.ends_with("not done: advisories, whose database comes from github.com: see above under `cargo deny --locked check advisories`\n"),
        "{printed}"
    );
    assert!(runner.file("called").contains("cyclonedx --format"));
}

const DOWNLOAD: &str = "Download the provider's pages";
const COMPARE: &str = "Compare with the commit that the branch left the base at";
const FAIL: &str = "Fail if a provider could not be compared";
const COMMENT: &str = "Comment the report";

/// Runs the comparison of the report's job with a drift that prints `report` and exits with `code`.
fn compared(report: &str, code: i32) -> (Runner, i32) {
    let runner = Runner::new(&[
        ("git", "[ \"$*\" = 'merge-base base HEAD' ] && echo forked"),
        (
            "cargo",
            &format!("echo \"$*\" > called\nprintf '{report}'\nexit {code}"),
        ),
    ]);
    let done = runner.run(&script("drift-report.yml", COMPARE), &[("BASE", "base")]);
    (runner, done)
}

#[test]
fn a_report_of_findings_is_kept_and_the_job_passes() {
    for code in [0, 1, 2] {
        let (runner, done) = compared("## tazapay\\n", code);
        assert_eq!(done, 0);
        let called = runner.file("called");
        has!(&called, "--from forked");
        assert_eq!(runner.file("report/report.md"), "## tazapay\n");
        assert_eq!(runner.file("summary"), "## tazapay\n");
        assert_eq!(runner.file("output"), format!("written=yes\ncode={code}\n"));
        let variables = [("CODE", &*code.to_string())];
        assert_eq!(runner.run(&script("drift-report.yml", FAIL), &variables), 0);
    }
}

#[test]
fn a_report_that_tells_of_a_failure_is_kept_before_the_job_fails() {
    let (runner, done) = compared("## mce: drift failed\\n", 3);
    assert_eq!(done, 0);
    assert_eq!(runner.file("summary"), "## mce: drift failed\n");
    assert_eq!(runner.file("output"), "written=yes\ncode=3\n");
    let variables = [("CODE", "3")];
    assert_eq!(runner.run(&script("drift-report.yml", FAIL), &variables), 3);
}

#[test]
fn a_drift_without_a_report_fails_the_job_at_once() {
    for (report, code, expected) in [("", 3, 3), ("", 0, 1), ("half\\n", 101, 101)] {
        let (runner, done) = compared(report, code);
        assert_eq!(done, expected);
        assert_eq!(runner.file("output"), "");
    }
}

/// Runs the comment's script where the pull request has a comment of ours of this id, or none.
fn commented(report: &str, id: &str) -> Runner {
    let gh = format!(
        "echo \"$*\" >> calls\ncase \"$*\" in *--paginate*) printf '{id}';; *) cp comment.md sent;; esac"
    );
    let runner = Runner::new(&[("gh", &gh)]);
    fs::create_dir(runner.folder.path().join("report")).unwrap();
    fs::write(runner.folder.path().join("report/report.md"), report).unwrap();
    let variables = [("NUMBER", "7"), ("GH_REPO", "o/r"), ("RUN", "https://run")];
    assert_eq!(
        runner.run(&script("drift-report.yml", COMMENT), &variables),
        0
    );
    runner
}

#[test]
fn a_provider_without_a_url_is_a_notice_and_not_silently_green() {
    let runner = Runner::new(&[("cargo", "exit 0")]);
    let variables = [("PROVIDER", "mce")];
    assert_eq!(runner.run(&script("drift.yml", DOWNLOAD), &variables), 0);
    let printed = runner.file("printed");
    assert!(
        printed.starts_with("::notice title=mce is not looked at::"),
        "{printed}"
    );
    assert_eq!(runner.file("output"), "");
}

#[test]
fn a_provider_whose_page_was_downloaded_is_compared() {
    let runner = Runner::new(&[("cargo", "mkdir -p \"$5/$3\"")]);
    let variables = [("PROVIDER", "optty")];
    assert_eq!(runner.run(&script("drift.yml", DOWNLOAD), &variables), 0);
    assert_eq!(runner.file("printed"), "");
    assert_eq!(runner.file("output"), "found=yes\n");
}

#[test]
fn the_first_report_is_a_new_comment_with_the_marker() {
    let runner = commented("## tazapay\n", "");
    assert_eq!(runner.file("sent"), "<!-- drift report -->\n## tazapay\n");
    let calls = runner.file("calls");
    has!(&calls, "pr comment 7 --body-file");
}

#[test]
fn a_later_report_replaces_the_comment_with_the_marker() {
    let runner = commented("## tazapay\n", "41\\n42\\n");
    let calls = runner.file("calls");
    has!(&calls, "--method PATCH repos/o/r/issues/comments/41 ");
    assert!(!calls.contains("pr comment"), "{calls}");
    assert!(calls.contains("startswith(\"<!-- drift report -->\")"));
}

#[test]
fn a_report_that_is_too_long_for_a_comment_is_linked() {
    let runner = commented(&"x".repeat(65_001), "");
    let sent = runner.file("sent");
    assert!(sent.starts_with("<!-- drift report -->\n") && sent.contains("https://run"));
    assert!(sent.len() < 1_000);
}
