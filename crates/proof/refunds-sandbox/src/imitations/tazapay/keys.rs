//! Idempotency keys: only answers of success are stored, for 24 hours.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::{answer::Answer, imitations::Call, kept::Kept};

const KEPT: TimeDelta = TimeDelta::hours(24);

#[derive(Clone, Default)]
pub(super) struct Keys {
    stored: HashMap<String, Stored>,
    /// Carried out and not answered yet, by the request's number.
    running: BTreeMap<u64, (String, Stored)>,
}

#[derive(Clone)]
struct Stored {
    at: DateTime<Utc>,
    body: Option<Kept>,
    status: u16,
    answer: Kept,
}

/// What is known of a key.
pub(super) enum Known {
    Nothing,
    /// Its request has been carried out and not been answered yet.
    Running,
    Answered(Answer),
    AnsweredOtherRequest(Answer),
}

impl Keys {
    pub(super) fn find(&self, key: &str, call: &Call<'_>) -> Known {
        let kept = |stored: &&Stored| call.now.signed_duration_since(stored.at) < KEPT;
        match self.stored.get(key).filter(kept) {
            Some(stored) => {
                let answer = Answer::json(stored.status, stored.answer.value());
                match stored.body.as_ref().map(Kept::value).as_ref() == call.body {
                    true => Known::Answered(answer),
                    false => Known::AnsweredOtherRequest(answer),
                }
            }
            None if self.running.values().any(|(running, _)| running == key) => Known::Running,
            None => Known::Nothing,
        }
    }

    pub(super) fn begin(&mut self, key: String, call: &Call<'_>, status: u16, answer: &Value) {
        let stored = Stored {
            at: call.now,
            body: call.body.map(Kept::from),
            status,
            answer: Kept::from(answer),
        };
        self.running.insert(call.number, (key, stored));
    }

    /// The answer to this request was lost, and counts as none.
    pub(super) fn forget(&mut self, number: u64) {
        self.running.remove(&number);
    }

    pub(super) fn store(&mut self, number: u64) {
        if let Some((key, stored)) = self.running.remove(&number) {
            self.stored.insert(key, stored);
        }
    }
}
