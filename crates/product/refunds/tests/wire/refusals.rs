use refunds::{
    AmountNeed, Deduplication, LightningInvoice, Lookup, MceRefund, OpttyRefund, PartialRefunds,
    ProviderName, ReadBack, Reconciliation, RefundError, RefundRequest, Refunds, TazapayRefund,
    Webhooks,
};
use workspace_tests::server::{LoopbackServer, Reply};

use crate::support::{kotanipay_at, mce_at, optty_at, reference, server, tazapay_at};

fn all(server: &LoopbackServer) -> [Refunds; 4] {
    let url = server.url();
    [
        kotanipay_at(&url),
        mce_at(&url),
        optty_at(&url),
        tazapay_at(&url),
    ]
}

fn requests() -> [RefundRequest; 3] {
    [
        MceRefund::new(1, "t-1").into(),
        OpttyRefund::new("order-1", "5 AUD".parse().unwrap(), "Damaged").into(),
        TazapayRefund::of_payin("chk_1").into(),
    ]
}

fn is_unsupported(error: &RefundError, by: ProviderName) -> bool {
    matches!(error, RefundError::Unsupported { provider, alternative, .. }
        if *provider == by && !alternative.is_empty())
}

#[test]
fn the_capabilities_are_those_that_are_documented() {
    let server = server([Reply::status(200)]);
    let [kotanipay, mce, optty, tazapay] = all(&server);
    for (refunds, name, creates, retries, invoices) in [
        (&kotanipay, ProviderName::Kotanipay, false, true, true),
        (&mce, ProviderName::Mce, true, false, false),
        (&optty, ProviderName::Optty, true, false, false),
        (&tazapay, ProviderName::Tazapay, true, false, false),
    ] {
        let can = refunds.capabilities();
        assert_eq!(can.provider, name);
        assert_eq!(
            (can.creates, can.retries, can.takes_invoices),
            (creates, retries, invoices)
        );
    }
    assert_eq!(mce.capabilities().partial_refunds, PartialRefunds::No);
    assert_eq!(optty.capabilities().amount, AmountNeed::Required);
    assert_eq!(tazapay.capabilities().amount, AmountNeed::Optional);
    assert!(
        matches!(tazapay.capabilities().deduplication, Deduplication::Key { kept, only_successes: true, .. }
            if kept.as_secs() == 86_400)
    );
    assert_eq!(mce.capabilities().read_back, ReadBack::No);
    assert_eq!(mce.capabilities().reconciliation, Reconciliation::No);
    assert_eq!(mce.capabilities().webhooks, Webhooks::Unverifiable);
    assert_eq!(
        kotanipay.capabilities().reconciliation,
        Reconciliation::ByStatus
    );
}

#[tokio::test]
async fn what_a_provider_cannot_do_is_refused_before_anything_is_sent() {
    let server = server([Reply::status(200)]);
    for refunds in all(&server) {
        let can = refunds.capabilities();
        if !can.retries {
            let error = refunds.retry(&reference()).await.unwrap_err();
            assert!(is_unsupported(&error, can.provider), "{error}");
        }
        if !can.takes_invoices {
            let invoice = LightningInvoice::new("lnbc1500n1pj9").unwrap();
            let error = refunds
                .submit_invoice(&reference(), invoice)
                .await
                .unwrap_err();
            assert!(is_unsupported(&error, can.provider), "{error}");
        }
        if !can.creates {
            let [request, ..] = requests();
            let error = refunds.create(&reference(), request).await.unwrap_err();
            assert!(is_unsupported(&error, can.provider), "{error}");
        }
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_request_for_another_provider_is_refused_before_anything_is_sent() {
    let server = server([Reply::status(200)]);
    for refunds in all(&server) {
        for request in requests() {
            if !refunds.capabilities().creates || request.provider() == refunds.provider() {
                continue;
            }
            let error = refunds.create(&reference(), request).await.unwrap_err();
            assert!(matches!(error, RefundError::WrongInput { .. }), "{error}");
        }
        let lookups = [
            Lookup::TazapayRefund("rfd_1".to_owned()),
            Lookup::OpttyOrder("order-1".to_owned()),
            Lookup::KotanipayRefund(reference()),
        ];
        for lookup in lookups {
            if lookup.provider() != refunds.provider() {
                assert!(refunds.fetch(&lookup).await.is_err());
            }
        }
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn an_amount_that_cannot_be_carried_is_refused_before_anything_is_sent() {
    let server = server([Reply::status(200)]);
    let [_, _, optty, tazapay] = all(&server);
    for amount in [
        "1.234 KWD",
        "19.905 AUD",
        "100.5 JPY",
        "0 USD",
        "5 USDT",
        "92233720368547758.08 USD",
    ] {
        let amount: refunds::Money = amount.parse().unwrap();
        let request = TazapayRefund::of_payin("chk_1").with_amount(amount.clone());
        let error = tazapay.create(&reference(), request).await.unwrap_err();
        assert!(matches!(error, RefundError::Money(_)), "{amount}: {error}");
        let request = OpttyRefund::new("order-1", amount.clone(), "Damaged");
        let error = optty.create(&reference(), request).await.unwrap_err();
        assert!(matches!(error, RefundError::Money(_)), "{amount}: {error}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn an_empty_id_is_refused_before_anything_is_sent() {
    let server = server([Reply::status(200)]);
    let [_, mce, optty, tazapay] = all(&server);
    let amount: refunds::Money = "5 AUD".parse().unwrap();
    for error in [
        mce.create(&reference(), MceRefund::new(1, ""))
            .await
            .unwrap_err(),
        optty
            .create(&reference(), OpttyRefund::new("", amount, "Damaged"))
            .await
            .unwrap_err(),
        tazapay
            .create(&reference(), TazapayRefund::of_payin(""))
            .await
            .unwrap_err(),
        tazapay
            .fetch(&Lookup::TazapayRefund(String::new()))
            .await
            .unwrap_err(),
        optty
            .fetch(&Lookup::OpttyOrder(String::new()))
            .await
            .unwrap_err(),
    ] {
        assert!(matches!(error, RefundError::InvalidField { .. }), "{error}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_record_of_another_provider_is_refused() {
    let server = server([Reply::status(200)]);
    let [kotanipay, _, optty, tazapay] = all(&server);
    let record = refunds::InDoubt::interrupted(
        ProviderName::Mce,
        reference(),
        RefundRequest::from(MceRefund::new(1, "t-1")),
        std::time::SystemTime::now(),
    );
    for refunds in [kotanipay, optty, tazapay] {
        let error = refunds.reconcile(&record).await.unwrap_err();
        assert!(matches!(error, RefundError::WrongInput { .. }), "{error}");
    }
    assert!(server.requests().is_empty());
}
