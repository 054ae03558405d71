use openapi_model::hidden;

use super::verdict::{overlay_state, verdict};
use super::{compared, document, in_one_line, judgement, masked, operations, shortened};
use crate::{Change, Class, Kind, OverlayFinding, Report, RustSide, Transcribed};

/// Characters of a value that are shown.
const LONGEST_VALUE: usize = 200;
/// Characters of one that has several lines.
const LONGEST_OUTLINE: usize = 3_000;

/// The report as plain text, without colours.
pub fn text(report: &Report) -> String {
    let mut out = Out(String::new());
    let verdict = verdict(report);
    let name = report.provider.as_deref().unwrap_or("Drift");
    out.line(&format!("{name}: {}", verdict.headline));
    if let Some(failure) = &report.failed {
        out.line(verdict.advice);
        out.line(failure);
        return out.0;
    }
    out.line(&format!("from {}", report.from));
    out.line(&format!("to   {}", report.to));
    if !report.compared.is_empty() {
        out.line(&format!("of both: {}", compared(report)));
    }
    out.line("");
    for finding in &verdict.findings {
        out.line(finding);
    }
    out.line(verdict.advice);
    for note in &report.notes {
        out.line(&format!("Note: {note}"));
    }
    for (class, title) in [
        (Class::Breaking, "BREAKING"),
        (Class::ReadThis, "READ THIS"),
        (Class::Compatible, "COMPATIBLE"),
    ] {
        let count = report.drift.count(class);
        if count > 0 {
            out.line(&format!("\n{title} ({count})"));
        }
        for change in report.drift.of(class) {
            change_lines(&mut out, change);
        }
    }
    if !report.mends.is_empty() {
        out.line(&format!("\nMEND ({})", report.mends.len()));
        for mend in &report.mends {
            out.line(&format!("\n  {}", mend.place));
            out.labelled("before", &mend.before);
            out.labelled("after", &mend.after);
        }
    }
    transcribed_lines(&mut out, &report.transcribed);
    overlay_lines(&mut out, &report.overlay);
    if let Some(rust) = &report.rust {
        rust_lines(&mut out, rust);
    }
    out.0
}

struct Out(String);

impl Out {
    /// A line of our own words; characters that steer a terminal or hide are shown as what they are.
    fn line(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '\n' => self.0.push('\n'),
                letter => hidden::push(&mut self.0, letter),
            }
        }
        self.0.push('\n');
    }

    /// A label and a text that may have several lines, which are put below one another.
    fn labelled(&mut self, label: &str, text: &str) {
        let indented = text.trim_end().replace('\n', "\n            ");
        self.line(&format!("    {label:<7} {indented}"));
    }
}

fn change_lines(out: &mut Out, change: &Change) {
    out.line(&format!("\n  {}", change.message.replace('\n', " ")));
    if change.kind == Kind::PageChanged {
        page_lines(out, change);
        return;
    }
    let touched = match operations(change) {
        (None, _) => "the whole API".to_owned(),
        (Some(first), 0) => first.to_owned(),
        (Some(_), _) => change.operations().collect::<Vec<_>>().join(", "),
    };
    out.labelled("in", &shortened(&touched, 400));
    out.labelled(
        "at",
        &format!(
            "{} ({}, {}, {})",
            change.pointer,
            document(change.pointer_in),
            change.direction.code(),
            change.kind
        ),
    );
    if let Some(page) = &change.page {
        out.labelled("page", &page.to_string());
    }
    if !change.masked_by.is_empty() {
        out.labelled("masked", &masked(change));
    }
    let value = |value| {
        let text = in_one_line(value);
        let most = match text.contains('\n') {
            true => LONGEST_OUTLINE,
            false => LONGEST_VALUE,
        };
        shortened(&text, most)
    };
    out.labelled("before", &value(change.before.as_ref()));
    out.labelled("after", &value(change.after.as_ref()));
    if !change.rust.is_empty() {
        out.labelled("Rust", &change.rust.join(", "));
    }
    out.labelled("why", &change.why);
    judged_line(out, change);
}

/// A change of a page's text, with its lines.
fn page_lines(out: &mut Out, change: &Change) {
    if let Some(page) = &change.page {
        out.labelled("at", &page.to_string());
    }
    for (label, side) in [("before", &change.before), ("after", &change.after)] {
        out.labelled(
            label,
            &shortened(&in_one_line(side.as_ref()), LONGEST_OUTLINE),
        );
    }
    out.labelled("why", &change.why);
    judged_line(out, change);
}

fn judged_line(out: &mut Out, change: &Change) {
    if let Some(judged) = &change.judged {
        out.labelled("rule", &judgement(judged));
    }
}

fn transcribed_lines(out: &mut Out, parts: &[Transcribed]) {
    if parts.is_empty() {
        return;
    }
    out.line(&format!("\nTRANSCRIBED ({})", parts.len()));
    for part in parts {
        out.line(&format!("\n  {}: {}.", part.part, part.state.words()));
        out.labelled("at", &part.place);
        for difference in &part.differences {
            out.labelled("differs", difference);
        }
    }
}

fn overlay_lines(out: &mut Out, overlay: &[OverlayFinding]) {
    if overlay.is_empty() {
        return;
    }
    out.line(&format!("\nOVERLAY ({})", overlay.len()));
    for finding in overlay {
        out.line(&format!(
            "\n  Action {} is {}: {}.",
            finding.action,
            finding.state.code(),
            overlay_state(finding)
        ));
        out.labelled("at", &finding.place);
        out.labelled("target", &finding.target);
        out.labelled("says", &finding.description);
        out.labelled("why", &finding.why);
        out.labelled("edit", &finding.edit);
    }
}

fn rust_lines(out: &mut Out, rust: &RustSide) {
    out.line(&format!(
        "\nRUST ({}): {}",
        rust.step.code(),
        match rust.current_version == rust.recommended_version {
            true => format!("{}, no release needed", rust.current_version),
            false => format!("{} -> {}", rust.current_version, rust.recommended_version),
        }
    ));
    for change in &rust.changes {
        out.line(&format!("\n  {}: {}", change.step.code(), change.item));
        for (label, text) in [("before", &change.before), ("after", &change.after)] {
            if let Some(text) = text {
                out.labelled(label, text);
            }
        }
        out.labelled("why", &change.why);
    }
    for disagreement in &rust.disagreements {
        out.line(&format!("\n  Wire and types disagree: {disagreement}"));
    }
    if !rust.changelog.is_empty() {
        out.line("\nCHANGELOG\n");
        out.line(rust.changelog.trim_end());
    }
}
