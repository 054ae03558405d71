//! `--accept`: all of it or nothing.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;
use std::{panic, thread};

use anyhow::{Result, bail};
use xtask::drift::accept::{CargoTests, Interrupted, SnapshotTests};

use crate::shared::{files, has, read, write};
use crate::support::{Passing, drift, drift_with, git, page, repository, workspace};
use crate::updates::{OPTTY, TAZAPAY};

/// Tests that write two snapshots, one of them new, and then pass or fail.
struct Writing {
    pass: bool,
}

const OLD: &str = "tests/surface/snapshots/old.snap";
const NEW: &str = "tests/surface/snapshots/new.snap";

impl SnapshotTests for Writing {
    fn update(&self, root: &Path, packages: &[String]) -> Result<()> {
        assert!(packages.contains(&"optty".to_owned()), "{packages:?}");
        // What is tested is what was written.
        let page = read(
            root,
            "specs/optty/published/post-orders-reference-refund.md",
        );
        assert!(page.contains("\"enum\":[\"AFTERPAY_AU\""));
        write(root, OLD, "changed");
        write(root, NEW, "new");
        if !self.pass {
            bail!("a payload has no test");
        }
        Ok(())
    }
}

/// A copy with a snapshot of the workspace's tests.
fn with_snapshot() -> tempfile::TempDir {
    let root = workspace("optty");
    write(&root, OLD, "as reviewed");
    root
}

#[test]
fn a_page_is_imported_generated_and_its_snapshots_are_written_in_one_step() {
    let root = with_snapshot();
    let page = OPTTY.page(&root);
    let passing = Writing { pass: true };
    let (code, printed) = drift_with(&root, &passing, &["optty", &page, "--accept"]).unwrap();
    assert_eq!(code, 1);
    let (_, written) = printed
        .split_once("Accepted; review the difference and commit:\n")
        .unwrap();
    // What takes minutes is named before it does, with why.
    let before = printed.split("Accepted;").next().unwrap();
    has!(
        &before,
        "Now these packages are compiled, and their tests write snapshots:\n",
        "\n  optty            the crate itself\n"
    );
    let written: Vec<&str> = written.lines().map(str::trim).collect();
    assert_eq!(
        written,
        [
            "crates/providers/optty/src/generated/builder.rs",
            "crates/providers/optty/src/generated/client.rs",
            "crates/providers/optty/src/generated/mod.rs",
            "crates/providers/optty/src/generated/types/builder.rs",
            "crates/providers/optty/src/generated/types.rs",
            "specs/optty/lock.toml",
            "specs/optty/openapi.json",
            "specs/optty/overlay.yaml",
            "specs/optty/published/post-orders-reference-refund.md",
            NEW,
            OLD,
        ]
    );
    let read = |file: &str| read(&root, file);
    assert_eq!(
        read("specs/optty/published/post-orders-reference-refund.md"),
        fs::read_to_string(&page).unwrap()
    );
    assert_eq!(read(OLD), "changed");
    // The superfluous action is gone, and its neighbours are not.
    let overlay = read("specs/optty/overlay.yaml");
    assert!(
        !overlay.contains("target: $.components.schemas.RefundResponse.properties.bnplProvider")
    );
    assert!(
        overlay
            .contains("target: $.components.schemas.RefundResponse.properties.refundedAmount.type")
    );
    assert!(!overlay.contains("\n\n\n"));
    // Nothing is left to say.
    let (code, again) = drift(&root, &["optty"]).unwrap();
    assert_eq!(code, 0, "{again}");
}

#[test]
fn tests_that_fail_leave_every_file_as_it_was() {
    let root = with_snapshot();
    let page = OPTTY.page(&root);
    let before = files(&root);
    let failing = Writing { pass: false };
    let error = drift_with(&root, &failing, &["optty", &page, "--accept"]).unwrap_err();
    has!(
        &error,
        "nothing was accepted and every file is as it was",
        "a payload has no test"
    );
    assert_eq!(files(&root), before);
}

#[test]
fn what_was_written_is_kept_for_mending_when_that_is_asked_for() {
    let root = with_snapshot();
    let page = OPTTY.page(&root);
    let failing = Writing { pass: false };
    let line = ["optty", &page, "--accept", "--keep"];
    let error = drift_with(&root, &failing, &line).unwrap_err();
    has!(
        &error,
        "are in place, and not ready to commit",
        "a payload has no test",
        "`cargo xtask drift optty --accept` without a page"
    );
    let read = |file: &str| read(&root, file);
    assert!(
        read("specs/optty/published/post-orders-reference-refund.md")
            .contains("\"enum\":[\"AFTERPAY_AU\"")
    );
    assert_eq!(read(OLD), "changed");
    // The command that the message names goes on from there.
    let passing = Writing { pass: true };
    let (code, printed) = drift_with(&root, &passing, &["optty", "--accept"]).unwrap();
    assert_eq!(code, 0, "{printed}");
    assert!(drift(&root, &["optty", "--keep"]).is_err());
}

/// A test may leave anything behind: what cannot be read afterwards is taken back like a failure.
#[test]
fn a_snapshot_that_cannot_be_read_afterwards_leaves_every_file_as_it_was() {
    struct Garbling;
    impl SnapshotTests for Garbling {
        fn update(&self, root: &Path, _: &[String]) -> Result<()> {
            write(root, OLD, [0xff]);
            write(root, NEW, [0xff]);
            Ok(())
        }
    }
    let root = with_snapshot();
    let page = OPTTY.page(&root);
    let before = files(&root);
    let error = drift_with(&root, &Garbling, &["optty", &page, "--accept"]).unwrap_err();
    has!(
        &error,
        "nothing was accepted and every file is as it was",
        "new.snap"
    );
    assert_eq!(files(&root), before);
}

#[test]
fn an_overlay_that_a_person_has_to_edit_is_not_accepted() {
    let root = workspace("tazapay");
    let page = TAZAPAY.page(&root);
    let before = files(&root);
    let error = drift(&root, &["tazapay", &page, "--accept"]).unwrap_err();
    has!(
        &error,
        "nothing was accepted: edit specs/tazapay/overlay.yaml as the report says"
    );
    assert_eq!(files(&root), before);
}

/// The edits that the report asks for are the ones that make it acceptable.
#[test]
fn the_overlay_edited_as_the_report_says_is_accepted() {
    let root = workspace("tazapay");
    let page = TAZAPAY.page(&root);
    let overlay = root.path().join("specs/tazapay/overlay.yaml");
    let text = fs::read_to_string(&overlay).unwrap();
    let edited = text
        .replace(
            "enum: [requested, pending, initiated, processing, succeeded, failed, rejected, cancelled]",
            "enum: [requested, initiated, rejected, cancelled]",
        )
        .replace("schema.required\n", "schema.required[?@ == 'payin']\n");
    assert_ne!(text, edited);
    fs::write(&overlay, edited).unwrap();
    let (code, printed) = drift_with(&root, &Passing, &["tazapay", &page, "--accept"]).unwrap();
    assert_eq!(code, 2, "{printed}");
    has!(&printed, "Accepted");
    let document = read(&root, "specs/tazapay/openapi.json");
    assert!(document.contains("\"purpose\""));
}

/// A workspace of one package, whose test writes a snapshot and passes only if it is told to.
fn tiny(root: &Path, assertion: &str) {
    let folder = root.join("tests");
    write(
        root,
        "Cargo.toml",
        "[workspace]\nmembers = [\"tests\"]\nresolver = \"3\"\n",
    );
    write(
        &folder,
        "Cargo.toml",
        "[package]\nname = \"workspace-tests\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
    );
    let test = format!(
        "#[test] fn it_is_told() {{ std::fs::write(\"told\", std::env::var(\"INSTA_UPDATE\").unwrap()).unwrap(); {assertion} }}"
    );
    write(&folder, "src/lib.rs", test);
}

/// A signal is for every program that this process runs.
static CARGO: Mutex<()> = Mutex::new(());

#[test]
fn the_tests_are_run_by_cargo_and_told_to_write_snapshots() {
    let _alone = CARGO.lock().unwrap();
    let root = tempfile::tempdir().unwrap();
    let packages = ["workspace-tests".to_owned()];
    tiny(root.path(), "");
    CargoTests.update(root.path(), &packages).unwrap();
    let told = read(&root, "tests/told");
    assert_eq!(told, "always");
    tiny(root.path(), "panic!();");
    let error = CargoTests.update(root.path(), &packages).unwrap_err();
    has!(
        error.to_string(),
        "tests fail for more than their snapshots"
    );
    tiny(root.path(), "let _: u8 = \"text\";");
    let error = CargoTests.update(root.path(), &packages).unwrap_err();
    has!(
        error.to_string(),
        "code that is written by hand does not compile"
    );
}

#[cfg(unix)]
#[test]
fn a_signal_ends_the_tests_which_is_a_failure() {
    let _alone = CARGO.lock().unwrap();
    let root = tempfile::tempdir().unwrap();
    tiny(
        root.path(),
        "std::thread::sleep(std::time::Duration::from_secs(600));",
    );
    let told = root.path().join("tests/told");
    let signal = thread::spawn(move || {
        while !told.is_file() {
            thread::sleep(Duration::from_millis(20));
        }
        let own = std::process::id().to_string();
        assert!(
            Command::new("kill")
                .args(["-INT", &own])
                .status()
                .unwrap()
                .success()
        );
    });
    let packages = ["workspace-tests".to_owned()];
    let error = CargoTests.update(root.path(), &packages).unwrap_err();
    signal.join().unwrap();
    assert_eq!(error.to_string(), "interrupted by SIGINT");
}

/// Tests that somebody ends.
struct Ended;

impl SnapshotTests for Ended {
    fn update(&self, root: &Path, _: &[String]) -> Result<()> {
        write(root, NEW, "half");
        Err(Interrupted("SIGINT".to_owned()).into())
    }
}

#[test]
fn an_interrupted_accept_puts_everything_back_and_asks_for_nothing_but_to_be_run_again() {
    let root = with_snapshot();
    let page = OPTTY.page(&root);
    let before = files(&root);
    let error = drift_with(&root, &Ended, &["optty", &page, "--accept"]).unwrap_err();
    let told = format!("{error:#}");
    has!(
        &told,
        "every file is as it was: run this again: interrupted by SIGINT"
    );
    assert!(!told.contains("--keep"), "{told}");
    assert_eq!(files(&root), before);
}

/// Tests in which the command dies.
struct Dying;

impl SnapshotTests for Dying {
    fn update(&self, _: &Path, _: &[String]) -> Result<()> {
        panic!("killed")
    }
}

/// Leaves an `--accept` of Optty's page as a kill leaves it: the process that ran it is no more.
fn killed(root: &Path, page: &str) {
    let dying = || drift_with(root, &Dying, &["optty", page, "--accept"]);
    panic::catch_unwind(panic::AssertUnwindSafe(dying)).unwrap_err();
    let mut ended = Command::new("true").spawn().unwrap();
    let process = ended.id();
    ended.wait().unwrap();
    let note = root.join("target/drift-accept.json");
    let text = fs::read_to_string(&note).unwrap();
    let own = format!("\"process\":{}", std::process::id());
    assert!(text.contains(&own));
    fs::write(note, text.replace(&own, &format!("\"process\":{process}"))).unwrap();
}

#[test]
fn what_a_killed_accept_wrote_is_put_back_by_the_next_drift() {
    let root = with_snapshot();
    let page = OPTTY.page(&root);
    let before = files(&root);
    killed(root.path(), &page);
    // Killed earlier, it leaves what has not taken its place yet.
    let staged = "specs/optty/published/.post-orders-reference-refund.md.new";
    write(&root, staged, "half");
    assert_ne!(files(&root), before);
    assert_eq!(drift(&root, &["optty"]).unwrap().0, 0);
    assert_eq!(files(&root), before);
}

#[test]
fn what_was_edited_after_a_kill_is_left_alone() {
    let root = with_snapshot();
    let page = OPTTY.page(&root);
    let before = files(&root);
    killed(root.path(), &page);
    let overlay = root.path().join("specs/optty/overlay.yaml");
    let edited = format!("{}# Mine.\n", fs::read_to_string(&overlay).unwrap());
    fs::write(&overlay, &edited).unwrap();
    drift(&root, &["optty"]).unwrap();
    let differing: Vec<_> = files(&root)
        .into_iter()
        .filter(|file| !before.contains(file))
        .collect();
    assert_eq!(differing, [(overlay, edited)]);
}

#[test]
fn two_accepts_do_not_run_at_once() {
    let root = with_snapshot();
    let page = OPTTY.page(&root);
    let dying = || drift_with(&root, &Dying, &["optty", &page, "--accept"]);
    panic::catch_unwind(panic::AssertUnwindSafe(dying)).unwrap_err();
    // The process that is noted is this one, which runs.
    let written = files(&root);
    let error = drift(&root, &["optty", &page, "--accept"]).unwrap_err();
    has!(&error, "another --accept runs");
    drift(&root, &["optty"]).unwrap();
    assert_eq!(files(&root), written);
}

#[test]
fn the_version_and_the_changelog_are_written_once() {
    let (_keep, root) = repository("tazapay", "");
    let log = root.join("CHANGELOG.md");
    let start = "# Changelog\n\n## Unreleased\n\n### Added\n\n- A line.\n\n## 0.1.0\n";
    fs::write(&log, start).unwrap();
    let manifest = root.join("Cargo.toml");
    let workspace = "[workspace.package]\nversion = \"0.1.0\"\n\n[workspace.dependencies]\ntazapay = { path = \"crates/providers/tazapay\", version = \"0.1.0\" }\n";
    fs::write(&manifest, workspace).unwrap();
    git(&root, &["add", "."]);
    git(&root, &["commit", "--quiet", "-m", "Log"]);
    let field = "        reason:\n          type: string\n          description: Reason provided for initiating the refund.\n";
    let page = page(
        &root,
        "tazapay",
        "initiate-refund.md",
        &[(
            field,
            &format!("{field}        method:\n          type: string\n"),
        )],
    );
    let line = ["tazapay", &page, "--accept"];
    let (_, printed) = drift_with(&root, &Passing, &line).unwrap();
    has!(
        &printed,
        "  CHANGELOG.md\n",
        "  Cargo.toml\n",
        "  crates/providers/tazapay/Cargo.toml\n"
    );
    let read = |file: &str| read(&root, file);
    assert_eq!(
        read("crates/providers/tazapay/Cargo.toml"),
        "[package]\nversion = \"0.1.1\"\n"
    );
    assert_eq!(
        read("Cargo.toml"),
        workspace.replace("\", version = \"0.1.0\"", "\", version = \"0.1.1\"")
    );
    let written = read("CHANGELOG.md");
    assert!(
        written.starts_with("# Changelog\n\n## Unreleased\n\n### Added\n\n- A line.\n- `tazapay`: The field `RefundData.method` is new and optional"),
        "{written}"
    );
    assert!(written.ends_with("\n\n## 0.1.0\n"), "{written}");
    // Again, before it is committed: nothing is left to write.
    let (_, printed) = drift_with(&root, &Passing, &line).unwrap();
    assert!(
        printed.ends_with("nothing, all files were up to date\n"),
        "{printed}"
    );
    // A version that a person has set higher stays.
    let manifest = root.join("crates/providers/tazapay/Cargo.toml");
    fs::write(&manifest, "[package]\nversion = \"0.3.0\"\n").unwrap();
    drift_with(&root, &Passing, &line).unwrap();
    assert_eq!(
        fs::read_to_string(&manifest).unwrap(),
        "[package]\nversion = \"0.3.0\"\n"
    );
}
