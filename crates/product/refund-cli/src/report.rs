//! How a command ended, as text and as JSON.

mod state;
mod told;
mod word;

use std::{fmt::Write, time::SystemTime};

use refunds::{
    Doubt, DoubtCause, Fetched, InDoubt, Money, NextStep, Outcome, ProviderName, Receipt,
    Reconciled, Reference, RefundError, RefundStatus, Rejection, RejectionReason, StillUnknown,
};
use refunds_journal::{Entry, JournaledRefunds};
use schemars::JsonSchema;
use serde::Serialize;
use state::{State, states};
use told::{in_words, is_retryable, look_again_in, may_be_sent_again, retry_after, told};
pub(crate) use word::{Standing, Word};

use crate::{
    advice::{Advice, Next, has_wrong_credentials},
    arguments::Subject,
    exit::Exit,
    terminal::{look, printable, style, wrapped},
    time::written,
};

/// How a command ended. As JSON, the fields are part of the command's interface; what does not apply
/// is left out.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Report {
    pub(crate) outcome: Word,
    /// Whether the same call can be made again as it is, without harm, and may end otherwise then.
    pub(crate) retryable: bool,
    /// How the refund stands that the provider has taken on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) standing: Option<Standing>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub(crate) provider: Option<ProviderName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub(crate) reference: Option<Reference>,
    /// Whether it was accepted before, and nothing was sent now.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) already: bool,
    /// What the provider says of the refund, or of those of the order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) refunds: Vec<State>,
    /// How many requests were made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) requests: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) http_status: Option<u16>,
    /// The provider's code of the error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) why: Option<String>,
    /// The row of the evidence that decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) row: Option<&'static str>,
    /// The event that would settle it, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) settling_event: Option<String>,
    /// What to ask the provider's support.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) question: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after_seconds: Option<u64>,
    /// When to look again, in the form of RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) look_again_at: Option<String>,
    #[serde(flatten)]
    pub(crate) advice: Option<Advice>,
}

impl Report {
    /// How a write ended.
    pub(crate) fn of_outcome(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Pending(receipt) | Outcome::Succeeded(receipt) | Outcome::Failed(receipt) => {
                Self::of_receipt(receipt)
            }
            Outcome::Rejected(rejection) => Self::of_rejection(rejection),
            Outcome::Unknown(doubt) => Self::of_doubt(doubt),
        }
    }

    /// How a reconciliation ended.
    pub(crate) fn of_reconciled(reconciled: &Reconciled, reference: &Reference) -> Self {
        match reconciled {
            Reconciled::Pending(receipt)
            | Reconciled::Succeeded(receipt)
            | Reconciled::Failed(receipt) => Self::of_receipt(receipt),
            Reconciled::Shown(fetched) => Self {
                outcome: Word::Unknown,
                reference: Some(reference.clone()),
                why: Some(
                    "this is the state of the only refund there is; whether the call had a part in it \
                     cannot be told"
                        .to_owned(),
                ),
                retryable: true,
                advice: Some(Advice::new(NextStep::ReadAgain.into(), NextStep::ReadAgain.to_string())),
                ..Self::of_fetched(fetched, None)
            },
            Reconciled::StillUnknown(unknown) => Self::of_still_unknown(unknown),
        }
    }

    /// What a read found.
    pub(crate) fn of_fetched(fetched: &Fetched, provider: Option<ProviderName>) -> Self {
        Self {
            outcome: Word::Shown,
            provider,
            refunds: states(fetched),
            http_status: fetched.answer().status().map(|status| status.as_u16()),
            ..Self::default()
        }
    }

    /// A refund that was accepted before, with what is known of its state.
    pub(crate) fn of_accepted_before(entry: &Entry) -> Self {
        let status = entry.status.as_ref();
        let is_known = entry.refund_id.is_some() || status.is_some();
        let known = is_known.then(|| State {
            refund_id: entry.refund_id.clone(),
            status: status.map(ToString::to_string),
            is_final: status.is_some_and(RefundStatus::is_final),
            ..State::default()
        });
        let standing = Standing::of(status);
        Self {
            outcome: standing.word(),
            standing: Some(standing),
            already: true,
            refunds: known.into_iter().collect(),
            why: Some("it was accepted before; nothing was sent".to_owned()),
            advice: Advice::of_entry(entry).filter(|_| standing == Standing::Failed),
            ..Self::about(entry)
        }
    }

    /// With what is to be done about a refund that has failed, which the journal knows: of several attempts, another may
    /// have paid.
    pub(crate) async fn advised_by(mut self, refunds: &JournaledRefunds) -> Self {
        let reference = self.reference.as_ref();
        if let (Word::RefundFailed, None, Some(reference)) = (self.outcome, &self.advice, reference)
        {
            let (provider, place) = (refunds.refunds().provider(), refunds.place());
            let known = refunds.journal().find(provider, place, reference).await;
            // How it ended is told even if the journal cannot be read again.
            self.advice = known.ok().flatten().as_ref().and_then(Advice::of_entry);
        }
        self
    }

    /// A refund of the journal, of which the rest is still to be told.
    pub(crate) fn about(entry: &Entry) -> Self {
        Self {
            provider: Some(entry.provider),
            reference: Some(entry.reference.clone()),
            ..Self::default()
        }
    }

    /// A reconciliation that could not be made: what was in doubt still is.
    pub(crate) fn of_failed_reconciliation(record: &InDoubt, error: &RefundError) -> Self {
        let (provider, reference) = (record.provider(), record.reference());
        let advice = match error {
            RefundError::Read {
                provider, cause, ..
            } if !cause.may_be_read_again() => {
                let call = error.call_error();
                call.and_then(|call| Advice::of_call(*provider, call))
                    .map(Advice::of_a_doubt)
                    .unwrap_or_else(|| Advice::ask_support(record))
            }
            RefundError::Read { .. } | RefundError::NotRecorded(_) => {
                Advice::in_doubt(NextStep::ReconcileLater, record)
            }
            _ => Advice::ask_support(record),
        };
        let call = error.call_error();
        let mut why = in_words(error);
        let mut source = std::error::Error::source(error);
        while let Some(inner) = source {
            let _ = write!(why, ": {inner}");
            source = inner.source();
        }
        Self {
            outcome: Word::Unknown,
            provider: Some(provider),
            reference: Some(reference.clone()),
            http_status: call
                .and_then(|call| call.status())
                .map(|status| status.as_u16()),
            code: call.and_then(|call| call.provider_code()),
            why: Some(why),
            retryable: advice.next == Next::ReconcileLater,
            advice: Some(advice),
            ..Self::default()
        }
    }

    /// An event that was not believed: what was in doubt still is.
    pub(crate) fn of_disbelief(record: &InDoubt, error: &anyhow::Error) -> Self {
        let settled_by = record.settled_by();
        Self {
            outcome: Word::Unknown,
            provider: Some(record.provider()),
            reference: Some(record.reference().clone()),
            why: Some(format!("{error:#}")),
            settling_event: settled_by.event,
            question: Some(settled_by.question),
            advice: Some(Advice::in_doubt(NextStep::AwaitEvent, record)),
            ..Self::default()
        }
    }

    /// Why a command did nothing, or failed.
    pub(crate) fn of_error(error: &anyhow::Error, exit: Exit, subject: Subject) -> Self {
        let outcome = match exit {
            Exit::Unknown => Word::Unknown,
            Exit::Failed => Word::Failed,
            Exit::Usage => Word::WrongUsage,
            Exit::NotSent => Word::NotSent,
            _ => Word::Refused,
        };
        let call = error
            .downcast_ref::<RefundError>()
            .and_then(RefundError::call_error);
        Self {
            outcome,
            provider: subject.provider,
            reference: subject.reference,
            http_status: call
                .and_then(|call| call.status())
                .map(|status| status.as_u16()),
            code: call.and_then(|call| call.provider_code()),
            why: Some(told(error)),
            retryable: is_retryable(error, exit),
            retry_after_seconds: retry_after(error),
            advice: Advice::of_error(error, exit),
            ..Self::default()
        }
    }

    fn of_receipt(receipt: &Receipt) -> Self {
        let standing = Standing::of(receipt.status());
        let has_failed = standing == Standing::Failed;
        Self {
            outcome: standing.word(),
            standing: Some(standing),
            why: has_failed.then(|| {
                "the provider took it on and says that it has failed for good: no money was returned by it"
                    .to_owned()
            }),
            provider: Some(receipt.provider()),
            reference: Some(receipt.reference().clone()),
            refunds: vec![receipt.state().into()],
            requests: Some(receipt.attempts()),
            http_status: receipt.answer().status().map(|status| status.as_u16()),
            ..Self::default()
        }
    }

    fn of_rejection(rejection: &Rejection) -> Self {
        let error = rejection.error();
        let retry_after_seconds = match rejection.reason() {
            RejectionReason::RateLimited {
                retry_after: Some(wait),
            } => Some(wait.as_secs()),
            _ => None,
        };
        // Wrong keys are as wrong the next time.
        let outcome = match rejection.reason() {
            RejectionReason::NotSent if has_wrong_credentials(error) => Word::Refused,
            RejectionReason::NotSent if may_be_sent_again(error) => Word::NotSent,
            RejectionReason::NotSent => Word::Refused,
            RejectionReason::RateLimited { .. } => Word::NotSent,
            _ => Word::Rejected,
        };
        Self {
            outcome,
            provider: Some(rejection.provider()),
            reference: Some(rejection.reference().clone()),
            requests: Some(rejection.attempts()),
            http_status: error.status().map(|status| status.as_u16()),
            code: error.provider_code(),
            why: Some(error.to_string()),
            row: rejection.row().map(|row| row.id),
            retry_after_seconds,
            retryable: outcome == Word::NotSent,
            advice: Some(Advice::of_rejection(rejection)),
            ..Self::default()
        }
    }

    fn of_doubt(doubt: &Doubt) -> Self {
        let (mut why, code) = match doubt.evidence() {
            refunds::Evidence::Error(error) => (error.to_string(), error.provider_code()),
            _ => (doubt.cause().to_string(), None),
        };
        // That a refusal is no definite no has to be said beside it.
        if doubt.cause() == DoubtCause::MayExistAlready {
            let _ = write!(why, "; {}", doubt.cause());
        }
        if let Some(hint) = doubt.hint() {
            let _ = write!(why, "; a hint and no proof: {}", hint.error());
        }
        Self {
            outcome: Word::Unknown,
            provider: Some(doubt.record().provider()),
            reference: Some(doubt.record().reference().clone()),
            requests: Some(doubt.attempts()),
            http_status: doubt.status().map(|status| status.as_u16()),
            code,
            why: Some(why),
            row: doubt.row().map(|row| row.id),
            advice: Some(Advice::in_doubt(doubt.next_step(), doubt.record())),
            ..Self::default()
        }
    }

    fn of_still_unknown(unknown: &StillUnknown) -> Self {
        let mut why = unknown.why().to_owned();
        if let Some(hint) = unknown.hint() {
            let _ = write!(why, ": {}", hint.error());
        }
        let again = look_again_in(unknown);
        Self {
            outcome: Word::Unknown,
            provider: Some(unknown.record().provider()),
            reference: Some(unknown.record().reference().clone()),
            refunds: unknown.candidates().iter().map(State::from).collect(),
            why: Some(why),
            row: unknown.row().map(|row| row.id),
            settling_event: unknown.settled_by().event,
            question: Some(unknown.settled_by().question),
            retryable: again.is_some(),
            retry_after_seconds: again.map(|wait| wait.as_secs().max(1)),
            look_again_at: again
                .and_then(|wait| SystemTime::now().checked_add(wait))
                .map(written),
            advice: Some(Advice::in_doubt(unknown.next_step(), unknown.record())),
            ..Self::default()
        }
    }

    /// The report for people.
    pub(crate) fn to_text(&self) -> String {
        let style = style(self.outcome);
        let mut text = format!("{style}{}{style:#}", self.outcome.as_str());
        let subject = [
            self.provider.map(|provider| provider.to_string()),
            self.reference
                .as_ref()
                .map(|reference| reference.to_string()),
        ];
        for part in subject.into_iter().flatten() {
            let _ = write!(text, " {}", printable(&part));
        }
        if let Some(standing) = self.standing.filter(|_| self.outcome == Word::Accepted) {
            let _ = write!(text, ", {}", standing.as_str());
        }
        text.push('\n');
        for (index, state) in self.refunds.iter().enumerate() {
            if self.refunds.len() > 1 {
                line(
                    &mut text,
                    "refund",
                    Some(format!("{} of {}", index + 1, self.refunds.len())),
                );
            }
            line(&mut text, "id", state.refund_id.clone());
            line(&mut text, "for", state.reference.clone());
            line(&mut text, "reason", state.description.clone());
            line(&mut text, "made", state.created_at.clone());
            line(&mut text, "status", state.status.clone());
            line(
                &mut text,
                "amount",
                state.amount.as_ref().map(Money::to_string),
            );
        }
        line(
            &mut text,
            "requests",
            self.requests.filter(|made| *made > 1),
        );
        line(&mut text, "why", self.why.clone());
        line(&mut text, "row", self.row);
        line(&mut text, "event", self.settling_event.clone());
        line(&mut text, "ask", self.question.clone());
        let again = self.look_again_at.as_ref().zip(self.retry_after_seconds);
        let again = again.map(|(at, seconds)| format!("at {at}, in {seconds} s"));
        line(&mut text, "again", again);
        advice(&mut text, self.advice.as_ref());
        text
    }
}

/// What to do next, with the commands to paste.
pub(crate) fn advice(text: &mut String, advice: Option<&Advice>) {
    if let Some(advice) = advice {
        line(text, "next", Some(&advice.text));
        commands(text, advice.commands.iter().map(String::as_str));
    }
}

/// Commands to paste, none of which is broken.
pub(crate) fn commands(text: &mut String, commands: impl IntoIterator<Item = impl AsRef<str>>) {
    for (index, command) in commands.into_iter().enumerate() {
        let name = if index == 0 { "run" } else { "" };
        let _ = writeln!(text, "  {name:<8}  {}", printable(command.as_ref()));
    }
}

/// A line of a report for people, where there is something to tell.
pub(crate) fn line(text: &mut String, name: &str, value: Option<impl ToString>) {
    if let Some(value) = value {
        let value = wrapped(&printable(&value.to_string()), look().width, 12);
        let _ = writeln!(text, "  {name:<8}  {value}");
    }
}
