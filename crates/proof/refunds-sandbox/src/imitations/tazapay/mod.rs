//! Tazapay: refunds of payins, which settle later, and idempotency keys.

mod answers;
mod attempt;
mod keys;
mod refund;
mod refunds;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;

use self::{
    answers::{Code, envelope, error},
    keys::{Keys, Known},
    refunds::Refunds,
};
use super::{
    Imitation,
    call::{Call, Delivery, Desk, Refusal, basic, in_words},
};
use crate::{
    Payin, Provider, Repeat, RunningKey, SandboxError, TazapaySettings,
    answer::{Answer, Body},
    clock,
    credentials::{TAZAPAY_KEY, TAZAPAY_SECRET},
    documents::Problem,
    ledger::{Commitment, EntryKind},
    seed::already_there,
};

pub(crate) struct Tazapay {
    settings: TazapaySettings,
    payins: BTreeMap<String, Payin>,
    /// When each payin was added.
    added_at: BTreeMap<String, DateTime<Utc>>,
    refunds: Refunds,
    keys: Keys,
}

impl Tazapay {
    pub(crate) fn new(settings: TazapaySettings) -> Self {
        Self {
            settings,
            payins: BTreeMap::new(),
            added_at: BTreeMap::new(),
            refunds: Refunds::default(),
            keys: Keys::default(),
        }
    }

    pub(crate) fn add(&mut self, payin: Payin, now: DateTime<Utc>) -> Result<(), SandboxError> {
        payin.check()?;
        if self.payins.contains_key(&payin.id) {
            return Err(already_there("payin", &payin.id));
        }
        self.added_at.insert(payin.id.clone(), now);
        self.payins.insert(payin.id.clone(), payin);
        Ok(())
    }

    fn create(&mut self, call: &Call<'_>, desk: &mut Desk<'_>) -> Answer {
        let Some(key) = call.header("idempotency-key").map(str::to_owned) else {
            return self.carry_out(call, desk);
        };
        match self.keys.find(&key, call) {
            Known::Answered(first) => return first,
            Known::AnsweredOtherRequest(first) => match self.settings.changed_request {
                Repeat::Replayed => return first,
                Repeat::Refused => {
                    let why = "the idempotency key was used for another request";
                    return error(409, Code::BAD_JSON, why);
                }
                Repeat::PaysAgain => {}
            },
            Known::Running if self.settings.running_key == RunningKey::Refused => {
                let why = "the first request with this idempotency key is still running";
                return error(409, Code::BAD_JSON, why);
            }
            Known::Running | Known::Nothing => {}
        }
        let answer = self.carry_out(call, desk);
        let is_kept = match call.delivery {
            Delivery::Given | Delivery::Rehearsed => true,
            Delivery::Lost => self.settings.lost_answer_keeps_key,
            Delivery::Replaced => false,
        };
        if answer.is_success()
            && is_kept
            && let Body::Json(body) = &answer.body
        {
            self.keys.begin(key, call, answer.status, body);
        }
        answer
    }

    fn carry_out(&mut self, call: &Call<'_>, desk: &mut Desk<'_>) -> Answer {
        let refund = match refund::decide(&self.settings, &self.payins, &self.refunds, call) {
            Ok(refund) => refund,
            Err(refusal) => {
                desk.problems.extend(refusal.problem);
                return error(refusal.status, refusal.code, refusal.message);
            }
        };
        for announcement in refund.announcements() {
            desk.book.announce(announcement);
        }
        desk.book.commit(Commitment {
            provider: Provider::Tazapay,
            kind: EntryKind::Refund,
            subject: refund.payin.clone(),
            client_reference: None,
            idempotency_key: call.header("idempotency-key").map(str::to_owned),
            amount: crate::money::of_hundredths(refund.amount),
            currency: refund.currency.clone(),
            refund_id: refund.id.clone(),
            committed_at: refund.created_at,
            request: Some(call.number),
            settles_at: refund.settles_at,
            fails: refund.fails,
        });
        let data = refund.to_json(&self.settings, call.now);
        self.refunds.push(refund);
        envelope(
            self.settings.create_status,
            "refund created successfully",
            data,
        )
    }

    fn fetch(&self, call: &Call<'_>) -> Answer {
        let id = call.path_value("id");
        if !id.starts_with("rfd_") {
            return error(400, Code::BAD_PATH, "the id is malformed");
        }
        match self.refunds.find(id) {
            Some(refund) => envelope(200, "", refund.to_json(&self.settings, call.now)),
            None => error(404, Code::NOT_FOUND, "no such refund"),
        }
    }

    fn fetch_attempt(&self, call: &Call<'_>) -> Answer {
        let id = call.path_value("id");
        if !id.starts_with("pat_") {
            return error(400, Code::BAD_PATH, "the id is malformed");
        }
        let mut payins = self.payins.values();
        let found = payins.find_map(|payin| Some((payin, payin.attempt(id)?)));
        let Some((payin, attempt)) = found else {
            return error(404, Code::NOT_FOUND, "no such payment attempt");
        };
        let added_at = self.added_at.get(&payin.id).copied().unwrap_or(call.now);
        let refunds = self.refunds.of_payin(&payin.id);
        let data = attempt::to_json(&self.settings, payin, attempt, added_at, refunds, call.now);
        envelope(200, "", data)
    }
}

impl Imitation for Tazapay {
    fn refuse(&self, _number: u64, _path: &str, refusal: Refusal<'_>) -> Answer {
        match refusal {
            Refusal::NoSuchCall { status } => error(status, Code::NOT_FOUND, "no such call"),
            Refusal::Invalid { problems, body } => {
                error(400, code_of(problems, body), &in_words(problems))
            }
            Refusal::Unauthorized => error(
                401,
                Code(self.settings.unauthorized_code),
                "authentication failed",
            ),
            Refusal::TooMany { .. } => error(429, Code::TOO_MANY, "too many requests"),
            Refusal::Broken { status } => error(status, Code::FAULT, "internal server error"),
        }
    }

    fn admit(&mut self, call: &Call<'_>) -> Result<(), Answer> {
        let is_right = basic(call.request)
            .is_some_and(|(key, secret)| key == TAZAPAY_KEY && secret == TAZAPAY_SECRET);
        if is_right {
            Ok(())
        } else {
            Err(self.refuse(call.number, &call.request.path, Refusal::Unauthorized))
        }
    }

    fn respond(&mut self, call: &Call<'_>, desk: &mut Desk<'_>) -> Answer {
        match call.operation.name.as_str() {
            "create_refund" => self.create(call, desk),
            "refund" => self.fetch(call),
            "payment_attempt" => self.fetch_attempt(call),
            _ => error(404, Code::NOT_FOUND, "no such call"),
        }
    }

    fn rehearse(&mut self, call: &Call<'_>, desk: &mut Desk<'_>) -> Answer {
        let (refunds, keys) = (self.refunds.clone(), self.keys.clone());
        let answer = self.respond(call, desk);
        self.refunds.back_to(refunds);
        self.keys = keys;
        answer
    }

    fn tolerates(&self, problem: &Problem, body: Option<&Value>) -> bool {
        let metadata = body.and_then(|body| body.get("metadata")?.as_object());
        problem.place.starts_with("body/metadata")
            && self.settings.metadata_object
            && metadata.is_some_and(|members| members.values().all(Value::is_string))
    }

    fn note_answered(&mut self, number: u64, is_heard: bool) {
        if is_heard || self.settings.lost_answer_keeps_key {
            self.keys.store(number);
        } else {
            self.keys.forget(number);
        }
    }
}

/// The documented code for what is wrong with a request.
fn code_of(problems: &[Problem], body: Option<&Value>) -> Code {
    let Some(body) = body.and_then(Value::as_object) else {
        let in_body = problems.iter().any(|problem| problem.place == "body");
        return if in_body {
            Code::BAD_JSON
        } else {
            Code::BAD_QUERY
        };
    };
    let is_at = |place: &str| {
        problems
            .iter()
            .any(|problem| problem.place.starts_with(place))
    };
    if !body.contains_key("payin") && !body.contains_key("payment_attempt") {
        Code::NEITHER_PAYIN_NOR_ATTEMPT
    } else if is_at("body/amount") {
        Code::NOT_POSITIVE
    } else if is_at("body/customer_details") {
        Code::NEEDS_CUSTOMER_DETAILS
    } else if is_at("header") {
        Code::BAD_QUERY
    } else {
        Code::BAD_JSON
    }
}

/// When a refund made now settles.
fn settles_at(settings: &TazapaySettings, call: &Call<'_>) -> DateTime<Utc> {
    match call.fails_as {
        Some(_) => call.now,
        None => clock::after(call.now, settings.settles_after),
    }
}
