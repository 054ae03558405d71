//! MCE: refunds can be created, and nothing else is documented.

#[cfg(feature = "mce")]
mod calls;
#[cfg(all(feature = "mce", feature = "webhooks"))]
pub(crate) mod events;
mod request;
mod rows;

#[cfg(feature = "mce")]
pub use calls::MceRefunds;
pub use request::MceRefund;

use crate::{
    AmountNeed, AmountUnit, Capabilities, Deduplication, PartialRefunds, ProviderName, ReadBack,
    Reconciliation, RefundIds, Webhooks,
    custom::{Instead, Profile},
};

const CAPABILITIES: Capabilities = Capabilities {
    provider: ProviderName::Mce,
    creates: true,
    retries: false,
    takes_invoices: false,
    partial_refunds: PartialRefunds::No,
    amount: AmountNeed::NotSent,
    unit: AmountUnit::NotSent,
    deduplication: Deduplication::NotDocumented,
    read_back: ReadBack::No,
    reconciliation: Reconciliation::No,
    webhooks: Webhooks::Unverifiable,
    ids: RefundIds::OneForAll,
};

#[cfg(feature = "mce")]
const CRATE: Option<provider_runtime::Provider> = Some(mce::PROVIDER);
#[cfg(not(feature = "mce"))]
const CRATE: Option<provider_runtime::Provider> = None;

pub(crate) static PROFILE: Profile = Profile::built_in(CAPABILITIES, "create_crypto_refund")
    .with_crate(CRATE)
    .with_rows(rows::ROWS)
    .with_instead(Instead {
        retrying: "ask MetaComp's support what became of it, with the refund's id",
        reading: "keep the answer of the creation, and ask MetaComp's support for later states",
        ..Instead::NOTHING_ELSE
    });
