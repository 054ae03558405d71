//! What is not accepted, and why.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use kotanipay::webhooks::{RecentDeliveries, Secrets, WebhookError};

use crate::vectors::{kotani, taza};
use crate::{kotani_headers, tazapay_headers};

/// 2023-07-24T00:05:12Z, by `date -u -d 2023-07-24T00:05:12Z +%s`.
const EVENT_TIME: u64 = 1_690_157_112;

fn at(seconds: u64) -> impl Fn() -> SystemTime + Send + Sync + 'static {
    move || UNIX_EPOCH + Duration::from_secs(seconds)
}

#[test]
fn a_call_without_a_signature_is_unsigned() {
    let (body, digits) = kotani(0);
    let misnamed = [("X-Kotani-Sig", format!("sha256={digits}"))];
    for headers in [vec![], misnamed.to_vec()] {
        let error = crate::kotanipay().verify(&headers, body.as_bytes());
        let expected = WebhookError::Unsigned {
            header: "X-Kotani-Signature".to_owned(),
        };
        assert_eq!(error.unwrap_err(), expected);
    }
}

#[test]
fn a_header_that_holds_no_signature_is_malformed() {
    let (body, digits) = kotani(0);
    let upper = format!("sha256={}", digits.to_uppercase());
    for value in [
        b"" as &[u8],
        b"sha256=",
        digits.as_bytes(),
        upper.as_bytes(),
        b"\xff",
    ] {
        let error = crate::kotanipay()
            .verify(&[("x-kotani-signature", value)], body.as_bytes())
            .unwrap_err();
        assert!(
            matches!(error, WebhookError::SignatureMalformed { .. }),
            "{error}"
        );
    }
    let (body, tag) = taza(0);
    let url_safe = tag.replace('+', "-");
    let unpadded = tag.trim_end_matches('=');
    for value in ["", "AAAA", &url_safe, unpadded, &format!("{tag} ")] {
        let error = crate::tazapay()
            .verify(&[("signature", value)], body.as_bytes())
            .unwrap_err();
        assert!(
            matches!(error, WebhookError::SignatureMalformed { .. }),
            "{error}"
        );
    }
}

/// Which of them counts would be a guess.
#[test]
fn two_signatures_are_none() {
    let (body, digits) = kotani(0);
    let right = format!("sha256={digits}");
    let wrong = format!("sha256={}", "0".repeat(64));
    for pair in [[&right, &wrong], [&wrong, &right], [&right, &right]] {
        let headers = pair.map(|value| ("X-Kotani-Signature", value));
        let error = crate::kotanipay()
            .verify(&headers, body.as_bytes())
            .unwrap_err();
        assert!(
            error.to_string().contains("is there several times"),
            "{error}"
        );
    }
}

#[test]
fn a_body_over_the_limit_is_not_looked_at() {
    let (body, digits) = kotani(0);
    let verifier = crate::kotanipay().with_max_body(body.len());
    assert!(
        verifier
            .verify(&kotani_headers(digits), body.as_bytes())
            .is_ok()
    );
    let verifier = crate::kotanipay().with_max_body(body.len() - 1);
    let error = verifier
        .verify(&kotani_headers(digits), body.as_bytes())
        .unwrap_err();
    assert_eq!(
        error,
        WebhookError::Oversized {
            size: body.len(),
            limit: body.len() - 1
        }
    );
    let reader = optty::webhooks::Reader::new().with_max_body(2);
    assert!(reader.read(b"{}").is_ok());
    assert_eq!(reader.read(b"{ }").unwrap_err().http_status(), 413);
}

#[test]
fn a_body_that_is_not_utf_8_is_told_from_one_that_is_no_event() {
    let (_, digits) = kotani(0);
    let error = crate::kotanipay().verify(&kotani_headers(digits), b"{\"a\":\"\xe9\"}");
    assert_eq!(
        error.unwrap_err(),
        WebhookError::WrongEncoding { valid_up_to: 6 }
    );
    let gzip = b"\x1f\x8b\x08\x00";
    assert_eq!(
        optty::webhooks::Reader::new().read(gzip).unwrap_err(),
        WebhookError::WrongEncoding { valid_up_to: 1 }
    );
    let (_, tag) = taza(0);
    for body in [
        "",
        "[]",
        "{",
        "{\"id\":\"evt_1\"}",
        "{\"id\":7e1,\"created_at\":null}",
    ] {
        let error = crate::tazapay()
            .verify(&tazapay_headers(tag), body.as_bytes())
            .unwrap_err();
        assert!(
            matches!(error, WebhookError::Malformed(_)),
            "{body}: {error}"
        );
    }
}

#[test]
fn another_secret_s_signature_does_not_fit_and_an_older_one_s_does() {
    let (body, digits) = kotani(0);
    let verify = |secrets: Secrets| {
        let verifier = kotanipay::webhooks::Verifier::new(secrets);
        verifier
            .verify(&kotani_headers(digits), body.as_bytes())
            .map(|_| ())
    };
    let new = Secrets::new("whsec_new").unwrap();
    assert_eq!(verify(new.clone()), Err(WebhookError::SignatureMismatch));
    assert_eq!(verify(new.with_older("whsec_test").unwrap()), Ok(()));
}

#[test]
fn a_signature_in_the_body_that_does_not_fit_is_refused() {
    let (body, digits) = kotani(0);
    let with_signature = |signature: &str| {
        let rest = body.strip_suffix('}').unwrap();
        let body = format!("{rest},\"signature\":\"{signature}\"}}");
        crate::kotanipay()
            .verify(&kotani_headers(digits), body.as_bytes())
            .map(|_| ())
    };
    assert_eq!(with_signature(&format!("sha256={digits}")), Ok(()));
    assert_eq!(with_signature("sha256=…"), Ok(()));
    for other in [format!("sha256={}", "0".repeat(64)), "x".repeat(64)] {
        assert_eq!(with_signature(&other), Err(WebhookError::SignatureMismatch));
    }
}

#[test]
fn the_header_s_name_is_a_setting() {
    let (body, tag) = taza(0);
    let verifier = crate::tazapay().with_signature_header("X-Tazapay-Signature");
    assert!(
        verifier
            .verify(&[("x-tazapay-signature", tag)], body.as_bytes())
            .is_ok()
    );
    let error = verifier
        .verify(&tazapay_headers(tag), body.as_bytes())
        .unwrap_err();
    assert!(error.to_string().contains("X-Tazapay-Signature"), "{error}");
}

#[test]
fn an_event_s_age_counts_only_if_a_tolerance_is_set() {
    let (body, tag) = taza(0);
    let verify = |verifier: tazapay::webhooks::Verifier| {
        verifier
            .verify(&tazapay_headers(tag), body.as_bytes())
            .map(|_| ())
    };
    assert_eq!(verify(crate::tazapay()), Ok(()));
    let tolerance = Duration::from_secs(300);
    let strict = |now| {
        crate::tazapay()
            .with_tolerance(tolerance)
            .with_clock(at(now))
    };
    for now in [EVENT_TIME - 300, EVENT_TIME, EVENT_TIME + 300] {
        assert_eq!(verify(strict(now)), Ok(()), "{now}");
    }
    for now in [EVENT_TIME - 301, EVENT_TIME + 301, 0] {
        let expected = WebhookError::Stale {
            occurred_at: "2023-07-24T00:05:12.000000Z".to_owned(),
            tolerance,
        };
        assert_eq!(verify(strict(now)), Err(expected), "{now}");
    }
}

#[test]
fn an_event_of_kotani_pay_is_as_old_as_its_data_says() {
    let body = r#"{"event":"refund.failed","data":{"referenceId":"TXN-001","timestamp":"2023-07-24T00:05:12.000Z"}}"#;
    // By the Python command beside the vectors.
    let headers =
        kotani_headers("9c856866654873eb117b7c23acc2ce1fad627c2a07a7ab44ac3cc64f3da017e8");
    let at = |now| {
        let strict = crate::kotanipay().with_tolerance(Duration::from_secs(60));
        let outcome = strict.with_clock(at(now)).verify(&headers, body.as_bytes());
        outcome.map(|_| ()).map_err(|error| error.http_status())
    };
    assert_eq!(at(EVENT_TIME + 60), Ok(()));
    assert_eq!(at(EVENT_TIME + 61), Err(401));
}

/// The vector of Kotani Pay has no timestamp.
#[test]
fn an_event_without_a_time_is_undated_where_age_counts() {
    let (body, digits) = kotani(0);
    let verifier = crate::kotanipay().with_tolerance(Duration::MAX);
    let error = verifier.verify(&kotani_headers(digits), body.as_bytes());
    assert_eq!(error.unwrap_err(), WebhookError::Undated);
}

#[test]
fn an_event_is_replayed_after_it_was_handled_and_not_before() {
    let guard = Arc::new(RecentDeliveries::new(NonZeroUsize::new(8).unwrap()));
    let verifier = crate::tazapay().with_replay_guard(guard);
    let (body, tag) = taza(0);
    let verify = || verifier.verify(&tazapay_headers(tag), body.as_bytes());
    let first = verify().unwrap();
    // Handling it failed, say, and the provider calls again.
    assert!(verify().is_ok());
    verifier.handled(&first);
    let error = verify().unwrap_err();
    let key = "evt_auigfianfoangohuehg".to_owned();
    assert_eq!(error, WebhookError::Replayed { key });
    assert_eq!(error.http_status(), 200);
    let (other, tag) = taza(1);
    assert!(
        verifier
            .verify(&tazapay_headers(tag), other.as_bytes())
            .is_ok()
    );
}

/// What was not proven teaches the guard nothing: a forged event cannot make it refuse the true one.
#[test]
fn a_forged_event_does_not_take_the_true_one_s_place() {
    let guard = Arc::new(RecentDeliveries::new(NonZeroUsize::new(8).unwrap()));
    let verifier = crate::tazapay().with_replay_guard(guard);
    let (body, tag) = taza(0);
    let forged = body.replace("90000", "90001");
    let error = verifier.verify(&tazapay_headers(tag), forged.as_bytes());
    assert_eq!(error.unwrap_err(), WebhookError::SignatureMismatch);
    assert!(
        verifier
            .verify(&tazapay_headers(tag), body.as_bytes())
            .is_ok()
    );
}

#[test]
fn what_was_signed_by_mistake_is_told() {
    // By the Python commands beside the vectors: over the body as it came; over the body alone.
    let (spaced, digits) = kotani(6);
    let raw = "5d1e55eb0dea543d481c995b57ab1b2a1626c9589a07496f1ec74f4157dece19";
    let told =
        |digits: &str| crate::kotanipay().near_misses(&kotani_headers(digits), spaced.as_bytes());
    assert_eq!(told(raw), ["it fits the body as it came"]);
    assert_eq!(told(digits), [""; 0]);
    assert_eq!(told(&"0".repeat(64)), [""; 0]);

    let (body, tag) = taza(0);
    let alone = "4Ni8Sb9pStjpnP4vbr4qzmXF/zRfxevTvVjiWbe9Ey4=";
    assert_eq!(
        crate::tazapay().near_misses(&tazapay_headers(alone), body.as_bytes()),
        ["it fits the body alone, without id and created_at"]
    );
    let secrets = tazapay::webhooks::Secrets::new("whsec_taza\n").unwrap();
    let verifier = tazapay::webhooks::Verifier::new(secrets);
    assert_eq!(
        verifier.near_misses(&tazapay_headers(tag), body.as_bytes()),
        ["it fits a secret without the white space around it"]
    );
}
