//! What can be written on the command line.

pub(crate) mod batch;
mod create;
mod options;
mod values;

use std::{fmt::Write as _, path::PathBuf, time::SystemTime};

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum, builder::PossibleValue};
use clap_complete::Shell;
pub(crate) use create::Named;
pub(crate) use options::Options;
use refunds::{LightningInvoice, Money, ProviderName, Reference};
use values::{count, header, port};
pub(crate) use values::{email, money, pair, phone, transaction_type, web_address};

use crate::{
    providers::{Create, known},
    terminal::look,
    time,
};

const AFTER_HELP: &str = "\
Exit codes:
  0  accepted, now or before (pending or succeeded), or verified, or shown
  1  failed otherwise: a read, which refunds nothing; or a batch of which lines are left to be sent
  2  wrong usage: the arguments or credentials do not fit; nothing was sent
  3  rejected for good: a definite no, nothing happened; for a webhook, it does not verify
  4  in doubt: it may have happened; reconcile it, do not repeat it
  5  refused before anything was sent, and so it will be next time
  6  accepted and failed for good: it is at the provider, and no money was returned
  7  accepted and pending, with --tell-pending only
  8  not sent, or turned away by a limit: nothing happened, make the same call again

Refunds are remembered in a journal, which `refund journal init` makes once: by default refunds.db in the user's \
directory for the state of programs.

An answer that got lost can hold a call for a minute: Ctrl-C, or a --deadline, ends that with 4, and nothing is lost.

Credentials are read from the environment, or from a file that only its owner can read, and never from arguments:
VARIABLES\
In the file, each provider has a table of its name with api_key, token, client_id, client_secret or api_secret.

A profile holds URLs and names of files, and no secrets:
  [profiles.staging]
  journal = \"/var/lib/refunds/staging.db\"
  credentials = \"/etc/refunds/staging.toml\"
  tazapay_base_url = \"http://127.0.0.1:8080\"";

/// With the variables of each provider.
fn after_help() -> String {
    let mut variables = String::new();
    for provider in ProviderName::BUILT_IN {
        if let Some(known) = known(provider) {
            let _ = writeln!(variables, "  {provider:<10} {}", known.variables);
        }
    }
    AFTER_HELP.replace("VARIABLES", &variables)
}

/// The grammar of the command, for its help, man pages and completions. Help is as wide as the terminal.
pub(crate) fn command() -> clap::Command {
    Arguments::command().term_width(look().width.unwrap_or(100))
}

/// Refunds at four payment providers, none of them sent twice.
#[derive(Debug, Parser)]
#[command(name = "refund", version, about, after_help = after_help())]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) options: Options,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show refunds at all four providers, in a sandbox inside this process
    Demo,
    /// Refund a payment
    ///
    /// Kotani Pay refunds failed off-ramps by itself: see `refund retry`.
    #[command(subcommand)]
    Create(Box<Create>),
    /// Read a refund, or the refunds of an order
    Fetch {
        /// The provider
        provider: Provider,
        /// Tazapay: id of the refund; Optty: reference of the order; Kotani Pay: that of the off-ramp
        id: String,
        /// Kotani Pay: read the off-ramp and not its refund
        #[arg(long)]
        offramp: bool,
    },
    /// Try a failed refund again (Kotani Pay)
    ///
    /// After a try that was accepted, another is sent only once the refund is seen to have failed since: two that
    /// are queued can both pay. A first one takes your word that none is queued elsewhere.
    Retry {
        /// The provider
        provider: Provider,
        /// Reference of the off-ramp
        reference: Reference,
        /// Give a refund over Lightning this invoice to be paid to
        #[arg(long, value_name = "INVOICE")]
        invoice: Option<LightningInvoice>,
    },
    /// Settle an unknown outcome as far as the provider allows, without paying twice
    ///
    /// Where it stays unknown, it says which event would settle it, and what to ask the provider's support.
    Reconcile(Box<Reconcile>),
    /// List the refunds that the journal knows, those first of which something was learnt last
    List(List),
    /// Show what the journal knows of a refund, its history, and what would settle it
    Show {
        /// The provider
        provider: Provider,
        /// Reference of the refund
        reference: Reference,
    },
    /// Forget the request of a refund that is at its end, personal data included
    ///
    /// What proves the payment stays: amount, ids, state and history.
    Forget {
        /// The provider
        provider: Provider,
        /// Reference of the refund
        reference: Reference,
    },
    /// Correct how much was paid with a payment, where the journal was told wrongly
    ///
    /// No more than that is refunded of it. What has been refunded stays.
    CorrectTotal {
        /// The provider
        provider: Provider,
        /// The payment, in the provider's name: an order, a payin, a transaction
        payment: String,
        /// What was paid, such as '24.98 AUD'
        #[arg(value_parser = money, allow_hyphen_values = true)]
        total: Money,
    },
    /// Make the journal in which refunds are remembered, or find it
    #[command(subcommand)]
    Journal(JournalCommand),
    /// Take over the records of an earlier version, those of the place that the options name
    ///
    /// The files stay as they are. Use the earlier version no more: what it sends the journal does not know.
    ImportRecords {
        /// The directory that was --records
        directory: PathBuf,
        /// File with references, one a line, for files whose name does not tell theirs
        #[arg(long, value_name = "FILE")]
        references: Option<PathBuf>,
    },
    /// Show what providers can do
    Capabilities {
        /// The provider; all of them without
        provider: Option<Provider>,
    },
    /// Run the four providers on this machine, until interrupted
    Sandbox {
        /// The first of five ports in a row; any that are free without
        #[arg(long, value_parser = port, allow_hyphen_values = true)]
        port: Option<u16>,
        /// JSON file with a plan of faults
        #[arg(long, value_name = "FILE")]
        faults: Option<PathBuf>,
        /// Start without example payments
        #[arg(long)]
        empty: bool,
    },
    /// Find out about webhooks
    #[command(subcommand)]
    Webhook(Webhook),
    /// Plan, approve, send and report many refunds from a file
    #[command(subcommand)]
    Batch(batch::Batch),
    /// Work at all that is queued, in doubt or pending, until interrupted; any number, on any machines
    Worker(batch::Work),
    /// Print the JSON schema of what --json prints
    Schema,
    /// Print the man page, or write one for each command
    Man {
        /// The directory for the pages; `refund` alone is printed without
        directory: Option<PathBuf>,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Which refund a command is about, as far as its arguments tell.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) provider: Option<ProviderName>,
    pub(crate) reference: Option<Reference>,
}

impl Command {
    /// Whether it ends by itself when it is told to, with what is under way brought to an end.
    pub(crate) fn ends_when_told(&self) -> bool {
        matches!(
            self,
            Self::Sandbox { .. } | Self::Worker(_) | Self::Batch(batch::Batch::Run { .. })
        )
    }

    /// Which refund it is about.
    pub(crate) fn subject(&self) -> Subject {
        let of = |provider, reference: Option<&Reference>| Subject {
            provider: Some(provider),
            reference: reference.cloned(),
        };
        match self {
            Self::Create(create) => {
                let (provider, reference) = create.subject();
                of(provider, reference.reference())
            }
            Self::Retry {
                provider,
                reference,
                ..
            }
            | Self::Show {
                provider,
                reference,
            }
            | Self::Forget {
                provider,
                reference,
            } => of((*provider).into(), Some(reference)),
            Self::Reconcile(reconcile) => Subject {
                provider: reconcile.provider.map(ProviderName::from),
                reference: reconcile.reference.clone(),
            },
            // Its id is the provider's, or that of an order, and no reference of a refund.
            Self::Fetch { provider, .. } | Self::CorrectTotal { provider, .. } => {
                of((*provider).into(), None)
            }
            Self::Demo
            | Self::Capabilities { .. }
            | Self::Sandbox { .. }
            | Self::Batch(_)
            | Self::Worker(_)
            | Self::Schema
            | Self::Man { .. }
            | Self::Completions { .. }
            | Self::List(_)
            | Self::Journal(_)
            | Self::ImportRecords { .. } => Subject::default(),
            Self::Webhook(Webhook::Verify(webhook) | Webhook::Apply(Apply { webhook, .. })) => {
                Subject {
                    provider: webhook.provider(),
                    reference: None,
                }
            }
        }
    }
}

/// A refund in doubt, or all of them, and what settles it.
#[derive(Debug, Args)]
pub(crate) struct Reconcile {
    /// The provider
    #[arg(required_unless_present = "all")]
    pub(crate) provider: Option<Provider>,
    /// Reference of the refund
    #[arg(required_unless_present = "all")]
    pub(crate) reference: Option<Reference>,
    /// All that is in doubt or pending where calls go, at each provider for which there are credentials
    #[arg(long, conflicts_with_all = ["provider", "reference", "settle", "event"])]
    pub(crate) all: bool,
    /// Record what the provider's support or dashboard said, without a call
    #[arg(long, value_name = "OUTCOME")]
    pub(crate) settle: Option<Settled>,
    /// Settle it by an event of the provider's, byte for byte as it came: a file, or - for standard
    /// input; signed, with the secret in REFUND_WEBHOOK_SECRET
    #[arg(long, value_name = "FILE", conflicts_with = "settle")]
    pub(crate) event: Option<PathBuf>,
    /// A header of the event as it came; can be repeated
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header, requires = "event")]
    pub(crate) headers: Vec<(String, String)>,
    /// The header that carries the signature, if it is not the documented one
    #[arg(long, value_name = "NAME", requires = "event")]
    pub(crate) signature_header: Option<String>,
    /// Believe an event that cannot be verified (MCE), because you know that it is the provider's
    #[arg(long, requires = "event")]
    pub(crate) vouched: bool,
}

impl Reconcile {
    /// What settles it.
    pub(crate) fn settling(self) -> Settling {
        match (self.settle, self.event) {
            (Some(settled), _) => Settling::Word(settled),
            (None, Some(file)) => Settling::Event(Event {
                file,
                headers: self.headers,
                signature_header: self.signature_header,
                vouched: self.vouched,
            }),
            (None, None) => Settling::Asking,
        }
    }
}

/// Which refunds to list.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// Those that may have happened: in doubt, or being sent
    #[arg(long)]
    pub(crate) in_doubt: bool,
    /// Those that returned no money: rejected, or failed at the provider
    #[arg(long)]
    pub(crate) failed: bool,
    /// Those that the provider has taken on, and tells no end of
    #[arg(long)]
    pub(crate) pending: bool,
    #[command(flatten)]
    at: AtProvider,
    /// Those of which something was learnt since: 90s, 30m, 12h, 7d, 2w, or a date such as 2026-03-31 or
    /// 2026-03-31T09:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time::since)]
    pub(crate) since: Option<SystemTime>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = count, allow_hyphen_values = true)]
    pub(crate) limit: u32,
}

impl List {
    /// The provider whose refunds are listed.
    pub(crate) fn provider(&self) -> Option<ProviderName> {
        self.at.provider()
    }
}

/// The provider, where it need not be named, or stands alone.
#[derive(Clone, Copy, Debug, Args)]
struct AtProvider {
    /// The provider
    provider: Option<Provider>,
    /// The same, as earlier versions wrote it
    #[arg(
        long = "provider",
        id = "provider_option",
        value_name = "PROVIDER",
        hide = true,
        conflicts_with = "provider"
    )]
    provider_option: Option<Provider>,
}

impl AtProvider {
    fn provider(self) -> Option<ProviderName> {
        self.provider
            .or(self.provider_option)
            .map(ProviderName::from)
    }
}

/// What to do about the journal.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum JournalCommand {
    /// Make the journal: once, since refunds that another one knows of would be sent again
    Init,
    /// Tell where the journal is, and whether there is one
    Where,
}

/// What to do with webhooks.
#[derive(Debug, Subcommand)]
pub(crate) enum Webhook {
    /// Tell whether a webhook verifies, and which step fails if not
    ///
    /// The body is read from standard input, byte for byte as it came; the secret from
    /// REFUND_WEBHOOK_SECRET. Neither the secret nor the signature that it gives is shown.
    Verify(Verify),
    /// Verify a webhook, and put down in the journal what it tells of the refund that it is about
    ///
    /// The body is read from standard input, byte for byte as it came; the secret from REFUND_WEBHOOK_SECRET. Nothing
    /// is sent.
    Apply(Apply),
}

/// A webhook whose refund is to be told.
#[derive(Debug, Args)]
pub(crate) struct Apply {
    #[command(flatten)]
    pub(crate) webhook: Verify,
    /// Believe an event that cannot be verified (MCE), because you know that it is the provider's
    #[arg(long)]
    pub(crate) vouched: bool,
}

/// A webhook to verify.
#[derive(Debug, Args)]
#[command(mut_arg("provider", |provider| provider.required_unless_present("provider_option")))]
pub(crate) struct Verify {
    #[command(flatten)]
    at: AtProvider,
    /// A header as it came; can be repeated
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub(crate) headers: Vec<(String, String)>,
    /// The header that carries the signature, if it is not the documented one
    #[arg(long, value_name = "NAME")]
    pub(crate) signature_header: Option<String>,
}

impl Verify {
    /// The webhook, on standard input.
    pub(crate) fn event(&self, vouched: bool) -> Event {
        Event {
            file: PathBuf::from("-"),
            headers: self.headers.clone(),
            signature_header: self.signature_header.clone(),
            vouched,
        }
    }

    /// The provider whose webhook it is.
    pub(crate) fn provider(&self) -> Option<ProviderName> {
        self.at.provider()
    }
}

/// A provider of which the command knows, as it is written on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Provider(ProviderName);

const KNOWN: usize = ProviderName::BUILT_IN.len();

static PROVIDERS: [Provider; KNOWN] = {
    let mut all = [Provider(ProviderName::BUILT_IN[0]); KNOWN];
    let mut at = 0;
    while at < KNOWN {
        all[at] = Provider(ProviderName::BUILT_IN[at]);
        at += 1;
    }
    all
};

impl ValueEnum for Provider {
    fn value_variants<'a>() -> &'a [Self] {
        &PROVIDERS
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let title = known(self.0)?.title;
        Some(PossibleValue::new(self.0.as_str()).help(title))
    }
}

impl From<Provider> for ProviderName {
    fn from(provider: Provider) -> Self {
        provider.0
    }
}

/// What settles a refund in doubt beside a call.
#[derive(Debug)]
pub(crate) enum Settling {
    /// Nothing: the provider is asked.
    Asking,
    /// The word of a person.
    Word(Settled),
    /// An event of the provider's.
    Event(Event),
}

/// An event of the provider's, with what verifies it.
#[derive(Debug)]
pub(crate) struct Event {
    /// The body's file; `-` for standard input.
    pub(crate) file: PathBuf,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) signature_header: Option<String>,
    /// Whether somebody says that it is the provider's though nothing proves it.
    pub(crate) vouched: bool,
}

/// What a person found out about a refund in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Settled {
    /// The provider has the refund
    Accepted,
    /// The provider says that there is and will be no refund, so that it can be sent again
    Rejected,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn no_argument_takes_a_secret() {
        fn names(command: &clap::Command, found: &mut Vec<String>) {
            let arguments = command.get_arguments();
            found.extend(arguments.map(|argument| argument.get_id().to_string()));
            for inner in command.get_subcommands() {
                names(inner, found);
            }
        }
        let mut found = Vec::new();
        names(&Arguments::command(), &mut found);
        assert!(found.iter().any(|name| name == "credentials"));
        for name in found {
            for word in ["secret", "password", "key", "client_id"] {
                assert!(!name.contains(word), "{name}");
            }
        }
    }
}
