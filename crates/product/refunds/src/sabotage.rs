//! Evidence switched off, to show that the search and the campaign would notice.
//!
//! It takes the feature `__sabotage`, which no build has by default and only those two ask for, and a call
//! below: Cargo may turn a feature on for everybody in one build.

#[cfg(feature = "webhooks")]
use crate::webhooks::RefundUpdate;
use crate::{Refunds, adapter::Adapter};

impl Refunds {
    /// Judges without a row of its [evidence](crate::evidence). **It believes what is not proven.**
    /// It is for the search's check of itself, and for nothing else.
    #[doc(hidden)]
    #[must_use]
    pub fn without_row(&self, id: &'static str) -> Self {
        self.switched(Some(id), false)
    }

    /// Sends again, at once, whatever may have happened, with or without a key. **It refunds twice.**
    /// It is for the campaign's check of itself, and for nothing else.
    #[doc(hidden)]
    #[must_use]
    pub fn with_open_writes_repeated(&self) -> Self {
        self.switched(None, true)
    }
}

#[cfg(feature = "webhooks")]
impl RefundUpdate {
    /// The same event, judged without a row of the [evidence](crate::evidence). **It believes what is not
    /// proven.** It is for the search's check of itself, and for nothing else.
    #[doc(hidden)]
    #[must_use]
    pub fn without_row(self, id: &'static str) -> Self {
        self.judged_again(id)
    }
}
