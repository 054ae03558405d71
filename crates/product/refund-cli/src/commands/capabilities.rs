//! What providers can do, as a table.

use std::time::Duration;

use anyhow::Result;
use refunds::{
    AmountNeed, AmountUnit, Capabilities, Deduplication, PartialRefunds, ProviderName, ReadBack,
    Reconciliation, Webhooks,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    arguments::Provider,
    exit::Exit,
    printed::Printed,
    terminal::{Terminal, table},
};

/// Shows what a provider can do, or all of them.
pub(super) fn run(provider: Option<Provider>, terminal: &mut Terminal) -> Result<Exit> {
    let providers = match provider {
        Some(provider) => vec![provider.into()],
        None => ProviderName::BUILT_IN.to_vec(),
    };
    let capabilities = providers.into_iter().map(Capabilities::of);
    let shown: Vec<_> = capabilities.map(Shown::from).collect();
    if terminal.is_json() {
        terminal.object(&Printed::Capabilities(&Listing { providers: shown }))?;
    } else {
        terminal.text(&listing(&shown))?;
    }
    Ok(Exit::Done)
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct Listing {
    providers: Vec<Shown>,
}

/// A provider's capabilities in words.
#[derive(Serialize, JsonSchema)]
struct Shown {
    #[schemars(with = "String")]
    provider: ProviderName,
    create: bool,
    retry: bool,
    lightning_invoices: bool,
    partial_refunds: &'static str,
    amount: &'static str,
    amount_unit: &'static str,
    deduplication: String,
    read_back: &'static str,
    reconciliation: &'static str,
    webhooks: &'static str,
}

impl From<&'static Capabilities> for Shown {
    fn from(own: &'static Capabilities) -> Self {
        Self {
            provider: own.provider,
            create: own.creates,
            retry: own.retries,
            lightning_invoices: own.takes_invoices,
            partial_refunds: match own.partial_refunds {
                PartialRefunds::No => "no",
                PartialRefunds::WhereThePaymentMethodAllows => "where the payment method allows",
                _ => OTHER,
            },
            amount: match own.amount {
                AmountNeed::Required => "required",
                AmountNeed::Optional => "optional: everything without",
                AmountNeed::NotSent => "not sent",
                _ => OTHER,
            },
            amount_unit: match own.unit {
                AmountUnit::Hundredths => "hundredths, in any currency",
                AmountUnit::MajorUnits => "major units, two decimals at most",
                AmountUnit::NotSent => "not sent",
                _ => OTHER,
            },
            deduplication: deduplication(own.deduplication),
            read_back: match own.read_back {
                ReadBack::No => "no",
                ReadBack::ById => "by the provider's id",
                ReadBack::ByReference => "by your reference",
                ReadBack::AmongThoseOfTheOrder => "among those of the order",
                _ => OTHER,
            },
            reconciliation: match own.reconciliation {
                Reconciliation::No => "no: ask the provider",
                Reconciliation::ByKey => {
                    "everything: by repeating it under the key; a part: by a signed event"
                }
                Reconciliation::ByStatus => "by reading the status",
                Reconciliation::ByDescription => "by the reference in the description",
                _ => OTHER,
            },
            webhooks: match own.webhooks {
                Webhooks::Signed => "signed",
                Webhooks::SignedIfConfigured => "signed if configured",
                Webhooks::Unsigned => "unsigned: a hint only",
                Webhooks::Unverifiable => "not verifiable: a hint only",
                _ => OTHER,
            },
        }
    }
}

const OTHER: &str = "see the documentation";

fn deduplication(own: Deduplication) -> String {
    match own {
        Deduplication::NotDocumented => "not documented".to_owned(),
        Deduplication::UniqueField { field } => {
            format!("{field} is unique; a repetition is not documented")
        }
        Deduplication::Key {
            header,
            kept,
            only_successes,
        } => {
            let hours = kept.as_secs() / Duration::from_secs(3600).as_secs();
            let what = if only_successes {
                ", successes only"
            } else {
                ""
            };
            format!("{header}, for {hours} hours{what}")
        }
        _ => OTHER.to_owned(),
    }
}

fn listing(shown: &[Shown]) -> String {
    let yes_no = |yes: bool| if yes { "yes" } else { "no" };
    let row = |name: &str, value: &dyn Fn(&Shown) -> String| {
        let values = shown.iter().map(value);
        std::iter::once(name.to_owned())
            .chain(values)
            .collect::<Vec<_>>()
    };
    let rows = [
        row("create", &|own| yes_no(own.create).to_owned()),
        row("retry", &|own| yes_no(own.retry).to_owned()),
        row("Lightning invoices", &|own| {
            yes_no(own.lightning_invoices).to_owned()
        }),
        row("partial refunds", &|own| own.partial_refunds.to_owned()),
        row("amount", &|own| own.amount.to_owned()),
        row("unit of amounts", &|own| own.amount_unit.to_owned()),
        row("de-duplication", &|own| own.deduplication.clone()),
        row("read back", &|own| own.read_back.to_owned()),
        row("reconciliation", &|own| own.reconciliation.to_owned()),
        row("webhooks", &|own| own.webhooks.to_owned()),
    ];
    let names = shown.iter().map(|own| own.provider.as_str());
    let heading: Vec<_> = std::iter::once("provider").chain(names).collect();
    table(&heading, &rows)
}
