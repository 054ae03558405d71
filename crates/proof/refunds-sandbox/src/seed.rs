//! What is there before the first refund.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{SandboxError, money};

/// Things to start with, of any provider.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Seed {
    /// Orders at Optty.
    pub orders: Vec<Order>,
    /// Payins at Tazapay.
    pub payins: Vec<Payin>,
    /// Offramp transactions at Kotani Pay.
    pub offramps: Vec<Offramp>,
    /// Pending refunds at MCE.
    pub pending_refunds: Vec<PendingRefund>,
}

impl Seed {
    /// One thing of each provider, all of which can be refunded: order `order-1` of 100.00 AUD, payin `chk_1` of 50.00 USD,
    /// offramp `off-1` whose refund of 20 USDT failed, and pending refund `tx-1` of 5 USDT. Its name is `one_of_each`.
    pub fn one_of_each() -> Self {
        Self {
            orders: vec![Order::new("order-1", Decimal::from(100), "AUD")],
            payins: vec![Payin::new("chk_1", Decimal::from(50), "USD")],
            offramps: vec![Offramp::with_failed_refund("off-1", Decimal::from(20))],
            pending_refunds: vec![PendingRefund::new(1, "tx-1", Decimal::from(5))],
        }
    }
}

/// An order at Optty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// The merchant's own order reference.
    pub reference: String,
    /// What was captured, in major units; at most two decimals.
    #[serde(with = "rust_decimal::serde::str")]
    pub captured: Decimal,
    /// ISO 4217 code.
    pub currency: String,
    /// The merchant, when it is another than the account's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant: Option<String>,
    /// Name of the payment method.
    #[serde(default = "payment_method")]
    pub payment_method: String,
    /// Whether the payment method supports partial refunds.
    #[serde(default = "yes")]
    pub partial_refunds: bool,
    /// Status of the order, such as `SUCCESSFUL`.
    #[serde(default = "successful")]
    pub status: String,
}

impl Order {
    /// A successful order of the account's own, with partial refunds.
    pub fn new(
        reference: impl Into<String>,
        captured: Decimal,
        currency: impl Into<String>,
    ) -> Self {
        Self {
            reference: reference.into(),
            captured,
            currency: currency.into(),
            merchant: None,
            payment_method: payment_method(),
            partial_refunds: true,
            status: successful(),
        }
    }

    pub(crate) fn check(&self) -> Result<(), SandboxError> {
        let refused = |problem: &str| refused("order", &self.reference, problem);
        check_amount(self.captured).or_else(refused)?;
        if !money::has_decimals(self.captured, 2) {
            return refused("the amount has more than two decimals; Optty has at most two");
        }
        Ok(())
    }
}

/// A payin at Tazapay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payin {
    /// Its id (`chk_…`).
    pub id: String,
    /// What was paid, in major units; at most two decimals, whatever the
    /// currency.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
    /// ISO 4217 code.
    pub currency: String,
    /// Attempts to pay; one at least.
    pub attempts: Vec<PaymentAttempt>,
    /// Whether part of it can be refunded; if not, 30021.
    #[serde(default = "yes")]
    pub partial_refunds: bool,
    /// Whether a refund needs the customer's e-mail address; if so, 30019
    /// without.
    #[serde(default)]
    pub needs_customer_details: bool,
    /// Whether a refund needs the customer's phone number; if so, 30014
    /// without.
    #[serde(default)]
    pub needs_phone: bool,
    /// A code with which every refund is refused, such as 30011, 30016 or
    /// 30020.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_with: Option<i64>,
}

/// An attempt to pay a payin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaymentAttempt {
    /// Its id (`pat_…`).
    pub id: String,
    /// Whether it succeeded; if not, a refund is refused with 30009.
    #[serde(default = "yes")]
    pub succeeded: bool,
}

impl Payin {
    /// A payin with one attempt, which succeeded. The attempt's id is the
    /// payin's with `pat_` for `chk_`.
    pub fn new(id: impl Into<String>, amount: Decimal, currency: impl Into<String>) -> Self {
        let id = id.into();
        let attempt = format!("pat_{}", id.strip_prefix("chk_").unwrap_or(&id));
        Self {
            id,
            amount,
            currency: currency.into(),
            attempts: vec![PaymentAttempt {
                id: attempt,
                succeeded: true,
            }],
            partial_refunds: true,
            needs_customer_details: false,
            needs_phone: false,
            refused_with: None,
        }
    }

    pub(crate) fn check(&self) -> Result<(), SandboxError> {
        let refused = |problem: &str| refused("payin", &self.id, problem);
        check_amount(self.amount).or_else(refused)?;
        if money::to_hundredths(self.amount).is_none() {
            return refused("the amount has more than two decimals; Tazapay has two");
        }
        if self.attempts.is_empty() {
            return refused("it has no payment attempt; give one at least");
        }
        Ok(())
    }
}

/// An offramp transaction at Kotani Pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offramp {
    /// The integrator's own reference.
    pub reference_id: String,
    /// What a refund pays back, in units of the token.
    #[serde(with = "rust_decimal::serde::str")]
    pub crypto_amount: Decimal,
    /// Symbol of the token.
    pub token: String,
    /// Name of the chain.
    pub chain: String,
    /// What was to be paid out, in major units.
    #[serde(with = "rust_decimal::serde::str")]
    pub fiat_amount: Decimal,
    /// ISO 4217 code.
    pub fiat_currency: String,
    /// Status while nothing is refunded.
    pub status: String,
    /// Status on the chain.
    pub onchain_status: String,
    /// How its refund stands.
    pub refund: OfframpRefund,
    /// Whether the refund is marked for manual intervention.
    #[serde(default)]
    pub requires_manual_intervention: bool,
    /// How often the refund was tried.
    #[serde(default)]
    pub retries: u32,
    /// How many of the tries to come fail.
    #[serde(default)]
    pub failures_to_come: u32,
}

/// How the refund of an offramp transaction stands at the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfframpRefund {
    /// There is none. Where the transaction is `FAILED` and its crypto arrived
    /// (`onchain_status` `SUCCESSFUL`), an automatic one starts after five
    /// minutes.
    None,
    /// It failed, and can be retried.
    Failed,
    /// It waits for a Lightning invoice.
    InvoiceNeeded,
    /// It succeeded before the sandbox started; the ledger does not have it.
    Successful,
}

impl Offramp {
    /// A transaction whose refund of this many USDT failed.
    pub fn with_failed_refund(reference_id: impl Into<String>, crypto_amount: Decimal) -> Self {
        Self {
            reference_id: reference_id.into(),
            crypto_amount,
            token: "USDT".to_owned(),
            chain: "POLYGON".to_owned(),
            fiat_amount: Decimal::from(5000),
            fiat_currency: "KES".to_owned(),
            status: "FAILED".to_owned(),
            onchain_status: successful(),
            refund: OfframpRefund::Failed,
            requires_manual_intervention: false,
            retries: 1,
            failures_to_come: 0,
        }
    }

    /// A transaction on Lightning whose refund waits for an invoice.
    pub fn awaiting_invoice(reference_id: impl Into<String>, crypto_amount: Decimal) -> Self {
        Self {
            token: "BTC".to_owned(),
            chain: "LIGHTNING".to_owned(),
            refund: OfframpRefund::InvoiceNeeded,
            retries: 0,
            ..Self::with_failed_refund(reference_id, crypto_amount)
        }
    }

    /// A transaction that failed just now although its crypto arrived.
    pub fn just_failed(reference_id: impl Into<String>, crypto_amount: Decimal) -> Self {
        Self {
            refund: OfframpRefund::None,
            retries: 0,
            ..Self::with_failed_refund(reference_id, crypto_amount)
        }
    }

    /// A transaction that was paid out.
    pub fn paid_out(reference_id: impl Into<String>, crypto_amount: Decimal) -> Self {
        Self {
            status: "SUCCESS".to_owned(),
            ..Self::just_failed(reference_id, crypto_amount)
        }
    }

    pub(crate) fn check(&self) -> Result<(), SandboxError> {
        let refused = |problem: &str| refused("offramp", &self.reference_id, problem);
        check_amount(self.crypto_amount).or_else(refused)?;
        check_amount(self.fiat_amount).or_else(refused)
    }
}

/// An incoming payment at MCE that was flagged and waits for its refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PendingRefund {
    /// Type of the payment.
    pub transaction_type: i64,
    /// Id of the payment.
    pub transaction_id: String,
    /// What is refunded, in units of the currency.
    #[serde(with = "rust_decimal::serde::str")]
    pub amount: Decimal,
    /// Symbol of the currency.
    pub currency: String,
    /// Name of the chain.
    pub blockchain: String,
    /// The fee, in units of the currency.
    #[serde(default, with = "rust_decimal::serde::str")]
    pub fee: Decimal,
}

impl PendingRefund {
    /// A pending refund of this many USDT on Ethereum, without a fee.
    pub fn new(transaction_type: i64, transaction_id: impl Into<String>, amount: Decimal) -> Self {
        Self {
            transaction_type,
            transaction_id: transaction_id.into(),
            amount,
            currency: "USDT".to_owned(),
            blockchain: "Ethereum".to_owned(),
            fee: Decimal::ZERO,
        }
    }

    pub(crate) fn check(&self) -> Result<(), SandboxError> {
        // The amount is text on the wire, so that any number of digits fits.
        if self.amount <= Decimal::ZERO {
            return refused(
                "pending refund",
                &self.transaction_id,
                "the amount is not positive; give one above 0",
            );
        }
        Ok(())
    }
}

pub(crate) fn already_there(kind: &'static str, id: &str) -> SandboxError {
    SandboxError::Seed {
        kind,
        id: id.to_owned(),
        problem: "there is one already; choose another reference".to_owned(),
    }
}

fn check_amount(amount: Decimal) -> Result<(), &'static str> {
    if amount <= Decimal::ZERO {
        return Err("the amount is not positive; give one above 0");
    }
    if !money::fits_a_number(amount) {
        return Err(
            "the amount has more than 15 significant digits, which a JSON number does not carry; give fewer",
        );
    }
    Ok(())
}

fn refused(kind: &'static str, id: &str, problem: &str) -> Result<(), SandboxError> {
    Err(SandboxError::Seed {
        kind,
        id: id.to_owned(),
        problem: problem.to_owned(),
    })
}

const fn yes() -> bool {
    true
}

fn successful() -> String {
    "SUCCESSFUL".to_owned()
}

fn payment_method() -> String {
    "KLARNA_AU".to_owned()
}
