//! One offramp transaction and its refund.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::events;
use crate::{
    KotanipaySettings, Offramp, OfframpRefund, Provider, Repeat, clock,
    imitations::Call,
    ledger::{Book, Commitment, EntryKind},
    money,
};

pub(super) struct Transaction {
    offramp: Offramp,
    added_at: DateTime<Utc>,
    refund: Refund,
    /// How often the refund was tried; the documented `totalRetries`.
    tries: u32,
    failures_to_come: u32,
}

/// How the refund stands.
enum Refund {
    None,
    Failed,
    InvoiceNeeded,
    /// It runs until then, and then it has failed or not.
    Running {
        until: DateTime<Utc>,
        fails: bool,
    },
    Successful,
}

impl Transaction {
    pub(super) fn new(offramp: Offramp, now: DateTime<Utc>) -> Self {
        Self {
            added_at: now,
            refund: match offramp.refund {
                OfframpRefund::None => Refund::None,
                OfframpRefund::Failed => Refund::Failed,
                OfframpRefund::InvoiceNeeded => Refund::InvoiceNeeded,
                OfframpRefund::Successful => Refund::Successful,
            },
            tries: offramp.retries,
            failures_to_come: offramp.failures_to_come,
            offramp,
        }
    }

    /// Settles what has run its time, and starts the automatic refund when it is
    /// due.
    pub(super) fn pass_time(
        &mut self,
        settings: &KotanipaySettings,
        now: DateTime<Utc>,
        book: &mut Book,
    ) {
        if let Some(due) = self.automatic_refund_due(settings)
            && now >= due
        {
            self.start(settings, EntryKind::Automatic, due, None, book);
        }
        if let Refund::Running { until, fails } = self.refund
            && now >= until
        {
            self.refund = if fails {
                Refund::Failed
            } else {
                Refund::Successful
            };
        }
    }

    /// When the automatic refund starts, if there will be one.
    pub(super) fn automatic_refund_due(
        &self,
        settings: &KotanipaySettings,
    ) -> Option<DateTime<Utc>> {
        let is_refundable =
            self.offramp.status == "FAILED" && self.offramp.onchain_status == "SUCCESSFUL";
        let is_due = matches!(self.refund, Refund::None) && is_refundable;
        is_due.then(|| clock::after(self.added_at, settings.automatic_refund_after))
    }

    pub(super) const fn has_failed_refund(&self) -> bool {
        matches!(self.refund, Refund::Failed)
    }

    /// Retries the refund if it may be retried. Tells whether that is so.
    pub(super) fn retry(
        &mut self,
        settings: &KotanipaySettings,
        call: &Call<'_>,
        book: &mut Book,
    ) -> bool {
        let has_retries_left = settings.retry_limit.is_none_or(|limit| self.tries < limit);
        if self.offramp.requires_manual_intervention || !has_retries_left {
            return false;
        }
        let pays = match (&self.refund, settings.repeated_retry) {
            (Refund::Failed, _) => true,
            (Refund::None | Refund::InvoiceNeeded, _) => false,
            (Refund::Running { .. } | Refund::Successful, Repeat::PaysAgain) => true,
            (Refund::Running { .. } | Refund::Successful, Repeat::Replayed) => return true,
            (Refund::Running { .. } | Refund::Successful, Repeat::Refused) => false,
        };
        if pays {
            self.start(
                settings,
                EntryKind::Retry,
                call.now,
                Some(call.number),
                book,
            );
        }
        pays
    }

    /// Pays the refund to a Lightning invoice if it waits for one. Tells whether
    /// that is so.
    pub(super) fn take_invoice(
        &mut self,
        settings: &KotanipaySettings,
        call: &Call<'_>,
        book: &mut Book,
    ) -> bool {
        let is_awaited = matches!(self.refund, Refund::InvoiceNeeded);
        if is_awaited {
            self.start(
                settings,
                EntryKind::Invoice,
                call.now,
                Some(call.number),
                book,
            );
        }
        is_awaited
    }

    fn start(
        &mut self,
        settings: &KotanipaySettings,
        kind: EntryKind,
        now: DateTime<Utc>,
        request: Option<u64>,
        book: &mut Book,
    ) {
        let until = clock::after(now, settings.refund_takes);
        let fails = self.failures_to_come > 0;
        self.failures_to_come = self.failures_to_come.saturating_sub(1);
        self.tries += 1;
        self.refund = Refund::Running { until, fails };
        let (hash, tries) = (self.transaction_hash(), self.tries);
        book.announce(events::settled(&self.offramp, until, fails, hash, tries));
        book.commit(Commitment {
            provider: Provider::Kotanipay,
            kind,
            subject: self.offramp.reference_id.clone(),
            client_reference: None,
            idempotency_key: None,
            amount: self.offramp.crypto_amount,
            currency: self.offramp.token.clone(),
            refund_id: self.transaction_hash(),
            committed_at: now,
            request,
            settles_at: until,
            fails,
        });
    }

    /// Tells that the refund waits for an invoice, if it does.
    pub(super) fn announce_need_of_invoice(&self, now: DateTime<Utc>, book: &mut Book) {
        if matches!(self.refund, Refund::InvoiceNeeded) {
            book.announce(events::invoice_needed(&self.offramp, now));
        }
    }

    /// The hash of the latest try.
    fn transaction_hash(&self) -> String {
        format!("0xrefund-{}-{}", self.offramp.reference_id, self.tries)
    }

    /// The word for the transaction, refund and all.
    fn status<'a>(&'a self, settings: &'a KotanipaySettings) -> &'a str {
        match self.refund {
            Refund::None | Refund::InvoiceNeeded => &self.offramp.status,
            Refund::Failed => "REFUND_FAILED",
            Refund::Running { .. } => "REFUND_PENDING",
            Refund::Successful => &settings.refunded_word,
        }
    }

    /// The fields that a refund status may carry, as far as they apply.
    pub(super) fn refund_status(&self, settings: &KotanipaySettings, now: DateTime<Utc>) -> Value {
        let offramp = &self.offramp;
        let mut status = json!({
            "referenceId": offramp.reference_id,
            "status": self.status(settings),
            "refundInitiated": !matches!(self.refund, Refund::None),
            "refundAmount": money::to_json(offramp.crypto_amount),
            "totalRetries": self.tries,
            "requiresManualIntervention": offramp.requires_manual_intervention,
            "chain": offramp.chain,
            "token": offramp.token,
            "currency": offramp.fiat_currency,
            "timestamp": timestamp(now),
        });
        match self.refund {
            Refund::None => {}
            Refund::Failed => {
                status["refundStatus"] = json!("FAILED");
                status["error"] = json!("Refund failed");
            }
            Refund::InvoiceNeeded => status["refundStatus"] = json!("INVOICE_NEEDED"),
            Refund::Running { .. } => status["refundStatus"] = json!(settings.pending_word),
            Refund::Successful => {
                status["refundStatus"] = json!("SUCCESSFUL");
                status["refundTransactionHash"] = json!(self.transaction_hash());
            }
        }
        status
    }

    /// The whole transaction.
    pub(super) fn to_json(&self, settings: &KotanipaySettings, now: DateTime<Utc>) -> Value {
        let offramp = &self.offramp;
        let reference = &offramp.reference_id;
        json!({
            "referenceId": reference,
            "fiatAmount": money::to_json(offramp.fiat_amount),
            "fiatTransactionAmount": money::to_json(offramp.fiat_amount),
            "cryptoAmount": money::to_json(offramp.crypto_amount),
            "transactionHashAmount": money::to_json(offramp.crypto_amount),
            "fiatCurrency": offramp.fiat_currency,
            "customerKey": format!("customer-{reference}"),
            "fiatWalletId": format!("wallet-{reference}"),
            "senderAddress": format!("0xsender-{reference}"),
            "transactionHash": format!("0xdeposit-{reference}"),
            "status": self.status(settings),
            "onchainStatus": offramp.onchain_status,
            "escrowAddress": format!("0xescrow-{reference}"),
            "rate": {},
            "created_at": timestamp(self.added_at),
            "updated_at": timestamp(now),
        })
    }
}

pub(super) fn timestamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
