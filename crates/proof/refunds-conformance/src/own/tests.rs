use super::*;
use crate::{
    engine::Chooser,
    model::{EventParts, Shown},
};

fn moment(is_free: bool) -> Moment {
    Moment {
        now: Duration::ZERO,
        life: 0,
        is_free,
        knows_request: true,
        knows_mark: false,
        is_first: true,
        is_heard: true,
        sample: None,
    }
}

/// One refund that is taken on, at a provider that writes events so.
fn taken(event: impl Fn(&Told) -> EventParts + Send + Sync + 'static) -> Own {
    let shown = Shown::new("/id").with_amount("/amount", "500");
    let model = Described::new(Asked::default(), |_| None, 200, shown);
    let mut own = Own::new(model.with_events(event).dating_events());
    own.ledger.entries.push(Entry {
        reference: Some("r-9".into()),
        life: 0,
        amount: 1,
        fate: Fate::Taken,
        shows: None,
        key: Key::Perhaps,
        at: Duration::ZERO,
    });
    own
}

/// Those that come by chance, with the refund as it stands after each.
fn events(own: &Own) -> Vec<(Event, Fate)> {
    let came = (0..60).map(|seed| {
        let mut own = own.clone();
        let mut teller = Teller::new(Chooser::by_chance(seed), false);
        let event = own.event(&mut teller, moment(true), false).unwrap();
        (event, own.ledger.entries[0].fate)
    });
    came.collect()
}

fn written(parts: [&str; 2]) -> EventParts {
    (Vec::new(), parts.join(" ").into_bytes())
}

#[test]
fn an_event_is_contradictory_where_it_says_something_else_and_then_tells_nothing() {
    let own = taken(|told| written([&told.reference, &told.amount]));
    let events = events(&own);
    for (event, fate) in &events {
        let is_true = event.body == b"r-9 500";
        assert_eq!(event.is_contradictory, !is_true);
        assert_eq!(*fate == Fate::Taken, !is_true);
    }
    let of = |body: &[u8]| events.iter().any(|(event, _)| event.body == body);
    assert!(of(b"r-9 500") && of(b"r-9 1700") && of(b"r-x 500"));
}

#[test]
fn what_is_not_written_into_an_event_contradicts_nothing() {
    let own = taken(|told| written([&told.id, &told.created]));
    for (event, fate) in events(&own) {
        assert!(!event.is_contradictory);
        assert_ne!(fate, Fate::Taken);
    }
}

#[test]
fn an_event_settles_a_refund_that_it_names_and_no_other() {
    let settled = |own: Own| own.can_be_settled("r-9", moment(false), true);
    assert!(settled(taken(|told| written([&told.id, &told.reference]))));
    assert!(!settled(taken(|told| written([&told.id, &told.amount]))));
}

#[test]
fn what_is_asked_of_another_payment_amount_or_currency_is_not_expected() {
    let asked = |payment: &str, amount: &str, currency: &str| Asked {
        payment: Some(payment.to_owned()),
        amount: Some(amount.to_owned()),
        currency: Some(currency.to_owned()),
        ..Asked::default()
    };
    let expected = asked("pay_1", "5.00", "EUR");
    assert!(is_expected(&expected, &asked("pay_1", "5.00", "EUR")));
    assert!(is_expected(&expected, &asked("pay_1", "5", "EUR")));
    assert!(!is_expected(&expected, &asked("pay_2", "5.00", "EUR")));
    assert!(!is_expected(&expected, &asked("pay_1", "500", "EUR")));
    assert!(!is_expected(&expected, &asked("pay_1", "5.00", "USD")));
    assert!(!is_expected(&expected, &asked("pay_1", "5.00", "eur")));
    let silent = Asked {
        amount: None,
        ..asked("pay_1", "", "EUR")
    };
    assert!(!is_expected(&expected, &silent));
    // What the model does not name may be anything.
    assert!(is_expected(&silent, &asked("pay_1", "7.00", "EUR")));
}

#[test]
fn an_answer_is_kept_under_its_key_for_as_long_as_that_is_kept_and_no_longer() {
    let minutes = |count: u64| Duration::from_secs(60 * count);
    let (made, key): (_, Arc<str>) = (minutes(10), "key-1".into());
    let stored = |key: &Arc<str>, now| {
        let mut own = taken(|told| written([&told.id, &told.amount]));
        own.ledger.entries[0].shows = Some("key-1".into());
        own.ledger.entries[0].at = made;
        let moment = Moment {
            now,
            ..moment(false)
        };
        own.stored(key, minutes(60), |_| Key::Kept, moment)
    };
    assert_eq!(stored(&key, minutes(69)), Some(0));
    assert_eq!(stored(&key, minutes(70)), None);
    assert_eq!(stored(&"key-2".into(), minutes(10)), None);
}

#[cfg(feature = "campaign")]
#[test]
fn refunds_of_another_payment_have_other_ids_in_answers_reads_and_events() {
    let asks = |request: &RawRequest<'_>| request.query("reference").map(str::to_owned);
    let create = |request: &RawRequest<'_>| {
        (request.method() == "POST").then(|| Asked {
            reference: Some("r-2".to_owned()),
            ..Asked::default()
        })
    };
    let shown = || Shown::new("/id").with_reference("/reference");
    let model = Described::new(Asked::default(), create, 200, shown());
    let model = model.with_list(asks, "", shown());
    let model = model.with_events(|told| written([&told.id, &told.reference]));
    let mut own = Own::new(model).with_first_number(2_000);
    let mut asked = |method: &str, path: &str| {
        let request = Request {
            method: method.to_owned(),
            path: path.to_owned(),
            key: None,
            headers: Vec::new(),
            body: Vec::new(),
        };
        let mut teller = Teller::new(Chooser::by_chance(1), false);
        let served = own.serve(&request, &mut teller, moment(false));
        match served.delivery {
            crate::wire::Delivery::Answered(answer) => String::from_utf8(answer.body).unwrap(),
            other => panic!("{other:?}"),
        }
    };
    let refund = r#"{"id":"rf-2000","reference":"r-2"}"#;
    assert_eq!(asked("POST", "/refunds"), refund);
    assert_eq!(
        asked("GET", "/refunds?reference=r-2"),
        format!("[{refund}]")
    );
    let mut teller = Teller::new(Chooser::by_chance(1), false);
    let event = own.event(&mut teller, moment(false), true).unwrap();
    assert_eq!(event.body, b"rf-2000 r-2");
}
