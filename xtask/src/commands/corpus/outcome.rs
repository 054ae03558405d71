//! What became of the documents, for people and as JSON.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::compile::Checked;
use super::examples::{Decoded, Finding};
use super::mutations::Mutations;
use super::one::Measured;

/// What became of one document. Its JSON is what other tools read: see `cargo xtask corpus --json`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Outcome {
    pub(super) file: String,
    pub(super) generated: bool,
    pub(super) operations: usize,
    pub(super) kept: usize,
    /// How often each rule was applied.
    pub(super) rules: BTreeMap<String, usize>,
    /// Whether the client compiles; nothing if that was not tried.
    pub(super) compiled: Option<bool>,
    /// How many documented examples there are of bodies that have a type; nothing if none was decoded.
    examples: Option<usize>,
    /// How many of them decode.
    decoded: Option<usize>,
    /// The others.
    undecoded: Vec<Finding>,
    /// Those that decode and are not encoded again as they were.
    changed: Vec<Finding>,
    /// What is no example of anything that a client meets.
    not_counted: Vec<String>,
    pub(super) seconds: f64,
    pub(super) peak_mib: Option<f64>,
    pub(super) error: Option<String>,
    /// What of the document is not in the client.
    #[serde(skip)]
    warnings: Vec<String>,
    /// What was repaired while it was read.
    #[serde(skip)]
    repairs: Vec<String>,
    /// What became of it when it was damaged.
    #[serde(skip)]
    mutations: Option<Mutations>,
    /// Seconds of the generator alone.
    #[serde(skip)]
    generating: f64,
}

impl Outcome {
    pub(super) fn new(file: String, measured: Measured) -> Self {
        Self {
            file,
            generated: measured.generated,
            operations: measured.operations,
            kept: measured.kept,
            rules: measured.rules,
            compiled: None,
            examples: None,
            decoded: None,
            undecoded: Vec::new(),
            changed: Vec::new(),
            not_counted: Vec::new(),
            seconds: thousandths(measured.seconds),
            peak_mib: measured.peak_mib.map(thousandths),
            error: measured.error,
            warnings: measured.warnings,
            repairs: measured.repairs,
            mutations: measured.mutations,
            generating: measured.generating,
        }
    }
}

impl Outcome {
    /// Notes what the compiler said; a client that does not compile has its first error here.
    pub(super) fn checked(&mut self, checked: Checked) {
        self.compiled = Some(checked.compiled && checked.warnings == 0);
        if self.compiled == Some(false) {
            self.error = checked.complaint;
        }
    }

    /// Notes what became of the examples.
    pub(super) fn decoded(&mut self, decoded: Decoded) {
        self.examples = Some(decoded.examples);
        self.decoded = Some(decoded.count());
        self.undecoded = decoded.undecoded;
        self.changed = decoded.changed;
        self.not_counted = decoded.others;
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.compiled {
            true => "compiles",
            false => "DOES NOT COMPILE",
        })?;
        if self.warnings > 0 {
            write!(formatter, ", {} WARNINGS", self.warnings)?;
        }
        match &self.complaint {
            Some(complaint) => write!(formatter, ": {complaint}"),
            None => Ok(()),
        }
    }
}

fn thousandths(number: f64) -> f64 {
    (number * 1e3).round() / 1e3
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: ", self.file)?;
        if let Some(error) = &self.error {
            write!(formatter, "FAILED: {error}; ")?;
        }
        write!(
            formatter,
            "{} of {} operations, {} rules {} times, {:.2} s ({:.2} s of the generator)",
            self.kept,
            self.operations,
            self.rules.len(),
            self.rules.values().sum::<usize>(),
            self.seconds,
            self.generating,
        )?;
        if let Some(peak) = self.peak_mib {
            write!(formatter, ", {peak:.0} MiB")?;
        }
        if let Some(mutations) = &self.mutations {
            let Mutations {
                count,
                panics,
                errors,
                late,
                worst,
            } = mutations;
            write!(
                formatter,
                "\n  {count} mutations, {panics} panics, {errors} errors, {late} of them late"
            )?;
            if let Some(seed) = worst {
                write!(formatter, "; the first with --mutations 1 --seed {seed}")?;
            }
        }
        for repair in &self.repairs {
            write!(formatter, "\n  {repair}")?;
        }
        for warning in &self.warnings {
            write!(formatter, "\n  left out by {warning}")?;
        }
        Ok(())
    }
}

/// All documents together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Totals {
    pub(super) documents: usize,
    pub(super) generated: usize,
    pub(super) operations: usize,
    pub(super) kept: usize,
    /// Documents whose client compiles, where that was tried.
    pub(super) compiled: usize,
    /// Things of the documents that are in no client.
    #[serde(default)]
    pub(super) warnings: usize,
    /// Documented examples, where they were decoded.
    #[serde(default)]
    pub(super) examples: usize,
    /// Those that decode.
    #[serde(default)]
    pub(super) decoded: usize,
}

impl fmt::Display for Totals {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} of {} documents generated, {} of {} operations kept, {} things left out",
            self.generated, self.documents, self.kept, self.operations, self.warnings
        )?;
        if self.compiled > 0 {
            write!(formatter, ", {} compiled", self.compiled)?;
        }
        if self.examples > 0 {
            write!(
                formatter,
                ", {} of {} examples decoded ({:.2} %)",
                self.decoded,
                self.examples,
                // A few thousand at most: nothing of it is lost.
                self.decoded as f64 * 100.0 / self.examples as f64
            )?;
        }
        Ok(())
    }
}

/// The JSON of a run.
#[derive(Debug, Serialize)]
pub(super) struct Summary {
    documents: Vec<Outcome>,
    pub(super) totals: Totals,
}

impl Summary {
    /// What damaged documents show to be wrong, if they do.
    pub(super) fn complaint(&self) -> Option<String> {
        let all = self
            .documents
            .iter()
            .filter_map(|outcome| outcome.mutations.as_ref());
        let (panics, late) = all.fold((0, 0), |(panics, late), mutations| {
            (panics + mutations.panics, late + mutations.late)
        });
        (panics + late > 0).then(|| {
            format!("damaged documents: {panics} panics, {late} errors that took longer than a second; the seeds are above")
        })
    }

    pub(super) fn of(documents: Vec<Outcome>) -> Self {
        let count = |tells: &dyn Fn(&Outcome) -> bool| {
            documents.iter().filter(|outcome| tells(outcome)).count()
        };
        let totals = Totals {
            documents: documents.len(),
            generated: count(&|outcome| outcome.generated),
            operations: documents.iter().map(|outcome| outcome.operations).sum(),
            kept: documents.iter().map(|outcome| outcome.kept).sum(),
            compiled: count(&|outcome| outcome.compiled == Some(true)),
            warnings: documents.iter().map(|outcome| outcome.warnings.len()).sum(),
            examples: documents
                .iter()
                .filter_map(|outcome| outcome.examples)
                .sum(),
            decoded: documents.iter().filter_map(|outcome| outcome.decoded).sum(),
        };
        Self { documents, totals }
    }
}
