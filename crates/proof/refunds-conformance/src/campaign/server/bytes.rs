//! Answers and losses, as bytes on a connection.

use std::time::Duration;

use fastrand::Rng;
use refunds_sandbox::witness::Wire;
use reqwest::StatusCode;

use crate::wire::{Answer, BodyEnd, Delivery};

/// Longer than a worker waits for an answer, and far shorter than it waits before it takes an unanswered attempt to have
/// ended.
pub(in crate::campaign) const PAUSE: Duration = Duration::from_millis(600);
/// One in so many whole answers comes twice.
const TWICE_ONE_IN: u32 = 40;

/// What goes on the wire.
pub(super) fn of(delivery: &Delivery, rng: &mut Rng, is_calm: bool) -> Wire {
    match delivery {
        // What is reset and what is closed is the same to nobody but the client.
        Delivery::Lost { heard: b"" } | Delivery::NotSent | Delivery::Killed => match rng.bool() {
            true => Wire::Nothing,
            false => Wire::Reset,
        },
        Delivery::Lost { heard } => Wire::Bytes {
            bytes: heard.to_vec(),
            held: Duration::ZERO,
            serves_on: false,
        },
        Delivery::Silence => Wire::Bytes {
            bytes: Vec::new(),
            held: PAUSE,
            serves_on: false,
        },
        Delivery::Answered(answer) => {
            let mut bytes = message(answer);
            let is_whole = answer.end == BodyEnd::Whole;
            if is_whole && !is_calm && rng.u32(0..TWICE_ONE_IN) == 0 {
                bytes.extend_from_within(..);
            }
            Wire::Bytes {
                bytes,
                held: match answer.end {
                    BodyEnd::Silence => PAUSE,
                    BodyEnd::Whole | BodyEnd::Broken => Duration::ZERO,
                },
                serves_on: is_whole,
            }
        }
    }
}

pub(super) fn not_found() -> Wire {
    let answer = Answer {
        status: 404,
        headers: Vec::new(),
        body: Vec::new(),
        end: BodyEnd::Whole,
    };
    Wire::Bytes {
        bytes: message(&answer),
        held: Duration::ZERO,
        serves_on: true,
    }
}

/// An answer of HTTP/1.1 (RFC 9112). One that does not come to its end promises more than it has.
pub(super) fn message(answer: &Answer) -> Vec<u8> {
    let reason = StatusCode::from_u16(answer.status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default();
    let mut head = format!("HTTP/1.1 {} {reason}\r\n", answer.status);
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    // RFC 9110, section 8.6: none in a 204; a 304 has no body whatever its headers say.
    if !matches!(answer.status, 204 | 304) {
        let missing = usize::from(answer.end != BodyEnd::Whole);
        let length = answer.body.len() + missing;
        head.push_str(&format!("content-length: {length}\r\n"));
    }
    head.push_str("\r\n");
    [head.as_bytes(), &answer.body].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(status: u16, end: BodyEnd) -> String {
        let answer = Answer {
            status,
            headers: vec![("content-type", "application/json")],
            body: if status == 204 {
                Vec::new()
            } else {
                b"{}".to_vec()
            },
            end,
        };
        String::from_utf8(message(&answer)).unwrap()
    }

    #[test]
    fn an_answer_says_how_long_it_is_and_one_that_breaks_off_promises_more() {
        let whole =
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
        assert_eq!(text(200, BodyEnd::Whole), whole);
        let broken =
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 3\r\n\r\n{}";
        assert_eq!(text(200, BodyEnd::Broken), broken);
        assert_eq!(text(200, BodyEnd::Silence), broken);
    }

    #[test]
    fn a_204_has_no_length() {
        let none = "HTTP/1.1 204 No Content\r\ncontent-type: application/json\r\n\r\n";
        assert_eq!(text(204, BodyEnd::Whole), none);
    }

    #[test]
    fn what_breaks_off_ends_the_connection_and_what_is_whole_does_not() {
        let ends = |end| {
            let answer = Answer {
                status: 200,
                headers: Vec::new(),
                body: b"{}".to_vec(),
                end,
            };
            let wire = of(&Delivery::Answered(answer), &mut Rng::with_seed(1), true);
            match wire {
                Wire::Bytes {
                    held, serves_on, ..
                } => (held, serves_on),
                _ => panic!("an answer is bytes"),
            }
        };
        assert_eq!(ends(BodyEnd::Whole), (Duration::ZERO, true));
        assert_eq!(ends(BodyEnd::Broken), (Duration::ZERO, false));
        assert_eq!(ends(BodyEnd::Silence), (PAUSE, false));
    }
}
