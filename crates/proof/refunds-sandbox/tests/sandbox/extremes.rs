//! Whatever is asked of it, the sandbox answers.

use std::time::Duration;

use refunds_sandbox::{
    Commit, Fault, Literal, Offramp, PendingRefund, Provider, Sandbox, ScriptedFault, Settings,
    WaitClock, WebhookFault,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    receiver::{Receiver, answered},
    support::{Caller, builder, decimal, http, send},
};

/// Works as long as a panic in a task has not taken anything away.
fn assert_alive(sandbox: &Sandbox) {
    for provider in Provider::ALL {
        let url = format!("{}/nowhere", sandbox.base_url(provider));
        assert_eq!(send(http().get(url)).unwrap().status, 404, "{provider}");
    }
}

#[test]
fn durations_beyond_all_time_are_only_long() {
    let sandbox = builder().start().unwrap();
    let ms = u64::MAX;
    let shut = format!("{}/connections", sandbox.control_url());
    let body = json!({"provider": "mce", "refuse_ms": ms});
    assert_eq!(send(http().post(shut).json(&body)).unwrap().status, 200);
    for fault in [
        json!({"kind": "delay", "by_ms": ms, "commit": "before"}),
        json!({"kind": "slow", "over_ms": ms}),
        json!({"kind": "late_server_error", "after_ms": ms}),
        json!({"kind": "late_server_error", "after_ms": ms, "clock": "sandbox"}),
    ] {
        let fault: Fault = serde_json::from_value(fault).unwrap();
        sandbox
            .inject(ScriptedFault::at(Provider::Optty, fault))
            .unwrap();
        let request = http().get(format!("{}/nowhere", sandbox.base_url(Provider::Optty)));
        // It is a refusal that waits, or one that comes at once.
        let _ = send(request.timeout(Duration::from_millis(50)));
    }
    let url = format!("{}/nowhere", sandbox.base_url(Provider::Optty));
    assert_eq!(send(http().get(url)).unwrap().status, 404);
}

#[test]
fn settings_and_seeds_at_their_limits_overflow_nothing() {
    let receiver = Receiver::new();
    let mut settings = Settings::hostile();
    settings.mce.status = i64::MAX;
    settings.kotanipay.retry_limit = None;
    settings.kotanipay.refund_takes = Duration::MAX;
    settings.kotanipay.retry_starts_after = Duration::MAX;
    settings.tazapay.settles_after = Duration::MAX;
    settings.optty.token_life = Duration::MAX;
    settings.close_idle_after = Some(Duration::MAX);
    let sandbox = builder()
        .settings(settings)
        .webhooks(Provider::Mce, receiver.unsigned())
        .start()
        .unwrap();
    sandbox.inject_webhook_fault(ScriptedFault::at(Provider::Mce, WebhookFault::Forged));
    sandbox
        .add_pending_refund(PendingRefund::new(1, "t", rust_decimal::Decimal::MAX))
        .unwrap();
    let mce = Caller::new(&sandbox, Provider::Mce);
    let body = json!({"originalTransactionType": 1, "originalTransactionId": "t"});
    let path = "/v1.0/payment/crypto/createCryptoRefund";
    let request = mce.request(Method::POST, path).json(&body);
    assert_eq!(send(request).unwrap().status, 200);
    answered(&sandbox, 2);

    let mut offramp = Offramp::with_failed_refund("a", decimal("1"));
    offramp.retries = u32::MAX;
    sandbox.add_offramp(offramp).unwrap();
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    let retry = kotanipay.post_empty("/api/v3/offramp/retry-refund/a");
    assert_eq!(retry.status, 200);
    assert_alive(&sandbox);
}

#[test]
fn faults_without_an_answer_to_spoil_leave_the_sandbox_alive() {
    let sandbox = builder().start().unwrap();
    let faults = [
        Fault::Contradict {
            member: "/a/b/c".to_owned(),
            value: Some(Literal::new(Value::Null)),
            after_commit: false,
        },
        Fault::Replace {
            status: Some(299),
            body: String::new(),
            content_type: None,
            after_commit: false,
        },
        Fault::AnyContradiction { after_commit: true },
        Fault::FailedAtOnce {
            word: String::new(),
        },
        Fault::LateServerError {
            after: Duration::ZERO,
            clock: WaitClock::Sandbox,
            status: 599,
        },
        Fault::Delay {
            by: Duration::ZERO,
            commit: Commit::Never,
        },
        Fault::Slow {
            over: Duration::ZERO,
        },
        Fault::Truncated,
    ];
    for provider in Provider::ALL {
        for fault in &faults {
            let entry = ScriptedFault::at(provider, fault.clone());
            sandbox.inject(entry).unwrap();
            let url = format!("{}/nowhere", sandbox.base_url(provider));
            let _ = send(http().get(url));
        }
    }
    assert_alive(&sandbox);
}
