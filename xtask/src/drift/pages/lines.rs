//! Where the parts of a provider's documents stand.

use std::collections::BTreeMap;

use openapi_drift::{Drift, Kind, PageLine, Side};
use openapi_model::pointer;
use spec_documents::provider::{PUBLISHED, TRANSCRIBED};
use spec_documents::{Provider, page};

/// The line of each part of the pages and the transcription, by its JSON pointer.
pub(in crate::drift) struct Lines(BTreeMap<String, PageLine>);

impl Lines {
    /// Those of a provider; a page that cannot be read has none.
    pub(in crate::drift) fn new(provider: &Provider) -> Self {
        let mut all = BTreeMap::new();
        let is_page = |file: &str| file.starts_with(PUBLISHED) || file == TRANSCRIBED;
        let files = provider.inputs().iter().filter(|(file, _)| is_page(file));
        for (file, text) in files {
            for (pointer, line) in page::lines(file, text).unwrap_or_default() {
                let file = format!("specs/{}/{file}", provider.config.name);
                all.entry(pointer).or_insert(PageLine { file, line });
            }
        }
        Self(all)
    }

    /// Those of a document that is a file of its own.
    pub(in crate::drift) fn of_file(file: &str, text: &str) -> Self {
        let lines = page::lines_of(text).into_iter();
        let place = |line| PageLine {
            file: file.to_owned(),
            line,
        };
        Self(
            lines
                .map(|(pointer, line)| (pointer, place(line)))
                .collect(),
        )
    }

    /// The line of a part, or of what it belongs to; nothing for what is in no page.
    pub(in crate::drift) fn of(&self, pointer: &str) -> Option<&PageLine> {
        let mut at = pointer;
        while !at.is_empty() {
            if let Some(line) = self.0.get(at) {
                return Some(line);
            }
            at = pointer::split_last(at).map_or("", |(parent, _)| parent);
        }
        None
    }

    /// Says of each change where it stands: in the new page, or in the old one where it is gone.
    pub(in crate::drift) fn fill(before: &Self, after: &Self, drift: &mut Drift) {
        for change in drift
            .changes
            .iter_mut()
            .filter(|change| change.page.is_none())
        {
            let (first, second) = match change.pointer_in {
                Side::Before => (before, after),
                Side::After => (after, before),
            };
            // Of an operation that moved, what changed is the line of its path.
            let pointer = match change.kind {
                Kind::PathChanged => pointer::split_last(&change.pointer).map(|(path, _)| path),
                _ => None,
            };
            let pointer = pointer.unwrap_or(&change.pointer);
            change.page = first.of(pointer).or_else(|| second.of(pointer)).cloned();
        }
    }
}
