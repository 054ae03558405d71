//! Texts of the documents.

use super::{run, sent};

#[test]
fn texts_and_times_are_those_that_were_written() {
    let said = run("texts", include_str!("texts.program.txt"));

    // RFC 3339, 5.6 and 5.7: any offset, any digits of a fraction, T and Z in either case, and a leap second.
    assert_eq!(
        said["15"],
        [
            "GET /settlements/st_1",
            "same",
            "Some(2024-04-01T00:00:00.100Z) Some(2016-12-31T23:59:60Z)",
        ]
    );

    // JSON Schema, Validation, 6.3.1: the length of a text is the number of its characters.
    assert_eq!(
        said["49"],
        [
            &sent("POST /payers", r#"{"code":"ÄÖÜ","name":"😀😀"}"#),
            "same",
            "same",
        ]
    );

    // OpenAPI, Format: the tags of YAML are those of its JSON schema, among which is no date.
    assert_eq!(said["56"], ["GET /days/1999-12-31", "same", "documented"]);

    // What a merge key brings is there, and the own keys beside it count.
    assert_eq!(
        said["57"],
        [
            &sent(
                "POST /refunds",
                r#"{"amount":"5.00","id":"rf_1","note":"n"}"#
            ),
            "same",
            &(sent("POST /refunds", r#"{"id":"rf_1"}"#) + r#" Some("who")"#),
        ]
    );

    // OpenAPI Object, webhooks, and Callback Object: the client receives them, and does not call them.
    assert_eq!(
        said["60"],
        [
            &sent(
                "POST /subscriptions",
                r#"{"callbackUrl":"https://shop.example/paid"}"#
            ),
            "same",
            "12.50 new",
            "same",
            "subscribe",
        ]
    );

    // OpenAPI, Format; YAML 1.2, 10.3.2: a plain scalar is what it is tagged as, and the schema says that it is a text.
    let version = "GET /versions";
    assert_eq!(said["68"], [version, "same", version, "same"]);
}
