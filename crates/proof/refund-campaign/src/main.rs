//! The campaign's command, which is also its workers.

use std::{
    env,
    ffi::{OsStr, OsString},
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use clap::{Parser, ValueEnum};
use refund_campaign::{
    Campaign, LEAST_FAULTED_PERCENT, Sabotage,
    journaled::{self, JournaledCampaign},
    work,
};

/// The first argument of a worker, which the command line has no name for.
const WORKER: &str = "--as-worker";

/// The first argument of a worker on a journal.
const JOURNAL_WORKER: &str = "--as-journal-worker";

/// Makes refunds under random faults and kills, and compares what is believed with what happened.
#[derive(Debug, Parser)]
#[command(name = "campaign")]
struct Arguments {
    /// How many refunds
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    refunds: u64,
    /// Where chance starts from
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// JSON file with a plan of faults, instead of every kind by chance; chance starts from --seed there too
    #[arg(long, value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Receive webhooks meanwhile, under faults and forgeries of their own; on a journal, Tazapay's, which are put down
    #[arg(long)]
    webhooks: bool,
    /// On the journal instead of the campaign's own: `sqlite`, or the URL of a PostgreSQL in which a database is made
    #[arg(long, value_name = "DATABASE", conflicts_with_all = ["faults", "sabotage"])]
    journal: Option<String>,
    /// With a PostgreSQL: a command for a shell that restarts it, now and then
    #[arg(long, value_name = "COMMAND", requires = "journal")]
    restart: Option<String>,
    /// Make a mistake that the campaign has to find
    #[arg(long, hide = true)]
    sabotage: Option<Mistake>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Mistake {
    RepeatEverything,
    CallUnknownFailed,
    TrustKeys,
    BelieveAnybody,
}

fn main() -> Result<()> {
    let given: Vec<OsString> = env::args_os().skip(1).collect();
    if let [first, assignment] = given.as_slice()
        && first == OsStr::new(WORKER)
    {
        return Ok(work(Path::new(assignment))?);
    }
    if let [first, post] = given.as_slice()
        && first == OsStr::new(JOURNAL_WORKER)
    {
        return Ok(journaled::work(Path::new(post))?);
    }
    let arguments = Arguments::parse();
    match &arguments.journal {
        Some(database) => run_on_journal(&arguments, database),
        None => run(&arguments),
    }
}

fn run_on_journal(arguments: &Arguments, database: &str) -> Result<()> {
    let postgres = (database != "sqlite").then(|| database.to_owned());
    let mut campaign = JournaledCampaign::new(arguments.refunds, arguments.seed, postgres);
    if let Some(command) = &arguments.restart {
        campaign = campaign.with_restarts(command.clone());
    }
    if arguments.webhooks {
        campaign = campaign.with_webhooks();
    }
    let program = env::current_exe().context("the campaign cannot find its own program")?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the runtime could not be started: check the system's limits")?;
    let report = runtime.block_on(campaign.run(&program, JOURNAL_WORKER))?;
    write!(io::stdout().lock(), "{report}")?;
    if !report.is_clean() {
        bail!("money went wrong; replay it with `{}`", arguments.replay());
    }
    Ok(())
}

fn run(arguments: &Arguments) -> Result<()> {
    let mut campaign = Campaign::new(arguments.refunds, arguments.seed);
    if let Some(path) = &arguments.faults {
        campaign = campaign.with_faults(path)?;
    }
    if arguments.webhooks {
        campaign = campaign.with_webhooks();
    }
    if let Some(mistake) = arguments.sabotage {
        campaign = campaign.with_sabotage(match mistake {
            Mistake::RepeatEverything => Sabotage::RepeatEverything,
            Mistake::CallUnknownFailed => Sabotage::CallUnknownFailed,
            Mistake::TrustKeys => Sabotage::TrustKeys,
            Mistake::BelieveAnybody => Sabotage::BelieveAnybody,
        });
    }
    let program = env::current_exe().context("the campaign cannot find its own program")?;
    let report = campaign.run(&program, WORKER)?;
    write!(io::stdout().lock(), "{report}")?;
    if !report.is_clean() {
        bail!("money went wrong; replay it with `{}`", arguments.replay());
    }
    if !report.is_telling() {
        bail!(
            "only {} % of the requests met a fault, of at least {LEAST_FAULTED_PERCENT}: this says too little; \
             raise the rate of the plan, then run `{}`",
            report.faulted_percent(),
            arguments.replay()
        );
    }
    Ok(())
}

impl Arguments {
    fn replay(&self) -> String {
        let mut command = format!(
            "cargo xtask campaign --refunds {} --seed {}",
            self.refunds, self.seed
        );
        if let Some(path) = &self.faults {
            command.push_str(&format!(" --faults {}", path.display()));
        }
        if self.webhooks {
            command.push_str(" --webhooks");
        }
        if let Some(database) = &self.journal {
            command.push_str(&format!(" --journal {database}"));
        }
        if let Some(restart) = &self.restart {
            command.push_str(&format!(" --restart '{restart}'"));
        }
        if let Some(mistake) = self
            .sabotage
            .and_then(|mistake| mistake.to_possible_value())
        {
            command.push_str(&format!(" --sabotage {}", mistake.get_name()));
        }
        command
    }
}
