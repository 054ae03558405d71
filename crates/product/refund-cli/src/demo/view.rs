//! The demonstration as a person reads it.

use comfy_table::Cell;

use super::Step;
use crate::{
    report::Word,
    terminal::{printable, style, table},
};

/// The table of steps with what leads up to it and what follows from it.
pub(super) fn text(steps: &[Step], made: usize, twice: usize, interactive: bool) -> String {
    let mut table = table(interactive);
    table.set_header(["provider", "asked for", "outcome", "why", "paid"]);
    for step in steps {
        let paid = match step.payments {
            0 => "no".to_owned(),
            1 => "once".to_owned(),
            more => format!("{more} times"),
        };
        table.add_row([
            Cell::new(step.provider),
            Cell::new(step.asked),
            Cell::new(step.outcome.as_str()),
            Cell::new(printable(&step.why)),
            Cell::new(paid),
        ]);
    }
    let table = colored(table.to_string());
    let doubles = match twice {
        0 => "none of them twice".to_owned(),
        more => format!("{more} OF THEM TWICE"),
    };
    format!(
        "Refunds at the four providers, which run inside this process; no money moves.\n\n{table}\n\n\
         The providers' own ledger has {made} refunds, {doubles}.\n\
         Next: `refund capabilities`, `refund sandbox`, `refund create --help`.\n"
    )
}

/// The outcomes stand out; the widths of the columns were computed without colours.
fn colored(table: String) -> String {
    [Word::Accepted, Word::Rejected, Word::Refused, Word::Unknown]
        .into_iter()
        .fold(table, |table, word| {
            let (plain, style) = (word.as_str(), style(word));
            table.replace(
                &format!("┆ {plain} "),
                &format!("┆ {style}{plain}{style:#} "),
            )
        })
}
