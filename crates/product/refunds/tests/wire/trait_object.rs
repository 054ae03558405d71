use std::{
    error::Error,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use refunds::{
    Action, Attempt, InDoubt, KotanipayRefunds, Observer, ObserverFuture, Outcome, ProviderName,
    RefundError, RefundProvider, RefundRequest, RetryBudget, RetryPolicy, TazapayRefund,
    TazapayRefunds, kotanipay, tazapay,
};
use workspace_tests::server::Reply;

use crate::{
    support::{kotanipay_at, reference, server, tazapay_at, unknown},
    tazapay::refund,
};

#[derive(Default)]
pub(crate) struct Journal(pub(crate) Mutex<Vec<String>>);

impl Observer for Journal {
    fn before_send<'a>(
        &'a self,
        attempt: &'a Attempt,
    ) -> ObserverFuture<'a, Result<(), Box<dyn Error + Send + Sync>>> {
        Box::pin(async move {
            let line = format!("{} {}", attempt.operation, attempt.reference);
            self.0.lock().unwrap().push(line);
            Ok(())
        })
    }

    fn abandoned(&self, attempt: &Attempt) {
        let line = format!("abandoned {}", attempt.reference);
        self.0.lock().unwrap().push(line);
    }
}

#[tokio::test]
async fn providers_are_interchangeable_as_trait_objects() {
    let server = server([Reply::json(202, refund(90000, "pending"))]);
    let providers: Vec<Box<dyn RefundProvider>> = vec![
        Box::new(tazapay_at(&server.url())),
        Box::new(kotanipay_at(&server.url())),
    ];
    let names: Vec<_> = providers
        .iter()
        .map(|provider| provider.provider())
        .collect();
    assert_eq!(names, [ProviderName::Tazapay, ProviderName::Kotanipay]);

    let request = RefundRequest::from(TazapayRefund::of_payin("chk_1"));
    let outcome = providers[0].create(&reference(), request).await.unwrap();
    assert!(matches!(outcome, Outcome::Pending(_)));
}

#[tokio::test]
async fn a_single_provider_is_a_trait_object_too_with_a_policy_of_its_own() {
    let server = server([Reply::close()]);
    let client = tazapay::Client::builder()
        .environment(tazapay::Environment::BaseUrl(server.url()))
        .credentials(tazapay::Credentials::basic("key", "secret"))
        .build()
        .unwrap();
    let provider: &dyn RefundProvider = &TazapayRefunds::from(client);
    let once = provider.boxed_with_policy(RetryPolicy::never());
    let request = RefundRequest::from(TazapayRefund::of_payin("chk_1"));
    unknown(once.create(&reference(), request).await);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_single_provider_refuses_a_record_that_is_not_its_own() {
    let server = server([Reply::status(200)]);
    let client = kotanipay::Client::builder()
        .environment(kotanipay::Environment::BaseUrl(server.url()))
        .credentials(kotanipay::Credentials::bearer("hunter2"))
        .build()
        .unwrap();
    let provider: &dyn RefundProvider = &KotanipayRefunds::from(client);
    let of = |provider, action: Action| {
        InDoubt::interrupted(provider, reference(), action, SystemTime::now())
    };
    let request = RefundRequest::from(TazapayRefund::of_payin("chk_1"));
    for record in [
        of(ProviderName::Mce, Action::Retry),
        of(ProviderName::Kotanipay, Action::Create(request)),
    ] {
        let error = provider.reconcile(&record).await.unwrap_err();
        assert!(matches!(error, RefundError::WrongInput { .. }), "{error}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn the_policy_of_a_trait_object_can_be_asked_for() {
    let server = server([Reply::status(200)]);
    let budget = RetryBudget::new(7, 0);
    let policy = RetryPolicy::default().with_budget(budget);
    let refunds = tazapay_at(&server.url()).with_policy(policy);
    let provider: &dyn RefundProvider = &refunds;
    let shown = format!("{:?}", provider.policy());
    assert!(shown.contains("RetryBudget(7 left)"), "{shown}");
}

#[tokio::test]
async fn futures_can_be_sent_to_other_threads() {
    let server = server([Reply::json(202, refund(90000, "pending"))]);
    let refunds = tazapay_at(&server.url());
    let call = tokio::spawn(async move {
        refunds
            .create(&reference(), TazapayRefund::of_payin("chk_1"))
            .await
            .unwrap()
            .accepted()
            .is_some()
    });
    assert!(call.await.unwrap());
}

#[tokio::test]
async fn a_dropped_call_is_on_record_and_told_to_be_abandoned() {
    let slow = Reply::json(202, refund(90000, "pending")).after(Duration::from_millis(300));
    let server = server([slow]);
    let journal = Arc::new(Journal::default());
    let refunds =
        tazapay_at(&server.url()).with_observer(Arc::clone(&journal) as Arc<dyn Observer>);
    let reference = reference();
    let call = refunds.create(&reference, TazapayRefund::of_payin("chk_1"));
    assert!(
        tokio::time::timeout(Duration::from_millis(100), call)
            .await
            .is_err()
    );
    assert_eq!(
        *journal.0.lock().unwrap(),
        ["create_refund refund-1", "abandoned refund-1"]
    );
}

/// Forbids refunds of a part.
struct Guard;

#[derive(Debug, thiserror::Error)]
#[error("refunds of a part take a second person")]
struct Forbidden;

impl Observer for Guard {
    fn before_send<'a>(
        &'a self,
        attempt: &'a Attempt,
    ) -> ObserverFuture<'a, Result<(), Box<dyn Error + Send + Sync>>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            let whole = Action::from(RefundRequest::from(TazapayRefund::of_payin("chk_1")));
            if *attempt.action == whole {
                return Ok(());
            }
            Err(Forbidden.into())
        })
    }
}

#[tokio::test]
async fn an_observer_is_told_the_request_and_can_refuse_it_with_a_reason() {
    let server = server([Reply::json(202, refund(90000, "pending"))]);
    let refunds = tazapay_at(&server.url()).with_observer(Arc::new(Guard));
    let part = TazapayRefund::of_payin("chk_1").with_amount("900 USD".parse().unwrap());
    let refused = refunds.create(&reference(), part).await;
    let Err(RefundError::NotRecorded(reason)) = refused else {
        panic!("sent: {refused:?}");
    };
    assert!(reason.is::<Forbidden>(), "{reason}");
    assert_eq!(server.requests().len(), 0);
    let whole = TazapayRefund::of_payin("chk_1");
    let outcome = refunds.create(&reference(), whole).await.unwrap();
    assert!(outcome.accepted().is_some());
}
