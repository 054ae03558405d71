//! Stories of hand-written clients: what a mistake looks like, and that none is found where there is none.

use std::collections::BTreeSet;

use std::time::Duration;

use refunds_conformance::{
    client::{Belief, Call, Client, Receipt},
    scene::{Ended, Scene},
};

use crate::{
    Property,
    asks::{Ask, mce, optty, tazapay},
    engine::search,
    models::{Ledger, Mce, Model, Optty, Tazapay},
    plot::{NEXT_DAY, NOW, Plot},
    story::Story,
    teller::Sampling,
    wire::{Answer, BodyEnd, Delivery, Request},
};

/// A client of one request and one mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Toy {
    /// Says of everything that it may have happened, and never finds out.
    KnowsNothing,
    /// Takes every 2xx for accepted.
    BelievesAny2xx,
    /// Takes every 4xx for a refusal.
    BelievesAny4xx,
    /// Sends the request again to reconcile it.
    SendsAgain,
    /// Calls a lost answer a failure.
    CallsUnknownFailed,
    /// Calls an attempt that ended in doubt ended with nothing.
    ForgetsDoubt,
    /// Sends without a record.
    RecordsNothing,
    /// Takes whatever an event says.
    BelievesAnyEvent,
    /// Takes a plain success for a doubt only.
    DoubtsPlainSuccess,
}

impl Toy {
    fn send<M: Model>(self, scene: &mut Scene<M>) -> Option<Answer> {
        let request = Request {
            method: "POST".to_owned(),
            path: "/v3/refund".to_owned(),
            key: Some("r-1".to_owned()),
            headers: Vec::new(),
            body: br#"{"payin":"chk_1","amount":1990,"currency":"USD","metadata":"{\"refund_reference\":\"r-1\"}"}"#
                .to_vec(),
        };
        match scene.request(&request) {
            Delivery::Answered(answer) if answer.end == BodyEnd::Whole => Some(answer),
            _ => None,
        }
    }

    fn write<M: Model>(self, scene: &mut Scene<M>) -> Belief {
        if self != Self::RecordsNothing {
            scene.before_send();
        }
        let answer = self.send(scene);
        let status = answer.as_ref().map_or(0, |answer| answer.status);
        let doubt = Belief::Doubt {
            record: "r-1".to_owned(),
        };
        let (belief, ended) = match self {
            Self::BelievesAny2xx if (200..300).contains(&status) => {
                (Belief::Pending(Receipt::default()), Ended::Accepted)
            }
            Self::BelievesAny4xx if (400..500).contains(&status) => {
                (Belief::Rejected { correct: true }, Ended::Nothing)
            }
            Self::CallsUnknownFailed if answer.is_none() => {
                (Belief::Failed(Receipt::default()), Ended::Nothing)
            }
            Self::ForgetsDoubt => (doubt, Ended::Nothing),
            _ => (doubt, Ended::Doubt),
        };
        if self != Self::RecordsNothing {
            scene.ended(ended);
        }
        belief
    }
}

impl<M: Model> Client<M> for Toy {
    fn call(&self, mut scene: Scene<M>, call: &Call) -> (Scene<M>, Option<Belief>) {
        let still = |record: &str| Belief::Doubt {
            record: record.to_owned(),
        };
        let belief = match call {
            Call::Write { .. } => self.write(&mut scene),
            Call::Reconcile { record } => {
                if *self == Self::SendsAgain {
                    let _ = self.send(&mut scene);
                }
                still(record)
            }
            Call::ReconcileWithEvent { record, .. } if *self != Self::BelievesAnyEvent => {
                still(record)
            }
            Call::ReconcileWithEvent { event, .. } => {
                let body = String::from_utf8_lossy(&event.body);
                if body.contains("refund.failed") {
                    Belief::Failed(Receipt::default())
                } else {
                    Belief::Pending(Receipt::default())
                }
            }
            Call::TryAgain { .. } | Call::Fetch { .. } => Belief::Error("no".to_owned()),
        };
        let belief = (!scene.is_dead).then_some(belief);
        (scene, belief)
    }

    fn interrupted(&self, reference: &str, _: Duration, _: Duration) -> String {
        reference.to_owned()
    }

    fn stored(&self, record: &str, _: Duration) -> String {
        record.to_owned()
    }

    fn restarted(&self, record: &str, _: Duration) -> String {
        record.to_owned()
    }

    fn describe(&self, record: &str) -> String {
        record.to_owned()
    }
}

fn plot(ask: impl Ask) -> Plot {
    Plot {
        words: ask.words(),
        references: ask.references(),
        loses_count: ask.is_full(),
        waits: [NOW, NEXT_DAY].to_vec().into(),
        can_fetch: false,
        can_try_again: false,
        kills: 1,
        deadline: None,
        trusts_keys: false,
    }
}

fn broken<M: Model>(toy: Toy, ask: impl Ask, begins: M, depth: u8) -> BTreeSet<Property> {
    let story = Story {
        plot: plot(ask),
        begins,
        client: toy,
        depth,
        sampling: Sampling {
            one_in: 12,
            which: 0,
        },
    };
    let findings = search(&story, false);
    assert!(!findings.diverged);
    findings.breaches.into_keys().collect()
}

fn part() -> Tazapay {
    Tazapay {
        ledger: Ledger::new(Some(5000)),
        is_full: false,
        is_of_attempt: false,
    }
}

#[test]
fn who_knows_nothing_breaks_no_promise_but_that_of_settling() {
    let found = broken(Toy::KnowsNothing, tazapay::Ask::Part, part(), 2);
    // It makes a doubt of every plain answer, and never settles one.
    let expected = [Property::NoDoubtLeft, Property::NoNeedlessDoubt];
    assert_eq!(found, BTreeSet::from(expected));
}

#[test]
fn each_mistake_is_found_by_the_property_that_it_breaks() {
    for (toy, property) in [
        (Toy::BelievesAny2xx, Property::NeverAcceptedThoughNot),
        (Toy::BelievesAny4xx, Property::NeverRejectedThoughPaid),
        (Toy::SendsAgain, Property::NeverPaidTwice),
        (Toy::CallsUnknownFailed, Property::NeverFailedThoughPaid),
        (Toy::ForgetsDoubt, Property::NeverRejectedThoughPaid),
        (Toy::RecordsNothing, Property::NothingLost),
        (Toy::BelievesAnyEvent, Property::NoContradictionBelieved),
        (Toy::DoubtsPlainSuccess, Property::NoNeedlessDoubt),
    ] {
        let found = broken(toy, tazapay::Ask::Part, part(), 2);
        assert!(found.contains(&property), "{toy:?}: {found:?}");
    }
}

#[test]
fn everything_is_not_paid_twice_however_often_it_is_sent() {
    let full = Tazapay {
        ledger: Ledger::new(Some(1990)),
        is_full: true,
        is_of_attempt: false,
    };
    let found = broken(Toy::SendsAgain, tazapay::Ask::Full, full, 3);
    assert!(!found.contains(&Property::NeverPaidTwice), "{found:?}");
}

#[test]
fn what_somebody_else_has_refunded_is_not_ours() {
    let refunded = Tazapay {
        ledger: Ledger::new(Some(1990)).with_other(1990),
        is_full: false,
        is_of_attempt: false,
    };
    let found = broken(Toy::BelievesAny4xx, tazapay::Ask::Part, refunded, 2);
    assert!(
        !found.contains(&Property::NeverRejectedThoughPaid),
        "{found:?}"
    );
}

#[test]
fn a_story_is_told_again_line_by_line() {
    let story = Story {
        plot: plot(tazapay::Ask::Part),
        begins: part(),
        client: Toy::SendsAgain,
        depth: 2,
        sampling: Sampling {
            one_in: 12,
            which: 0,
        },
    };
    let findings = search(&story, false);
    let lines = story.lines(&findings.breaches[&Property::NeverPaidTwice].path);
    let told = lines.join("\n");
    assert!(
        told.contains("user: refunds 19.90 USD of payin `chk_1` as `r-1`"),
        "{told}"
    );
    assert!(
        told.ends_with("ledger: `r-1` taken on, `r-1` taken on"),
        "{told}"
    );
}

#[test]
fn the_other_providers_tell_stories_too() {
    let mce = Mce {
        ledger: Ledger::new(None),
    };
    assert!(broken(Toy::KnowsNothing, mce::Ask, mce, 1).is_empty());
    let optty = Optty {
        ledger: Ledger::new(Some(10_000)),
        is_named: true,
        described: None,
    };
    assert!(broken(Toy::KnowsNothing, optty::Ask::NamedPart, optty, 1).is_empty());
}
