//! Draws a conclusion from what was asked, what was told and what is documented.

use std::{
    borrow::Cow,
    time::{Duration, SystemTime},
};

use provider_runtime::{AmountText, Timestamp};
use rust_decimal::Decimal;

use super::{About, Ask, Check, Fact, Facts, Missing, Row, Rule, Table};
use crate::{Currency, DoubtCause, RefundStatus, WordField};

/// How far a provider's clock may be behind ours.
pub(crate) const CLOCK_TOLERANCE: Duration = Duration::from_secs(300);

/// What was asked for, in the provider's own words and unit.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Asked<'a> {
    /// The user's own reference, or what was sent that holds it.
    pub reference: Option<Cow<'a, str>>,
    /// What is refunded.
    pub payment: Option<&'a str>,
    /// The attempt at the payment that is refunded.
    pub payment_attempt: Option<&'a str>,
    /// The kind of payment that is refunded.
    pub payment_type: Option<String>,
    /// The provider's id of the refund, of a read.
    pub id: Option<&'a str>,
    /// How much, in the unit in which it is sent; `None` for everything.
    pub amount: Option<Decimal>,
    /// The code of its currency.
    pub currency: Option<&'a str>,
    /// When it was first sent.
    pub first_sent_at: Option<SystemTime>,
    /// Whether no reference was sent by which a refund could be known to be the one that was asked for.
    pub is_unnamed: bool,
}

/// Why what was told proves nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Objection {
    pub(crate) row: &'static Row,
    pub(crate) kind: ObjectionKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ObjectionKind {
    /// A member that the documents promise is not there.
    Missing,
    /// It is about something else than was asked for.
    Differs,
    /// A member says no, or cannot be read.
    Contradicts,
}

impl Objection {
    /// Whether a member says no, or cannot be read.
    pub(crate) fn contradicts(&self) -> bool {
        self.kind == ObjectionKind::Contradicts
    }

    /// What it makes of a 2xx to a write.
    pub(crate) fn cause(&self) -> DoubtCause {
        match self.kind {
            ObjectionKind::Missing => DoubtCause::IncompleteSuccess,
            ObjectionKind::Differs => DoubtCause::AnswerDiffers,
            ObjectionKind::Contradicts => DoubtCause::ContradictorySuccess,
        }
    }
}

/// The gravest objection to what was told; `None` if every member that speaks agrees.
pub(crate) fn objection(
    table: Table,
    about: About,
    asked: &Asked<'_>,
    told: &Facts,
) -> Option<Objection> {
    let mut missing = None;
    for row in table.rows(about) {
        let Rule::Member {
            fact,
            check,
            missing: may_miss,
        } = &row.rule
        else {
            continue;
        };
        let kind = match told.get(*fact) {
            Some(text) => check.objection(table, asked, told, text),
            None if *may_miss == Missing::Doubt => Some(ObjectionKind::Missing),
            None => None,
        };
        match kind {
            Some(ObjectionKind::Missing) => {
                missing.get_or_insert(Objection {
                    row,
                    kind: ObjectionKind::Missing,
                });
            }
            Some(kind) => return Some(Objection { row, kind }),
            None => {}
        }
    }
    missing
}

impl Check {
    fn objection(
        &self,
        table: Table,
        asked: &Asked<'_>,
        all: &Facts,
        told: &str,
    ) -> Option<ObjectionKind> {
        use ObjectionKind::{Contradicts, Differs, Missing};
        match self {
            Self::OneOf(words) => {
                let agrees = words.iter().any(|word| word.eq_ignore_ascii_case(told));
                (!agrees).then_some(Contradicts)
            }
            Self::Names => {
                let is_seen = told.chars().any(char::is_alphanumeric);
                (!is_seen).then_some(Missing)
            }
            Self::Same(ask) => {
                let asked = asked.text(*ask)?;
                (asked != told).then_some(Differs)
            }
            Self::Hundredths if decimal(told).is_some_and(|told| !told.is_integer()) => {
                Some(Contradicts)
            }
            Self::Amount | Self::Hundredths => match (decimal(told), asked.amount) {
                (None, _) => Some(Contradicts),
                (Some(told), Some(asked)) => (told != asked).then_some(Differs),
                (Some(told), None) => (told <= Decimal::ZERO).then_some(Contradicts),
            },
            Self::Currency => match asked.currency {
                Some(asked) => (!told.eq_ignore_ascii_case(asked)).then_some(Differs),
                None => told.parse::<Currency>().is_err().then_some(Contradicts),
            },
            Self::Word {
                field,
                under_way,
                may_fail,
            } => match RefundStatus::from_word(*field, told) {
                RefundStatus::Unknown(word) => {
                    (!under_way.contains(&word.as_str())).then_some(Contradicts)
                }
                RefundStatus::Failed | RefundStatus::Cancelled => {
                    (!may_fail).then_some(Contradicts)
                }
                _ => None,
            },
            Self::OwnWord => {
                let status = RefundStatus::from_word(WordField::Own(table.words), told);
                matches!(status, RefundStatus::Unknown(_)).then_some(Contradicts)
            }
            Self::Empty => Some(Contradicts),
            Self::NoneOf(texts) => {
                let told = told.trim();
                let refuses = texts.iter().any(|text| text.eq_ignore_ascii_case(told));
                refuses.then_some(Contradicts)
            }
            Self::BesideSuccess { field, words } => {
                let means_success = |fact, field| {
                    all.get(fact).is_some_and(|word| {
                        RefundStatus::from_word(field, word) == RefundStatus::Succeeded
                    })
                };
                let succeeded = means_success(Fact::Status, *field)
                    || means_success(Fact::OfframpStatus, WordField::KotanipayOfframp);
                (succeeded && !words.contains(&told)).then_some(Contradicts)
            }
            Self::NotBesideFailure(field) => {
                let means_failure = |fact, field| {
                    let word = all.get(fact);
                    word.is_some_and(|word| is_failure(&RefundStatus::from_word(field, word)))
                };
                let has_failed = means_failure(Fact::Status, *field)
                    || means_failure(Fact::OfframpStatus, WordField::KotanipayOfframp);
                has_failed.then_some(Contradicts)
            }
            Self::Pair => {
                let other = all.get(Fact::OfframpStatus);
                let status = RefundStatus::from_refund_status(Some(told), other);
                matches!(status, Some(RefundStatus::Unknown(_))).then_some(Contradicts)
            }
            Self::LikeEvent { field, events } => {
                let name = all.get(Fact::Envelope)?;
                let (_, meaning) = events.iter().find(|(known, _)| *known == name)?;
                let status = RefundStatus::from_word(*field, told);
                // A word of the off-ramp that says nothing of its refund contradicts nothing.
                let says_nothing = *field == WordField::KotanipayOfframp
                    && matches!(status, RefundStatus::Unknown(_));
                let is_alike = says_nothing
                    || status == *meaning
                    || (is_failure(&status) && is_failure(meaning));
                (!is_alike).then_some(Contradicts)
            }
            Self::NotEarlier => {
                let told = told.parse::<Timestamp>().ok().and_then(|at| at.instant());
                let earliest = asked
                    .first_sent_at?
                    .checked_sub(CLOCK_TOLERANCE)?
                    .duration_since(SystemTime::UNIX_EPOCH)
                    .ok()?;
                match told.map(|told| u128::try_from(told.timestamp_millis())) {
                    Some(Ok(told)) => (told < earliest.as_millis()).then_some(Differs),
                    Some(Err(_)) => Some(Differs),
                    None => Some(Contradicts),
                }
            }
        }
    }
}

impl Asked<'_> {
    fn text(&self, ask: Ask) -> Option<&str> {
        match ask {
            Ask::Reference => self.reference.as_deref(),
            Ask::Payment => self.payment,
            Ask::PaymentAttempt => self.payment_attempt,
            Ask::PaymentType => self.payment_type.as_deref(),
            Ask::Id => self.id,
        }
    }
}

/// Whether it says that the money was not returned, for good.
pub(crate) fn is_failure(status: &RefundStatus) -> bool {
    matches!(status, RefundStatus::Failed | RefundStatus::Cancelled)
}

/// The decimal that a text or the text of a number writes: `1990`, `1990.0` and `1.99e3` are one.
pub(crate) fn decimal(text: &str) -> Option<Decimal> {
    text.parse::<AmountText>().ok()?.decimal().ok()
}
