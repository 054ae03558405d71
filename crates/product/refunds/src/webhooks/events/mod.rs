//! From each provider's events to updates.

#[cfg(feature = "kotanipay")]
mod kotanipay;
#[cfg(feature = "mce")]
mod mce;
#[cfg(feature = "optty")]
mod optty;
#[cfg(feature = "tazapay")]
mod tazapay;

#[cfg(feature = "sabotage")]
use super::{ProviderEvent, RefundUpdate};
#[cfg(feature = "sabotage")]
use crate::evidence::Table;

#[cfg(feature = "sabotage")]
impl RefundUpdate {
    /// The same event, judged without a row.
    pub(crate) fn judged_again(self, off: &'static str) -> Self {
        let mut table = Table::of(self.provider());
        table.off = Some(off);
        let told = match self.event() {
            #[cfg(feature = "kotanipay")]
            ProviderEvent::Kotanipay(event) => {
                let (key, at) = (event.key(), event.occurred_at());
                kotanipay::told(event.event(), key, at, table)
            }
            #[cfg(feature = "tazapay")]
            ProviderEvent::Tazapay(event) => {
                let (key, at) = (event.key(), event.occurred_at());
                tazapay::told(event.event(), key, at, table)
            }
            // Those of others contradict nothing.
            _ => self.told().clone(),
        };
        Self::new(told, self.event().clone())
    }
}
