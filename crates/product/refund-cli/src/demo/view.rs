//! The demonstration as a person reads it.

use super::Step;
use crate::{
    report::Word,
    terminal::{look, separator, style, table, wrapped},
};

/// The table of steps with what leads up to it and what follows from it.
pub(super) fn text(steps: &[Step], made: usize, twice: usize) -> String {
    let rows: Vec<_> = steps
        .iter()
        .map(|step| {
            let paid = match step.payments {
                0 => "no".to_owned(),
                1 => "once".to_owned(),
                more => format!("{more} times"),
            };
            let outcome = step.outcome.as_str();
            vec![
                step.provider.to_owned(),
                step.asked.to_owned(),
                outcome.to_owned(),
                step.why.clone(),
                paid,
            ]
        })
        .collect();
    let table = table(&["provider", "asked for", "outcome", "why", "paid"], &rows);
    let table = colored(table);
    let doubles = match twice {
        0 => "none of them twice".to_owned(),
        more => format!("{more} OF THEM TWICE"),
    };
    let said = |text: &str| wrapped(text, look().width, 0);
    let before = "Refunds at the four providers, which run inside this process; no money moves.";
    let after = format!("The providers' own ledger has {made} refunds, {doubles}.");
    let next = "Next: `refund capabilities`, `refund sandbox`, `refund create --help`.";
    format!(
        "{}\n\n{table}\n{}\n{}\n",
        said(before),
        said(&after),
        said(next)
    )
}

/// The outcomes stand out; the widths of the columns were computed without colours.
fn colored(table: String) -> String {
    let separator = separator();
    [Word::Accepted, Word::Rejected, Word::Refused, Word::Unknown]
        .into_iter()
        .fold(table, |table, word| {
            let (plain, style) = (word.as_str(), style(word));
            table.replace(
                &format!("{separator} {plain} "),
                &format!("{separator} {style}{plain}{style:#} "),
            )
        })
}
