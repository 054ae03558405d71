//! One offramp transaction and its refund.

use std::collections::VecDeque;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::events;
use crate::{
    KotanipaySettings, Offramp, OfframpRefund, Provider, Repeat, clock,
    imitations::Call,
    ledger::{Book, Commitment, EntryKind},
    money,
};

/// The chain on which a refund needs an invoice.
const LIGHTNING: &str = "LIGHTNING";

#[derive(Clone)]
pub(super) struct Transaction {
    offramp: Offramp,
    added_at: DateTime<Utc>,
    refund: Refund,
    /// How often the refund was tried; the documented `totalRetries`.
    tries: u32,
    /// When a run began or ended last; the documented `timestamp`.
    changed_at: DateTime<Utc>,
    /// Tries that were accepted and have not begun, in order.
    queue: VecDeque<Job>,
    /// Whether an invoice was taken.
    had_invoice: bool,
    failures_to_come: u32,
}

/// A try that was accepted.
#[derive(Clone, Copy)]
struct Job {
    starts: DateTime<Utc>,
    until: DateTime<Utc>,
    fails: bool,
}

/// How the refund stands.
#[derive(Clone)]
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
            changed_at: now,
            queue: VecDeque::new(),
            had_invoice: false,
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
            self.accept(settings, EntryKind::Automatic, due, None, book);
        }
        self.run(now);
    }

    /// Begins and ends what is to begin and to end until now, in that order of time.
    fn run(&mut self, now: DateTime<Utc>) {
        loop {
            let next = self.queue.front().copied();
            let next = next.filter(|job| job.starts <= now);
            match (&self.refund, next) {
                (Refund::Running { until, fails }, next)
                    if *until <= now && next.is_none_or(|job| *until <= job.starts) =>
                {
                    self.changed_at = *until;
                    self.refund = if *fails {
                        Refund::Failed
                    } else {
                        Refund::Successful
                    };
                }
                (_, Some(job)) => {
                    self.queue.pop_front();
                    self.tries = self.tries.saturating_add(1);
                    self.changed_at = job.starts;
                    self.refund = Refund::Running {
                        until: job.until,
                        fails: job.fails,
                    };
                }
                _ => return,
            }
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
        let has_retries_left = settings
            .retry_limit
            .is_none_or(|limit| self.next_try() <= limit);
        if self.offramp.requires_manual_intervention || !has_retries_left {
            return false;
        }
        let is_idle = self.queue.is_empty();
        let has_failed = matches!(self.refund, Refund::Failed) && is_idle;
        let needs_invoice = matches!(self.refund, Refund::InvoiceNeeded) && is_idle;
        let asks_for_invoice = settings.retry_asks_for_invoice && self.offramp.chain == LIGHTNING;
        if asks_for_invoice && (has_failed || needs_invoice) {
            self.tries = self.next_try();
            self.changed_at = call.now;
            self.refund = Refund::InvoiceNeeded;
            self.announce_need_of_invoice(call.now, book);
            return true;
        }
        let pays = match settings.repeated_retry {
            _ if has_failed => true,
            _ if needs_invoice || matches!(self.refund, Refund::None) => false,
            Repeat::PaysAgain => true,
            Repeat::Replayed => return true,
            Repeat::Refused => false,
        };
        if pays {
            let request = Some(call.number);
            self.accept(settings, EntryKind::Retry, call.now, request, book);
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
        let is_awaited = matches!(self.refund, Refund::InvoiceNeeded) && self.queue.is_empty();
        let pays = match settings.repeated_invoice {
            _ if is_awaited => true,
            _ if !self.had_invoice => false,
            Repeat::PaysAgain => true,
            Repeat::Replayed => return true,
            Repeat::Refused => false,
        };
        if pays {
            self.had_invoice = true;
            let request = Some(call.number);
            self.accept(settings, EntryKind::Invoice, call.now, request, book);
        }
        pays
    }

    /// Takes up a try, which begins at once or waits in the queue, and pays for
    /// certain or fails for certain.
    fn accept(
        &mut self,
        settings: &KotanipaySettings,
        kind: EntryKind,
        now: DateTime<Utc>,
        request: Option<u64>,
        book: &mut Book,
    ) {
        let starts = match kind {
            EntryKind::Automatic => now,
            _ => clock::after(now, settings.retry_starts_after),
        };
        let until = clock::after(starts, settings.refund_takes);
        let fails = self.failures_to_come > 0;
        self.failures_to_come = self.failures_to_come.saturating_sub(1);
        let tries = self.next_try();
        let hash = self.transaction_hash(tries);
        self.queue.push_back(Job {
            starts,
            until,
            fails,
        });
        self.run(now);
        book.announce(events::settled(
            &self.offramp,
            until,
            fails,
            hash.clone(),
            tries,
        ));
        book.commit(Commitment {
            provider: Provider::Kotanipay,
            kind,
            subject: self.offramp.reference_id.clone(),
            client_reference: None,
            idempotency_key: None,
            amount: self.offramp.crypto_amount,
            currency: self.offramp.token.clone(),
            refund_id: hash,
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

    /// The number of the try that comes after those that were accepted.
    fn next_try(&self) -> u32 {
        let queued = u32::try_from(self.queue.len()).unwrap_or(u32::MAX);
        self.tries.saturating_add(queued).saturating_add(1)
    }

    /// The hash of a try.
    fn transaction_hash(&self, tries: u32) -> String {
        format!("0xrefund-{}-{tries}", self.offramp.reference_id)
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
    pub(super) fn refund_status(&self, settings: &KotanipaySettings) -> Value {
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
            "timestamp": timestamp(self.changed_at),
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
                status["refundTransactionHash"] = json!(self.transaction_hash(self.tries));
            }
        }
        status
    }

    /// The whole transaction.
    pub(super) fn to_json(&self, settings: &KotanipaySettings) -> Value {
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
            "updated_at": timestamp(self.changed_at),
        })
    }
}

pub(super) fn timestamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}
