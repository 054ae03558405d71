//! Names of the documents.

use super::{run, sent};

#[test]
fn names_and_values_that_look_alike_stay_apart() {
    let said = run("names", include_str!("names.program.txt"));

    // JSON Schema, Validation, 6.1.2, and Core, 4.2.2: texts are equal character by character.
    let states = [
        "Active",
        "active",
        "ACTIVE",
        "in-review",
        "in_review",
        "inReview",
        "in%20review",
    ];
    let states = states.map(|state| {
        let line = format!("GET /refunds?state={state}");
        [line, "same".to_owned(), "6 of 6".to_owned()]
    });
    assert_eq!(said["26"], states.concat());

    // RFC 8259, 8.3: names are compared code unit by code unit.
    assert_eq!(
        said["27"],
        [
            "GET /pages",
            "same",
            "0 unnamed",
            &sent("POST /page", r#"{"amountDue":"2.00"}"#),
        ]
    );

    // 6.1.2: the values are the contract.
    assert_eq!(
        said["28"],
        [
            &sent(
                "POST /search",
                r#"{"op":"!=","size":"1.5","tz":"Etc/GMT-1"}"#
            ),
            "same",
            "documented",
        ]
    );

    // RFC 8259, 7: a text without a character is a text.
    assert_eq!(
        said["29"],
        [
            &sent("POST /payers?title=", r#"{"kind":" ","title":""}"#),
            "same",
            "documented",
            &sent("POST /payers", r#"{"title":"Mr"}"#),
            "same",
        ]
    );

    // RFC 3986, 2.5: other characters are percent-encoded UTF-8 in a URL.
    assert_eq!(
        said["30"],
        [
            "GET /%E8%BF%94%E9%87%91/%C3%A4%2F1?%E4%B8%A6%E3%81%B3=%E9%99%8D%E9%A0%86",
            "same",
            r#"Some("groß") Some("x") Some("ok") 0 unnamed"#,
        ]
    );

    // Core, 10.3.2.1: the names of properties are any texts.
    assert_eq!(
        said["31"],
        ["GET /objects/1", "same", "1 /o/1 None None None None"]
    );

    // OpenAPI, Components Object: each key is a schema of its own; one within another has no name.
    assert_eq!(
        said["32"],
        ["GET /orders/o1", "same", r#"1.00 rf_1 Some("done") open"#]
    );
}
