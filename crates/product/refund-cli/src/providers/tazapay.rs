//! Tazapay.

use clap::Args;
use refunds::{
    Lookup, Money, Refunds, TazapayCustomer, TazapayRefund, provider_runtime::Credentials,
    tazapay::Client, tazapay::webhooks::Verifier,
};
use secrecy::SecretString;
use serde::Deserialize;

use super::{Known, Webhooks, at};
use crate::{
    arguments::{Named, email, money, pair, phone, web_address},
    credentials::Access,
};

pub(super) static KNOWN: Known = Known {
    title: "Tazapay",
    variables: "TAZAPAY_API_KEY, TAZAPAY_API_SECRET",
    base_url: "TAZAPAY_BASE_URL",
    token_url: None,
    has_hosts: true,
    connect: |place, access| {
        let builder = at(Client::builder(), place, access.credentials);
        Ok(Refunds::from(builder.build()?))
    },
    no_credentials: || Credentials::basic("none", "none"),
    more_access: |credentials| Ok(credentials.into()),
    lookup: Some(|id, _| Ok(Lookup::TazapayRefund(id))),
    rate: None,
    webhooks: Webhooks::Signed(|secrets, header| {
        let verifier = Verifier::new(secrets);
        Box::new(match header {
            Some(name) => verifier.with_signature_header(name),
            None => verifier,
        })
    }),
};

/// Its table in the credentials file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    api_key: SecretString,
    api_secret: SecretString,
}

impl From<Table> for Access {
    fn from(table: Table) -> Self {
        Credentials::basic(table.api_key, table.api_secret).into()
    }
}

/// A refund at Tazapay.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(super) named: Named,
    /// Id of the payin
    #[arg(long, required_unless_present = "payment_attempt")]
    payin: Option<String>,
    /// Id of the payment attempt (`pat_…`), needed where there are several
    #[arg(long, value_name = "ID")]
    payment_attempt: Option<String>,
    /// How much, such as "19.90 USD"; everything without
    #[arg(long, value_name = "MONEY", value_parser = money, allow_hyphen_values = true)]
    amount: Option<Money>,
    /// The reason in words
    #[arg(long)]
    reason: Option<String>,
    /// Metadata, which the refund shows again; can be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    metadata: Vec<(String, String)>,
    /// Entry of the metadata that carries the reference, by which a signed event settles a lost answer;
    /// `refund_reference` without, and an entry of your own is never overwritten
    #[arg(long, value_name = "NAME", conflicts_with = "bare_metadata")]
    reference_entry: Option<String>,
    /// Send the metadata without the reference, so that no event can settle a lost answer
    #[arg(long)]
    bare_metadata: bool,
    /// E-mail address of the customer, which some payment methods demand
    #[arg(long, value_name = "ADDRESS", value_parser = email)]
    customer_email: Option<String>,
    /// Telephone number of the customer, such as "91 5550100"
    #[arg(long, value_name = "NUMBER", value_parser = phone, requires = "customer_email")]
    customer_phone: Option<(String, String)>,
    /// Where Tazapay sends updates about this refund
    #[arg(long, value_name = "URL", value_parser = web_address)]
    webhook_url: Option<String>,
}

impl Arguments {
    pub(super) fn request(self) -> TazapayRefund {
        let mut refund = match (self.payin, self.payment_attempt) {
            (Some(payin), None) => TazapayRefund::of_payin(payin),
            (Some(payin), Some(attempt)) => {
                TazapayRefund::of_payin(payin).with_payment_attempt(attempt)
            }
            (None, attempt) => TazapayRefund::of_payment_attempt(attempt.unwrap_or_default()),
        };
        if let Some(amount) = self.amount {
            refund = refund.with_amount(amount);
        }
        if self.bare_metadata {
            refund = refund.without_reference_in_metadata();
        } else if let Some(name) = self.reference_entry {
            refund = refund.with_reference_key(name);
        }
        if let Some(reason) = self.reason {
            refund = refund.with_reason(reason);
        }
        for (key, value) in self.metadata {
            refund = refund.with_metadata(key, value);
        }
        if let Some(email) = self.customer_email {
            let mut customer = TazapayCustomer::new(email);
            if let Some((calling_code, number)) = self.customer_phone {
                customer = customer.with_phone(calling_code, number);
            }
            refund = refund.with_customer(customer);
        }
        if let Some(url) = self.webhook_url {
            refund = refund.with_webhook_url(url);
        }
        refund
    }
}
