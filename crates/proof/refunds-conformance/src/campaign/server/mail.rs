//! What the provider tells of refunds by its events, and what others tell in its name.

use std::{sync::atomic::Ordering, time::Duration};

use fastrand::Rng;
use refunds_sandbox::witness::{Incoming, Wire};
use serde::{Deserialize, Serialize};

use super::{World, bytes, locked};
use crate::{
    model::{Model, Told},
    models::Event,
    wire::{Answer, BodyEnd},
};

/// An event, as a worker gets it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::campaign) struct Letter {
    pub(in crate::campaign) headers: Vec<(String, String)>,
    pub(in crate::campaign) body: Vec<u8>,
    /// Somebody else wrote it, or changed it on its way.
    pub(in crate::campaign) is_forged: bool,
    /// It contradicts itself or the refund, so that it settles nothing.
    pub(in crate::campaign) is_contradictory: bool,
}

impl World {
    /// `GET /r-17` is the next letter about a refund, `PUT /r-17` says that a true one was taken, and `POST /r-17` that one was
    /// believed that should not have been.
    pub(super) fn mail(&self, request: &Incoming) -> Wire {
        let number = request.path.strip_prefix("/r-");
        let number = number.and_then(|number| number.parse::<usize>().ok());
        let Some((number, case)) = number.and_then(|at| Some((at, self.cases.get(at)?))) else {
            return bytes::not_found();
        };
        if request.method == "POST" {
            locked(&self.seen).believed.insert(number as u64);
            locked(case).say("user: believes it");
            return answer(204, Vec::new());
        }
        if request.method == "PUT" {
            locked(&self.seen).read += 1;
            return answer(204, Vec::new());
        }
        let is_calm = self.is_calm.load(Ordering::Acquire);
        let mut case = locked(case);
        let chance = if is_calm { 0 } else { case.rng().u32(0..5) };
        let letter = match chance {
            // None has come yet.
            1 => None,
            2 => case.event(self.now(), false).map(genuine),
            3 | 4 => case.event(self.now(), true).and_then(|event| {
                let forged = forged(&self.model, genuine(event), case.rng());
                case.say("somebody: changes the event on its way");
                forged
            }),
            _ => case.event(self.now(), true).map(genuine),
        };
        let Some(letter) = letter else {
            return answer(204, Vec::new());
        };
        let mut seen = locked(&self.seen);
        seen.events += 1;
        seen.forged += u64::from(letter.is_forged);
        drop(seen);
        answer(200, serde_json::to_vec(&letter).unwrap_or_default())
    }
}

fn answer(status: u16, body: Vec<u8>) -> Wire {
    let answer = Answer {
        status,
        headers: vec![("content-type", "application/json")],
        body,
        end: BodyEnd::Whole,
    };
    Wire::Bytes {
        bytes: bytes::message(&answer),
        held: Duration::ZERO,
        serves_on: true,
    }
}

fn genuine(event: Event) -> Letter {
    let headers = event.headers.into_iter();
    Letter {
        headers: headers
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        body: event.body,
        is_forged: false,
        is_contradictory: event.is_contradictory,
    }
}

/// The letter with another proof, or, where the proof is of its bytes, with other bytes; none where nothing proves who wrote
/// it.
fn forged(model: &Model, mut letter: Letter, rng: &mut Rng) -> Option<Letter> {
    letter.is_forged = true;
    if proves_bytes(model) && rng.bool() {
        let digits = letter.body.iter_mut().filter(|byte| byte.is_ascii_digit());
        let mut digits: Vec<_> = digits.collect();
        let at = rng.usize(0..digits.len().max(1));
        let digit = digits.get_mut(at)?;
        **digit = if **digit == b'9' { b'1' } else { **digit + 1 };
        return Some(letter);
    }
    let mut is_changed = false;
    for (name, value) in &mut letter.headers {
        if !is_of_any_message(name)
            && let Some(last) = value.pop()
        {
            value.push(if last == '0' { '1' } else { '0' });
            is_changed = true;
        }
    }
    is_changed.then_some(letter)
}

/// Headers that every message may have, and that prove nothing.
fn is_of_any_message(name: &str) -> bool {
    let names = [
        "accept",
        "accept-encoding",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "host",
        "user-agent",
    ];
    names.iter().any(|own| name.eq_ignore_ascii_case(own))
}

/// Whether the model's headers depend on what its body says.
fn proves_bytes(model: &Model) -> bool {
    let Some(write) = &model.event else {
        return false;
    };
    let headers = |id| write(&Told::example(id, "r-0")).0;
    let first = headers("rf-1");
    first == headers("rf-1") && first != headers("rf-2")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Asked, EventParts, Shown};

    fn model(event: impl Fn(&Told) -> EventParts + Send + Sync + 'static) -> Model {
        Model::new(Asked::default(), |_| None, 200, Shown::new("/id")).with_events(event)
    }

    fn letter(model: &Model) -> Letter {
        let write = model.event.as_ref().unwrap();
        let (headers, body) = write(&Told::example("rf-7", "r-7"));
        genuine(Event {
            headers,
            body,
            is_contradictory: false,
        })
    }

    /// Forged often enough that every way of it comes up.
    fn all_forged(model: &Model) -> Vec<Option<Letter>> {
        let mut rng = Rng::with_seed(1);
        let forged = (0..50).map(|_| forged(model, letter(model), &mut rng));
        forged.collect()
    }

    #[test]
    fn where_the_signature_is_of_the_body_either_is_changed_and_never_both() {
        let signed = model(|told| {
            let tag = format!("tag-of-{}", told.id);
            (vec![("x-signature", tag)], told.id.clone().into_bytes())
        });
        let genuine = letter(&signed);
        let (mut bodies, mut headers) = (0, 0);
        for forged in all_forged(&signed) {
            let forged = forged.unwrap();
            assert!(forged.is_forged);
            let is_body = forged.body != genuine.body;
            assert_ne!(is_body, forged.headers != genuine.headers);
            bodies += u32::from(is_body);
            headers += u32::from(!is_body);
        }
        assert!(bodies > 0 && headers > 0);
    }

    #[test]
    fn where_a_secret_alone_proves_the_sender_only_that_is_changed() {
        let secret = model(|told| {
            let headers = vec![
                ("content-type", "application/json".to_owned()),
                ("x-secret", "s3cret".to_owned()),
            ];
            (headers, told.id.clone().into_bytes())
        });
        let genuine = letter(&secret);
        for forged in all_forged(&secret) {
            let forged = forged.unwrap();
            assert_eq!(forged.body, genuine.body);
            assert_eq!(forged.headers[0].1, "application/json");
            assert_ne!(forged.headers[1].1, "s3cret");
        }
    }

    #[test]
    fn where_nothing_proves_the_sender_nothing_is_forged() {
        let unsigned = model(|told| {
            let headers = vec![
                ("Content-Type", "application/json".to_owned()),
                ("user-agent", "Shop/1.0".to_owned()),
            ];
            (headers, told.id.clone().into_bytes())
        });
        assert!(all_forged(&unsigned).iter().all(Option::is_none));
    }
}
