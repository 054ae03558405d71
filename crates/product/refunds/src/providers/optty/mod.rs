//! Optty: refunds of orders, which show them again without the reference.

#[cfg(feature = "optty")]
mod calls;
#[cfg(all(feature = "optty", feature = "webhooks"))]
pub(crate) mod events;
mod request;
mod rows;

#[cfg(feature = "optty")]
pub use calls::OpttyRefunds;
pub use request::OpttyRefund;

use crate::{
    AmountNeed, AmountUnit, Capabilities, Deduplication, PartialRefunds, ProviderName, ReadBack,
    Reconciliation, RefundIds, RefundStatus, Webhooks, WordField, custom::Profile,
    status::DocumentedWord,
};

const CAPABILITIES: Capabilities = Capabilities {
    provider: ProviderName::Optty,
    creates: true,
    retries: false,
    takes_invoices: false,
    partial_refunds: PartialRefunds::WhereThePaymentMethodAllows,
    amount: AmountNeed::Required,
    unit: AmountUnit::MajorUnits,
    deduplication: Deduplication::UniqueField {
        field: "refundReference",
    },
    read_back: ReadBack::AmongThoseOfTheOrder,
    reconciliation: Reconciliation::ByDescription,
    webhooks: Webhooks::Unsigned,
    ids: RefundIds::Differ,
};

#[cfg(feature = "optty")]
const CRATE: Option<provider_runtime::Provider> = Some(optty::PROVIDER);
#[cfg(not(feature = "optty"))]
const CRATE: Option<provider_runtime::Provider> = None;

pub(crate) static PROFILE: Profile = Profile::built_in(CAPABILITIES, "refund_order")
    .with_read("order_details")
    .with_candidates()
    .with_crate(CRATE)
    .with_rows(rows::ROWS)
    .with_lookups("Lookup::OpttyOrder")
    .with_documented(&[DocumentedWord {
        field: WordField::Optty,
        word: "SUCCESSFUL",
        meaning: Some(RefundStatus::Succeeded),
        source: "samples of both answers",
    }]);
