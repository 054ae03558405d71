//! Bodies of the documents.

use super::{run, sent};

#[test]
fn bodies_are_of_the_media_types_that_are_said_of_them() {
    let said = run("bodies", include_str!("bodies.program.txt"));

    // OpenAPI, Special Considerations for multipart Content; RFC 7578, 4.3: several values are parts of one name.
    let parts = [
        "name=\"details\"\r\nContent-Type: application/json\r\n\r\n{\"reason\":\"damaged\",\"amount\":12.50}",
        "name=\"lines\"\r\nContent-Type: application/json\r\n\r\n{\"sku\":\"a\",\"qty\":1}",
        "name=\"lines\"\r\nContent-Type: application/json\r\n\r\n{\"sku\":\"b\",\"qty\":2}",
        "name=\"tags\"\r\n\r\nx",
        "name=\"tags\"\r\n\r\ny",
        "name=\"document\"; filename=\"d.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF",
        "name=\"summary\"\r\nContent-Type: text/markdown\r\n\r\n# S",
    ];
    let boundary = "part-of-the-body-0";
    let parts =
        parts.map(|part| format!("--{boundary}\r\nContent-Disposition: form-data; {part}\r\n"));
    let body = format!("{}--{boundary}--\r\n", parts.concat());
    let head = "POST /disputes/dp_1/evidence\ncontent-type: multipart/form-data; boundary=";
    assert_eq!(said["11"], [format!("{head}{boundary}\n{body}")]);

    // Media Type Object: the key is the media type. RFC 8259, 3: quotation marks are no part of a text's value.
    assert_eq!(
        said["24"],
        [
            "GET /refunds/rf_1/receipt",
            "007",
            "GET /refunds/rf_1/receipt",
            "\"x\"",
            "GET /refunds/rf_1/state",
            "done",
            "GET /refunds/rf_1/state",
            "aé\"",
            "GET /refunds/rf_1/csv",
            "id;amount\r\n1;5,00\n",
        ]
    );
    assert_eq!(
        said["25"],
        [
            "PUT /refunds/rf_1/note\ncontent-type: text/plain\nsay \"hi\"",
            &sent("PUT /refunds/rf_1/title", r#""say \"hi\"""#),
            &sent("PUT /refunds/rf_1/amount", "12.50"),
            &sent("PUT /refunds/rf_1/open", "false"),
        ]
    );

    // RFC 9110, 8.3: Content-Type is that of what is sent.
    assert_eq!(said["44"], [sent("POST /tokens", r#"{"grant":"a b&c"}"#)]);

    // Request Body Object, required: a body may be left out; that is no empty object.
    assert_eq!(
        said["45"],
        [
            "POST /refunds/rf_1/capture",
            &sent("POST /refunds/rf_1/capture", "{}"),
            &sent("POST /refunds/rf_1/capture", r#"{"amount":"1.00"}"#),
        ]
    );

    // Encoding Object: style form, exploded. What is null has no text.
    let form = |fields: &str| {
        format!("POST /charges\ncontent-type: application/x-www-form-urlencoded\n{fields}")
    };
    assert_eq!(
        said["46"],
        [
            form("amount=12.50&empty=&live=false&meta%5Ba%5D=x&meta%5Bb%5D=2&tags=a+b&tags=c%26d"),
            form("amount=1"),
        ]
    );

    // Data Types: binary is any sequence of octets; byte is base64 (RFC 4648, 4).
    let bytes = "[89, 50, 4e, 47, 0d, 0a, 1a, 0a, ff, 00]";
    assert_eq!(
        said["48"],
        [
            "GET /refunds/rf_1/raw",
            bytes,
            "GET /refunds/rf_1/pdf",
            bytes,
            &format!("PUT /refunds/rf_1/raw\ncontent-type: application/octet-stream\n{bytes}"),
            "GET /refunds/rf_1/proof",
            "same",
        ]
    );

    // OpenAPI 3.1.1, Encoding the x-www-form-urlencoded Media Type: without an encoding, an object is JSON.
    assert_eq!(
        said["61"],
        [
            "POST /payers\ncontent-type: application/x-www-form-urlencoded\n\
          address=%7B%22city%22%3A%22Oslo%22%2C%22zip%22%3A%2299999%2B1234%22%7D&id=p+1&\
          lines=%7B%22amount%22%3A1.10%7D&lines=%7B%22amount%22%3A2%7D"
        ]
    );
}
