//! What can be written of a refund to create.

use clap::{Args, Subcommand};
use refunds::{Money, Reference};

use super::values::{money, pair, phone};

/// The user's own name of a refund.
#[derive(Clone, Debug, Args)]
pub(crate) struct Named {
    /// Your own reference of this refund: one for each, and the same after a failure
    #[arg(required_unless_present = "reference_option")]
    reference: Option<Reference>,
    /// The same, as earlier versions wrote it
    #[arg(
        long = "reference",
        id = "reference_option",
        value_name = "REFERENCE",
        hide = true,
        conflicts_with = "reference"
    )]
    reference_option: Option<Reference>,
}

impl Named {
    /// The reference, one of which clap asks for.
    pub(crate) fn reference(&self) -> Option<&Reference> {
        self.reference.as_ref().or(self.reference_option.as_ref())
    }
}

/// A refund to create.
#[derive(Debug, Subcommand)]
pub(crate) enum Create {
    /// Refund an order at Optty, in full or in part
    Optty(OpttyArguments),
    /// Refund an incoming crypto payment that MCE holds, in full
    Mce(MceArguments),
    /// Refund a payin at Tazapay, in full or in part
    ///
    /// Where the answer to a refund of everything is lost, the call waits a minute and asks again under the same key,
    /// which cannot pay twice; Ctrl-C or --deadline ends the wait, and `refund reconcile` settles it later.
    Tazapay(TazapayArguments),
}

/// A refund at Optty.
#[derive(Debug, Args)]
pub(crate) struct OpttyArguments {
    #[command(flatten)]
    pub(crate) named: Named,
    /// Reference of the order
    #[arg(long)]
    pub(crate) order: String,
    /// How much, such as "19.90 AUD"
    #[arg(long, value_name = "MONEY", value_parser = money, allow_hyphen_values = true)]
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
    #[command(flatten)]
    pub(crate) named: Named,
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
    #[command(flatten)]
    pub(crate) named: Named,
    /// Id of the payin
    #[arg(long, required_unless_present = "payment_attempt")]
    pub(crate) payin: Option<String>,
    /// Id of the payment attempt (`pat_…`), needed where there are several
    #[arg(long, value_name = "ID")]
    pub(crate) payment_attempt: Option<String>,
    /// How much, such as "19.90 USD"; everything without
    #[arg(long, value_name = "MONEY", value_parser = money, allow_hyphen_values = true)]
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
