//! What to do next: as a code for scripts, as a sentence for people, as commands to paste.

use refunds::{
    CallError, Capabilities, InDoubt, NextStep, ProviderName, ReadFailure, RefundError, Rejection,
    credential_variables, provider_runtime::NotSentCause,
};
use refunds_journal::{BatchError, Entry, JournalError, State, StoreError};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    commands::{Interrupted, NotAtItsEnd},
    credentials::CredentialsError,
    exit::{Exit, journal_error},
    hint,
    journal::Missing,
    providers::{Webhooks, known},
};

/// What to do next, as a code. The codes are part of the command's interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Next {
    /// Nothing happened: call again as before.
    CallAgain,
    /// Nothing happened: call again as before, later.
    CallAgainLater,
    /// Nothing happened: correct what the provider names, then call again with the same reference.
    Correct,
    /// It may have happened: reconcile it before anything else.
    Reconcile,
    /// It may have happened: reconcile it again, later.
    ReconcileLater,
    /// Read it again until its status is final.
    ReadAgain,
    /// It was accepted and has failed, and nothing was paid by it: try the same refund again.
    Retry,
    /// It was accepted and has failed, and nothing was paid by it: create another refund, under another reference.
    CreateAnother,
    /// An event of the provider's settles it, or its support does.
    AwaitEvent,
    /// Only the provider's support can tell.
    AskTheProvider,
    /// The credentials are not those of where calls go.
    CheckCredentials,
    /// Where calls go has nothing of this name.
    CheckId,
    /// The arguments do not fit.
    CheckArguments,
    /// What is asked for cannot be had, from this provider or in this state: ask for something else.
    AskOtherwise,
    /// A file, a port or the machine has to be mended.
    MendMachine,
    /// There is no journal where one is looked for.
    MakeJournal,
    /// The journal, or the machine it is on, has to be mended.
    MendJournal,
    /// See what is known of it.
    Show,
}

/// What to do next.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Advice {
    /// As a code.
    pub(crate) next: Next,
    /// In words, for people.
    #[serde(rename = "next_text")]
    pub(crate) text: String,
    /// The commands that do it, to paste; words in capitals are to be replaced.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) commands: Vec<String>,
}

impl Advice {
    pub(crate) fn new(next: Next, text: impl Into<String>) -> Self {
        Self {
            next,
            text: text.into(),
            commands: Vec::new(),
        }
    }

    /// With a command to paste.
    pub(crate) fn with<'a>(mut self, words: impl IntoIterator<Item = &'a str>) -> Self {
        self.commands.push(hint::command(words));
        self
    }

    /// With the commands that record what the provider's support said.
    fn with_words(self, provider: ProviderName, reference: &str) -> Self {
        let settle = ["reconcile", provider.as_str(), reference, "--settle"];
        self.with(settle.into_iter().chain(["accepted"]))
            .with(settle.into_iter().chain(["rejected"]))
    }

    /// What is to be done about a refund in doubt.
    pub(crate) fn in_doubt(step: NextStep, record: &InDoubt) -> Self {
        let (provider, reference) = (record.provider(), record.reference().as_str());
        let advice = Self::new(step.into(), step.to_string());
        let reconcile = ["reconcile", provider.as_str(), reference];
        match step {
            NextStep::AwaitEvent | NextStep::AskTheProvider => match record.settled_by().event {
                Some(_) => {
                    let webhooks = known(provider).map(|known| &known.webhooks);
                    // Without it, no event is taken where none can be verified.
                    let vouched = matches!(webhooks, Some(Webhooks::Vouched { .. }));
                    let event = ["--event", "FILE"].into_iter();
                    advice.with(
                        reconcile
                            .into_iter()
                            .chain(event)
                            .chain(vouched.then_some("--vouched")),
                    )
                }
                None => advice,
            }
            .with_words(provider, reference),
            NextStep::Reconcile | NextStep::ReconcileLater => advice.with(reconcile),
            _ => advice,
        }
    }

    /// What is to be done about a refund that was accepted and has failed for good.
    fn failed(provider: ProviderName, reference: &str) -> Self {
        match Capabilities::of(provider).retries {
            true => Self::new(
                Next::Retry,
                "no money was returned by it: try the same refund again",
            )
            .with(["retry", provider.as_str(), reference]),
            false => Self::new(
                Next::CreateAnother,
                "no money was returned by it: create another one, under another reference",
            ),
        }
    }

    /// The same where something else is said of it besides: another one could pay a second time.
    pub(crate) fn failed_and_more() -> Self {
        Self::new(
            Next::AskTheProvider,
            "it is said to have failed, and something else besides: ask the provider before another one is made",
        )
    }

    /// What is to be done about a refund by which nothing was paid yet, and of which something can be done.
    pub(crate) fn of_entry(entry: &Entry) -> Option<Self> {
        let reconcile = [
            "reconcile",
            entry.provider.as_str(),
            entry.reference.as_str(),
        ];
        let waits = entry.waits_since.is_some();
        match (entry.state, &entry.record) {
            (State::InDoubt, Some(record)) => {
                let step = match (waits, record.settled_by().event) {
                    (false, _) => NextStep::Reconcile,
                    (true, Some(_)) => NextStep::AwaitEvent,
                    (true, None) => NextStep::AskTheProvider,
                };
                Some(Self::in_doubt(step, record))
            }
            (State::Sending | State::InDoubt, _) => Some(
                Self::new(
                    Next::ReconcileLater,
                    "it is being sent; if whoever sends it was cut off, this settles it",
                )
                .with(reconcile),
            ),
            (State::Pending, _) if waits => Some(Self::new(
                Next::AwaitEvent,
                "it was accepted, and only an event of the provider's tells how it ends",
            )),
            (State::Pending, _) => Some(
                Self::new(
                    Next::ReadAgain,
                    "it was accepted, and its end is not known yet: this reads all that is so",
                )
                .with(["reconcile", "--all"]),
            ),
            (State::Failed, _) if waits || entry.why.is_some() => Some(Self::failed_and_more()),
            (State::Failed, _) => Some(Self::failed(entry.provider, entry.reference.as_str())),
            _ => None,
        }
    }

    /// After the provider's support was asked, where asking the provider's API failed.
    pub(crate) fn ask_support(record: &InDoubt) -> Self {
        Self::new(
            Next::AskTheProvider,
            "it may have happened: ask the provider's support, then record what they say",
        )
        .with_words(record.provider(), record.reference().as_str())
    }

    /// Once the provider has confirmed that nothing is under way.
    pub(crate) fn settle_as_rejected(provider: ProviderName, reference: &str) -> Self {
        Self::new(
            Next::AskTheProvider,
            "once the provider confirms that nothing is under way, this lets it be tried again",
        )
        .with([
            "reconcile",
            provider.as_str(),
            reference,
            "--settle",
            "rejected",
        ])
    }

    /// After a write that has not happened.
    pub(crate) fn of_rejection(rejection: &Rejection) -> Self {
        let step = rejection.next_step();
        Self::of_call(rejection.provider(), rejection.error())
            .unwrap_or_else(|| Self::new(step.into(), step.to_string()))
    }

    /// Where an answer tells what is wrong with the call.
    pub(crate) fn of_call(provider: ProviderName, error: &CallError) -> Option<Self> {
        let status = error.status().map(|status| status.as_u16());
        if has_wrong_credentials(error) {
            let variables = credential_variables(provider).join(" and ");
            return Some(Self::new(
                Next::CheckCredentials,
                format!(
                    "nothing happened: {provider} does not take these credentials; check {variables} or the \
                     credentials file, and that they belong to the place that is called (its sandbox, or its \
                     production with --live)"
                ),
            ));
        }
        (status == Some(404)).then(|| {
            Self::new(
                Next::CheckId,
                format!(
                    "nothing happened: where the call went, {provider} has nothing of this name; check the id, and \
                     that it is of this place (sandbox and production know nothing of each other)"
                ),
            )
        })
    }

    /// After a read that is refused, and will be again.
    fn of_read(provider: ProviderName, error: &CallError) -> Self {
        if error.status().is_some_and(|status| status.is_redirection()) {
            let text = "a read changes nothing: whoever answered sends calls elsewhere, which is not followed; check \
                        --base-url, or the variable or the profile that gives it";
            return Self::new(Next::CheckArguments, text);
        }
        Self::of_call(provider, error).unwrap_or_else(|| {
            let text = format!("a read changes nothing: {provider} refuses this one; check the id");
            Self::new(Next::CheckId, text)
        })
    }

    /// The same where it is a doubt that could not be settled.
    pub(crate) fn of_a_doubt(self) -> Self {
        let text = self.text.replacen(
            "nothing happened",
            "it may have happened, and stays in doubt",
            1,
        );
        Self { text, ..self }
    }

    /// After an error, where more is known than its text tells.
    pub(crate) fn of_error(error: &anyhow::Error, exit: Exit) -> Option<Self> {
        if let Some(advice) = journal_error(error).and_then(of_journal) {
            return Some(advice);
        }
        if let Some(advice) = error.downcast_ref().and_then(of_refund) {
            return Some(advice);
        }
        if let Some(BatchError::NotKnown { .. }) = error.downcast_ref() {
            let text = "nothing happened: check the batch's name, and --journal";
            return Some(Self::new(Next::CheckId, text));
        }
        if let Some(missing) = error.downcast_ref::<Missing>() {
            return Some(Self::new(Next::MakeJournal, missing.advice()).with(["journal", "init"]));
        }
        if let Some(open) = error.downcast_ref::<NotAtItsEnd>() {
            let reconcile = ["reconcile", open.provider.as_str(), open.reference.as_str()];
            return Some(
                Self::new(Next::Reconcile, "this tries to bring it to its end").with(reconcile),
            );
        }
        if error.is::<CredentialsError>() {
            let text = "nothing was sent: give the credentials, and call again";
            return Some(Self::new(Next::CheckCredentials, text));
        }
        match exit {
            Exit::Usage => Some(Self::new(
                Next::CheckArguments,
                "nothing was sent: correct it and call again",
            )),
            Exit::NotSent => Some(Self::new(Next::CallAgain, "nothing happened: call again")),
            Exit::Refused => Some(Self::new(
                Next::AskOtherwise,
                "nothing was sent, and nothing will be as it is: ask for what the reason leaves open",
            )),
            Exit::Failed if error.is::<Interrupted>() => {
                Some(Self::new(Next::CallAgain, "nothing happened: call again"))
            }
            Exit::Failed => Some(Self::new(
                Next::MendMachine,
                "nothing was sent: mend what the reason names, and call again",
            )),
            _ => None,
        }
    }
}

/// Whether the provider, or whoever gives its tokens, refused who calls.
pub(crate) fn has_wrong_credentials(error: &CallError) -> bool {
    match error {
        CallError::NotSent(not_sent) => match not_sent.cause() {
            NotSentCause::Token(token) => token
                .status()
                .is_some_and(|status| matches!(status.as_u16(), 400 | 401 | 403)),
            _ => false,
        },
        _ => error
            .status()
            .is_some_and(|status| matches!(status.as_u16(), 401 | 403)),
    }
}

fn of_refund(error: &RefundError) -> Option<Advice> {
    match error {
        RefundError::Read {
            provider, cause, ..
        } => match cause {
            ReadFailure::Call(error) if !cause.may_be_read_again() => {
                Some(Advice::of_read(*provider, error))
            }
            _ => Some(Advice::new(
                Next::CallAgain,
                "a read changes nothing: call again",
            )),
        },
        RefundError::NotRetryable { .. } => None,
        RefundError::NoTime { .. } => Some(Advice::new(
            Next::CallAgain,
            "nothing happened: call again, with a longer --deadline",
        )),
        RefundError::NotRecorded(_) => Some(Advice::new(
            Next::MendJournal,
            "nothing happened: mend the journal, then call again",
        )),
        _ => None,
    }
}

fn of_journal(error: &JournalError) -> Option<Advice> {
    Some(match error {
        JournalError::InDoubt {
            provider,
            reference,
            ..
        } => Advice::new(Next::Reconcile, "reconcile it before anything else").with([
            "reconcile",
            provider.as_str(),
            reference.as_str(),
        ]),
        JournalError::NotSeenToRun {
            provider,
            reference,
        } => {
            let settle = Advice::settle_as_rejected(*provider, reference.as_str());
            Advice {
                next: Next::CallAgainLater,
                text: format!(
                    "call again later; or ask {provider}, and once they say that nothing is queued, this lets it be \
                     tried again"
                ),
                ..settle
            }
        }
        JournalError::UnderWay {
            provider,
            reference,
            ..
        } => Advice::new(Next::ReadAgain, "this shows what becomes of it").with([
            "fetch",
            provider.as_str(),
            reference.as_str(),
        ]),
        JournalError::Busy {
            provider,
            reference,
            seconds,
        } => Advice::new(
            Next::ReconcileLater,
            match seconds {
                Some(seconds) => format!(
                    "call again once it has ended; if its process was killed, this settles it in {seconds} s"
                ),
                None => "call again once it has ended; if its process was killed, this settles it".to_owned(),
            },
        )
        .with(
            ["reconcile", provider.as_str(), reference.as_str()]
                .into_iter()
                .chain(hint::settling()),
        ),
        JournalError::PaymentBusy { .. } | JournalError::NotSentYet { .. } => Advice::new(
            Next::CallAgainLater,
            "nothing happened: call again in a moment",
        ),
        JournalError::MayBeUnderWay {
            provider,
            reference,
            ..
        } => Advice {
            text: "ask the provider once that time has passed, and record it then".to_owned(),
            ..Advice::settle_as_rejected(*provider, reference.as_str())
        },
        JournalError::OfAnother {
            provider, other, ..
        } => Advice::new(
            Next::AskTheProvider,
            "ask the provider of which of the two it is; this tells what is known of the other",
        )
        .with(["show", provider.as_str(), other.as_str()]),
        JournalError::Differs {
            provider,
            reference,
            ..
        }
        | JournalError::Contradicted {
            provider,
            reference,
            ..
        } => Advice::new(Next::Show, "this tells what is known of it").with([
            "show",
            provider.as_str(),
            reference.as_str(),
        ]),
        JournalError::Beyond { provider, .. } => {
            Advice::new(Next::Show, "this shows the other refunds of the payment")
                .with(["list", provider.as_str()])
        }
        JournalError::NotKnown { .. } | JournalError::PaymentNotKnown { .. } => Advice::new(
            Next::CheckId,
            "this shows what is known; check --journal, --live and --base-url",
        )
        .with(["list"]),
        JournalError::Store(StoreError::Exists { .. }) => Advice::new(
            Next::Show,
            "use it; another journal is made at a place of its own, with --journal",
        ),
        JournalError::Store(StoreError::Url { .. }) => Advice::new(
            Next::CheckArguments,
            "nothing was sent: correct it and call again",
        ),
        JournalError::Store(_) => Advice::new(
            Next::MendJournal,
            "mend what keeps the journal from being used, then call again",
        ),
        _ => return None,
    })
}

impl From<NextStep> for Next {
    fn from(step: NextStep) -> Self {
        match step {
            NextStep::CallAgain => Self::CallAgain,
            NextStep::CallAgainLater => Self::CallAgainLater,
            NextStep::Correct => Self::Correct,
            NextStep::Reconcile => Self::Reconcile,
            NextStep::ReconcileLater => Self::ReconcileLater,
            NextStep::ReadAgain => Self::ReadAgain,
            NextStep::AwaitEvent => Self::AwaitEvent,
            _ => Self::AskTheProvider,
        }
    }
}
