//! A provider of one's own whose refunds begin by themselves, and are tried again when they have failed: what it says
//! is what Kotani Pay says, and what is not said is not believed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy knows tests by their attribute, which helpers do not have"
)]

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use refunds::{
    Action, CallError, Capabilities, InDoubt, Outcome, ProviderName, ReadBack, Reconciled,
    Reference, RefundError, RefundStatus, Refunds, RetryPolicy,
    custom::{Created, Found, NoRequest, Profile, Provider, RefundsAt, Told},
    evidence::{Asked, Fact},
    kotanipay as rail,
};
use workspace_tests::server::{LoopbackServer, Reply};

const RAIL: ProviderName = ProviderName::own("rail").unwrap();

static PROFILE: Profile = Profile::new(
    {
        let mut can = Capabilities::cautious(RAIL);
        can.creates = false;
        can.retries = true;
        can.read_back = ReadBack::ByReference;
        can
    },
    "retry_refund",
)
.with_read("refund_status")
.with_words(&[
    ("SUCCESSFUL", RefundStatus::Succeeded),
    ("FAILED", RefundStatus::Failed),
    ("PENDING", RefundStatus::Pending),
])
// Neither an answer nor a refund has an id here.
.without(&["own-2xx-id", "own-listed-id"]);

/// What is read shows a refund so many times; not at all where that is nothing.
#[derive(Clone, Debug)]
struct Rail(Arc<rail::Client>, Option<usize>);

impl Provider for Rail {
    type Request = NoRequest;

    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn asked<'a>(&self, _: &'a Reference, request: &'a NoRequest) -> Asked<'a> {
        match *request {}
    }

    async fn create(&self, _: &Reference, request: &NoRequest) -> Result<Created, CallError> {
        match *request {}
    }

    async fn retry(&self, reference: &Reference) -> Option<Result<Created, CallError>> {
        let call = self.0.retry_refund().reference_id(reference.as_str());
        let answer = call.send().await.map_err(rail::Error::into_untyped);
        Some(answer.map(|answer| Created::new(answer, Told::new())))
    }

    async fn find(&self, by: &str) -> Option<Result<Found, CallError>> {
        let shows = self.1?;
        let call = self.0.refund_status().reference_id(by).send().await;
        let answer = call.map_err(rail::Error::into_untyped);
        Some(answer.map(|answer| {
            let data = answer.data.clone().unwrap_or_default();
            let told = Told::new()
                .with(Fact::Reference, data.reference_id.as_ref())
                .with(Fact::Status, data.refund_status.as_ref())
                .with_tries(data.total_retries, data.timestamp.as_ref());
            Found::new(answer, vec![told; shows]).by_name()
        }))
    }
}

fn status(reference: &str, word: &str, tries: u32) -> Reply {
    let body = format!(
        r#"{{"success":true,"data":{{"referenceId":"{reference}","refundStatus":"{word}","totalRetries":{tries}}}}}"#
    );
    Reply::json(200, body)
}

/// A client of a server that answers reads with one reply, and each try with another.
fn at(read: Reply, tried: Reply) -> (LoopbackServer, Refunds) {
    at_showing(Some(1), read, tried)
}

fn at_showing(shows: Option<usize>, read: Reply, tried: Reply) -> (LoopbackServer, Refunds) {
    let server = LoopbackServer::start(move |request| match request.method.as_str() {
        "GET" => read.clone(),
        _ => tried.clone(),
    });
    let server = server.unwrap();
    let client = rail::Client::builder()
        .environment(rail::Environment::BaseUrl(server.url()))
        .credentials(rail::Credentials::bearer("token"))
        .build()
        .unwrap();
    let refunds = Refunds::from(RefundsAt::new(Rail(Arc::new(client), shows)));
    let policy = RetryPolicy::never().with_settle_after(Duration::ZERO);
    (server, refunds.with_policy(policy))
}

fn tries(server: &LoopbackServer) -> usize {
    let requests = server.requests();
    requests
        .iter()
        .filter(|request| request.method != "GET")
        .count()
}

fn reference() -> Reference {
    Reference::new("off-1").unwrap()
}

#[tokio::test]
async fn a_failed_refund_is_tried_and_once_more_only_when_the_first_try_has_run() {
    let (server, refunds) = at(status("off-1", "FAILED", 5), Reply::status(200));
    let outcome = refunds.retry(&reference()).await.unwrap();
    let Outcome::Pending(receipt) = outcome else {
        panic!("{outcome:?}");
    };
    let mark = receipt.retry_mark().unwrap().clone();
    assert_eq!((tries(&server), mark.total_retries), (1, Some(5)));

    let standing = refunds.retry_again(&reference(), &mark).await;
    assert!(matches!(standing, Err(RefundError::NotRetryable { .. })));
    assert_eq!(tries(&server), 1);
    let (server, refunds) = at(status("off-1", "FAILED", 6), Reply::status(200));
    let again = refunds.retry_again(&reference(), &mark).await.unwrap();
    assert!(again.accepted().is_some(), "{again:?}");
    assert_eq!(tries(&server), 1);
}

/// Its author asks for nothing, and that of another proves nothing.
#[tokio::test]
async fn a_try_of_another_refund_is_no_proof_that_the_earlier_one_has_run() {
    let (_server, refunds) = at(status("off-1", "FAILED", 5), Reply::status(200));
    let outcome = refunds.retry(&reference()).await.unwrap();
    let mark = outcome.accepted().unwrap().retry_mark().unwrap().clone();
    let (server, refunds) = at(status("off-2", "FAILED", 6), Reply::status(200));
    let again = refunds.retry_again(&reference(), &mark).await;
    assert!(
        matches!(again, Err(RefundError::NotRetryable { .. })),
        "{again:?}"
    );
    assert_eq!(tries(&server), 0);
}

#[tokio::test]
async fn what_is_under_way_paid_or_not_understood_is_not_tried() {
    for word in ["PENDING", "SUCCESSFUL", "QUEUED"] {
        let (server, refunds) = at(status("off-1", word, 5), Reply::status(200));
        let refused = refunds.retry(&reference()).await;
        assert!(
            matches!(refused, Err(RefundError::NotRetryable { .. })),
            "{word}: {refused:?}"
        );
        assert_eq!(tries(&server), 0, "{word}");
    }
}

#[tokio::test]
async fn a_try_whose_answer_was_lost_is_settled_by_what_the_refund_shows_of_itself() {
    let (server, refunds) = at(status("off-1", "FAILED", 5), Reply::close());
    let outcome = refunds.retry(&reference()).await.unwrap();
    let record = outcome.unknown().unwrap().record().clone();
    assert_eq!(record.action(), &Action::Retry);
    assert_eq!(tries(&server), 1);
    assert!(matches!(
        refunds.reconcile(&record).await.unwrap(),
        Reconciled::Shown(_)
    ));

    let (_paid, refunds) = at(status("off-1", "SUCCESSFUL", 6), Reply::status(200));
    assert!(matches!(
        refunds.reconcile(&record).await.unwrap(),
        Reconciled::Succeeded(_)
    ));
    // Its author asks for nothing, and that of another is believed for nothing.
    let (_other, refunds) = at(status("off-2", "SUCCESSFUL", 6), Reply::status(200));
    let reconciled = refunds.reconcile(&record).await.unwrap();
    let unknown = reconciled.still_unknown().unwrap();
    assert_eq!(unknown.row().unwrap().id, "own-listed-reference");
}

#[tokio::test]
async fn what_it_cannot_do_is_refused_before_anything_is_sent() {
    let (server, refunds) = at(status("off-1", "FAILED", 5), Reply::status(200));
    let request = refunds::TazapayRefund::of_payin("chk_1");
    let created = refunds.create(&reference(), request).await;
    assert!(matches!(created, Err(RefundError::Unsupported { .. })));
    let invoice = refunds::LightningInvoice::new("lnbc1500n1pj9").unwrap();
    let record = InDoubt::interrupted(
        RAIL,
        reference(),
        Action::SubmitInvoice(invoice),
        SystemTime::now(),
    );
    let settled = refunds.reconcile(&record).await;
    assert!(matches!(settled, Err(RefundError::WrongInput { .. })));
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn what_is_shown_not_at_all_or_several_times_is_not_tried() {
    for shows in [None, Some(0), Some(2)] {
        let failed = status("off-1", "FAILED", 5);
        let (server, refunds) = at_showing(shows, failed, Reply::status(200));
        let refused = refunds.retry(&reference()).await;
        assert!(
            matches!(
                refused,
                Err(RefundError::NotRetryable { .. } | RefundError::Unsupported { .. })
            ),
            "{shows:?}: {refused:?}"
        );
        assert_eq!(tries(&server), 0, "{shows:?}");
    }
}

#[tokio::test]
async fn a_name_that_a_path_would_lose_is_not_tried() {
    let (server, refunds) = at(status(".", "FAILED", 5), Reply::status(200));
    let refused = refunds.retry(&Reference::new(".").unwrap()).await;
    assert!(
        matches!(refused, Err(RefundError::InvalidField { .. })),
        "{refused:?}"
    );
    assert!(server.requests().is_empty());
}
