use openapi_model::hidden;

use super::verdict::{overlay_state, verdict};
use super::{compared, in_one_line, judgement, masked};
use crate::{Change, Class, Kind, OverlayFinding, Report, RustSide};

const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8886;--bad:#c62828;--read:#b26a00;--fine:#2e7d32}\
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem}\
h1{font-size:1.6rem}h2{font-size:1.25rem;border-bottom:1px solid var(--line)}\
article{border:1px solid var(--line);border-left:.4rem solid var(--line);border-radius:.3rem;margin:1rem 0;padding:.5rem 1rem}\
article.breaking{border-left-color:var(--bad)}article.read-this{border-left-color:var(--read)}\
article.compatible{border-left-color:var(--fine)}\
h3{font-size:1rem;margin:.3rem 0}\
.both{display:grid;grid-template-columns:1fr 1fr;gap:1rem}.both>div{min-width:0}\
pre,code{font:13px/1.45 ui-monospace,monospace}\
pre{background:#8882;border-radius:.3rem;margin:0;overflow-x:auto;padding:.5rem;white-space:pre-wrap;overflow-wrap:anywhere}\
del{background:#f443;text-decoration:none}ins{background:#4c53;text-decoration:none}\
dt{float:left;clear:left;min-width:6rem;font-weight:600}dd{margin:0 0 0 6.5rem;overflow-wrap:anywhere}\
.label{font-weight:600}.tag{font-weight:600;text-transform:uppercase;font-size:.75rem}\
@media(max-width:45rem){.both{grid-template-columns:1fr}}";

/// The reports as one page that needs nothing else: no script, no other file, before and after side by side.
///
/// Whatever comes from the documents is text in it.
pub fn html(reports: &[Report]) -> String {
    let title = match reports {
        [one] => one.provider.clone().unwrap_or_else(|| "Drift".to_owned()),
        _ => "Drift".to_owned(),
    };
    let mut out = Out(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}: drift</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n",
        escaped(&title)
    ));
    for report in reports {
        one(&mut out, report);
    }
    out.0.push_str("</body>\n</html>\n");
    out.0
}

struct Out(String);

impl Out {
    /// An element that holds a text.
    fn text(&mut self, tag: &str, text: &str) {
        let name = tag.split(' ').next().unwrap_or(tag);
        self.0
            .push_str(&format!("<{tag}>{}</{name}>\n", escaped(text)));
    }

    fn raw(&mut self, html: &str) {
        self.0.push_str(html);
    }

    /// An entry of a list of descriptions.
    fn entry(&mut self, label: &str, text: &str) {
        self.0
            .push_str(&format!("<dt>{label}</dt><dd>{}</dd>\n", escaped(text)));
    }
}

fn one(out: &mut Out, report: &Report) {
    let verdict = verdict(report);
    let name = report.provider.as_deref().unwrap_or("Drift");
    out.raw("<main>\n");
    out.text("h1", &format!("{name}: {}", verdict.headline));
    out.text("p class=\"label\"", verdict.advice);
    if let Some(failure) = &report.failed {
        out.text("pre", failure);
        out.raw("</main>\n");
        return;
    }
    out.raw("<ul>\n");
    for finding in verdict.findings.iter().chain(&report.notes) {
        out.text("li", finding);
    }
    out.raw("</ul>\n<dl>\n");
    out.entry("From", &report.from);
    out.entry("To", &report.to);
    if !report.compared.is_empty() {
        out.entry("Compared", &compared(report));
    }
    out.raw("</dl>\n");
    for (class, title) in [
        (Class::Breaking, "Breaking"),
        (Class::ReadThis, "Read this"),
        (Class::Compatible, "Compatible"),
    ] {
        let count = report.drift.count(class);
        if count > 0 {
            out.text("h2", &format!("{title} ({count})"));
        }
        report
            .drift
            .of(class)
            .for_each(|change| of_change(out, change));
    }
    if !report.mends.is_empty() {
        out.text("h2", &format!("Lines to mend ({})", report.mends.len()));
        for mend in &report.mends {
            out.raw("<article class=\"read-this\">\n");
            out.text("h3", &mend.place);
            side_by_side(out, Some(&mend.before), Some(&mend.after));
            out.raw("</article>\n");
        }
    }
    if !report.transcribed.is_empty() {
        out.text("h2", &format!("Transcribed ({})", report.transcribed.len()));
        out.raw("<ul>\n");
        for part in &report.transcribed {
            let differences = part.differences.join(" ");
            let text = format!(
                "{} ({}): {}. {differences}",
                part.part,
                part.place,
                part.state.words()
            );
            out.text("li", text.trim());
        }
        out.raw("</ul>\n");
    }
    of_overlay(out, &report.overlay);
    if let Some(rust) = &report.rust {
        of_rust(out, rust);
    }
    out.raw("</main>\n");
}

fn of_change(out: &mut Out, change: &Change) {
    out.raw(&format!(
        "<article class=\"{}\" id=\"{}\">\n",
        change.class.code(),
        escaped(&change.fingerprint)
    ));
    out.text("h3", &change.message);
    let side =
        |value: &Option<serde_json::Value>| value.as_ref().map(|value| in_one_line(Some(value)));
    side_by_side(
        out,
        side(&change.before).as_deref(),
        side(&change.after).as_deref(),
    );
    out.text("p", &change.why);
    out.raw("<dl>\n");
    if change.kind != Kind::PageChanged {
        let operations: Vec<&str> = change.operations().collect();
        let whole = "the whole API".to_owned();
        let operations = if operations.is_empty() {
            whole
        } else {
            operations.join(", ")
        };
        out.entry("In", &operations);
        out.entry("At", &change.pointer);
    }
    if let Some(page) = &change.page {
        out.entry("Page", &page.to_string());
    }
    if !change.masked_by.is_empty() {
        out.entry("Masked", &masked(change));
    }
    if !change.rust.is_empty() {
        out.entry("Rust", &change.rust.join(", "));
    }
    if let Some(judged) = &change.judged {
        out.entry("Class by", &judgement(judged));
    }
    let about = if change.money { ", about money" } else { "" };
    out.entry(
        "Kind",
        &format!("{}, {}{about}", change.kind, change.direction.code()),
    );
    out.raw("</dl>\n</article>\n");
}

fn of_overlay(out: &mut Out, findings: &[OverlayFinding]) {
    if findings.is_empty() {
        return;
    }
    out.text(
        "h2",
        &format!("Overlay actions to look at ({})", findings.len()),
    );
    for finding in findings {
        out.raw("<article class=\"read-this\">\n");
        let state = overlay_state(finding);
        out.text(
            "h3",
            &format!(
                "Action {} is {}: {state}.",
                finding.action,
                finding.state.code()
            ),
        );
        out.text("p", &finding.why);
        out.text("pre", &finding.edit);
        out.raw("<dl>\n");
        out.entry("At", &finding.place);
        out.entry("Target", &finding.target);
        out.entry("Says", &finding.description);
        out.raw("</dl>\n</article>\n");
    }
}

fn of_rust(out: &mut Out, rust: &RustSide) {
    let release = match rust.current_version == rust.recommended_version {
        true => format!("{}, no release needed", rust.current_version),
        false => format!("{} → {}", rust.current_version, rust.recommended_version),
    };
    out.text("h2", &format!("The crate: {release}"));
    for disagreement in &rust.disagreements {
        out.text("p", disagreement);
    }
    for change in &rust.changes {
        out.raw("<article>\n");
        out.text("h3", &format!("{}: {}", change.step.code(), change.item));
        side_by_side(out, change.before.as_deref(), change.after.as_deref());
        out.text("p", &change.why);
        out.raw("</article>\n");
    }
    if !rust.changelog.is_empty() {
        out.text("h3", "Entry for the CHANGELOG");
        out.text("pre", &rust.changelog);
    }
}

/// Two texts beside each other, with what differs marked.
fn side_by_side(out: &mut Out, before: Option<&str>, after: Option<&str>) {
    let (first, last) = match (before, after) {
        (Some(before), Some(after)) => common(before, after),
        _ => (0, 0),
    };
    out.raw("<div class=\"both\">\n");
    for (label, text, mark) in [("Before", before, "del"), ("After", after, "ins")] {
        out.raw(&format!("<div><span class=\"tag\">{label}</span>"));
        match text {
            None => out.raw("<pre>nothing</pre>"),
            Some(text) => {
                let (start, rest) = text.split_at(first.min(text.len()));
                let (middle, end) = rest.split_at(rest.len().saturating_sub(last));
                let middle = escaped(middle);
                out.raw(&format!(
                    "<pre>{}<{mark}>{middle}</{mark}>{}</pre>",
                    escaped(start),
                    escaped(end)
                ));
            }
        }
        out.raw("</div>\n");
    }
    out.raw("</div>\n");
}

/// How many bytes two texts have in common at their beginnings and at their ends, in whole words.
fn common(before: &str, after: &str) -> (usize, usize) {
    let words = |text: &str| -> Vec<usize> {
        let ends = text.split_inclusive([' ', '\n', ',']);
        ends.map(str::len).collect()
    };
    let (mut first, mut last) = (0, 0);
    for length in words(before) {
        let end = first + length;
        if before.get(..end) != after.get(..end) {
            break;
        }
        first = end;
    }
    for length in words(before).into_iter().rev() {
        let end = last + length;
        let most = before.len().min(after.len()) - first;
        let tail = |text: &str| {
            text.len()
                .checked_sub(end)
                .and_then(|at| text.get(at..))
                .map(str::to_owned)
        };
        if end > most || tail(before) != tail(after) {
            break;
        }
        last = end;
    }
    (first, last)
}

/// A text that is markup nowhere; characters that steer are shown as what they are.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' => escaped.push('\n'),
            letter => hidden::push(&mut escaped, letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_between_two_texts_is_found_in_whole_words() {
        let parts = |before: &'static str, after: &'static str| {
            let (first, last) = common(before, after);
            (
                &before[first..before.len() - last],
                &after[first..after.len() - last],
            )
        };
        assert_eq!(
            parts("kept for 24 hours", "kept for 48 hours"),
            ("24 ", "48 ")
        );
        assert_eq!(parts("a a", "a a a"), ("", " a"));
        assert_eq!(parts("é x", "ü x"), ("é ", "ü "));
        assert_eq!(parts("same", "same"), ("", ""));
    }
}
