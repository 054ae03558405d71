//! What the exit code tells a script.

use refunds_sandbox::{Fault, Provider, ScriptedFault, Settings, SigningSecret};

use crate::support::{Bench, OPTTY, TAZAPAY, refund};

#[test]
fn an_accepted_refund_ends_with_0() {
    let bench = Bench::new();
    let (code, json) = bench.json(Provider::Tazapay, &TAZAPAY);
    assert_eq!((code, &json["outcome"]), (0, &"accepted".into()), "{json}");
    assert_eq!(json["refunds"][0]["amount"], "19.90 USD");
    assert_eq!(bench.sandbox.ledger().payments(Provider::Tazapay, "r-1"), 1);
}

#[test]
fn a_read_that_finds_nothing_ends_with_1() {
    let bench = Bench::new();
    let (code, json) = bench.json(Provider::Tazapay, &["fetch", "tazapay", "rfd_none"]);
    assert_eq!((code, &json["outcome"]), (1, &"failed".into()), "{json}");
}

#[test]
fn arguments_and_credentials_that_do_not_fit_end_with_2() {
    let directory = tempfile::tempdir().unwrap();
    for arguments in [
        &["create", "tazapay", "--payin", "chk_1"][..],
        &["create", "kotanipay"],
        &["create", "optty", "--amount", "19,90 AUD"],
        &["fetch", "tazapay", "rfd_1"],
        &["retry", "kotanipay", "two words"],
        &["fetch", "mce", "1"],
        &["fetch", "mce", "1", "--base-url", "https://mce.example"],
    ] {
        let output = refund(directory.path(), arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn a_reference_that_cannot_be_one_ends_with_2() {
    let bench = Bench::new();
    for extra in [&[][..], &["--offramp"]] {
        let fetch = [&["fetch", "kotanipay", "a b"], extra].concat();
        let (code, json) = bench.json(Provider::Kotanipay, &fetch);
        assert_eq!(
            (code, &json["outcome"]),
            (2, &"wrong_usage".into()),
            "{json}"
        );
        assert_eq!(json["provider"], "kotanipay");
    }
    assert!(bench.sandbox.requests().is_empty());
}

#[test]
fn a_definite_no_ends_with_3() {
    let bench = Bench::new();
    let mut arguments = TAZAPAY;
    arguments[5] = "chk_none";
    let (code, json) = bench.json(Provider::Tazapay, &arguments);
    assert_eq!((code, &json["outcome"]), (3, &"rejected".into()), "{json}");
    assert_eq!(json["code"], "30000");
    assert_eq!(json["row"], "tazapay-refusal-request");
    assert!(bench.sandbox.ledger().entries().is_empty());
}

#[test]
fn a_refusal_that_an_earlier_success_would_explain_ends_with_4() {
    let bench = Bench::new();
    let mut arguments = TAZAPAY;
    arguments[7] = "900.01 USD";
    let (code, json) = bench.json(Provider::Tazapay, &arguments);
    assert_eq!((code, &json["outcome"]), (4, &"unknown".into()), "{json}");
    assert_eq!(json["code"], "30012");
    assert_eq!(json["row"], "tazapay-refusal-already");
}

#[test]
fn a_refund_that_has_failed_for_good_ends_with_6() {
    let bench = Bench::new();
    let word = "failed".to_owned();
    bench.fault(
        Provider::Tazapay,
        "create_refund",
        Fault::FailedAtOnce { word },
    );
    let (code, json) = bench.json(Provider::Tazapay, &TAZAPAY);
    assert_eq!(
        (code, &json["outcome"]),
        (6, &"refund_failed".into()),
        "{json}"
    );
    assert_eq!(json["standing"], "failed");
    let (code, json) = bench.json(Provider::Tazapay, &TAZAPAY);
    assert_eq!(
        (code, &json["outcome"]),
        (6, &"refund_failed".into()),
        "{json}"
    );
    assert_eq!(
        (&json["already"], &json["standing"]),
        (&true.into(), &"failed".into())
    );
    assert_eq!(json["refunds"][0]["status"], "failed");
    // What is not known is left out, as everywhere.
    assert_eq!(json["refunds"][0].get("amount"), None, "{json}");
    assert_eq!(bench.sandbox.requests().len(), 1);
}

#[test]
fn a_refund_that_has_failed_says_what_is_to_be_done_next() {
    let bench = Bench::new();
    let word = "failed".to_owned();
    bench.fault(
        Provider::Tazapay,
        "create_refund",
        Fault::FailedAtOnce { word },
    );
    // Sent now, sent before, and looked up.
    let show = ["show", "tazapay", "r-1"];
    for (arguments, code) in [(&TAZAPAY[..], 6), (&TAZAPAY[..], 6), (&show[..], 0)] {
        let (ended, json) = bench.json(Provider::Tazapay, arguments);
        assert_eq!(
            (ended, &json["next"]),
            (code, &"create_another".into()),
            "{json}"
        );
        let text = json["next_text"].as_str().unwrap();
        assert!(text.contains("another reference"), "{text}");
        assert_eq!(json.get("commands"), None, "{json}");
    }
}

#[test]
fn a_read_that_somebody_else_answers_is_not_to_be_repeated() {
    let bench = Bench::new();
    let (_, made) = bench.json(Provider::Tazapay, &TAZAPAY);
    let id = made["refunds"][0]["refund_id"].as_str().unwrap();
    for (fault, retryable, next) in [
        (
            Fault::Replace {
                status: Some(307),
                body: String::new(),
                content_type: None,
                after_commit: false,
            },
            false,
            "check_arguments",
        ),
        (
            Fault::ServerError {
                status: 503,
                html: false,
                after_commit: false,
            },
            true,
            "call_again",
        ),
    ] {
        bench.fault(Provider::Tazapay, "refund", fault);
        let fetch = ["fetch", "tazapay", id, "--attempts", "1"];
        let (code, json) = bench.json(Provider::Tazapay, &fetch);
        assert_eq!((code, &json["retryable"]), (1, &retryable.into()), "{json}");
        assert_eq!(json["next"], next, "{json}");
    }
}

#[test]
fn a_pending_refund_ends_with_7_where_that_is_to_be_told() {
    let bench = Bench::new();
    let tells = [&TAZAPAY[..], &["--tell-pending"]].concat();
    for _ in 0..2 {
        let (code, json) = bench.json(Provider::Tazapay, &tells);
        assert_eq!((code, &json["outcome"]), (7, &"accepted".into()), "{json}");
        assert_eq!(json["standing"], "pending");
    }
    assert_eq!(bench.json(Provider::Tazapay, &TAZAPAY).0, 0);
    // What has succeeded is not pending.
    let tells = [&OPTTY[..], &["--tell-pending"]].concat();
    let (code, json) = bench.json(Provider::Optty, &tells);
    assert_eq!(
        (code, &json["standing"]),
        (0, &"succeeded".into()),
        "{json}"
    );
}

#[test]
fn an_answer_that_got_lost_ends_with_4() {
    let bench = Bench::new();
    let lost = ScriptedFault::at(Provider::Optty, Fault::DropAfterCommit).operation("refund_order");
    bench.sandbox.inject(lost).unwrap();
    let (code, json) = bench.json(Provider::Optty, &OPTTY);
    assert_eq!((code, &json["outcome"]), (4, &"unknown".into()), "{json}");
    assert_eq!(bench.sandbox.ledger().payments(Provider::Optty, "r-1"), 1);
}

#[test]
fn a_reconciliation_that_is_not_answered_ends_with_4() {
    let bench = Bench::new();
    let lost = ScriptedFault::at(Provider::Optty, Fault::DropAfterCommit).operation("refund_order");
    bench.sandbox.inject(lost).unwrap();
    assert_eq!(bench.json(Provider::Optty, &OPTTY).0, 4);
    let broken = Fault::ServerError {
        status: 500,
        html: false,
        after_commit: false,
    };
    let broken = ScriptedFault::at(Provider::Optty, broken).operation("order_details");
    bench.sandbox.inject(broken).unwrap();
    let reconcile = ["reconcile", "optty", "r-1"];
    let once = [&reconcile[..], &["--attempts", "1"]].concat();
    let (code, json) = bench.json(Provider::Optty, &once);
    assert_eq!((code, &json["outcome"]), (4, &"unknown".into()), "{json}");
    assert_eq!(json["provider"], "optty");
    assert_eq!(json["reference"], "r-1");
    assert_eq!(json["http_status"], 500);
    assert!(json["next"] == "reconcile_later");

    let (code, json) = bench.json(Provider::Optty, &reconcile);
    assert_eq!((code, &json["outcome"]), (0, &"accepted".into()), "{json}");
}

#[test]
fn a_reconciliation_of_nothing_ends_with_5() {
    let bench = Bench::new();
    for settle in [&[][..], &["--settle", "rejected"]] {
        let reconcile = [&["reconcile", "optty", "r-1"], settle].concat();
        let (code, json) = bench.json(Provider::Optty, &reconcile);
        assert_eq!((code, &json["outcome"]), (5, &"refused".into()), "{json}");
        assert_eq!(json["provider"], "optty");
        assert_eq!(json["reference"], "r-1");
    }
}

#[test]
fn a_journal_that_cannot_be_read_ends_with_4() {
    let bench = Bench::new();
    assert_eq!(bench.json(Provider::Tazapay, &TAZAPAY).0, 0);
    bench.sql("UPDATE refunds SET action = '{'");
    for arguments in [&TAZAPAY[..], &["reconcile", "tazapay", "r-1"]] {
        let (code, json) = bench.json(Provider::Tazapay, arguments);
        assert_eq!((code, &json["outcome"]), (4, &"unknown".into()), "{json}");
        assert_eq!(json["reference"], "r-1");
    }
    assert_eq!(bench.sandbox.requests().len(), 1);
}

#[test]
fn what_a_person_says_settles_a_refund_with_0_or_3() {
    for (settled, code) in [("accepted", 0), ("rejected", 3)] {
        let bench = Bench::new();
        let lost = ScriptedFault::at(Provider::Optty, Fault::DropAfterCommit);
        bench
            .sandbox
            .inject(lost.operation("refund_order"))
            .unwrap();
        assert_eq!(bench.json(Provider::Optty, &OPTTY).0, 4);
        bench.an_hour_passes();
        let settle = ["reconcile", "optty", "r-1", "--settle", settled];
        let (ended, json) = bench.json(Provider::Optty, &settle);
        assert_eq!((ended, &json["outcome"]), (code, &settled.into()), "{json}");
    }
}

#[test]
fn what_cannot_be_sent_or_done_ends_with_5() {
    let bench = Bench::new();
    let mut too_precise = TAZAPAY;
    too_precise[7] = "19.905 USD";
    for (provider, arguments) in [
        (Provider::Tazapay, &too_precise[..]),
        (Provider::Optty, &["retry", "optty", "r-1"]),
        (Provider::Mce, &["fetch", "mce", "1"]),
    ] {
        let (code, json) = bench.json(provider, arguments);
        assert_eq!((code, &json["outcome"]), (5, &"refused".into()), "{json}");
        assert_eq!(json["provider"], provider.name());
    }
    assert!(bench.sandbox.requests().is_empty());
}

#[test]
fn requests_to_kotani_pay_are_signed_with_the_api_secret() {
    let mut settings = Settings::default();
    settings.kotanipay.signing_secret = Some(SigningSecret::new("whsec_test"));
    let bench = Bench::with(settings);
    let arguments = ["retry", "kotanipay", "offramp-1", "--json"];
    for (secret, code) in [("whsec_other", 3), ("whsec_test", 0)] {
        let mut command = bench.command(Provider::Kotanipay, &arguments);
        let output = command
            .env("KOTANIPAY_API_SECRET", secret)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{secret}: {output:?}");
        let shown = [output.stdout, output.stderr].concat();
        assert!(!String::from_utf8_lossy(&shown).contains(secret));
    }
}
