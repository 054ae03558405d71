//! What has to hold in every story.

use std::fmt;

/// What has to hold in every story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// No refund that was asked for once is paid twice.
    NeverPaidTwice,
    /// What is called rejected, or not sent, is not paid: not before, not now and not later.
    NeverRejectedThoughPaid,
    /// What is called pending or succeeded was taken on, and what is called succeeded was paid.
    NeverAcceptedThoughNot,
    /// What is called failed is not paid, and will not be.
    NeverFailedThoughPaid,
    /// Whatever may have been sent is known after the process was killed.
    NothingLost,
    /// In the end, no doubt is left that an answer or an event could settle.
    NoDoubtLeft,
    /// A documented success or a definite refusal of a first attempt is no doubt.
    NoNeedlessDoubt,
    /// An event that contradicts itself settles nothing.
    NoContradictionBelieved,
    /// What is refunded is what was asked for: that payment, that amount, in that currency.
    NeverAstray,
}

impl Property {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::NeverPaidTwice,
        Self::NeverRejectedThoughPaid,
        Self::NeverAcceptedThoughNot,
        Self::NeverFailedThoughPaid,
        Self::NothingLost,
        Self::NoDoubtLeft,
        Self::NoNeedlessDoubt,
        Self::NoContradictionBelieved,
        Self::NeverAstray,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::NeverPaidTwice => "never paid twice",
            Self::NeverRejectedThoughPaid => "never rejected though paid",
            Self::NeverAcceptedThoughNot => "never accepted though not",
            Self::NeverFailedThoughPaid => "never failed though paid",
            Self::NothingLost => "nothing lost",
            Self::NoDoubtLeft => "no doubt left that evidence can settle",
            Self::NoNeedlessDoubt => "no needless doubt",
            Self::NoContradictionBelieved => "no contradiction believed",
            Self::NeverAstray => "never astray",
        }
    }
}

impl fmt::Display for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
