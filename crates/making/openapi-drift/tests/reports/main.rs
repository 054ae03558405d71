//! The three forms of a report.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a failure here is a failure of the test"
)]

use openapi_drift::{
    Change, Class, Compared, Judged, Kind, Mend, OverlayFinding, OverlayState, PageLine, Report,
    RustChange, RustSide, Step, Transcribed, TranscribedState, compare, render,
};
use openapi_model::hidden::is_hidden;
use serde_json::{Value, json};

/// A document with a bit of everything that a report shows.
fn document(is_new: bool) -> Value {
    let status = match is_new {
        false => json!({"type": "string", "enum": ["requested", "succeeded"]}),
        true => json!({"type": "string", "enum": ["requested", "succeeded", "disputed"]}),
    };
    let required = if is_new {
        json!(["payin", "reason"])
    } else {
        json!(["payin"])
    };
    let hours = if is_new { 48 } else { 24 };
    json!({
        "openapi": "3.1.0",
        "servers": [{"url": "https://api.example.com"}],
        "paths": {
            "/refund": {"post": {
                "description": format!("Starts a refund. A key is kept for {hours} hours."),
                "requestBody": {"required": true, "content": {"application/json": {"schema": {
                    "type": "object",
                    "properties": {"payin": {"type": "string"}, "reason": {"type": "string"}},
                    "required": required,
                }}}},
                "responses": {"200": {"description": "done", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refund"}}}}},
            }},
            "/refund/{id}": {"get": {
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}],
                "responses": {"200": {"description": "it", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refund"}}}}},
            }},
        },
        "components": {"schemas": {"Refund": {"type": "object", "properties": {"status": status}}}},
    })
}

fn line(line: usize) -> PageLine {
    PageLine {
        file: "specs/tazapay/published/initiate-refund.md".to_owned(),
        line,
    }
}

fn report() -> Report {
    let mut drift = compare(&document(false), &document(true));
    for change in &mut drift.changes {
        if change.pointer.contains("status") {
            change.rust = vec!["tazapay::types::RefundStatus".to_owned()];
        }
        if change.kind == Kind::WordingChanged {
            change.masked_by = vec![3];
            change.page = Some(line(12));
        }
        if change.kind == Kind::FieldRequired {
            change.judged = Some(Judged {
                was: Class::ReadThis,
                reason: "We send it <always>.".to_owned(),
            });
        }
    }
    let text = |text: &str| Some(text.to_owned());
    drift.changes.push(Change {
        message: "What the page says under \"Fees\" changed.".to_owned(),
        why: "Nothing of it speaks of amounts.".to_owned(),
        ..Change::of_text(line(40), text("Fees | none"), text("Fees | some"))
    });
    Report {
        provider: Some("Tazapay".to_owned()),
        failed: None,
        from: "specs/tazapay/openapi.json".to_owned(),
        to: "initiate-refund.md".to_owned(),
        compared: vec![Compared::EffectiveDocuments, Compared::PageText],
        transcribed: vec![
            Transcribed {
                part: "GET /refund/{id}".to_owned(),
                place: "specs/tazapay/transcribed.yaml:5".to_owned(),
                state: TranscribedState::Differs,
                differences: vec!["breaking: The answer 404 is gone.".to_owned()],
            },
            Transcribed {
                part: "components/schemas/Refund".to_owned(),
                place: "specs/tazapay/transcribed.yaml:80".to_owned(),
                state: TranscribedState::Unused,
                differences: Vec::new(),
            },
        ],
        mends: vec![Mend {
            place: "specs/tazapay/overlay.yaml:12".to_owned(),
            before: "- target: $.paths['/v3/refund']".to_owned(),
            after: "- target: $.paths['/v4/refund']".to_owned(),
        }],
        drift,
        rust: Some(RustSide {
            step: Step::Minor,
            changes: vec![RustChange {
                step: Step::Minor,
                item: "types::RefundStatus::Disputed".to_owned(),
                before: None,
                after: Some("Disputed,".to_owned()),
                why: "The enumeration is non-exhaustive, so that code has a branch for it."
                    .to_owned(),
            }],
            disagreements: vec![
                "The required field `reason` breaks requests, and no type shows it.".to_owned(),
            ],
            current_version: "0.1.0".to_owned(),
            recommended_version: "0.2.0".to_owned(),
            changelog: "### Changed\n\n- `reason` is required in a refund.\n".to_owned(),
        }),
        overlay: vec![OverlayFinding {
            action: 3,
            target: "$.components.schemas.Refund".to_owned(),
            description: "The status is one of a list.".to_owned(),
            state: OverlayState::Superfluous,
            why: "The provider names the values now.".to_owned(),
            edit: "delete lines 12 to 20".to_owned(),
            place: "specs/tazapay/overlay.yaml:12-20".to_owned(),
        }],
        notes: vec!["One page was compared.".to_owned()],
    }
}

fn empty() -> Report {
    Report {
        from: "a.json".to_owned(),
        to: "b.json".to_owned(),
        ..Report::default()
    }
}

/// One provider of several that could not be compared.
fn failed() -> Report {
    Report {
        provider: Some("mce".to_owned()),
        failed: Some(
            "mce: nothing was compared: specs/mce/provider.toml, line 3: `name` is missing"
                .to_owned(),
        ),
        ..Report::default()
    }
}

/// Names, words and values that would like to be markup.
fn hostile() -> Report {
    let evil = "`|</details><script>x</script>|\n\n# @everyone [a](https://evil.example) ![b](c) \u{1b}[31m \u{202e}\u{9b}\u{61c}\u{2066}\u{feff}\u{e0041}";
    let with = |name: &str| {
        json!({"paths": {format!("/{evil}"): {"post": {
            "description": format!("At most {name}. {evil}"),
            "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {name: {"type": "string", "enum": [name]}}}}}},
            "responses": {"200": {"description": evil}},
        }}}})
    };
    Report {
        provider: Some(evil.to_owned()),
        from: evil.to_owned(),
        to: evil.to_owned(),
        drift: compare(&with(evil), &with("plain")),
        notes: vec![evil.to_owned()],
        ..Report::default()
    }
}

/// A report of hundreds of changes with long values.
fn large() -> Report {
    let with = |kind: &str| {
        let fields: serde_json::Map<String, Value> = (0..900)
            .map(|index| {
                (
                    format!("field{index}"),
                    json!({"type": kind, "default": "x".repeat(3_000)}),
                )
            })
            .collect();
        json!({"paths": {"/a": {"post": {
            "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": fields}}}},
            "responses": {"200": {"description": "x"}},
        }}}})
    };
    Report {
        drift: compare(&with("string"), &with("integer")),
        ..report()
    }
}

#[test]
fn a_report_reads_well_in_a_terminal() {
    insta::assert_snapshot!("text", render::text(&report()));
    insta::assert_snapshot!("text_empty", render::text(&empty()));
}

#[test]
fn a_report_reads_well_in_a_pull_request() {
    insta::assert_snapshot!("markdown", render::markdown(&report()));
    insta::assert_snapshot!("markdown_empty", render::markdown(&empty()));
}

#[test]
fn a_report_is_json_for_programs() {
    insta::assert_snapshot!("json", render::json(&report()));
}

#[test]
fn a_failure_is_told_in_all_three_forms() {
    insta::assert_snapshot!("text_failed", render::text(&failed()));
    insta::assert_snapshot!("markdown_failed", render::markdown(&failed()));
    insta::assert_snapshot!("json_failed", render::json(&failed()));
}

#[test]
fn every_report_keeps_to_the_documented_schema_and_is_read_back() {
    let schema: Value = serde_json::from_str(include_str!("../../report.schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for report in [report(), empty(), failed(), hostile(), large()] {
        let text = render::json(&report);
        let json: Value = serde_json::from_str(&text).unwrap();
        let errors: Vec<String> = validator
            .iter_errors(&json)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(errors, Vec::<String>::new());
        let read: Report = serde_json::from_str(&text).unwrap();
        assert_eq!(read, report);
    }
    assert!(!validator.is_valid(&json!({"format": 1})));
    // A failure is told as one.
    let mut json: Value = serde_json::from_str(&render::json(&failed())).unwrap();
    json["verdict"] = "none".into();
    assert!(!validator.is_valid(&json));
}

#[test]
fn what_documents_say_forms_no_markup() {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let markdown = render::markdown(&hostile());
    let allowed = ["<details>", "</details>", "<summary>"];
    for event in Parser::new_ext(&markdown, Options::all()) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                assert!(
                    allowed.iter().any(|tag| html.trim().starts_with(tag)),
                    "{html}"
                );
            }
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => panic!("a link in\n{markdown}"),
            Event::Text(text) => assert!(
                !text.contains('\u{1b}') && !text.contains('\u{202e}'),
                "{text}"
            ),
            _ => {}
        }
    }
    // Outside of code, nobody is mentioned.
    let mut in_code = false;
    for event in Parser::new_ext(&markdown, Options::all()) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(pulldown_cmark::TagEnd::CodeBlock) => in_code = false,
            Event::Text(text) if !in_code => assert!(!text.contains("@e"), "{text}"),
            _ => {}
        }
    }
    let rows = markdown.lines().filter(|line| line.starts_with("| "));
    for row in rows {
        assert_eq!(row.matches('|').count(), 6, "{row}");
    }
}

#[test]
fn nothing_of_a_document_steers_or_hides_in_any_form_of_a_report() {
    let report = hostile();
    let reports = std::slice::from_ref(&report);
    for (form, text) in [
        ("text", render::text(&report)),
        // It breaks links by one of its own, which takes no place.
        (
            "markdown",
            render::markdown(&report).replace('\u{200b}', ""),
        ),
        ("json", render::json(&report)),
        ("sarif", render::sarif(reports)),
        ("github", render::github(reports)),
        ("html", render::html(reports)),
    ] {
        let hidden = text
            .chars()
            .find(|letter| *letter != '\n' && is_hidden(*letter));
        assert_eq!(hidden, None, "{form}: {text:?}");
    }
    // What is escaped in JSON comes back.
    let read: Report = serde_json::from_str(&render::json(&report)).expect("a report");
    assert_eq!(read, report);
}

#[test]
fn a_large_report_fits_a_comment_and_says_what_is_left_out() {
    let report = large();
    assert!(report.drift.changes.len() > 800);
    for most in [4_000, 20_000, 60_000] {
        let markdown = render::markdown_within(&report, most);
        let count = markdown.chars().count();
        assert!(count <= most, "{count} characters, limit {most}");
        assert!(markdown.contains("left out here") && markdown.contains("not in this table"));
        assert_eq!(
            markdown.matches("<details>").count(),
            markdown.matches("</details>").count()
        );
    }
    assert!(render::markdown(&report).chars().count() <= 65_536);
}

#[test]
fn the_exit_code_tells_the_worst_of_all_sides() {
    assert_eq!((empty().exit_code(), report().exit_code()), (0, 2));
    assert_eq!(failed().exit_code(), 3);
    let with_rust = |step| Report {
        rust: Some(RustSide {
            step,
            ..RustSide::default()
        }),
        ..empty()
    };
    assert_eq!(with_rust(Step::Patch).exit_code(), 1);
    assert_eq!(with_rust(Step::Major).exit_code(), 2);
    let with_overlay = Report {
        overlay: report().overlay,
        ..empty()
    };
    assert_eq!(with_overlay.exit_code(), 1);
}

#[test]
fn a_report_is_annotations_with_file_line_and_fingerprint() {
    insta::assert_snapshot!("sarif", render::sarif(&[report(), failed()]));
    insta::assert_snapshot!("github", render::github(&[report(), failed()]));
    let log: Value = serde_json::from_str(&render::sarif(&[report()])).expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    let wording = results
        .iter()
        .find(|one| one["ruleId"] == "wording-changed");
    let place = &wording.expect("the wording")["locations"][0]["physicalLocation"];
    assert_eq!(
        (
            &place["artifactLocation"]["uri"],
            &place["region"]["startLine"]
        ),
        (
            &json!("specs/tazapay/published/initiate-refund.md"),
            &json!(12)
        )
    );
    // Each rule that is met is listed, once.
    let rules = log["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .expect("rules");
    for result in results {
        let of_rule = rules.iter().filter(|rule| rule["id"] == result["ruleId"]);
        assert_eq!(of_rule.count(), 1, "{result}");
    }
    // GitHub's code scanning asks for these of each.
    for rule in rules {
        for words in ["shortDescription", "fullDescription", "help"] {
            let text = rule[words]["text"].as_str().unwrap_or_default();
            assert!(text.ends_with('.'), "{words} of {rule}");
        }
    }
}

#[test]
fn no_line_of_an_annotation_is_the_documents() {
    let commands = render::github(&[hostile()]);
    for line in commands.lines() {
        assert!(
            ["::error ", "::warning ", "::notice "]
                .iter()
                .any(|level| line.starts_with(level)),
            "{line}"
        );
        assert_eq!(
            line.matches("::").count() - line.matches("%3A%3A").count(),
            2,
            "{line}"
        );
    }
}

/// The elements of a page in order, with those that are open at the end.
fn elements(page: &str) -> (Vec<String>, Vec<String>) {
    let (mut all, mut open) = (Vec::new(), Vec::new());
    for piece in page.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').expect("a tag ends");
        let name = tag.split(' ').next().expect("a name").to_owned();
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop().as_deref(), Some(name), "{piece}"),
            None if ["!doctype", "meta"].contains(&name.as_str()) => {}
            None => open.push(name.clone()),
        }
        all.push(name);
    }
    (all, open)
}

#[test]
fn a_page_is_whole_by_itself_and_what_documents_say_is_text_in_it() {
    insta::assert_snapshot!("html", render::html(&[report()]));
    for reports in [
        vec![report(), failed(), empty()],
        vec![hostile()],
        vec![large()],
    ] {
        let page = render::html(&reports);
        let (all, open) = elements(&page);
        assert!(open.is_empty(), "{open:?}");
        for active in [
            "script", "img", "iframe", "link", "a", "object", "form", "svg",
        ] {
            assert!(!all.iter().any(|name| name == active), "{active}");
        }
        assert!(!page.contains(" href=") && !page.contains(" src="));
        assert_eq!(page.matches("<h1>").count(), reports.len());
    }
    // Before and after stand in one grid each, with what differs marked.
    let page = render::html(&[report()]);
    assert!(
        page.contains("<pre>A key is kept for <del>24 </del>hours.</pre>")
            && page.contains("<pre>A key is kept for <ins>48 </ins>hours.</pre>"),
        "{page}"
    );
}
