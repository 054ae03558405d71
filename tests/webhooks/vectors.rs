//! Signatures that other languages' standard libraries made.

use crate::{kotani_headers, tazapay_headers};

/// Body and signature of Kotani Pay with the secret `whsec_test`. The signed text is the body where nothing else
/// is given.
///
/// Where JavaScript writes the numbers as they came, by Node.js:
///
/// ```sh
/// node -e 'const {signature, ...rest} = JSON.parse(process.argv[1]);
///   console.log(require("crypto").createHmac("sha256", "whsec_test").update(JSON.stringify(rest)).digest("hex"))' BODY
/// ```
///
/// All of them, with the signed text, by Python:
///
/// ```sh
/// python3 -c 'import hmac, hashlib, sys
/// print(hmac.new(b"whsec_test", sys.argv[1].encode(), hashlib.sha256).hexdigest())' SIGNED
/// ```
const KOTANI: [(&str, &str, &str); 9] = [
    (
        "the vector that the provider's recipe gives",
        r#"{"event":"refund.completed","data":{"referenceId":"TXN-001","refundAmount":38}}"#,
        "9e3c1afa3b758068be1bb53ec163598459d9b689e47c1510047e8553152c678b",
    ),
    (
        "numbers as they came",
        r#"{"event":"refund.completed","data":{"referenceId":"TXN-001","refundAmount":38.50,"a":1e3,"b":1.0,"c":-0,"d":123456789012345678901234567890,"e":1E+2}}"#,
        "573a2cf1655ae12cc692a0bba2458baac089f8f3ef9870f763d1af4fc744e051",
    ),
    (
        "members in the order in which they came",
        r#"{"data":{"z":1,"10":2,"referenceId":"TXN-001","2":3},"event":"refund.completed"}"#,
        "42f683ff40d8906b5a42e23f975eef8546a4c7f8d2e000d7f7de129270242a3f",
    ),
    (
        "texts beyond ASCII",
        r#"{"event":"refund.failed","data":{"referenceId":"TXN-é-漢-😀","error":"Größe"}}"#,
        "5ed162b42866722eecef4d6efe1a867a8f66eaf42e19c4e4e71653a6856fcffd",
    ),
    (
        "escapes, signed as JavaScript writes them",
        r#"{"event":"refund.failed","data":{"referenceId":"TXN-\u00e9-\u6f22-\ud83d\ude00","error":"\/ \u0022 \u005c \u000A \u0001 \u007f \u2028"}}"#,
        "924c8ef1f7dab2707ec6be29d918d6ced4b9c74f709534d3f1b7a30cfa68a1d5",
    ),
    (
        "half of a character, signed as \\udead",
        r#"{"event":"refund.failed","data":{"referenceId":"TXN-001","error":"\uDEAD"}}"#,
        "77c6241aebfd342857f201987aaa714cc3fc988a4e1d67f3683f56c0065c376c",
    ),
    (
        "white space, signed as {\"event\":\"refund.completed\",\"data\":{\"referenceId\":\"TXN-001\",\"refundAmount\":38.50}}",
        "{\n  \"event\": \"refund.completed\",\n  \"data\": { \"referenceId\": \"TXN-001\" , \"refundAmount\": 38.50 }\n}\n",
        "9137f9694acd8897b7f74d708bfc75ae5690a23abb9921755a61d9f4ccda3ca9",
    ),
    (
        "a signature in the body, signed without it",
        r#"{"signature":"sha256=…","event":"refund.completed","data":{"referenceId":"TXN-001","signature":"kept"}}"#,
        "f946c00a841f9dc3f6869d67a7ebe1b67edfb8cabf8c0cae110d1d3866d62602",
    ),
    (
        "nothing",
        "{}",
        "46bdc2a2e83964bd2695acc6a1f97162d8bafc135a071aa5cd5c99aae5481440",
    ),
];

/// Body, id and signature of Tazapay with the secret `whsec_taza`, by Python:
///
/// ```sh
/// python3 -c 'import hmac, hashlib, base64, sys
/// print(base64.b64encode(hmac.new(b"whsec_taza", "".join(sys.argv[1:]).encode(), hashlib.sha256).digest()).decode())' \
///   ID BODY CREATED_AT
/// ```
const TAZAPAY: [(&str, &str, &str); 3] = [
    (
        r#"{"type":"refund.succeeded","created_at":"2023-07-24T00:05:12.000000Z","data":{"id":"rfd_ahfafooi7ibakbfahoan","object":"refund","amount":90000,"currency":"USD","status":"succeeded"},"id":"evt_auigfianfoangohuehg","object":"event"}"#,
        "evt_auigfianfoangohuehg",
        "o+WXqtxyILDek1ne7WCIfuJ3O1Zrc4JQAyXoVex+6aE=",
    ),
    // A number as it is written, and white space, which is signed.
    (
        "{ \"id\" : \"evt_1\", \"created_at\" : 1690157112, \"type\":\"refund.failed\",\"data\":{} }\n",
        "evt_1",
        "MO1oaaqe8o7dYQ4xrNr5lQx4Qte5CBCkPVJAaXfDCp4=",
    ),
    // The id without its escapes, the body with them.
    (
        r#"{"id":"evt_\u00e9\/1","created_at":"2023-07-24T00:05:12Z","type":"refund.é","data":{"id":"rfd_1"}}"#,
        "evt_é/1",
        "rc8Wn8ZcZrfaNuAOjgoDe7uLJdDBvltuYIv7LaMvZls=",
    ),
];

#[test]
fn what_other_languages_signed_for_kotani_pay_verifies() {
    for (what, body, digits) in KOTANI {
        let event = crate::kotanipay()
            .verify(&kotani_headers(digits), body.as_bytes())
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        assert!(event.has_proof(), "{what}");
        assert_eq!(event.body(), body);
    }
}

#[test]
fn what_other_languages_signed_for_tazapay_verifies() {
    for (body, id, tag) in TAZAPAY {
        let event = crate::tazapay()
            .verify(&tazapay_headers(tag), body.as_bytes())
            .unwrap_or_else(|error| panic!("{id}: {error}"));
        assert!(event.has_proof(), "{id}");
        assert_eq!((event.key(), event.body()), (id, body));
    }
}

#[test]
fn what_verifies_is_the_documented_event() {
    use kotanipay::webhooks::Event;

    let (_, body, digits) = KOTANI[1];
    let event = crate::kotanipay().verify(&kotani_headers(digits), body.as_bytes());
    let event = event.unwrap();
    let Event::RefundCompleted(completed) = event.event() else {
        panic!("{}", event.event().name());
    };
    assert_eq!(completed.data.reference_id, "TXN-001");
    let amount = completed.data.refund_amount.as_ref().unwrap();
    assert_eq!(serde_json::to_string(amount).unwrap(), "38.50");

    let (body, _, tag) = TAZAPAY[0];
    let event = crate::tazapay().verify(&tazapay_headers(tag), body.as_bytes());
    let event = event.unwrap();
    let refund = &event.event().refund().unwrap().data;
    assert_eq!(refund.id.as_deref(), Some("rfd_ahfafooi7ibakbfahoan"));
    let occurred_at = event.occurred_at().unwrap();
    assert_eq!(occurred_at.as_str(), "2023-07-24T00:05:12.000000Z");
}

/// The key does not change with what does not count, and does with what does.
#[test]
fn deliveries_of_one_event_have_one_key() {
    let spaced = KOTANI[6];
    let compact =
        r#"{"event":"refund.completed","data":{"referenceId":"TXN-001","refundAmount":38.50}}"#;
    let key = |body: &str| {
        let event = crate::kotanipay().verify(&kotani_headers(spaced.2), body.as_bytes());
        event.unwrap().key().to_owned()
    };
    assert_eq!(key(spaced.1), key(compact));
    let (_, other, digits) = KOTANI[0];
    let other = crate::kotanipay().verify(&kotani_headers(digits), other.as_bytes());
    assert_ne!(other.unwrap().key(), key(compact));
}

/// JavaScript would write 38.5 for 38.50. The text that came is what is signed; the other reading is not
/// accepted beside it.
#[test]
fn a_signature_over_numbers_that_javascript_wrote_anew_does_not_fit() {
    let body =
        r#"{"event":"refund.completed","data":{"referenceId":"TXN-001","refundAmount":38.50}}"#;
    // Over the same body with 38.5, by the Python command above.
    let of_38_5 = "518ff19b7b2a2dd93c67ec646d783ed3787bf95759fbcd66c5c846f85d8c71dc";
    let headers = kotani_headers(of_38_5);
    assert!(
        crate::kotanipay()
            .verify(&headers, body.as_bytes())
            .is_err()
    );
    let as_written = body.replace("38.50", "38.5");
    assert!(
        crate::kotanipay()
            .verify(&headers, as_written.as_bytes())
            .is_ok()
    );
}

pub(crate) fn kotani(index: usize) -> (&'static str, &'static str) {
    (KOTANI[index].1, KOTANI[index].2)
}

pub(crate) fn taza(index: usize) -> (&'static str, &'static str) {
    (TAZAPAY[index].0, TAZAPAY[index].2)
}
