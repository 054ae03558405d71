//! The search's command.

use std::io::{self, Write};

use anyhow::{Result, bail};
use clap::{
    Parser,
    builder::{PossibleValuesParser, TypedValueParser},
};
use refund_search::{Rows, Search, Workers};
use refunds::ProviderName;

/// Tells the facade every story that the providers' documents leave open, and compares what it believes with
/// what happened.
#[derive(Debug, Parser)]
#[command(name = "search")]
struct Arguments {
    /// One provider only
    #[arg(long, value_parser = built_in())]
    provider: Option<ProviderName>,
    /// How many requests of a story the provider may do as it likes with
    #[arg(long, value_name = "N", default_value_t = 3)]
    depth: u8,
    /// Which sample of the odd answers to tell at the later requests of a story, where N is more than 2: of samples 0 to 19, each is told at each place
    #[arg(long, value_name = "K", default_value_t = 0, conflicts_with_all = ["check_rows", "workers"])]
    sample: u64,
    /// Switch each row of the facade's evidence off in turn, and find a counterexample for each
    #[arg(long)]
    check_rows: bool,
    /// Search the journal instead: what two workers, kills, lost answers and leases that end do to two refunds of one
    /// payment; N is then the number of choices in a story
    #[arg(long, conflicts_with_all = ["check_rows", "risk_paying_twice"])]
    workers: bool,
    /// Search the facade with the policy that trusts keys for partial refunds, which pays twice
    #[arg(long)]
    risk_paying_twice: bool,
}

/// Reads a built-in provider by its name.
fn built_in() -> impl TypedValueParser<Value = ProviderName> {
    let names = ProviderName::BUILT_IN.map(ProviderName::as_str);
    PossibleValuesParser::new(names).try_map(|name| name.parse::<ProviderName>())
}

fn search_workers(provider: Option<ProviderName>, depth: u8) -> Result<()> {
    let providers = match provider {
        Some(provider) => vec![provider],
        None => vec![ProviderName::Tazapay, ProviderName::Optty],
    };
    for provider in providers {
        let report = Workers::new(provider, depth).run()?;
        write!(io::stdout().lock(), "{provider}: {report}")?;
        if !report.is_clean() {
            bail!("money can go wrong: the story is above");
        }
    }
    Ok(())
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let provider = arguments.provider;
    if arguments.workers {
        return search_workers(provider, arguments.depth);
    }
    if arguments.check_rows {
        let rows = Rows::check(provider, arguments.depth)?;
        write!(io::stdout().lock(), "{rows}")?;
        if !rows.are_all_noticed() {
            bail!("a row can be switched off unnoticed: it is useless, or no story needs it yet");
        }
        return Ok(());
    }
    let mut search = Search::new(arguments.depth).with_sample(arguments.sample);
    if let Some(provider) = provider {
        search = search.of(provider);
    }
    if arguments.risk_paying_twice {
        search = search.with_risk_of_paying_twice();
    }
    let report = search.run()?;
    write!(io::stdout().lock(), "{report}")?;
    if !report.is_clean() {
        bail!("money can go wrong: the shortest stories are above");
    }
    Ok(())
}
