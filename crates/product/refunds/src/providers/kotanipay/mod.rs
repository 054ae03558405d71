//! Kotani Pay: refunds start by themselves; failed ones can be tried again.

#[cfg(feature = "kotanipay")]
mod body;
#[cfg(feature = "kotanipay")]
mod calls;
#[cfg(all(feature = "kotanipay", feature = "webhooks"))]
pub(crate) mod events;
mod rows;
mod status;

#[cfg(feature = "kotanipay")]
pub use calls::KotanipayRefunds;

use crate::{
    AmountNeed, AmountUnit, Capabilities, Deduplication, PartialRefunds, ProviderName, ReadBack,
    Reconciliation, RefundIds, RefundStatus, Webhooks, WordField,
    custom::{Instead, Profile},
    status::DocumentedWord,
};
use RefundStatus::{ActionRequired, Failed, Pending, Succeeded};

const CAPABILITIES: Capabilities = Capabilities {
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
    ids: RefundIds::Differ,
};

#[cfg(feature = "kotanipay")]
const CRATE: Option<provider_runtime::Provider> = Some(kotanipay::PROVIDER);
#[cfg(not(feature = "kotanipay"))]
const CRATE: Option<provider_runtime::Provider> = None;

pub(crate) static PROFILE: Profile = Profile::built_in(CAPABILITIES, "retry_refund")
    .with_read("refund_status")
    .with_invoices("submit_refund_invoice")
    .with_rate_limit_at("/data/retryAfter")
    .with_crate(CRATE)
    .with_rows(rows::ROWS)
    .with_lookups("Lookup::KotanipayRefund or Lookup::KotanipayOfframp")
    .with_documented(WORDS)
    .with_events_by_reference()
    .with_instead(Instead {
        creating: "it refunds failed off-ramps by itself; retry a refund that has failed",
        ..Instead::NOTHING_ELSE
    });

const FLOW: &str = "flow pages";
const WEBHOOK: &str = "webhook pages";

const fn refund(word: &'static str, meaning: RefundStatus) -> DocumentedWord {
    DocumentedWord {
        field: WordField::KotanipayRefund,
        word,
        meaning: Some(meaning),
        source: WEBHOOK,
    }
}

const fn offramp(
    word: &'static str,
    meaning: Option<RefundStatus>,
    source: &'static str,
) -> DocumentedWord {
    DocumentedWord {
        field: WordField::KotanipayOfframp,
        word,
        meaning,
        source,
    }
}

static WORDS: &[DocumentedWord] = &[
    refund("SUCCESSFUL", Succeeded),
    refund("FAILED", Failed),
    refund("INVOICE_NEEDED", ActionRequired),
    offramp("PENDING", None, FLOW),
    offramp("CRYPTO_RECEIVED", None, FLOW),
    offramp("PROCESSING", None, FLOW),
    offramp("SUCCESS", None, FLOW),
    offramp("SUCCESSFUL", None, WEBHOOK),
    offramp("FAILED", None, FLOW),
    offramp("TIMEOUT", None, FLOW),
    offramp("CANCELLED", None, FLOW),
    offramp("REFUND_PENDING", Some(Pending), FLOW),
    offramp("REFUNDED", Some(Succeeded), FLOW),
    offramp("REVERSED", Some(Succeeded), WEBHOOK),
    offramp("REFUND_FAILED", Some(Failed), FLOW),
];
