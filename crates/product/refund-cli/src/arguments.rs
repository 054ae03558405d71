//! What can be written on the command line.

pub(crate) mod batch;

use std::{path::PathBuf, time::SystemTime};

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use refunds::{LightningInvoice, Money, ProviderName, Reference};

use crate::time;

const AFTER_HELP: &str = "\
Exit codes:
  0  accepted, now or before (pending or succeeded), or verified, or shown
  1  failed otherwise; nothing was refunded
  2  the arguments or credentials do not fit; nothing was sent
  3  rejected: a definite no, nothing happened; for a webhook, it does not verify
  4  unknown: it may have happened; reconcile it, do not repeat it; also of a refusal that an
     earlier success would explain
  5  refused before anything was sent
  6  accepted, and the refund has failed for good: it is at the provider, and no money was returned
  7  accepted and pending, with --tell-pending only

Refunds are remembered in a journal, which `refund journal init` makes once: by default refunds.db
in the user's directory for the state of programs; elsewhere with --journal, or REFUND_JOURNAL.

Credentials are read from the environment, or from a TOML file that only its owner can read
(--credentials FILE, or REFUND_CREDENTIALS), and never from arguments:
  kotanipay  KOTANIPAY_API_KEY, and KOTANIPAY_API_SECRET if its requests are signed
  mce        MCE_TOKEN
  optty      OPTTY_CLIENT_ID, OPTTY_CLIENT_SECRET
  tazapay    TAZAPAY_API_KEY, TAZAPAY_API_SECRET
In the file, each provider has a table of its name with api_key, token, client_id, client_secret
or api_secret.";

/// Refunds at four payment providers, none of them sent twice.
#[derive(Debug, Parser)]
#[command(name = "refund", version, about, after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) options: Options,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Clone, Debug, Args)]
pub(crate) struct Options {
    /// Print one JSON object instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Allow real money: the provider's production, or a base URL elsewhere than on this machine
    #[arg(long, global = true)]
    pub(crate) live: bool,
    /// Where calls go, instead of the provider's documented host; MCE documents none
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// Where Optty's tokens are had, if calls go to a base URL; elsewhere than here, with --live
    #[arg(long, global = true, value_name = "URL", requires = "base_url")]
    pub(crate) token_url: Option<String>,
    /// TOML file with credentials, which only its owner can read
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) credentials: Option<PathBuf>,
    /// The journal in which refunds are remembered, so that none is sent twice: sqlite:FILE, a file, or
    /// postgres://…
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) journal: Option<String>,
    /// How many attempts a call makes at most, where another is safe
    #[arg(long, global = true, value_name = "N")]
    pub(crate) attempts: Option<u32>,
    /// How long a call may take in all
    #[arg(long, global = true, value_name = "SECONDS")]
    pub(crate) deadline: Option<u64>,
    /// Send a refund of a part at Tazapay again if nothing at all was heard of it: it can be paid twice
    #[arg(long, global = true)]
    pub(crate) risk_paying_twice: bool,
    /// End with 7 where the refund was accepted and no end of it is known; with 0 otherwise
    #[arg(long, global = true)]
    pub(crate) tell_pending: bool,
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
        #[arg(long)]
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
    /// Which refund it is about.
    pub(crate) fn subject(&self) -> Subject {
        let of = |provider, reference: Option<&Reference>| Subject {
            provider: Some(provider),
            reference: reference.cloned(),
        };
        match self {
            Self::Create(create) => {
                let (provider, reference) = match &**create {
                    Create::Optty(refund) => (ProviderName::Optty, &refund.reference),
                    Create::Mce(refund) => (ProviderName::Mce, &refund.reference),
                    Create::Tazapay(refund) => (ProviderName::Tazapay, &refund.reference),
                };
                of(provider, Some(reference))
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
            | Self::Completions { .. }
            | Self::List(_)
            | Self::Journal(_)
            | Self::ImportRecords { .. }
            | Self::Webhook(_) => Subject::default(),
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
    /// Those of a provider
    #[arg(long)]
    pub(crate) provider: Option<Provider>,
    /// Those of which something was learnt since: 90s, 30m, 12h, 7d, 2w, or a date such as 2026-03-31 or
    /// 2026-03-31T09:00:00Z
    #[arg(long, value_name = "TIME", value_parser = time::since)]
    pub(crate) since: Option<SystemTime>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(crate) limit: u32,
}

/// What to do about the journal.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum JournalCommand {
    /// Make the journal: once, since refunds that another one knows of would be sent again
    Init,
    /// Tell where the journal is, and whether there is one
    Where,
}

/// What to find out about webhooks.
#[derive(Debug, Subcommand)]
pub(crate) enum Webhook {
    /// Tell whether a webhook verifies, and which step fails if not
    ///
    /// The body is read from standard input, byte for byte as it came; the secret from
    /// REFUND_WEBHOOK_SECRET. Neither the secret nor the signature that it gives is shown.
    Verify(Verify),
}

/// A webhook to verify.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The provider
    #[arg(long)]
    pub(crate) provider: Provider,
    /// A header as it came; can be repeated
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = header)]
    pub(crate) headers: Vec<(String, String)>,
    /// The header that carries the signature, if it is not the documented one
    #[arg(long, value_name = "NAME")]
    pub(crate) signature_header: Option<String>,
}

/// A refund to create.
#[derive(Debug, Subcommand)]
pub(crate) enum Create {
    /// Refund an order at Optty, in full or in part
    Optty(OpttyArguments),
    /// Refund an incoming crypto payment that MCE holds, in full
    Mce(MceArguments),
    /// Refund a payin at Tazapay, in full or in part
    Tazapay(TazapayArguments),
}

/// A refund at Optty.
#[derive(Debug, Args)]
pub(crate) struct OpttyArguments {
    /// Your own reference of this refund: one for each, and the same after a failure
    #[arg(long)]
    pub(crate) reference: Reference,
    /// Reference of the order
    #[arg(long)]
    pub(crate) order: String,
    /// How much, such as "19.90 AUD"
    #[arg(long)]
    pub(crate) amount: Money,
    /// The reason in words; the payment provider may see it
    #[arg(long)]
    pub(crate) description: String,
    /// Send the description without the reference, so that a lost answer cannot be settled for certain
    #[arg(long)]
    pub(crate) bare_description: bool,
    /// Send `isActivatedViaOAuth`
    #[arg(long, value_name = "BOOL")]
    pub(crate) activated_via_oauth: Option<bool>,
}

/// A refund at MCE.
#[derive(Debug, Args)]
pub(crate) struct MceArguments {
    /// Your own reference of this refund: one for each, and the same after a failure
    #[arg(long)]
    pub(crate) reference: Reference,
    /// Type of the original transaction, as MCE's webhook told it
    #[arg(long, value_name = "NUMBER")]
    pub(crate) transaction_type: i64,
    /// Id of the original transaction
    #[arg(long, value_name = "ID")]
    pub(crate) transaction_id: String,
}

/// A refund at Tazapay.
#[derive(Debug, Args)]
pub(crate) struct TazapayArguments {
    /// Your own reference of this refund: one for each, and the same after a failure
    #[arg(long)]
    pub(crate) reference: Reference,
    /// Id of the payin
    #[arg(long, required_unless_present = "payment_attempt")]
    pub(crate) payin: Option<String>,
    /// Id of the payment attempt (`pat_…`), needed where there are several
    #[arg(long, value_name = "ID")]
    pub(crate) payment_attempt: Option<String>,
    /// How much, such as "19.90 USD"; everything without
    #[arg(long)]
    pub(crate) amount: Option<Money>,
    /// The reason in words
    #[arg(long)]
    pub(crate) reason: Option<String>,
    /// Metadata, which the refund shows again; can be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    pub(crate) metadata: Vec<(String, String)>,
    /// Entry of the metadata that carries the reference, by which a signed event settles a lost answer;
    /// `refund_reference` without, and an entry of your own is never overwritten
    #[arg(long, value_name = "NAME", conflicts_with = "bare_metadata")]
    pub(crate) reference_entry: Option<String>,
    /// Send the metadata without the reference, so that no event can settle a lost answer
    #[arg(long)]
    pub(crate) bare_metadata: bool,
    /// E-mail address of the customer, which some payment methods demand
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) customer_email: Option<String>,
    /// Telephone number of the customer, such as "91 5550100"
    #[arg(long, value_name = "NUMBER", value_parser = phone, requires = "customer_email")]
    pub(crate) customer_phone: Option<(String, String)>,
    /// Where Tazapay sends updates about this refund
    #[arg(long, value_name = "URL")]
    pub(crate) webhook_url: Option<String>,
}

/// A provider, as it is written on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Provider {
    /// Kotani Pay
    Kotanipay,
    /// MCE (MetaComp)
    Mce,
    /// Optty
    Optty,
    /// Tazapay
    Tazapay,
}

impl From<Provider> for ProviderName {
    fn from(provider: Provider) -> Self {
        match provider {
            Provider::Kotanipay => Self::Kotanipay,
            Provider::Mce => Self::Mce,
            Provider::Optty => Self::Optty,
            Provider::Tazapay => Self::Tazapay,
        }
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

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text
        .split_once('=')
        .filter(|(key, _)| !key.is_empty())
        .ok_or("write a key, `=` and a value, such as `order=7`")?;
    Ok((key.to_owned(), value.to_owned()))
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once(':')
        .filter(|(name, _)| !name.trim().is_empty())
        .ok_or("write a name, a colon and a value, such as `X-Signature: abc`")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

fn phone(text: &str) -> Result<(String, String), String> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.trim_start_matches('+')
        .split_once(' ')
        .filter(|(code, number)| digits(code) && digits(number))
        .map(|(code, number)| (code.to_owned(), number.to_owned()))
        .ok_or_else(|| {
            "write the calling code, a blank and the number, such as `91 5550100`".to_owned()
        })
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
    fn a_telephone_number_is_its_calling_code_and_digits() {
        let number = Ok(("91".to_owned(), "5550100".to_owned()));
        assert_eq!(phone("91 5550100"), number);
        assert_eq!(phone("+91 5550100"), number);
        for text in ["915550100", "91 ", "91 555-0100", ""] {
            assert!(phone(text).is_err(), "{text}");
        }
    }

    #[test]
    fn metadata_is_split_at_the_first_equals_sign() {
        assert_eq!(pair("a=b=c"), Ok(("a".to_owned(), "b=c".to_owned())));
        assert!(pair("=b").is_err() && pair("a").is_err());
    }

    #[test]
    fn a_header_is_split_at_the_first_colon() {
        let split = Ok(("X-Time".to_owned(), "12:30".to_owned()));
        assert_eq!(header("X-Time: 12:30"), split);
        assert_eq!(header("X-Time:12:30"), split);
        assert!(header(": value").is_err() && header("name").is_err());
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
