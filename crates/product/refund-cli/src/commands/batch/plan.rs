//! Checking a file and putting its lines down.

use std::path::Path;

use anyhow::Result;
use refunds::{Money, ProviderName};
use refunds_journal::{Batch, PlanOptions};

use super::{super::session::place_of, told};
use crate::{arguments::batch::Places, commands::desk::Desk, exit::Exit};

/// The providers at which refunds can be created.
const CREATING: [ProviderName; 3] = [
    ProviderName::Mce,
    ProviderName::Optty,
    ProviderName::Tazapay,
];

pub(super) async fn run(
    file: &Path,
    second_person_above: Vec<Money>,
    places: &Places,
    desk: &mut Desk<'_>,
) -> Result<Exit> {
    let mut options = PlanOptions::new();
    for provider in CREATING {
        if let Some(place) = place_of(provider, places, desk.options)? {
            options = options.with_place(provider, place);
        }
    }
    for sum in second_person_above {
        options = options.with_second_person_above(sum);
    }
    let journal = desk.journal().await?;
    desk.terminal
        .progress(&format!("checking {}", file.display()));
    let plan = Batch::plan(&journal, file, &options).await?;
    let exit = told(&plan.batch.tally().await?, plan.batch.id(), desk)?;
    if !desk.terminal.is_json() {
        let sums: Vec<_> = plan
            .sums
            .iter()
            .map(|sum| {
                format!(
                    " --sum \"{}\"",
                    sum.to_string().split(" (").next().unwrap_or_default()
                )
            })
            .collect();
        let second = match plan.needs_second {
            true => ", by two persons",
            false => "",
        };
        desk.terminal.text(&format!(
            "  next      `refund batch approve {}{}`{second}, then `refund batch run {}`\n",
            plan.batch.id(),
            sums.concat(),
            plan.batch.id()
        ))?;
    }
    Ok(exit)
}
