//! Taking pages into a provider's folder: all or nothing.

#![allow(
    clippy::unwrap_used,
    reason = "a failure here is a failure of the test"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use spec_documents::import::{self, ImportPlan};
use spec_documents::overlay::Problem;
use spec_documents::write;
use tempfile::TempDir;

const CONFIG: &str = "name = \"example\"\ntitle = \"Example\"\n[authentication]\nscheme = \"bearer\"\nsource = \"docs\"\n\
    [operations.create_refund]\ncall = \"POST /refunds\"\nmoves_money = true\n";

const OVERLAY: &str = "overlay: 1.1.0\ninfo: {title: t, version: '1'}\nactions:\n\
    - {target: \"$.paths['/refunds'].post\", description: more, x-evidence: docs, update: {deprecated: true}}\n";

fn page(path: &str, message: &str) -> String {
    format!(
        "# Refund\r\n```json\r\n{{\"openapi\":\"3.0.0\",\"info\":{{\"title\":\"t\",\"version\":\"1\"}},\"paths\":{{\"{path}\":\
         {{\"post\":{{\"responses\":{{\"400\":{{\"description\":\"\"}}}}}}}}}}}}\r\n```\r\n## 400 Refused\r\n```json\r\n{{\"message\":\"{message}\"}}\r\n```\r\n"
    )
}

/// A provider's folder, and a folder of pages to be imported.
struct Place {
    folder: TempDir,
    inbox: TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
            inbox: tempfile::tempdir().unwrap(),
        };
        fs::write(place.folder.path().join("provider.toml"), CONFIG).unwrap();
        place
    }

    fn receive(&self, name: &str, content: &str) -> PathBuf {
        let path = self.inbox.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn plan(&self, files: &[PathBuf]) -> Result<ImportPlan, String> {
        import::plan(self.folder.path(), files).map_err(|error| error.to_string())
    }

    fn import(&self, name: &str, content: &str) -> ImportPlan {
        let plan = self.plan(&[self.receive(name, content)]).unwrap();
        write::apply(&plan.changes).unwrap();
        plan
    }

    /// Every file below the provider's folder, with its content.
    fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        collect(self.folder.path(), self.folder.path(), &mut files);
        files
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            files.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn a_page_is_stored_byte_for_byte_with_its_payloads() {
    let place = Place::new();
    let content = page("/refunds", "No");
    let plan = place.import("refund.md", &content);
    assert_eq!(
        (plan.payloads, plan.findings.len(), plan.unplaced.len()),
        (1, 0, 0)
    );
    let files = place.files();
    assert_eq!(files["published/refund.md"], content);
    assert_eq!(
        files["payloads/create_refund/400-refused.json"],
        "{\n  \"message\": \"No\"\n}\n"
    );
    assert_eq!(files.len(), 3);
}

#[test]
fn a_second_import_of_the_same_page_changes_nothing() {
    let place = Place::new();
    let content = page("/refunds", "No");
    place.import("refund.md", &content);
    let plan = place.plan(&[place.inbox.path().join("refund.md")]).unwrap();
    assert_eq!(plan.changes, vec![]);
}

#[test]
fn a_newer_page_replaces_the_one_of_its_name_and_its_payloads() {
    let place = Place::new();
    place.import("refund.md", &page("/refunds", "No"));
    place.import(
        "refund.md",
        &page("/refunds", "Later").replace("400 Refused", "400 Not yet"),
    );
    let files = place.files();
    assert_eq!(
        files["payloads/create_refund/400-not-yet.json"],
        "{\n  \"message\": \"Later\"\n}\n"
    );
    assert!(!files.contains_key("payloads/create_refund/400-refused.json"));
}

#[test]
fn a_correction_that_a_page_leaves_without_effect_is_reported() {
    let place = Place::new();
    fs::write(place.folder.path().join("overlay.yaml"), OVERLAY).unwrap();
    place.import("refund.md", &page("/refunds", "No"));
    let plan = place.import("refund.md", &page("/v2/refunds", "No"));
    assert_eq!(plan.findings[0].problem, Problem::MatchesNothing);
    assert!(
        plan.unplaced[0]
            .to_string()
            .contains("POST /v2/refunds has no name in provider.toml")
    );
}

#[test]
fn nothing_is_planned_when_any_page_is_refused() {
    let place = Place::new();
    place.import("refund.md", &page("/refunds", "No"));
    let before = place.files();
    let good = place.receive("good.md", &page("/other", "No"));
    for (name, content, reason) in [
        (
            "empty.md",
            "# Nothing here\n".to_owned(),
            "published/empty.md: nothing found",
        ),
        (
            "broken.md",
            "```json\n{\"openapi\": \"3.0.0\", }\n```\n".to_owned(),
            "published/broken.md, line 2",
        ),
        (
            "conflict.md",
            page("/refunds", "No").replace("\"400\"", "\"401\""),
            "published/conflict.md and published/refund.md contradict each other at /paths/~1refunds/post",
        ),
        (".hidden.md", page("/hidden", "No"), "names no file"),
    ] {
        let error = place
            .plan(&[good.clone(), place.receive(name, &content)])
            .unwrap_err();
        assert!(error.contains(reason), "{name}: {error}");
    }
    assert!(
        place
            .plan(&[good.clone(), good.clone()])
            .unwrap_err()
            .contains("given twice")
    );
    assert!(
        place
            .plan(&[good.clone(), place.inbox.path().join("absent.md")])
            .unwrap_err()
            .contains("cannot be read")
    );
    fs::write(place.inbox.path().join("binary.md"), [0xff, 0xfe]).unwrap();
    assert!(
        place
            .plan(&[good, place.inbox.path().join("binary.md")])
            .unwrap_err()
            .contains("no UTF-8 text")
    );
    assert_eq!(place.files(), before);
}
