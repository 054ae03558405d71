//! What can be written of batches and workers.

use std::{num::NonZeroU32, path::PathBuf, time::Duration};

use clap::{Args, Subcommand, ValueEnum};
use refunds::{Money, ProviderName};

use super::{
    Provider,
    values::{in_the_air, money},
};

/// Many refunds from a file.
#[derive(Debug, Subcommand)]
pub(crate) enum Batch {
    /// Check every line of a file and put them down; nothing is sent
    ///
    /// Columns of the CSV, or members of the JSON Lines, in any order: reference, provider (optty, mce or tazapay) and
    /// payment in every line; amount and currency (both empty for everything), payment_total (no more is refunded of
    /// the payment), reason (needed at Optty), payment_attempt (Tazapay), transaction_type (needed at MCE),
    /// customer_email (Tazapay).
    Plan {
        /// The file: CSV with a heading, or JSON Lines (.jsonl, .ndjson)
        file: PathBuf,
        /// A sum such as "10000 USD" from which on a second person has to approve; once for each currency
        #[arg(long, value_name = "MONEY", value_parser = money)]
        second_person_above: Vec<Money>,
        #[command(flatten)]
        places: Places,
    },
    /// Allow a planned batch to be sent, by its sums
    Approve {
        /// The batch, as `plan` told it
        batch: String,
        /// One of the plan's sums, such as "tazapay 120.50 USD" or "mce everything"; once for each. Without, they are
        /// asked for
        #[arg(long, value_name = "SUM")]
        sum: Vec<String>,
        /// Who approves it; the user of this machine without
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
        /// For how long it can still be cancelled before anything of it is sent, such as 10m or 2h
        #[arg(long, value_name = "TIME", value_parser = time)]
        cancel_window: Option<Duration>,
    },
    /// Send what is approved; run it again after an interruption
    ///
    /// Ctrl-C finishes what is in the air, and no more. What is in doubt is settled as far as the provider tells.
    Run {
        /// The batch
        batch: String,
        #[command(flatten)]
        work: Work,
    },
    /// How a batch stands
    Status {
        /// The batch
        batch: String,
    },
    /// What became of each line
    Report {
        /// The batch
        batch: String,
        /// As what it is written; JSON Lines with --json
        #[arg(long, value_enum, default_value_t = ReportForm::Csv)]
        form: ReportForm,
    },
    /// Take back what was not sent yet
    Cancel {
        /// The batch
        batch: String,
    },
}

/// As what a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportForm {
    /// Comma-separated values
    Csv,
    /// JSON Lines
    Json,
}

/// Where refunds of several providers are sent.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Places {
    /// Where one provider's calls go, such as tazapay=http://127.0.0.1:8080; can be repeated. It counts before --base-url
    #[arg(long = "at", value_name = "PROVIDER=URL", value_parser = place)]
    pub(crate) at: Vec<(ProviderName, String)>,
}

/// How many steps are made at once, and how fast.
#[derive(Args, Clone, Debug)]
pub(crate) struct Work {
    /// How many refunds are in the air at once
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = in_the_air, allow_hyphen_values = true)]
    pub(crate) in_the_air: usize,
    /// How many steps a provider gets in a second, such as optty=5; can be repeated. Kotani Pay documents 60 writes a
    /// minute and gets one a second; of the others nothing is documented, and a 429 is waited out
    #[arg(long, value_name = "PROVIDER=N", value_parser = rate)]
    pub(crate) rate: Vec<(ProviderName, NonZeroU32)>,
    #[command(flatten)]
    pub(crate) places: Places,
}

impl Places {
    /// The same words again, for a command to paste.
    pub(crate) fn words(&self) -> impl Iterator<Item = String> {
        let given = self.at.iter();
        given.flat_map(|(provider, url)| ["--at".to_owned(), format!("{provider}={url}")])
    }
}

fn provider(name: &str) -> Result<ProviderName, String> {
    let known = Provider::from_str(name, true).map_err(|_| {
        let known = ProviderName::BUILT_IN.map(|provider| provider.to_string());
        format!("`{name}` is no provider: write one of {}", known.join(", "))
    })?;
    Ok(known.into())
}

fn place(text: &str) -> Result<(ProviderName, String), String> {
    let (name, url) = text
        .split_once('=')
        .ok_or("write a provider, `=` and a URL, such as `tazapay=http://127.0.0.1:8080`")?;
    Ok((provider(name)?, url.to_owned()))
}

fn rate(text: &str) -> Result<(ProviderName, NonZeroU32), String> {
    let wrong = "write a provider, `=` and a number above zero, such as `optty=5`";
    let (name, number) = text.split_once('=').ok_or(wrong)?;
    Ok((provider(name)?, number.parse().map_err(|_| wrong)?))
}

fn time(text: &str) -> Result<Duration, String> {
    crate::time::duration(text)
        .ok_or_else(|| "write how long, such as 90s, 30m, 12h or 7d".to_owned())
}
