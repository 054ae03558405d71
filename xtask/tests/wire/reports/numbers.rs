//! Numbers of the documents.

use super::{run, sent};

#[test]
fn numbers_keep_their_digits_and_limits_their_meaning() {
    let said = run("numbers", include_str!("numbers.program.txt"));

    // JSON Schema, Validation, 6.2.1: an instance is valid if division by the value of multipleOf is an integer; it is
    // the decimal number that is divided.
    let cheques = ["0.14", "0.07", "0.28", "0.29", "1.15", "4.35", "999999.99"];
    let cheques = cheques.map(|amount| {
        let body = format!(r#"{{"amount":{amount},"to":"mo"}}"#);
        [sent("POST /cheques", &body), "same".to_owned()]
    });
    assert_eq!(said["02"], cheques.concat());

    // OpenAPI 3.0, Data Types: format is a hint. RFC 8259, 6: a number is its decimal digits.
    assert_eq!(
        said["03"],
        [
            "GET /refunds/rf_2",
            "16777217.25 0.1 123456789012.34",
            "same",
            &sent("POST /refunds", r#"{"amount":16777217.25,"id":"rf_2"}"#),
        ]
    );

    // 6.1.1: where type is an array, an instance is valid if it is of any of these types.
    assert_eq!(
        said["04"],
        [
            r#"Some("9007199254740993")"#,
            "same",
            r#"Some("12.50")"#,
            "same",
            r#"Some("12.50")"#,
            "same",
            "None",
            "same",
            r#"Some("5")"#,
            "same",
            "true",
            &sent("POST /ledger", r#"{"amount":12.50,"id":"l"}"#),
            &sent("POST /ledger", r#"{"amount":"12.50","id":"l"}"#),
            &sent("POST /ledger", r#"{"amount":null,"id":"l"}"#),
        ]
    );

    // Core, 10.2.1.2: any of the members of anyOf may hold, here uint64 and uuid.
    assert_eq!(
        said["05"],
        [
            "GET /refunds/18446744073709551615",
            "same",
            "GET /refunds/0b6f7c1e-3c0e-4c0b-9d55-2a4a8f1f9a10",
            "same",
        ]
    );

    // 6.1.1: integer is any number without a fraction, of any size.
    assert_eq!(said["06"], ["GET /accounts/5000000000/totals", "same"]);

    // 6.2.2 and RFC 8259, 6: 1e3 and 1000 are one number.
    assert_eq!(
        said["07"],
        [
            &sent(
                "POST /refunds",
                r#"{"amount":1000,"size":18446744073709551615}"#
            ),
            "same"
        ]
    );

    // 6.1.2: the elements of enum may be of any type.
    let mixed = [r#""auto""#, "1", "1.5", "true", "null"];
    let mixed = mixed.map(|mixed| {
        sent(
            "POST /refunds",
            &format!(r#"{{"code":20,"mixed":{mixed}}}"#),
        )
    });
    let mut codes = vec![
        "GET /refunds?code=0".to_owned(),
        "same".to_owned(),
        "GET /refunds?code=-1".to_owned(),
        "same".to_owned(),
        "GET /refunds?code=10&grade=0".to_owned(),
        sent("POST /refunds", r#"{"code":20}"#),
    ];
    codes.extend(mixed);
    assert_eq!(said["50"], codes);

    // 6.2.5: exclusiveMinimum is a number, and an instance is strictly greater.
    assert_eq!(
        said["53"],
        [
            &sent("POST /refunds", r#"{"amount":0.01}"#),
            "same",
            &sent("POST /refunds", r#"{"amount":0.000000001}"#),
            "same",
            &sent("POST /refunds", r#"{"amount":0.01,"low":6}"#),
        ]
    );

    // 6.1.1: 100.0 and 1e2 are integers, also in a map beside named members.
    assert_eq!(said["64"], [r#"{"total":100,"late":7,"open":100}"#]);
}
