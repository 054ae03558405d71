use std::collections::BTreeMap;
use std::fmt;

/// What lowering did, in the order in which it was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    applied: Vec<Applied>,
}

/// One application of one rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// Name of the rule.
    pub rule: &'static str,
    /// JSON pointer of what it changed, in the document as it stood then.
    pub pointer: String,
    /// What was found and what it became.
    pub detail: String,
    /// Whether a part of the document is not in the lowered one at all, nor in any other way.
    pub left_out: bool,
}

impl Report {
    /// Every application, in order.
    pub fn applied(&self) -> &[Applied] {
        &self.applied
    }

    /// What of the document is not in the lowered one at all, in order.
    pub fn left_out(&self) -> impl Iterator<Item = &Applied> {
        self.applied.iter().filter(|applied| applied.left_out)
    }

    /// How often each rule was applied.
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for applied in &self.applied {
            *counts.entry(applied.rule).or_insert(0) += 1;
        }
        counts
    }
}

impl fmt::Display for Report {
    /// One line per application.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Applied {
            rule,
            pointer,
            detail,
            left_out,
        } in &self.applied
        {
            let mark = if *left_out { "LEFT OUT: " } else { "" };
            writeln!(formatter, "{rule}: {pointer}: {mark}{detail}")?;
        }
        Ok(())
    }
}

/// Writes the entries of one rule into a report.
pub(crate) struct Scribe<'a> {
    rule: &'static str,
    report: &'a mut Report,
}

impl<'a> Scribe<'a> {
    pub(crate) fn new(rule: &'static str, report: &'a mut Report) -> Self {
        Self { rule, report }
    }

    /// Notes what was rewritten.
    pub(crate) fn note(&mut self, pointer: &str, detail: impl Into<String>) {
        self.push(pointer, detail.into(), false);
    }

    /// Notes what could not be expressed.
    pub(crate) fn left_out(&mut self, pointer: &str, detail: impl Into<String>) {
        self.push(pointer, detail.into(), true);
    }

    fn push(&mut self, pointer: &str, detail: String, left_out: bool) {
        self.report.applied.push(Applied {
            rule: self.rule,
            pointer: pointer.to_owned(),
            detail,
            left_out,
        });
    }
}
