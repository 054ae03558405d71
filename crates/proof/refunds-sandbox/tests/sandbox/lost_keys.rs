//! Commits that no client hears of, and the keys that they take along.

use std::{
    io::Read,
    net::TcpStream,
    time::{Duration, Instant},
};

use refunds_sandbox::{
    Commit, Ending, Fault, Payin, Provider, RunningKey, Sandbox, ScriptedFault, Settings, WaitClock,
};
use reqwest::{Method, blocking::RequestBuilder};
use serde_json::json;

use crate::support::{Caller, builder, decimal, send, start_time, wait_for};

const PATIENCE: Duration = Duration::from_millis(100);

fn with_fault(settings: Settings, fault: Fault) -> Sandbox {
    let sandbox = builder()
        .settings(settings)
        .fault(ScriptedFault::at(Provider::Tazapay, fault))
        .start()
        .unwrap();
    let payin = Payin::new("chk_1", decimal("900"), "USD");
    sandbox.add_payin(payin).unwrap();
    sandbox
}

/// A part of the payin, under the same key each time.
fn part(sandbox: &Sandbox) -> RequestBuilder {
    let tazapay = Caller::new(sandbox, Provider::Tazapay);
    let request = tazapay.request(Method::POST, "/v3/refund");
    let body = json!({"payin": "chk_1", "amount": 1990});
    request.json(&body).header("Idempotency-Key", "key-1")
}

fn payments(sandbox: &Sandbox) -> usize {
    sandbox.ledger().payments(Provider::Tazapay, "key-1")
}

fn late(clock: WaitClock, after: Duration) -> Fault {
    Fault::LateServerError {
        after,
        clock,
        status: 503,
    }
}

#[test]
fn a_refund_is_paid_after_its_client_timed_out_and_its_key_is_not_kept() {
    let sandbox = with_fault(Settings::default(), late(WaitClock::Real, PATIENCE * 4));
    let gone = send(part(&sandbox).timeout(PATIENCE));
    assert!(gone.is_err_and(|error| error.is_timeout()));
    assert_eq!(payments(&sandbox), 0);
    wait_for("nothing was committed", || payments(&sandbox) == 1);
    wait_for("nothing was answered", || {
        sandbox.requests()[0].answered == Some(503)
    });
    // Nobody saw the 503, and the key that would protect is not there.
    assert_eq!(send(part(&sandbox)).unwrap().status, 202);
    assert_eq!(payments(&sandbox), 2);
}

#[test]
fn a_patient_client_sees_the_late_5xx() {
    let sandbox = with_fault(Settings::default(), late(WaitClock::Real, PATIENCE));
    let start = Instant::now();
    let reply = send(part(&sandbox)).unwrap();
    assert!(start.elapsed() >= PATIENCE);
    assert_eq!((reply.status, reply.at("/status")), (503, json!("error")));
    assert_eq!(payments(&sandbox), 1);
}

#[test]
fn a_refund_waits_by_the_sandboxs_clock_where_the_fault_says_so() {
    let hour = Duration::from_secs(3600);
    let sandbox = with_fault(Settings::default(), late(WaitClock::Sandbox, hour));
    assert!(send(part(&sandbox).timeout(PATIENCE)).is_err());
    sandbox.clock().advance(hour - Duration::from_secs(1));
    std::thread::sleep(PATIENCE);
    assert_eq!(payments(&sandbox), 0);
    sandbox.clock().advance(Duration::from_secs(1));
    wait_for("nothing was committed", || payments(&sandbox) == 1);
    let committed_at = sandbox.ledger().entries()[0].committed_at;
    assert_eq!(committed_at, start_time() + hour);
}

#[test]
fn a_crash_between_commit_and_key_pays_and_keeps_no_key_whatever_the_setting() {
    for ending in [Ending::Closed, Ending::Reset, Ending::CutHead] {
        let settings = Settings::default();
        assert!(settings.tazapay.lost_answer_keeps_key);
        let sandbox = with_fault(settings, Fault::CrashAfterCommit { ending });
        assert!(send(part(&sandbox)).is_err(), "{ending:?}");
        assert_eq!(payments(&sandbox), 1, "{ending:?}");
        let requests = sandbox.requests();
        assert_eq!((requests[0].committed, requests[0].answered), (true, None));
        assert_eq!(send(part(&sandbox)).unwrap().status, 202);
        assert_eq!(payments(&sandbox), 2, "{ending:?}");
    }
}

#[test]
fn a_cut_head_ends_in_the_status_line_of_a_500() {
    let ending = Ending::CutHead;
    let sandbox = with_fault(Settings::default(), Fault::CrashAfterCommit { ending });
    let request = part(&sandbox).build().unwrap();
    let body = request.body().and_then(|body| body.as_bytes()).unwrap();
    let mut head = "POST /v3/refund HTTP/1.1\r\nhost: x\r\n".to_owned();
    for (name, value) in request.headers() {
        head.push_str(&format!("{name}: {}\r\n", value.to_str().unwrap()));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    let url = sandbox.base_url(Provider::Tazapay);
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    std::io::Write::write_all(&mut stream, &[head.as_bytes(), body].concat()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "HTTP/1.1 500 Inter");
    assert_eq!(payments(&sandbox), 1);
}

#[test]
fn a_full_refund_is_refused_the_second_time_though_its_key_is_lost() {
    let ending = Ending::Closed;
    let sandbox = with_fault(Settings::hostile(), Fault::CrashAfterCommit { ending });
    let full = || {
        let tazapay = Caller::new(&sandbox, Provider::Tazapay);
        let request = tazapay.request(Method::POST, "/v3/refund");
        let request = request.json(&json!({"payin": "chk_1"}));
        send(request.header("Idempotency-Key", "key-1"))
    };
    assert!(full().is_err());
    let again = full().unwrap();
    assert_eq!(
        (again.status, again.at("/errors/0/code")),
        (400, json!(30_010))
    );
    assert_eq!(payments(&sandbox), 1);
}

#[test]
fn an_answer_that_a_client_did_not_wait_for_is_a_lost_one() {
    for commit in [Commit::Before, Commit::After] {
        for (keeps, expected) in [(true, 1), (false, 2)] {
            let mut settings = Settings::default();
            settings.tazapay.lost_answer_keeps_key = keeps;
            // The first one must have ended before the second one comes.
            settings.tazapay.running_key = RunningKey::Refused;
            let by = PATIENCE * 3;
            let sandbox = with_fault(settings, Fault::Delay { by, commit });
            assert!(send(part(&sandbox).timeout(PATIENCE)).is_err());
            wait_for("nothing was answered", || {
                sandbox.requests()[0].answered == Some(202)
            });
            assert_eq!(send(part(&sandbox)).unwrap().status, 202);
            assert_eq!(payments(&sandbox), expected, "{commit:?}");
        }
    }
}

#[test]
fn half_an_answer_is_a_lost_one() {
    for (keeps, expected) in [(true, 1), (false, 2)] {
        let mut settings = Settings::default();
        settings.tazapay.lost_answer_keeps_key = keeps;
        let sandbox = with_fault(settings, Fault::Truncated);
        assert!(send(part(&sandbox)).is_err());
        assert_eq!(send(part(&sandbox)).unwrap().status, 202);
        assert_eq!(payments(&sandbox), expected);
    }
}
