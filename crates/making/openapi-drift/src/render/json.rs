use serde::Serialize;

use super::unhidden;
use crate::{Class, Report};

/// Version of the form; a change that breaks readers raises it.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Printed<'a> {
    format: u32,
    verdict: &'static str,
    exit_code: u8,
    counts: Counts,
    #[serde(flatten)]
    report: &'a Report,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Counts {
    breaking: usize,
    read_this: usize,
    compatible: usize,
}

/// The report as JSON, with the verdict and counts in front; `report.schema.json` describes it.
///
/// It can be read back as a [`Report`].
pub fn json(report: &Report) -> String {
    let count = |class| report.drift.count(class);
    let printed = Printed {
        format: FORMAT,
        verdict: match &report.failed {
            Some(_) => "failed",
            None => report.class().map_or("none", Class::code),
        },
        exit_code: report.exit_code(),
        counts: Counts {
            breaking: count(Class::Breaking),
            read_this: count(Class::ReadThis),
            compatible: count(Class::Compatible),
        },
        report,
    };
    // Texts, numbers and lists of them: nothing of it can fail to be written.
    let text = serde_json::to_string_pretty(&printed).unwrap_or_default();
    format!("{}\n", unhidden(&text))
}
