//! Unions of the documents.

use super::{run, sent};

#[test]
fn alternatives_nulls_and_statuses_are_told_apart() {
    let said = run("unions", include_str!("unions.program.txt"));

    // OpenAPI, Discriminator Object: propertyName is the member of the payload that holds the value. RFC 8259, 4: names
    // within an object should be unique.
    assert_eq!(
        said["08"],
        [
            &sent(
                "POST /payouts",
                r#"{"method":{"iban":"DE02120300000000202051","kind":"bank"}}"#
            ),
            "true",
            "same",
            &sent("POST /payouts", r#"{"method":{"kind":"card","token":"t"}}"#),
        ]
    );

    // All schemas that comprise the parent in an allOf may be used instead of it.
    assert_eq!(
        said["09"],
        [
            "GET /refunds/rf_1/destinations",
            r#"FR7630006000011234567890189 wl_1 Some("\"SPRING\"")"#,
            "same",
            &sent(
                "POST /refunds/rf_1/destinations",
                r#"{"bic":"AG","iban":"FR76","kind":"iban","label":"main"}"#
            ),
        ]
    );

    // mapping is from values to schemas: two values may lead to one.
    assert_eq!(
        said["10"],
        [
            &sent(
                "POST /instruments",
                r#"{"instrumentType":"DEBIT_CARD","token":"tok_1"}"#
            ),
            "true",
            "same",
            &sent(
                "POST /instruments",
                r#"{"instrumentType":"CREDIT_CARD","token":"tok_1"}"#
            ),
            "true",
            "same",
        ]
    );

    // Schema Object, nullable: a true value adds null to the allowed type.
    assert_eq!(
        said["21"],
        [
            "GET /refunds/rf_1",
            "same",
            "GET /refunds/rf_1",
            "same",
            "true",
            &sent("PATCH /refunds/rf_1", r#"{"reason":null}"#),
            &sent("PATCH /refunds/rf_1", r#"{"reason":"fraud"}"#),
        ]
    );

    // JSON Schema, Core, 10.3.1.2 and 10.3.2.3: null is an item, and a value of a member, like another.
    assert_eq!(
        said["22"],
        [
            "GET /statements/s1",
            r#"[Some("a"), None, Some("c")]"#,
            "same",
            &sent(
                "POST /statements",
                r#"{"lines":["a",null,"c"],"totals":{"usd":null}}"#
            ),
        ]
    );
    assert_eq!(
        said["23"],
        ["GET /orders/o1", "same", "GET /orders/o1", "same", "true"]
    );

    // Core, 9.4.1: references may go round, as long as each step is further inside the instance.
    assert_eq!(
        said["33"],
        [
            "GET /tree",
            r#"Some("food")"#,
            "same",
            &sent("PUT /tree", r#"{"name":"all","food":{"name":"food"}}"#),
        ]
    );

    // Responses Object: an explicit code takes precedence over its range, and default is for those not declared.
    let posted = sent("POST /refunds", r#"{"amount":"1.00"}"#);
    assert_eq!(
        said["34"],
        [
            &posted,
            "200 OK id rf_1",
            &posted,
            "201 Created id rf_1",
            &posted,
            "202 Accepted job j1",
            "409 existing rf_0",
            "4XX code bad",
            "5XX trace t",
            // Of no type, since no redirection is followed.
            r#"302 Found documented: true, b"{\"trace\":\"t\"}""#,
        ]
    );

    // RFC 7396: null takes a member away. Validation, 6.1.1: null is a type.
    assert_eq!(
        said["65"],
        [
            sent("PATCH /nodes", r#"{"children":null,"parent":null}"#),
            sent(
                "PATCH /nodes",
                r#"{"fees":{"eur":null,"usd":1.10},"labels":["a",null],"parent":{"name":"top"}}"#
            ),
        ]
    );

    // OpenAPI 3.0.4, Schema Object: an allOf of one schema that is nullable is valid for null.
    assert_eq!(
        said["66"],
        [
            sent("PATCH /orders", r#"{"payer":null}"#),
            sent("PATCH /orders", "{}"),
        ]
    );

    // RFC 8259, 3 and 4: a member that is null is there.
    assert_eq!(said["67"], ["true true", "same", "true false", "same"]);

    // RFC 8259, 3: null is a value, also of what may be anything. A word that an answer brings need not be known.
    assert_eq!(
        said["70"],
        [
            sent("PATCH /deliveries", r#"{"note":null,"way":"PICKUP"}"#),
            "same".to_owned(),
        ]
    );
}
