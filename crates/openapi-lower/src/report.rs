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
}

impl Report {
    /// Every application, in order.
    pub fn applied(&self) -> &[Applied] {
        &self.applied
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
        } in &self.applied
        {
            writeln!(formatter, "{rule}: {pointer}: {detail}")?;
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

    pub(crate) fn note(&mut self, pointer: &str, detail: impl Into<String>) {
        self.report.applied.push(Applied {
            rule: self.rule,
            pointer: pointer.to_owned(),
            detail: detail.into(),
        });
    }
}
