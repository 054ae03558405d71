//! What each of the four providers can do, as far as it is documented.

use std::time::Duration;

use super::{
    AmountNeed, Capabilities, Deduplication, PartialRefunds, ReadBack, Reconciliation, Webhooks,
};
use crate::{AmountUnit, ProviderName};

pub(super) static KOTANIPAY: Capabilities = Capabilities {
    provider: ProviderName::Kotanipay,
    creates: false,
    retries: true,
    takes_invoices: true,
    partial_refunds: PartialRefunds::No,
    amount: AmountNeed::NotSent,
    unit: AmountUnit::NotSent,
    deduplication: Deduplication::NotDocumented,
    read_back: ReadBack::ByReference,
    reconciliation: Reconciliation::ByStatus,
    webhooks: Webhooks::SignedIfConfigured,
};

pub(super) static MCE: Capabilities = Capabilities {
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
};

pub(super) static OPTTY: Capabilities = Capabilities {
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
};

/// For how long Tazapay answers a repeated key as it answered the first request.
pub(crate) const TAZAPAY_KEY_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

pub(super) static TAZAPAY: Capabilities = Capabilities {
    provider: ProviderName::Tazapay,
    creates: true,
    retries: false,
    takes_invoices: false,
    partial_refunds: PartialRefunds::WhereThePaymentMethodAllows,
    amount: AmountNeed::Optional,
    unit: AmountUnit::Hundredths,
    deduplication: Deduplication::Key {
        header: "Idempotency-Key",
        kept: TAZAPAY_KEY_KEPT,
        only_successes: true,
    },
    read_back: ReadBack::ById,
    reconciliation: Reconciliation::ByKey,
    webhooks: Webhooks::Signed,
};

/// A provider of which nothing is known here.
pub(super) static UNKNOWN: Capabilities = Capabilities {
    creates: false,
    ..Capabilities::cautious(match ProviderName::own("unknown") {
        Some(name) => name,
        None => ProviderName::Mce,
    })
};
