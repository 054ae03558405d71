//! Checking a file and putting its lines down.

use std::path::Path;

use anyhow::Result;
use refunds::{Capabilities, Money, ProviderName};
use refunds_journal::{Batch, PlanOptions};

use super::{super::session::place_of, told};
use crate::{
    arguments::batch::Places,
    commands::desk::Desk,
    exit::Exit,
    hint,
    report::{commands, line},
};

pub(super) async fn run(
    file: &Path,
    second_person_above: Vec<Money>,
    places: &Places,
    desk: &mut Desk<'_>,
) -> Result<Exit> {
    let mut options = PlanOptions::new();
    let creating = ProviderName::BUILT_IN.into_iter();
    for provider in creating.filter(|name| Capabilities::of(*name).creates) {
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
        let id = plan.batch.id();
        let sums: Vec<_> = plan.sums.iter().map(ToString::to_string).collect();
        let sums = sums
            .iter()
            .map(|sum| sum.split(" (").next().unwrap_or_default());
        let sums = sums.flat_map(|sum| ["--sum", sum]);
        let approve = hint::command(["batch", "approve", id].into_iter().chain(sums));
        let run = ["batch", "run", id].map(str::to_owned).into_iter();
        let run: Vec<_> = run.chain(places.words()).collect();
        let run = hint::command(run.iter().map(String::as_str));
        let second = if plan.needs_second {
            ", by two persons,"
        } else {
            ""
        };
        let mut text = String::new();
        line(
            &mut text,
            "next",
            Some(format!("have it approved{second} and send it")),
        );
        commands(&mut text, [approve, run]);
        desk.terminal.text(&text)?;
    }
    Ok(exit)
}
