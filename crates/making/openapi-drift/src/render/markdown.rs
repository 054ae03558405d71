mod escape;

use self::escape::{code, fenced, prose, sentence};
use super::verdict::{overlay_state, verdict};
use super::{compared, counted, document, in_one_line, judgement, masked, operations, shortened};
use crate::{Change, Class, Kind, Mend, OverlayFinding, Report, RustSide, Transcribed};

/// GitHub takes comments and descriptions of 65,536 characters; what else the caller puts there has the rest.
const MOST: usize = 60_000;
/// The shortest report that still says something.
const LEAST: usize = 4_000;
/// Rows of the table.
const MOST_ROWS: usize = 60;
/// Characters of a value in the table, and in the details.
const SHORT_VALUE: usize = 60;
const LONG_VALUE: usize = 3_000;

/// The report as Markdown for a pull request, of at most 60,000 characters; what is left out is stated.
///
/// Whatever comes from the documents is escaped: it forms no markup, links and mentions of its own.
pub fn markdown(report: &Report) -> String {
    markdown_within(report, MOST)
}

/// As [`markdown`], of at most `most` characters, though never below 4,000: for several reports in one comment.
pub fn markdown_within(report: &Report, most: usize) -> String {
    let verdict = verdict(report);
    let mut out = Out {
        text: String::new(),
        characters: 0,
        most: most.max(LEAST),
    };
    let name = report.provider.as_deref().unwrap_or("Drift");
    out.put(&format!("## {}: {}\n\n", prose(name), verdict.headline));
    out.put(&format!("**{}**\n\n", verdict.advice));
    for finding in &verdict.findings {
        out.put(&format!("- {}\n", sentence(finding)));
    }
    for note in &report.notes {
        out.put(&format!("- {}\n", sentence(&shortened(note, 500))));
    }
    if let Some(failure) = &report.failed {
        out.put(&fenced(&shortened(failure, LONG_VALUE), "text", ""));
        return out.text;
    }
    let (from, to) = (shortened(&report.from, 300), shortened(&report.to, 300));
    out.put(&format!("\nFrom {} to {}.\n", code(&from), code(&to)));
    if !report.compared.is_empty() {
        out.put(&format!("Compared: {}.\n", compared(report)));
    }
    table(&mut out, report);
    mends(&mut out, &report.mends);
    transcribed(&mut out, &report.transcribed);
    overlay(&mut out, &report.overlay);
    if let Some(rust) = &report.rust {
        rust_side(&mut out, rust);
    }
    details(&mut out, report);
    out.text
}

struct Out {
    text: String,
    characters: usize,
    /// Characters of the whole.
    most: usize,
}

impl Out {
    fn put(&mut self, text: &str) {
        self.text.push_str(text);
        self.characters += text.chars().count();
    }

    /// Puts a text if no more than so many percent of the whole are taken then; tells whether it did.
    fn put_within(&mut self, text: &str, percent: usize) -> bool {
        let fits = self.characters + text.chars().count() <= self.most / 100 * percent;
        if fits {
            self.put(text);
        }
        fits
    }

    /// Puts as many texts as fit; tells how many are left out.
    fn put_all(&mut self, texts: impl ExactSizeIterator<Item = String>, percent: usize) -> usize {
        let all = texts.len();
        for (index, text) in texts.enumerate() {
            if !self.put_within(&text, percent) {
                return all - index;
            }
        }
        0
    }
}

fn mends(out: &mut Out, mends: &[Mend]) {
    if mends.is_empty() {
        return;
    }
    out.put("\n### Lines to mend\n\n");
    let texts = mends.iter().map(|mend| {
        format!(
            "- {}: {} → {}\n",
            code(&shortened(&mend.place, 200)),
            code(&shortened(&mend.before, 300)),
            code(&shortened(&mend.after, 300))
        )
    });
    left_out(out, texts, 20, "lines");
}

fn table(out: &mut Out, report: &Report) {
    let changes = &report.drift.changes;
    if changes.is_empty() {
        return;
    }
    out.put("\n| | What changes | Where | Before | After |\n|---|---|---|---|---|\n");
    let shown = changes.iter().take(MOST_ROWS);
    let left = changes.len() - shown.len();
    let left = left + out.put_all(shown.map(row), 35);
    if left > 0 {
        out.put(&format!(
            "\n{} not in this table, for its length; none is worse than those in it. `--format json` has all.\n",
            counted(left, "more change is", "more changes are")
        ));
    }
}

fn row(change: &Change) -> String {
    let class = match change.class {
        Class::Breaking => "**breaking**",
        Class::ReadThis => "**read this**",
        Class::Compatible => "compatible",
    };
    let whole = match operations(change) {
        (None, _) if change.kind == Kind::PageChanged => {
            let page = change.page.as_ref().map(ToString::to_string);
            code(&shortened(&page.unwrap_or_default(), 120))
        }
        (None, _) => "the whole API".to_owned(),
        (Some(first), 0) => code(&shortened(first, 120)),
        (Some(first), more) => format!("{} and {more} more", code(&shortened(first, 120))),
    };
    let value = |value: Option<&serde_json::Value>| match value {
        None => String::new(),
        value => {
            let text = in_one_line(value);
            match text.split_once('\n') {
                // An outline: its lines are in the details.
                Some((first, _)) => format!("{} …", code(&shortened(first, SHORT_VALUE))),
                None => code(&shortened(&text, SHORT_VALUE)),
            }
        }
    };
    format!(
        "| {class} | {} | {} | {} | {} |\n",
        in_cell(&sentence(&shortened(&change.message, 300))),
        in_cell(&whole),
        in_cell(&value(change.before.as_ref())),
        in_cell(&value(change.after.as_ref())),
    )
}

/// A pipe ends a cell even within code: there it is shown as a broken one. The details have the text itself.
fn in_cell(markdown: &str) -> String {
    markdown.replace('|', "¦")
}

fn transcribed(out: &mut Out, parts: &[Transcribed]) {
    if parts.is_empty() {
        return;
    }
    out.put("\n### Transcribed parts that the provider publishes\n\n");
    let texts = parts.iter().map(|part| {
        let differences: String = part
            .differences
            .iter()
            .map(|text| format!("  - {}\n", sentence(&shortened(text, 300))))
            .collect();
        format!(
            "- {} ({}): {}.\n{differences}",
            code(&shortened(&part.part, 200)),
            code(&shortened(&part.place, 200)),
            part.state.words()
        )
    });
    left_out(out, texts, 45, "parts");
}

fn overlay(out: &mut Out, findings: &[OverlayFinding]) {
    if findings.is_empty() {
        return;
    }
    out.put("\n### Overlay actions to look at\n\n");
    let texts = findings.iter().map(|finding| {
        format!(
            "- {}, action {}, is **{}**: {}. {}\n\n  Target {}: {}\n\n{}\n",
            code(&shortened(&finding.place, 200)),
            finding.action,
            finding.state.code(),
            overlay_state(finding),
            sentence(&shortened(&finding.why, 500)),
            code(&shortened(&finding.target, 200)),
            sentence(&shortened(&finding.description, 300)),
            fenced(&shortened(&finding.edit, LONG_VALUE), "text", "  "),
        )
    });
    left_out(out, texts, 50, "actions");
}

fn rust_side(out: &mut Out, rust: &RustSide) {
    let says_nothing = rust.changes.is_empty()
        && rust.disagreements.is_empty()
        && rust.changelog.trim().is_empty()
        && rust.current_version == rust.recommended_version;
    if says_nothing {
        // The findings above have said so.
        return;
    }
    out.put(&format!(
        "\n### The crate: {}\n\n",
        match rust.current_version == rust.recommended_version {
            true => format!("{}, no release needed", code(&rust.current_version)),
            false => format!(
                "{} → {}",
                code(&rust.current_version),
                code(&rust.recommended_version)
            ),
        }
    ));
    for disagreement in &rust.disagreements {
        let text = format!(
            "- Wire and types disagree: {}\n",
            sentence(&shortened(disagreement, 500))
        );
        out.put_within(&text, 55);
    }
    if !rust.changelog.trim().is_empty() {
        let entry = shortened(rust.changelog.trim_end(), 4_000);
        let entry = format!("\nFor the CHANGELOG:\n\n{}", fenced(&entry, "markdown", ""));
        if !out.put_within(&entry, 65) {
            out.put("\n_The entry for the CHANGELOG is left out, for the length of the report. `--format json` has it._\n");
        }
    }
    if rust.changes.is_empty() {
        return;
    }
    out.put(&format!(
        "\n<details><summary>{} of the public surface</summary>\n\n",
        counted(rust.changes.len(), "change", "changes")
    ));
    let lines = rust.changes.iter().map(|change| {
        let side = |text: &Option<String>| text.as_deref().map(|text| code(&shortened(text, 300)));
        let both = match (side(&change.before), side(&change.after)) {
            (Some(before), Some(after)) => format!(": {before} → {after}"),
            (Some(before), None) => format!(": {before} is gone"),
            (None, Some(after)) => format!(": {after} is new"),
            (None, None) => String::new(),
        };
        let why = sentence(&shortened(&change.why, 300));
        format!(
            "- **{}** {}{both}. {why}\n",
            change.step.code(),
            code(&shortened(&change.item, 200))
        )
    });
    left_out(out, lines, 75, "changes of the surface");
    out.put("\n</details>\n");
}

fn details(out: &mut Out, report: &Report) {
    for (class, title) in [
        (Class::Breaking, "breaking"),
        (Class::ReadThis, "to be read"),
        (Class::Compatible, "compatible"),
    ] {
        let changes: Vec<&Change> = report.drift.of(class).collect();
        if changes.is_empty() {
            continue;
        }
        out.put(&format!(
            "\n<details><summary>Details: {} {title}</summary>\n\n",
            changes.len()
        ));
        left_out(out, changes.into_iter().map(detail), 90, "changes");
        out.put("\n</details>\n");
    }
}

fn detail(change: &Change) -> String {
    let mut text = format!(
        "#### {}\n\n{}\n\n",
        sentence(&shortened(&change.message, 500)),
        sentence(&change.why)
    );
    let touched: Vec<&str> = change.operations().collect();
    let listed = match touched.as_slice() {
        [] => "the whole API".to_owned(),
        operations => {
            let shown = operations
                .iter()
                .take(10)
                .map(|name| code(&shortened(name, 200)));
            let mut shown = shown.collect::<Vec<_>>().join(", ");
            if operations.len() > 10 {
                shown.push_str(&format!(" and {} more", operations.len() - 10));
            }
            shown
        }
    };
    if change.kind != Kind::PageChanged {
        text.push_str(&format!("- In {listed} ({})\n", change.direction.code()));
        text.push_str(&format!(
            "- At {} in the {} ({})\n",
            code(&shortened(&change.pointer, 500)),
            document(change.pointer_in),
            code(change.kind.code())
        ));
    }
    if let Some(page) = &change.page {
        text.push_str(&format!("- On the page {}\n", code(&page.to_string())));
    }
    if !change.masked_by.is_empty() {
        text.push_str(&format!("- Masked {}\n", masked(change)));
    }
    if let Some(judged) = &change.judged {
        text.push_str(&format!("- Class by {}\n", sentence(&judgement(judged))));
    }
    if !change.rust.is_empty() {
        let names = change
            .rust
            .iter()
            .take(20)
            .map(|name| code(&shortened(name, 200)));
        text.push_str(&format!(
            "- In Rust {}\n",
            names.collect::<Vec<_>>().join(", ")
        ));
    }
    let both = [("Before", &change.before), ("After", &change.after)];
    let both = both.map(|(label, value)| (label, value.as_ref().map(written)));
    for (label, value) in &both {
        if let Some(value) = value.as_ref().filter(|value| is_short(value)) {
            text.push_str(&format!("- {label} {}\n", code(value)));
        }
    }
    for (label, value) in &both {
        if let Some(value) = value.as_ref().filter(|value| !is_short(value)) {
            let block = fenced(&shortened(value, LONG_VALUE), "text", "");
            text.push_str(&format!("\n{label}:\n\n{block}"));
        }
    }
    text.push('\n');
    text
}

/// A value as text: in one line if it is short, otherwise as it is read best.
fn written(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        value if is_short(&value.to_string()) => value.to_string(),
        value => format!("{value:#}"),
    }
}

fn is_short(text: &str) -> bool {
    text.chars().count() <= 120 && !text.contains('\n')
}

/// Puts as many texts as fit and states how many do not.
fn left_out(
    out: &mut Out,
    texts: impl ExactSizeIterator<Item = String>,
    percent: usize,
    what: &str,
) {
    let left = out.put_all(texts, percent);
    if left > 0 {
        out.put(&format!(
            "\n_{left} {what} are left out here, for the length of the report. `--format json` has all._\n"
        ));
    }
}
