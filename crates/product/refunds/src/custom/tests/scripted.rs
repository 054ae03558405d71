//! A provider whose author says what each test has it say, without a server: what the engine makes of it.

use std::{borrow::Cow, time::Duration};

use provider_runtime::{ResponseValue, webhooks as received};
use reqwest::{StatusCode, header::HeaderMap};

use super::*;
use crate::{
    Action, Lookup, ReadBack, Reconciled, RefundStatus, Refunds, RetryPolicy, StillUnknown,
    evidence::Fact,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const KEEPS_EVERY_ANSWER: Repetition = Repetition::KeyKeepsEveryAnswer { kept: DAY };

static UNDER_KEY: Profile = profile().with_repetition(KEEPS_EVERY_ANSWER);
static SECOND_IS_REFUSED: Profile = profile().with_repetition(Repetition::SecondIsRefused);

const fn profile() -> Profile {
    let mut can = Capabilities::cautious(ACME);
    can.read_back = ReadBack::ById;
    Profile::new(can, "create").with_words(&[
        ("done", RefundStatus::Succeeded),
        ("failed", RefundStatus::Failed),
        ("pending", RefundStatus::Pending),
    ])
}

#[derive(Clone, Debug)]
struct Scripted {
    profile: &'static Profile,
    /// Whether the provider knows no reference.
    is_unnamed: bool,
    created: Option<Told>,
    /// What is read by the refund's id.
    found: Option<Told>,
    /// What its author makes of an event, where not what was judged.
    event: Option<Told>,
}

impl Default for Scripted {
    fn default() -> Self {
        Self {
            profile: &UNDER_KEY,
            is_unnamed: false,
            created: None,
            found: None,
            event: None,
        }
    }
}

fn answer() -> ResponseValue<()> {
    ResponseValue::new((), StatusCode::OK, HeaderMap::new())
}

impl Provider for Scripted {
    type Request = Request;

    fn profile(&self) -> &'static Profile {
        self.profile
    }

    fn asked<'a>(&self, reference: &'a Reference, _: &'a Request) -> Asked<'a> {
        Asked {
            reference: (!self.is_unnamed).then(|| Cow::from(reference.as_str())),
            is_unnamed: self.is_unnamed,
            ..Asked::default()
        }
    }

    async fn create(&self, _: &Reference, _: &Request) -> Result<Created, CallError> {
        let told = self.created.clone();
        let told = told.ok_or_else(|| CallError::invalid_request("not asked for".to_owned()))?;
        Ok(Created::new(answer(), told))
    }

    async fn find(&self, _: &str) -> Option<Result<Found, CallError>> {
        let told = self.found.clone()?;
        Some(Ok(Found::new(answer(), [told]).by_name()))
    }

    fn read_by(&self, _: &Told) -> Option<String> {
        self.found.is_some().then(|| "re_1".to_owned())
    }

    fn event(&self, event: &ProviderEvent, _: Option<(&Reference, &Request)>) -> Option<Told> {
        let ProviderEvent::Own(event) = event else {
            return None;
        };
        Some(self.event.clone().unwrap_or_else(|| event.told().clone()))
    }
}

/// What names the refund of five euros that was asked for.
fn named(word: &str) -> Told {
    Told::new()
        .with(Fact::Id, Some("re_1"))
        .with(Fact::Reference, Some("r-1"))
        .with(Fact::Status, Some(word))
        .with(Fact::CreatedAt, Some("2100-01-01T00:00:00Z"))
        .with_amount(Some(euros(5)))
}

fn at(provider: Scripted) -> RefundsAt<Scripted> {
    RefundsAt::new(provider)
}

fn refunds(provider: Scripted) -> Refunds {
    let policy = RetryPolicy::never().with_settle_after(Duration::ZERO);
    Refunds::from(at(provider)).with_policy(policy)
}

fn record() -> InDoubt {
    let request = crate::OwnRefund::new(ACME, &Request(euros(5))).unwrap();
    let reference = Reference::new("r-1").unwrap();
    let action = Action::Create(request.into());
    InDoubt::interrupted(ACME, reference, action, SystemTime::now())
}

async fn reconciled(provider: Scripted) -> Reconciled {
    refunds(provider).reconcile(&record()).await.unwrap()
}

/// An event that was verified, which tells this.
fn by_event(provider: Scripted, told: Told) -> Reconciled {
    #[derive(Debug)]
    struct Any;
    impl received::Format for Any {
        type Event = ();

        fn delivery(body: &str) -> Result<received::Delivery, received::Malformed> {
            Ok(received::Delivery::by_content(body.as_bytes(), None))
        }

        fn event(_: &str) {}
    }
    let read = received::Reader::<Any>::new().read(b"{}").unwrap();
    let provider = at(provider);
    let update = provider.update(&read.trust_without_proof(), told);
    let refunds = Refunds::from(provider);
    refunds.reconcile_with_event(&record(), &update).unwrap()
}

fn unknown(reconciled: &Reconciled) -> &StillUnknown {
    reconciled
        .still_unknown()
        .unwrap_or_else(|| panic!("{reconciled:?}"))
}

/// A refund of the same payment that somebody else has asked for looks the same.
#[test]
fn an_event_of_a_provider_that_knows_no_reference_settles_nothing() {
    let unnamed = || Scripted {
        is_unnamed: true,
        ..Scripted::default()
    };
    let found = by_event(unnamed(), named("done"));
    let unknown = unknown(&found);
    assert!(
        unknown.why().contains("does not know the reference"),
        "{}",
        unknown.why()
    );
    assert_eq!(unknown.next_step(), crate::NextStep::AskTheProvider);
    // The same event where the reference is known.
    let found = by_event(Scripted::default(), named("done"));
    assert!(matches!(found, Reconciled::Succeeded(_)), "{found:?}");
}

#[test]
fn an_event_that_its_author_reads_otherwise_than_it_was_judged_settles_nothing() {
    let otherwise = Scripted {
        event: Some(named("pending")),
        ..Scripted::default()
    };
    let found = by_event(otherwise, named("done"));
    assert!(unknown(&found).why().contains("another state"), "{found:?}");
}

#[test]
fn a_state_that_its_author_says_beside_another_word_is_a_contradiction() {
    for (about, row) in [
        (About::Answer, "own-2xx-status"),
        (About::Listed, "own-listed-status"),
        (About::Event, "own-event-status"),
    ] {
        let says = |status| named("done").with_status(status);
        assert_eq!(
            row_against(about, &says(Some(RefundStatus::Failed))),
            Some(row)
        );
        assert_eq!(
            row_against(about, &says(Some(RefundStatus::Pending))),
            Some(row)
        );
        // The same state, or none of its own.
        assert_eq!(
            row_against(about, &says(Some(RefundStatus::Succeeded))),
            None
        );
        assert_eq!(row_against(about, &says(None)), None);
    }
}

/// Nobody acts upon what is open in a list; a refund that is read by its name is acted upon whatever it says.
#[tokio::test]
async fn a_state_of_a_refund_that_is_not_the_one_asked_for_is_not_sure_even_if_it_is_open() {
    let by_name = Lookup::Own {
        provider: ACME,
        by: "re_1".to_owned(),
    };
    for word in ["pending", "done"] {
        let shown = |told| Scripted {
            found: Some(told),
            ..Scripted::default()
        };
        let fetched = refunds(shown(named(word))).fetch(&by_name).await.unwrap();
        let status = fetched.single().unwrap().status.clone();
        assert!(
            !matches!(status, Some(RefundStatus::Unknown(_))),
            "{status:?}"
        );
        let failing = named(word).with(Fact::Error, Some("boom"));
        let fetched = refunds(shown(failing)).fetch(&by_name).await.unwrap();
        let status = fetched.single().unwrap().status.clone();
        assert!(
            matches!(status, Some(RefundStatus::Unknown(_))),
            "{status:?}"
        );
    }
}

#[tokio::test]
async fn what_is_read_after_a_repetition_is_taken_only_if_all_of_it_is_about_the_refund() {
    let repeated = |found: Told| Scripted {
        created: Some(named("pending")),
        found: Some(found),
        ..Scripted::default()
    };
    let found = reconciled(repeated(named("done"))).await;
    assert!(matches!(found, Reconciled::Succeeded(_)), "{found:?}");
    let undated = Told::new()
        .with(Fact::Id, Some("re_1"))
        .with(Fact::Reference, Some("r-1"))
        .with(Fact::Status, Some("failed"));
    let unnamed = Told::new()
        .with(Fact::Id, Some("re_1"))
        .with(Fact::Status, Some("done"));
    let others = [
        named("done").with(Fact::Reference, Some("r-2")),
        named("done").with(Fact::Error, Some("boom")),
        named("done").with_amount(Some(euros(500))),
        named("done").with_status(Some(RefundStatus::Failed)),
        named("reversed"),
        undated,
        unnamed,
    ];
    for (number, other) in others.into_iter().enumerate() {
        let found = reconciled(repeated(other)).await;
        // What the repetition said counts.
        assert!(
            matches!(found, Reconciled::Pending(_)),
            "{number}: {found:?}"
        );
    }
}

/// The repetition gets the answer of the first attempt, and what is read since is of the refund that it made.
#[tokio::test]
async fn a_failure_that_is_read_is_one_only_where_the_key_keeps_the_answer_of_the_first_attempt() {
    let failed = |profile| Scripted {
        profile,
        created: Some(named("pending")),
        found: Some(named("failed")),
        ..Scripted::default()
    };
    let found = reconciled(failed(&UNDER_KEY)).await;
    assert!(matches!(found, Reconciled::Failed(_)), "{found:?}");
    // Where only a second success is refused, the first attempt may have been another refund.
    let found = reconciled(failed(&SECOND_IS_REFUSED)).await;
    let unknown = unknown(&found);
    assert_eq!(unknown.candidates()[0].status, Some(RefundStatus::Failed));
    assert!(unknown.record().may_be_several());
}

/// What is known is read, and never asked for again, whatever a repetition would do.
#[tokio::test]
async fn a_refund_that_is_known_is_not_sent_again() {
    let repeated = || Scripted {
        created: Some(named("done")),
        ..Scripted::default()
    };
    let found = reconciled(repeated()).await;
    assert!(matches!(found, Reconciled::Succeeded(_)), "{found:?}");
    let record = record().of_one_refund();
    let found = refunds(repeated()).reconcile(&record).await.unwrap();
    assert!(
        unknown(&found).why().contains("not sent again"),
        "{found:?}"
    );
    let stored = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<InDoubt>(&stored).unwrap(), record);
}

#[tokio::test]
async fn a_record_of_another_request_is_refused_by_the_name_of_its_type() {
    let record = InDoubt::interrupted(
        ACME,
        Reference::new("r-1").unwrap(),
        crate::RefundRequest::from(crate::OwnRefund::new(ACME, &Other).unwrap()),
        SystemTime::now(),
    );
    let refused = refunds(Scripted::default()).reconcile(&record).await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.starts_with("acme takes Request: "), "{refused}");
}

/// What was stored beside the request is what the journal has reserved.
#[tokio::test]
async fn a_record_whose_request_is_not_what_was_stored_beside_it_is_refused() {
    let stored = serde_json::to_string(&record()).unwrap();
    let changed = stored.replace(r#""payment":"pay_1""#, r#""payment":"pay_2""#);
    assert_ne!(stored, changed);
    let record: InDoubt = serde_json::from_str(&changed).unwrap();
    let refused = refunds(Scripted::default()).reconcile(&record).await;
    assert!(
        matches!(refused, Err(RefundError::WrongInput { .. })),
        "{refused:?}"
    );
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Other;

impl RequestOf for Other {
    fn payment(&self) -> &str {
        "pay_1"
    }

    fn amount(&self) -> Option<&Money> {
        None
    }
}
