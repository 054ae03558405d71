//! What an author may forget or get wrong is believed for nothing.

#[cfg(feature = "webhooks")]
mod scripted;

use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::*;
use crate::{
    Capabilities, Currency, Decimal, InDoubt, ProviderName,
    evidence::{About, Fact},
    retry::key_lasts,
};

const ACME: ProviderName = ProviderName::own("acme").unwrap();

static PROFILE: Profile = Profile::new(Capabilities::cautious(ACME), "create").with_words(&[
    ("done", crate::RefundStatus::Succeeded),
    ("failed", crate::RefundStatus::Failed),
]);

/// An author who says nothing of what was asked for.
#[derive(Clone, Debug)]
struct Forgetful;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Request(Money);

impl RequestOf for Request {
    fn payment(&self) -> &str {
        "pay_1"
    }

    fn amount(&self) -> Option<&Money> {
        Some(&self.0)
    }
}

impl Provider for Forgetful {
    type Request = Request;

    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn asked<'a>(&self, _: &'a Reference, _: &'a Request) -> Asked<'a> {
        Asked::default()
    }

    async fn create(&self, _: &Reference, _: &Request) -> Result<Created, CallError> {
        Err(CallError::invalid_request("never called".to_owned()))
    }
}

fn euros(amount: i64) -> Money {
    Money::new(Decimal::from(amount), "EUR".parse::<Currency>().unwrap())
}

fn row_against(about: About, told: &Told) -> Option<&'static str> {
    let refunds = RefundsAt::new(Forgetful);
    let reference = Reference::new("r-1").unwrap();
    refunds
        .judged(about, &reference, &Request(euros(5)), told)
        .map(|row| row.id)
}

fn listed() -> Told {
    Told::new()
        .with(Fact::Id, Some("re_1"))
        .with(Fact::Status, Some("done"))
}

#[test]
fn a_reference_that_the_author_does_not_ask_for_is_asked_for_all_the_same() {
    let of_another = listed().with(Fact::Reference, Some("r-2"));
    for (about, row) in [
        (About::Answer, "own-2xx-reference"),
        (About::Listed, "own-listed-reference"),
        (About::Event, "own-event-reference"),
    ] {
        assert_eq!(row_against(about, &of_another), Some(row));
    }
    assert_eq!(
        row_against(About::Listed, &listed()),
        Some("own-listed-reference")
    );
}

#[test]
fn an_amount_that_is_only_shown_is_compared_as_well() {
    let told = Told::new()
        .with(Fact::Id, Some("re_1"))
        .with_amount(Some(euros(500)));
    assert_eq!(row_against(About::Answer, &told), Some("own-2xx-amount"));
    let told = Told::new()
        .with(Fact::Id, Some("re_1"))
        .with_amount(Some(euros(5)));
    assert_eq!(row_against(About::Answer, &told), None);
    // The author asks for no amount, so that the one that is told is compared with nothing.
    let told = Told::new()
        .with(Fact::Id, Some("re_1"))
        .with(Fact::Amount, Some("500"));
    assert_eq!(row_against(About::Answer, &told), Some("own-2xx-amount"));
    let event = listed()
        .with(Fact::Reference, Some("r-1"))
        .with_amount(Some(euros(500)));
    assert_eq!(row_against(About::Event, &event), Some("own-event-amount"));
}

#[test]
fn a_second_member_of_a_fact_erases_nothing_and_two_that_differ_contradict() {
    let none: Option<&str> = None;
    let told = Told::new()
        .with(Fact::Id, Some("re_1"))
        .with(Fact::Error, Some("DECLINED"))
        .with(Fact::Error, none)
        .with(Fact::Error, Some(""));
    assert_eq!(row_against(About::Answer, &told), Some("own-2xx-error"));
    let told = Told::new()
        .with(Fact::Id, Some("re_1"))
        .with(Fact::Reference, Some("r-1"))
        .with(Fact::Reference, Some("r-2"));
    assert_eq!(row_against(About::Answer, &told), Some("own-2xx-reference"));
}

#[test]
fn an_event_with_an_error_settles_nothing() {
    let told = listed()
        .with(Fact::Reference, Some("r-1"))
        .with(Fact::Error, Some("boom"));
    assert_eq!(row_against(About::Event, &told), Some("own-event-error"));
}

#[test]
fn a_failure_that_may_be_that_of_an_earlier_refund_under_the_reference_settles_nothing() {
    let failed = || {
        Told::new()
            .with(Fact::Id, Some("re_1"))
            .with(Fact::Reference, Some("r-1"))
            .with(Fact::Status, Some("failed"))
    };
    let dated = failed().with(Fact::CreatedAt, Some("2026-01-01T00:00:00Z"));
    for (about, row) in [
        (About::Listed, "own-listed-created"),
        (About::Event, "own-event-created"),
    ] {
        assert_eq!(row_against(about, &failed()), Some(row));
        assert_eq!(row_against(about, &dated), None);
    }
    // An answer is about what was asked.
    assert_eq!(row_against(About::Answer, &failed()), None);
    let done = listed().with(Fact::Reference, Some("r-1"));
    assert_eq!(row_against(About::Event, &done), None);
}

#[test]
fn a_key_is_no_younger_than_what_was_seen_since() {
    let day = Duration::from_secs(24 * 60 * 60);
    let sent = SystemTime::UNIX_EPOCH + 10 * day;
    assert!(key_lasts(day, sent, sent + day / 2));
    assert!(!key_lasts(day, sent, sent + day));
    // A key that is kept for less than the margin is never one to rely on, whatever the clock says.
    let short = Duration::from_secs(300);
    assert!(!key_lasts(short, sent, sent));
    assert!(!key_lasts(short, sent, sent - Duration::from_secs(60)));
}

#[test]
fn a_record_of_a_process_that_ended_counts_as_sent_more_than_once() {
    let request = crate::OwnRefund::new(ACME, &Request(euros(5))).unwrap();
    assert_eq!(request.read::<Request>().unwrap(), Request(euros(5)));
    let record = InDoubt::interrupted(
        ACME,
        Reference::new("r-1").unwrap(),
        crate::RefundRequest::from(request),
        SystemTime::now(),
    );
    assert!(record.may_be_several());
}
