//! What every command takes.

use std::path::PathBuf;

use clap::{ArgAction, Args};

use super::values::{count, seconds};
use crate::profile::Profile;

/// What every command takes.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Options {
    /// Print JSON instead of text, one object on each line; `refund schema` prints its schema
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Allow real money: the provider's production, or a base URL elsewhere than on this machine
    #[arg(long, global = true)]
    pub(crate) live: bool,
    /// Take URLs, journal and credentials file from a profile of the configuration, or from the one that
    /// REFUND_PROFILE names; what else is given counts before it
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// TOML file with profiles, which nobody else can change; `config.toml` in the user's directory for configuration
    /// without, or REFUND_CONFIG
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where calls go, instead of the provider's documented host; MCE documents none. For one provider, a variable such
    /// as TAZAPAY_BASE_URL says it too
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// Where Optty's tokens are had, if calls go to a base URL; elsewhere than here, with --live; or OPTTY_TOKEN_URL
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) token_url: Option<String>,
    /// TOML file with credentials, which only its owner can read; or REFUND_CREDENTIALS
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) credentials: Option<PathBuf>,
    /// The journal in which refunds are remembered, so that none is sent twice: sqlite:FILE, a file, or postgres://…;
    /// or REFUND_JOURNAL
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) journal: Option<String>,
    /// How many attempts a call makes at most, where another is safe
    #[arg(long, global = true, value_name = "N", value_parser = count, allow_hyphen_values = true)]
    pub(crate) attempts: Option<u32>,
    /// How long a call may take in all, waits included
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds, allow_hyphen_values = true)]
    pub(crate) deadline: Option<u64>,
    /// Send a refund of a part at Tazapay again if nothing at all was heard of it: it can be paid twice
    #[arg(long, global = true)]
    pub(crate) risk_paying_twice: bool,
    /// End with 7 where the refund was accepted and no end of it is known; with 0 otherwise
    #[arg(long, global = true)]
    pub(crate) tell_pending: bool,
    /// Show attempts, waits and causes on standard error, never a secret; -vv and -vvv show more, and RUST_LOG chooses
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// What the profile says.
    #[arg(skip)]
    pub(crate) from_profile: Profile,
}
