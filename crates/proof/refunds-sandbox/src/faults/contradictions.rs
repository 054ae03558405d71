//! Answers of success that say no, or speak of something else, by operation.

use serde_json::{Value, json};

use super::{Fault, Literal};
use crate::{Provider, money};

/// What a proxy shows while a provider is being worked on.
const MAINTENANCE: &str =
    "<html><head><title>Maintenance</title></head><body>We will be back soon.</body></html>";
/// As an application says it that answers everything with 200.
const STATUS_CODE_500: &str = r#"{"statusCode":500,"message":"Internal server error"}"#;
/// Tazapay's envelope of errors.
const ERROR_ENVELOPE: &str = r#"{"status":"error","message":"internal server error","errors":[{"code":101,"message":"internal server error"}]}"#;

pub(super) fn of(provider: Provider, operation: &str, after_commit: bool) -> Vec<Fault> {
    let write = Writer { after_commit };
    // A read commits nothing, so that nothing is left unsaid by a thin one.
    let read = Writer { after_commit: true };
    match (provider, operation) {
        (Provider::Tazapay, "create_refund") => {
            let mut faults = write.tazapay_envelope();
            faults.extend(write.tazapay_refund());
            faults.extend(failed_at_once(["failed", "rejected", "cancelled"]));
            faults
        }
        (Provider::Tazapay, "refund") => {
            let mut faults = read.tazapay_envelope();
            faults.extend(read.tazapay_refund());
            faults
        }
        (Provider::Tazapay, "payment_attempt") => {
            let mut faults = read.tazapay_envelope();
            faults.extend(read.each("/data/id", [json!("pat_another"), json!(" ")]));
            let refunded = [json!("perhaps"), json!(true), json!(false), Value::Null];
            faults.extend(read.each("/data/refunded", refunded));
            faults.push(read.without("/data/refunded"));
            faults
        }
        (Provider::Mce, "create_crypto_refund") => write.mce(),
        (Provider::Optty, "refund_order") => {
            let mut faults = write.each("/refundedAmount", other_amounts());
            faults.extend(failed_at_once([
                "FAILED",
                "DECLINED",
                "REJECTED",
                "CANCELLED",
                "ERROR",
            ]));
            faults
        }
        (Provider::Optty, "order_details") => read.optty_listing(),
        (Provider::Kotanipay, "refund_status") => {
            let mut faults = read.kotanipay();
            faults.extend(read.each("/data/refundAmount", other_amounts()));
            faults.push(read.without("/data/referenceId"));
            faults
        }
        (Provider::Kotanipay, _) => write.kotanipay(),
        (Provider::Mce | Provider::Optty | Provider::Tazapay, _) => Vec::new(),
    }
}

/// Amounts that were not asked for, and what is none.
fn other_amounts() -> Vec<Value> {
    let exact = ["19.9", "1990.5", "2e3", "1e999"].map(money::exactly);
    let texts = ["19.90", "abc", "1,990"].map(Value::from);
    exact.into_iter().chain(texts).collect()
}

fn failed_at_once<const N: usize>(words: [&str; N]) -> impl Iterator<Item = Fault> {
    words
        .map(|word| Fault::FailedAtOnce {
            word: word.to_owned(),
        })
        .into_iter()
}

struct Writer {
    after_commit: bool,
}

impl Writer {
    fn each(&self, member: &str, values: impl IntoIterator<Item = Value>) -> Vec<Fault> {
        let values = values.into_iter();
        let faults = values.map(|value| self.contradict(member, Some(value.into())));
        faults.collect()
    }

    fn without(&self, member: &str) -> Fault {
        self.contradict(member, None)
    }

    /// What leaves something unsaid, which no client can tell from an answer that
    /// is honest: not where nothing happened.
    fn thin(&self, member: &str, values: impl IntoIterator<Item = Value>) -> Vec<Fault> {
        if self.after_commit {
            self.each(member, values)
        } else {
            Vec::new()
        }
    }

    fn contradict(&self, member: &str, value: Option<Literal>) -> Fault {
        Fault::Contradict {
            member: member.to_owned(),
            value,
            after_commit: self.after_commit,
        }
    }

    fn replace(&self, body: &str, content_type: Option<&str>) -> Fault {
        Fault::Replace {
            status: None,
            body: body.to_owned(),
            content_type: content_type.map(str::to_owned),
            after_commit: self.after_commit,
        }
    }

    fn tazapay_envelope(&self) -> Vec<Fault> {
        let mut faults = self.each("/status", [json!("error"), json!("failed")]);
        faults.push(self.contradict("/data", Some(Value::Null.into())));
        faults.push(self.replace(ERROR_ENVELOPE, None));
        faults
    }

    fn tazapay_refund(&self) -> Vec<Fault> {
        // Who refunds everything names neither amount nor currency: another one that can be read is noticed
        // by nobody, so that it may not hide that nothing happened.
        let two_thousand = money::exactly("2e3");
        let (readable, odd): (Vec<_>, Vec<_>) = other_amounts()
            .into_iter()
            .partition(|amount| *amount == two_thousand);
        let mut faults = self.each("/data/amount", odd);
        faults.extend(self.thin("/data/amount", readable));
        faults.extend(self.thin("/data/currency", [json!("KWD"), json!(" "), Value::Null]));
        faults.extend(self.each("/data/payin", [json!("chk_another")]));
        faults.extend(self.thin("/data/payin", [json!("")]));
        faults.extend(self.each("/data/id", [json!("   ")]));
        faults.extend(self.thin("/data/id", [json!(""), Value::Null]));
        faults
    }

    fn mce(&self) -> Vec<Fault> {
        let mut faults = self.each("/code", [json!(500), json!("1001"), json!(-1)]);
        faults.extend(self.thin("/code", [Value::Null]));
        faults.push(self.contradict("/data", Some(Value::Null.into())));
        faults.extend(self.each("/data/originalTransactionId", [json!("another")]));
        faults.extend(self.each("/data/clientReference", [json!("another")]));
        faults.extend(self.thin("/data/cryptoRefundId", [json!("   ")]));
        faults
    }

    fn optty_listing(&self) -> Vec<Fault> {
        let reasons = [json!("the payment provider refused the refund")];
        let mut faults = self.each("/refunds/*/refundFailureReason", reasons);
        faults.extend(self.each("/refunds/*/amount", [json!("19,90"), Value::Null]));
        faults.extend(self.each("/refunds/*/currency", [json!("KWD"), json!(" ")]));
        for member in ["status", "amount", "currency", "createdAt", "refundReason"] {
            faults.push(self.without(&format!("/refunds/*/{member}")));
        }
        faults
    }

    /// Of its answers, the envelope is documented, and a refund status without a
    /// schema.
    fn kotanipay(&self) -> Vec<Fault> {
        let mut faults = self.each("/success", [json!(false)]);
        faults.extend(self.each("/data/referenceId", [json!("another")]));
        faults.extend(self.thin("/data/referenceId", [json!(" ")]));
        faults.push(self.replace(STATUS_CODE_500, None));
        faults.push(self.replace(MAINTENANCE, Some("text/html")));
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::FaultKind;

    #[test]
    fn each_contradiction_can_be_had_and_survives_being_written() {
        let operations = [
            (Provider::Tazapay, "create_refund"),
            (Provider::Tazapay, "refund"),
            (Provider::Tazapay, "payment_attempt"),
            (Provider::Mce, "create_crypto_refund"),
            (Provider::Optty, "refund_order"),
            (Provider::Optty, "order_details"),
            (Provider::Kotanipay, "retry_refund"),
            (Provider::Kotanipay, "refund_status"),
        ];
        for (provider, operation) in operations {
            let (faults, others) = (
                of(provider, operation, true),
                of(provider, operation, false),
            );
            assert!(others.len() >= 4, "{provider} {operation}");
            for fault in faults.into_iter().chain(others) {
                assert_eq!(fault.check(), Ok(()));
                let text = serde_json::to_string(&fault).unwrap();
                assert_eq!(serde_json::from_str::<Fault>(&text).unwrap(), fault);
            }
        }
    }

    #[test]
    fn what_carries_no_money_and_no_word_about_it_has_no_contradiction() {
        assert_eq!(of(Provider::Optty, "access_token", true), []);
    }
}
