//! Objects of the documents.

use super::{run, sent};

#[test]
fn objects_hold_what_all_keywords_say_of_them() {
    let said = run("objects", include_str!("objects.program.txt"));

    // JSON Schema, Core, 10.3.2.3: additionalProperties are those that are not among properties.
    assert_eq!(
        said["01"],
        [
            &sent(
                "PUT /refunds/rf_1/labels",
                r#"{"created":"2024-03-01T10:00:00Z","refund_id":"rf_1","clerk":"mo","desk":"till 4"}"#
            ),
            r#"rf_1 {"clerk": "mo", "desk": "till 4"}"#,
            "same",
        ]
    );

    // 10.2.1.1: allOf is one assertion beside the others of its schema.
    assert_eq!(
        said["35"],
        [
            "GET /refunds/rf_1",
            r#"rf_1 5.00 0.10 Some("mo") {"note": "x"}"#,
            "same",
            &sent(
                "POST /refunds",
                r#"{"amount":"5.00","fee":"0.10","id":"rf_1","level1":"1","level2":"2"}"#
            ),
            "refused, nothing came",
        ]
    );

    // 8.2.3.1: what stands beside a reference holds as well.
    assert_eq!(
        said["36"],
        [
            "GET /refunds?order=asc",
            r#"9.00 EUR Some("half-up")"#,
            "same",
            "GET /refunds",
            &sent("POST /refunds", r#"{"amount":"9.00","currency":"EUR"}"#),
            "refused, nothing came",
        ]
    );

    // allOf is valid against all: an enumeration is what its branches have in common.
    let policy = |limit: u32| {
        let body = format!(r#"{{"kind":"CAR","limit":{limit},"no":"1"}}"#);
        sent("POST /policies", &body)
    };
    assert_eq!(
        said["37"],
        [
            "GET /policies",
            "true",
            "same",
            "GET /policies",
            "false",
            "same",
            &policy(5),
            &policy(100),
        ]
    );

    // Validation, 6.1.3 and 6.5.3: const says which value; required alone says that there is one.
    assert_eq!(
        said["38"],
        [
            sent("POST /captures", r#"{"amount":"1.00","kind":"capture"}"#),
            sent(
                "POST /captures",
                r#"{"amount":"1.00","final":true,"kind":"capture","nothing":null,"version":2}"#
            ),
        ]
    );

    // Core, 10.3.2.2: members whose names match a pattern; others are open.
    assert_eq!(
        said["39"],
        [
            "GET /balances",
            r#"2024-03-01 Some("7.00")"#,
            "same",
            &sent(
                "PUT /balances",
                r#"{"updated":"2024-03-01","EUR":{"amount":"5.00"}}"#
            ),
            &sent("PUT /codes", r#"{"EUR":"a"}"#),
        ]
    );

    // 10.3.1.1 and 10.3.1.2: prefixItems say nothing of the length, and items are those after them.
    assert_eq!(
        said["40"],
        [
            "GET /rates",
            r#"Some(["EUR", 1.10, "a", "b"]) Some([Text("EUR"), Integer(3)])"#,
            "same",
            &sent("PUT /rates", r#"{"open":["EUR",1.10,"a"]}"#),
        ]
    );

    // 8.2.2 and 8.2.4: anchors and definitions are targets of references.
    assert_eq!(
        said["41"],
        ["GET /refunds/rf_1", "5.00 EUR 0.10 w1 USD", "same"]
    );

    // RFC 6901: a pointer may name any place.
    assert_eq!(
        said["42"],
        [
            "GET /refunds/7",
            r#"7 7 a Some("b")"#,
            "same",
            &sent("PUT /refunds/7", r#"{"sku":"a"}"#),
        ]
    );

    // Validation, 6.5.3: what is required need not be among properties.
    assert_eq!(
        said["43"],
        [
            &sent("POST /refunds", r#"{"amount":5.10,"id":"rf_1"}"#),
            "same",
            "refused, nothing came",
            &sent("POST /stores", r#"{"store_ids":["a"]}"#),
            &sent("POST /stores", r#"{"stores":["b"]}"#),
        ]
    );

    // Core, 10.2.2: the schemas of a condition apply to the same object.
    assert_eq!(
        said["51"],
        [
            &sent(
                "POST /payouts",
                r#"{"fee":0.10,"iban":"DE02","kind":"bank","memo":"m"}"#
            ),
            r#"Some("DE02") 0.10 Some("m")"#,
            "same",
            &sent("POST /payouts", r#"{"kind":"card","token":"t"}"#),
        ]
    );

    // 11.3: unevaluatedProperties are those that no schema has looked at, also not one within.
    assert_eq!(
        said["52"],
        [
            "GET /refunds/rf_1",
            r#"rf_1 Some("5.00") Some("\"short\"") Some("\"blue\"")"#,
            "same",
            &sent(
                "PUT /refunds/rf_1",
                r#"{"amount":"5.00","fee":"0.10","id":"rf_1"}"#
            ),
        ]
    );

    // OpenAPI 3.0, Schema Object: what is readOnly is required of answers only, what is writeOnly of requests only.
    assert_eq!(
        said["54"],
        [
            &sent(
                "POST /refunds",
                r#"{"amount":"5.00","inner":{"k":"x"},"pin":"1"}"#
            ),
            "same",
            "refused, nothing came",
            &sent("PUT /refunds/rf_1", r#"{"amount":"5.00","pin":"1"}"#),
        ]
    );

    // Core, 10.3.2.4: propertyNames say which names; each stays as it is.
    assert_eq!(
        said["58"],
        [
            "GET /limits",
            "same",
            &sent(
                "PUT /limits",
                r#"{"byMethod":{"CARD-PRESENT":{"max":"5.00"}}}"#
            ),
        ]
    );

    // Core, 10.2.2: what a branch refers to applies to the same object, and each branch to others than the other one.
    assert_eq!(
        said["71"],
        [
            &sent("POST /transfers", r#"{"iban":"DE02","kind":"bank"}"#),
            r#"Some("DE02")"#,
            "same",
            "same",
        ]
    );
}
