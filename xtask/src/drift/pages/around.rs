//! What pages say around their documents.

use std::collections::BTreeMap;

use anyhow::Result;
use openapi_drift::{Change, Class, PageLine, Wording, wording};
use similar::{DiffTag, TextDiff};
use spec_documents::Provider;
use spec_documents::page::{self, Paragraph};
use spec_documents::provider::PUBLISHED;

use super::{SHOWN, Text, changes};

const WHY_WHOLE: &str =
    "There is nothing to compare its text with: read what it says around its document.";

/// What the pages say otherwise; `replaced` are a page and the one of another name that takes its place.
pub(in crate::drift) fn around(
    before: &Provider,
    after: &Provider,
    replaced: Option<(String, String)>,
) -> Result<Vec<Change>> {
    let (old, mut new) = (published(before), published(after));
    let file = |page: &str| format!("{PUBLISHED}/{page}");
    let replaced = replaced.map(|(old, new)| (file(&old), file(&new)));
    let was = |name: &str| match &replaced {
        Some((old, new)) if new == name => old.clone(),
        _ => name.to_owned(),
    };
    let mut found = Vec::new();
    for (name, text) in &new {
        let paragraphs = page::prose(name, text)?;
        let file = format!("specs/{}/{name}", after.config.name);
        let was = was(name);
        match old.get(was.as_str()) {
            Some(text) => found.extend(changes(texts(
                &file,
                &page::prose(&was, text).unwrap_or_default(),
                &paragraphs,
            ))),
            None => found.extend(whole(file, &paragraphs, false)),
        }
    }
    if let Some((old, _)) = &replaced {
        new.insert(old, "");
    }
    for (name, text) in old.iter().filter(|(name, _)| !new.contains_key(*name)) {
        let paragraphs = page::prose(name, text).unwrap_or_default();
        found.extend(whole(
            format!("specs/{}/{name}", after.config.name),
            &paragraphs,
            true,
        ));
    }
    Ok(found)
}

/// The published pages by their files.
fn published(provider: &Provider) -> BTreeMap<&str, &str> {
    let files = provider.inputs().iter();
    let pages = files.filter(|(file, _)| file.starts_with(PUBLISHED));
    pages
        .map(|(file, text)| (file.as_str(), text.as_str()))
        .collect()
}

/// The paragraphs that differ, those that stand together as one.
fn texts(file: &str, old: &[Paragraph], new: &[Paragraph]) -> Vec<Text> {
    let lines =
        |list: &[Paragraph]| -> Vec<String> { list.iter().map(|one| one.text.clone()).collect() };
    let (olds, news) = (lines(old), lines(new));
    let (olds, news): (Vec<&str>, Vec<&str>) = (
        olds.iter().map(String::as_str).collect(),
        news.iter().map(String::as_str).collect(),
    );
    let diff = TextDiff::from_slices(&olds, &news);
    let hunks = diff
        .ops()
        .iter()
        .filter(|hunk| hunk.tag() != DiffTag::Equal);
    hunks
        .map(|hunk| {
            let gone = old.get(hunk.old_range()).unwrap_or_default();
            let come = new.get(hunk.new_range()).unwrap_or_default();
            text(file, gone, come)
        })
        .collect()
}

fn text(file: &str, gone: &[Paragraph], come: &[Paragraph]) -> Text {
    let joined = |list: &[Paragraph]| {
        let lines: Vec<&str> = list.iter().map(|one| one.text.as_str()).collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    };
    let (before, after) = (joined(gone), joined(come));
    let first = come.first().or(gone.first());
    let heading = first.map_or("", |one| one.heading.as_str());
    let (one, other) = (
        before.as_deref().unwrap_or_default(),
        after.as_deref().unwrap_or_default(),
    );
    // A number under "Fees" is about fees.
    let under_money = gone
        .iter()
        .chain(come)
        .any(|one| wording("", &one.heading) == Wording::Money);
    Text {
        place: PageLine {
            file: file.to_owned(),
            line: first.map_or(1, |one| one.line),
        },
        wording: match wording(one, other) {
            Wording::Words if under_money => Wording::Money,
            judged => judged,
        },
        what: match heading {
            "" => "the page says".to_owned(),
            heading => format!("the page says under \"{heading}\""),
        },
        before,
        after,
    }
}

/// A page that came or went, if it says anything around a document.
fn whole(file: String, paragraphs: &[Paragraph], gone: bool) -> Option<Change> {
    if paragraphs.is_empty() {
        return None;
    }
    let lines = paragraphs.iter().take(SHOWN).map(|one| one.text.as_str());
    let text = Some(lines.collect::<Vec<_>>().join("\n"));
    let what = if gone { "is gone" } else { "is new" };
    let message = format!("The page `{file}` {what}.");
    let (before, after) = if gone { (text, None) } else { (None, text) };
    let mut change = Change::of_text(PageLine { file, line: 1 }, before, after);
    change.message = message;
    change.why = WHY_WHOLE.to_owned();
    change.class = Class::ReadThis;
    Some(change)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paragraph(heading: &str, text: &str) -> Paragraph {
        Paragraph {
            line: 7,
            heading: heading.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_number_under_a_heading_about_money_is_about_money() {
        for (heading, expected) in [("Fees", Wording::Money), ("History", Wording::Words)] {
            let found = texts(
                "a.md",
                &[paragraph(heading, "It is 2.")],
                &[paragraph(heading, "It is 3.")],
            );
            assert_eq!(found.len(), 1);
            assert_eq!((found[0].wording, found[0].place.line), (expected, 7));
        }
    }
}
