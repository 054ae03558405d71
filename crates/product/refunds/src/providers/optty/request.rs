//! A refund at Optty.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use provider_runtime::Amount;

use super::PROFILE;
use crate::{
    Money, ProviderName, Reference, RefundError, RefundRequest, SettledBy, custom::RequestOf,
    money, providers::lost_in_a_path, request::Stored,
};

/// The refund of an order, in full or in part. `Debug` does not show the description.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpttyRefund {
    pub(crate) order_reference: String,
    pub(crate) amount: Money,
    pub(crate) description: String,
    pub(crate) activated_via_oauth: Option<bool>,
    pub(crate) reference_in_description: bool,
}

impl OpttyRefund {
    /// A refund of an amount of an order, with the reason in words. The payment provider behind Optty
    /// may see the reason.
    pub fn new(
        order_reference: impl Into<String>,
        amount: Money,
        description: impl Into<String>,
    ) -> Self {
        Self {
            order_reference: order_reference.into(),
            amount,
            description: description.into(),
            activated_via_oauth: None,
            reference_in_description: false,
        }
    }

    /// Sends `isActivatedViaOAuth`, which the schema requires and every example lacks.
    #[must_use]
    pub fn with_activated_via_oauth(mut self, activated: bool) -> Self {
        self.activated_via_oauth = Some(activated);
        self
    }

    /// Adds the reference to the description, in brackets at its end.
    ///
    /// Recommended: it is the only thing by which the refund can be told among those of its order,
    /// which carry neither the reference nor the refund's id. Without it, a lost answer can be
    /// narrowed down by amount, currency and time, and never be settled for certain.
    #[must_use]
    pub fn with_reference_in_description(mut self) -> Self {
        self.reference_in_description = true;
        self
    }

    /// The description as it is sent.
    pub(crate) fn sent_description(&self, reference: &Reference) -> String {
        if self.reference_in_description {
            format!("{} [{reference}]", self.description)
        } else {
            self.description.clone()
        }
    }

    /// The amount as it is sent.
    pub(super) fn sent_amount(&self) -> Result<Amount, RefundError> {
        let amount = money::major_units(ProviderName::Optty, &self.amount)?;
        let too_large = |_| money::too_large(ProviderName::Optty, &self.amount);
        Ok(Amount::try_from(amount).map_err(too_large)?)
    }
}

pub(super) fn check_order(order: &str) -> Result<(), RefundError> {
    let lost = lost_in_a_path(order);
    lost.map_or(Ok(()), |why| Err(PROFILE.invalid("order reference", why)))
}

impl RequestOf for OpttyRefund {
    fn payment(&self) -> &str {
        &self.order_reference
    }

    fn amount(&self) -> Option<&Money> {
        Some(&self.amount)
    }

    fn of(request: &RefundRequest, _: ProviderName) -> Option<Cow<'_, Self>> {
        let RefundRequest::Optty(refund) = request else {
            return None;
        };
        Some(Cow::Borrowed(refund))
    }
}

impl Stored for OpttyRefund {
    fn provider(&self) -> ProviderName {
        ProviderName::Optty
    }

    fn is_on(&self) -> bool {
        cfg!(feature = "optty")
    }

    fn check(&self, _: &Reference) -> Result<(), RefundError> {
        self.sent_amount()?;
        check_order(&self.order_reference)
    }

    fn settled_by(&self, reference: &Reference) -> SettledBy {
        SettledBy {
            event: None,
            question: format!(
                "was a refund of {} of order `{}` made with refundReference `{reference}`, and how \
                 did it end?",
                self.amount, self.order_reference
            ),
        }
    }
}

impl fmt::Debug for OpttyRefund {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpttyRefund")
            .field("order_reference", &self.order_reference)
            .field("amount", &self.amount)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_stands_at_the_end_of_the_description_if_it_is_asked_for() {
        let reference = Reference::new("r-1").unwrap();
        let refund = OpttyRefund::new("order-1", "5 AUD".parse().unwrap(), "Damaged");
        assert_eq!(refund.sent_description(&reference), "Damaged");
        let refund = refund.with_reference_in_description();
        assert_eq!(refund.sent_description(&reference), "Damaged [r-1]");
    }

    #[test]
    fn debug_does_not_show_the_description() {
        let refund = OpttyRefund::new("order-1", "5 AUD".parse().unwrap(), "of Mrs Smith");
        let shown = format!("{refund:?}");
        assert!(
            shown.contains("order-1") && !shown.contains("Smith"),
            "{shown}"
        );
    }
}
