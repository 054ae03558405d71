//! A refund at Tazapay.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::PROFILE;
use crate::{
    Money, MoneyError, ProviderName, Reference, RefundError, RefundRequest, SettledBy,
    custom::RequestOf, money, request::Stored,
};

/// The refund of a payin or of one of its payment attempts. `Debug` shows no personal data.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TazapayRefund {
    pub(crate) payin: Option<String>,
    pub(crate) payment_attempt: Option<String>,
    pub(crate) amount: Option<Money>,
    pub(crate) reason: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) customer: Option<TazapayCustomer>,
    pub(crate) webhook_url: Option<String>,
    /// The entry of metadata under which our reference travels. Records from before it was sent have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reference_key: Option<String>,
}

/// Where our reference travels, unless another key is given.
pub(super) const REFERENCE_KEY: &str = "refund_reference";

impl TazapayRefund {
    /// The refund of a payin; in full, unless an amount is added.
    pub fn of_payin(id: impl Into<String>) -> Self {
        Self {
            payin: Some(id.into()),
            ..Self::empty()
        }
    }

    /// The refund of a payment attempt (`pat_…`) without its payin, which error 30007 allows and the
    /// schema does not.
    pub fn of_payment_attempt(id: impl Into<String>) -> Self {
        Self {
            payment_attempt: Some(id.into()),
            ..Self::empty()
        }
    }

    fn empty() -> Self {
        Self {
            payin: None,
            payment_attempt: None,
            amount: None,
            reason: None,
            metadata: BTreeMap::new(),
            customer: None,
            webhook_url: None,
            reference_key: Some(REFERENCE_KEY.to_owned()),
        }
    }

    /// Refunds this amount and not everything.
    #[must_use]
    pub fn with_amount(mut self, amount: Money) -> Self {
        self.amount = Some(amount);
        self
    }

    /// Names the payment attempt (`pat_…`) of the payin, needed where it has several (30008).
    #[must_use]
    pub fn with_payment_attempt(mut self, id: impl Into<String>) -> Self {
        self.payment_attempt = Some(id.into());
        self
    }

    /// Gives the reason in words.
    #[must_use]
    pub fn with_reason(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Adds an entry of metadata, which the refund shows again. It is sent as the JSON text that the
    /// schema asks for.
    #[must_use]
    pub fn with_metadata(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// Sends our own reference under this key of the metadata; by default `refund_reference`. An entry of
    /// one's own under the same key is never overwritten: the reference is then not sent.
    ///
    /// Answers and events repeat the metadata, so that a signed event settles a doubt: it is the only thing
    /// by which a refund whose answer was lost can name its reference.
    #[must_use]
    pub fn with_reference_key(mut self, key: impl Into<String>) -> Self {
        self.reference_key = Some(key.into());
        self
    }

    /// Sends our own reference in no metadata. A refund whose answer was lost can then be settled by the
    /// provider's support only.
    #[must_use]
    pub fn without_reference_in_metadata(mut self) -> Self {
        self.reference_key = None;
        self
    }

    /// The metadata as it is sent.
    pub(crate) fn sent_metadata<'a>(
        &'a self,
        reference: &'a Reference,
    ) -> BTreeMap<&'a str, &'a str> {
        let own = self.metadata.iter();
        let mut sent: BTreeMap<_, _> = own.map(|(key, value)| (&**key, &**value)).collect();
        if let Some(key) = &self.reference_key {
            sent.entry(key).or_insert(reference.as_str());
        }
        sent
    }

    /// The key under which our reference was sent, if it was.
    pub(crate) fn sent_reference_key(&self, reference: &Reference) -> Option<&str> {
        let key = self.reference_key.as_deref()?;
        let own = self.metadata.get(key);
        own.is_none_or(|own| own == reference.as_str())
            .then_some(key)
    }

    /// Names the customer, which some payment methods demand (30014, 30019).
    #[must_use]
    pub fn with_customer(mut self, customer: TazapayCustomer) -> Self {
        self.customer = Some(customer);
        self
    }

    /// Sends updates about this refund to a URL.
    #[must_use]
    pub fn with_webhook_url(mut self, url: impl Into<String>) -> Self {
        self.webhook_url = Some(url.into());
        self
    }

    /// The amount as it is sent.
    pub(super) fn hundredths(&self) -> Result<Option<i64>, MoneyError> {
        let amount = self.amount.as_ref();
        amount
            .map(|amount| money::hundredths(ProviderName::Tazapay, amount))
            .transpose()
    }
}

impl RequestOf for TazapayRefund {
    fn payment(&self) -> &str {
        let payin = self.payin.as_deref();
        payin
            .or(self.payment_attempt.as_deref())
            .unwrap_or_default()
    }

    fn amount(&self) -> Option<&Money> {
        self.amount.as_ref()
    }

    fn of(request: &RefundRequest, _: ProviderName) -> Option<Cow<'_, Self>> {
        let RefundRequest::Tazapay(refund) = request else {
            return None;
        };
        Some(Cow::Borrowed(refund))
    }
}

impl Stored for TazapayRefund {
    fn provider(&self) -> ProviderName {
        ProviderName::Tazapay
    }

    fn is_on(&self) -> bool {
        cfg!(feature = "tazapay")
    }

    fn check(&self, _: &Reference) -> Result<(), RefundError> {
        for (field, id) in [
            ("payin", &self.payin),
            ("payment attempt", &self.payment_attempt),
        ] {
            if id.as_deref().is_some_and(str::is_empty) {
                let why = "it is empty; give Tazapay's id or leave it out";
                return Err(PROFILE.invalid(field, why));
            }
        }
        self.hundredths()?;
        Ok(())
    }

    fn settled_by(&self, reference: &Reference) -> SettledBy {
        let key = self.sent_reference_key(reference);
        let payment = self.payin.as_deref().or(self.payment_attempt.as_deref());
        let amount = match &self.amount {
            Some(amount) => amount.to_string(),
            None => "everything".to_owned(),
        };
        SettledBy {
            event: key.map(|key| {
                format!(
                    "a signed `refund.*` event of tazapay whose `data.metadata` has \
                     `{key}`: `{reference}`"
                )
            }),
            question: format!(
                "was a refund of {amount} of {} made for Idempotency-Key `{reference}`, and how \
                 did it end?",
                payment.unwrap_or("the payment")
            ),
        }
    }

    /// A second refund of everything is refused.
    fn may_be_repeated(&self) -> bool {
        self.amount.is_none()
    }

    fn bare(&self) -> Self {
        self.clone().without_reference_in_metadata()
    }
}

impl fmt::Debug for TazapayRefund {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TazapayRefund")
            .field("payin", &self.payin)
            .field("payment_attempt", &self.payment_attempt)
            .field("amount", &self.amount)
            .finish_non_exhaustive()
    }
}

/// Who gets the refund. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TazapayCustomer {
    pub(crate) email: String,
    pub(crate) phone: Option<TazapayPhone>,
}

impl TazapayCustomer {
    /// A customer by e-mail address.
    pub fn new(email: impl Into<String>) -> Self {
        Self {
            email: email.into(),
            phone: None,
        }
    }

    /// Adds a telephone number: the calling code without `+` (`91` for India), and the number.
    #[must_use]
    pub fn with_phone(
        mut self,
        calling_code: impl Into<String>,
        number: impl Into<String>,
    ) -> Self {
        self.phone = Some(TazapayPhone {
            calling_code: calling_code.into(),
            number: number.into(),
        });
        self
    }
}

impl fmt::Debug for TazapayCustomer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TazapayCustomer(..)")
    }
}

/// A telephone number. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TazapayPhone {
    pub(crate) calling_code: String,
    pub(crate) number: String,
}

impl fmt::Debug for TazapayPhone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TazapayPhone(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_personal_data() {
        let customer = TazapayCustomer::new("ann@example.com").with_phone("91", "5550100");
        let refund = TazapayRefund::of_payin("chk_1")
            .with_customer(customer)
            .with_reason("Ann complained")
            .with_metadata("name", "Ann");
        let shown = format!("{refund:?} {:?}", refund.customer);
        assert!(shown.contains("chk_1"), "{shown}");
        for hidden in ["ann", "Ann", "5550100"] {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }

    #[test]
    fn a_stored_request_comes_back_unchanged() {
        let refund = TazapayRefund::of_payin("chk_1")
            .with_amount("9.99 USD".parse().unwrap())
            .with_customer(TazapayCustomer::new("ann@example.com").with_phone("91", "5550100"))
            .with_metadata("order", "7");
        let stored = serde_json::to_string(&refund).unwrap();
        assert_eq!(
            serde_json::from_str::<TazapayRefund>(&stored).unwrap(),
            refund
        );
    }
}
