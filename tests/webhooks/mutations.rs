//! A signed call of which one byte is another one is refused.

use std::fmt::Debug;

use provider_runtime::webhooks::{Scheme, Verifier};

use crate::vectors::{kotani, taza};
use crate::{kotani_headers, tazapay_headers};

/// The body with its own signature, as Kotani Pay sends it.
fn kotani_with_signature() -> (String, String) {
    let (body, digits) = kotani(0);
    let rest = body.strip_suffix('}').unwrap();
    let body = format!("{rest},\"signature\":\"sha256={digits}\"}}");
    (body, digits.to_owned())
}

/// Every way to put another byte in the place of one, to leave one out, and to put one in.
fn mutants(original: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let replaced = (0..original.len()).flat_map(move |at| {
        (1..=u8::MAX).map(move |change| {
            let mut mutant = original.to_vec();
            mutant[at] ^= change;
            mutant
        })
    });
    let left_out = (0..original.len()).map(move |at| {
        let mut mutant = original.to_vec();
        mutant.remove(at);
        mutant
    });
    let put_in = (0..=original.len()).flat_map(move |at| {
        b" \n0a\"{}".iter().map(move |byte| {
            let mut mutant = original.to_vec();
            mutant.insert(at, *byte);
            mutant
        })
    });
    replaced.chain(left_out).chain(put_in)
}

/// Every mutant of header and body that is accepted.
fn accepted<S: Scheme<Event: Debug>>(
    verifier: &Verifier<S>,
    header: (&str, &str),
    body: &str,
) -> Vec<Vec<u8>> {
    let (name, value) = header;
    verifier.verify(&[header], body.as_bytes()).unwrap();
    for mutant in mutants(value.as_bytes()) {
        let outcome = verifier.verify(&[(name, &mutant)], body.as_bytes());
        let text = String::from_utf8_lossy(&mutant);
        assert!(outcome.is_err(), "the header {text} is accepted");
    }
    mutants(body.as_bytes())
        .filter(|mutant| verifier.verify(&[header], mutant).is_ok())
        .collect()
}

#[test]
fn no_byte_of_a_call_of_tazapay_can_be_another() {
    let (body, tag) = taza(0);
    let accepted = accepted(&crate::tazapay(), ("signature", tag), body);
    assert_eq!(accepted, Vec::<Vec<u8>>::new());
}

/// White space between values is not signed, and says nothing; that is the whole of what can be changed.
#[test]
fn no_byte_of_a_call_of_kotani_pay_can_be_another_but_white_space_between_values() {
    let (body, digits) = kotani_with_signature();
    let [(name, value)] = kotani_headers(&digits);
    let accepted = accepted(&crate::kotanipay(), (name, &value), &body);
    assert!(!accepted.is_empty());
    for mutant in accepted {
        let mutant = String::from_utf8(mutant).unwrap();
        assert_eq!(mutant.len(), body.len() + 1, "{mutant}");
        assert_eq!(without_space_between_values(&mutant), body, "{mutant}");
    }
}

#[test]
fn white_space_between_values_can_be_other_white_space_and_nothing_else() {
    let (spaced, digits) = kotani(6);
    let [(name, value)] = kotani_headers(digits);
    let compact = without_space_between_values(spaced);
    let accepted = accepted(&crate::kotanipay(), (name, &value), spaced);
    assert!(accepted.len() > 50, "{}", accepted.len());
    for mutant in accepted {
        let mutant = String::from_utf8(mutant).unwrap();
        assert_eq!(without_space_between_values(&mutant), compact, "{mutant}");
    }
}

/// JSON's white space (RFC 8259, section 2) outside of texts.
fn without_space_between_values(json: &str) -> String {
    let (mut in_text, mut escaped) = (false, false);
    json.chars()
        .filter(|&letter| {
            let keep = in_text || !" \t\n\r".contains(letter);
            match letter {
                '"' if !escaped => in_text = !in_text,
                _ => {}
            }
            escaped = in_text && letter == '\\' && !escaped;
            keep
        })
        .collect()
}

#[test]
fn parts_of_a_signed_call_do_not_pass_for_another() {
    // The texts around Tazapay's body are signed without anything between them.
    let (body, tag) = taza(0);
    let id = "evt_auigfianfoangohuehg";
    for mutant in [
        body.replace(id, &id[..id.len() - 1]),
        format!("g{body}").replace(id, &id[..id.len() - 1]),
        body.replace("12.000000Z\"", "12.000000\""),
        format!("{body}2"),
    ] {
        assert_ne!(mutant, body);
        let outcome = crate::tazapay().verify(&tazapay_headers(tag), mutant.as_bytes());
        assert!(outcome.is_err(), "{mutant}");
    }
}
