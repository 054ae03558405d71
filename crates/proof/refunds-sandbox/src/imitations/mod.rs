//! The providers, each as its documentation says.

mod call;
mod kotanipay;
mod mce;
mod optty;
mod tazapay;

use chrono::{DateTime, Utc};
use serde_json::Value;

pub(crate) use call::{Call, Delivery, Desk, Refusal};
pub(crate) use kotanipay::Kotanipay;
pub(crate) use mce::Mce;
pub(crate) use optty::Optty;
pub(crate) use tazapay::Tazapay;

use crate::{
    answer::Answer,
    documents::{Incoming, Problem},
    ledger::Book,
};

/// A provider, imitated.
pub(crate) trait Imitation {
    /// The answer to a request that is not carried out, in the provider's own
    /// envelope. `number` and `path` are the request's.
    fn refuse(&self, number: u64, path: &str, refusal: Refusal<'_>) -> Answer;

    /// Authentication and rate limits; the answer is the refusal.
    fn admit(&mut self, call: &Call<'_>) -> Result<(), Answer>;

    /// Carries a valid request out.
    fn respond(&mut self, call: &Call<'_>, desk: &mut Desk<'_>) -> Answer;

    /// The answer to a valid request as if it were carried out; nothing is.
    fn rehearse(&mut self, call: &Call<'_>, desk: &mut Desk<'_>) -> Answer;

    /// Whether a problem with a body is none here, since its document leaves it
    /// open.
    fn tolerates(&self, _problem: &Problem, _body: Option<&Value>) -> bool {
        false
    }

    /// Refuses the credentials of this request from now on, where a client can
    /// get new ones.
    fn expire_credentials(&mut self, _request: &Incoming) {}

    /// Takes note that the request of this number was answered, as far as the
    /// provider knows, and whether somebody was there to hear it.
    fn note_answered(&mut self, _number: u64, _is_heard: bool) {}

    /// Does what was due until now.
    fn pass_time(&mut self, _now: DateTime<Utc>, _book: &mut Book) {}

    /// When something is due that [`Imitation::pass_time`] does.
    fn next_due(&self) -> Option<DateTime<Utc>> {
        None
    }
}
