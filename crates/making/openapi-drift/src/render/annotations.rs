//! A report as remarks on lines of files.

use crate::{Change, Class, Report};

/// A remark on a line.
pub(super) struct Annotation<'a> {
    /// What sort of remark it is: the kind of a change, or what else there is to do.
    pub(super) rule: String,
    /// The same in a sentence.
    pub(super) rule_words: String,
    pub(super) class: Class,
    pub(super) message: String,
    pub(super) why: String,
    /// File and first and last line; nothing where it is in no file.
    pub(super) place: Option<(String, usize, usize)>,
    /// Of a change.
    pub(super) change: Option<&'a Change>,
}

/// Everything that a report tells, in its order.
pub(super) fn annotations(report: &Report) -> Vec<Annotation<'_>> {
    let mut found: Vec<Annotation<'_>> = report.drift.changes.iter().map(of_change).collect();
    for mend in &report.mends {
        found.push(Annotation {
            rule: "line-to-mend".to_owned(),
            rule_words: "A line names a path that moved.".to_owned(),
            class: Class::ReadThis,
            message: "A path moved, for which this line was written.".to_owned(),
            why: format!("Write in its place: {}", mend.after),
            place: place(&mend.place),
            change: None,
        });
    }
    for part in &report.transcribed {
        let class = match part.differences.is_empty() {
            true => Class::Compatible,
            false => Class::ReadThis,
        };
        found.push(Annotation {
            rule: format!("transcribed-{}", part.state.code()),
            rule_words: format!("Of what was transcribed: {}.", part.state.words()),
            class,
            message: format!("{}: {}.", part.part, part.state.words()),
            why: part.differences.join(" "),
            place: place(&part.place),
            change: None,
        });
    }
    for finding in &report.overlay {
        found.push(Annotation {
            rule: format!("overlay-{}", finding.state.code()),
            rule_words: format!("An action of the overlay is {}.", finding.state.code()),
            class: Class::ReadThis,
            message: finding.why.clone(),
            why: finding.edit.clone(),
            place: place(&finding.place),
            change: None,
        });
    }
    found
}

fn of_change(change: &Change) -> Annotation<'_> {
    let page = change.page.as_ref();
    Annotation {
        rule: change.kind.code().to_owned(),
        rule_words: change.kind.words().to_owned(),
        class: change.class,
        message: change.message.clone(),
        why: change.why.clone(),
        place: page.map(|page| (page.file.clone(), page.line, page.line)),
        change: Some(change),
    }
}

/// `file:12` or `file:12-20`.
fn place(text: &str) -> Option<(String, usize, usize)> {
    let (file, lines) = text.rsplit_once(':')?;
    let (first, last) = lines.split_once('-').unwrap_or((lines, lines));
    Some((file.to_owned(), first.parse().ok()?, last.parse().ok()?))
}
