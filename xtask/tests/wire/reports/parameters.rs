//! Parameters of the documents.

use super::run;

#[test]
fn what_is_put_into_a_url_stays_where_it_was_put() {
    let said = run("parameters", include_str!("parameters.program.txt"));

    // RFC 6570, 3.2.2: only unreserved characters are left alone in a path; RFC 3986, 6.2.2.2: a dot cannot be escaped.
    assert_eq!(
        said["12"],
        [
            "GET /orders/2024%2F0001%3Fx/refunds/a%20b%252F%23%C3%BC",
            "refused, nothing came",
            "refused, nothing came",
            "refused, nothing came",
        ]
    );

    // OpenAPI, Path Templating: an expression may be a part of a segment. RFC 3986, 3.3: a colon may be in one.
    assert_eq!(
        said["13"],
        [
            "POST /refunds/main%2Fi:cancel",
            "GET /refunds:batchGet?ids=a&ids=b",
            "GET /reports/2024-03-01.2.json",
        ]
    );

    // RFC 6570, 3.2.8: all but unreserved characters are escaped; a plus would be a space to readers of forms.
    assert_eq!(
        said["14"],
        [
            "GET /refunds?from=2024-03-01T10%3A00%3A00%2B02%3A00&note=a%2Bb%26c%3Dd%3F",
            "GET /refunds?from=2024-03-01T10%3A00%3A00%2B02%3A00&on=2024-03-01",
        ]
    );

    // Parameter Object, content: the value is the text of that media type, escaped.
    assert_eq!(
        said["16"],
        [
            "GET /refunds?cursor=%22x%22&filter=%7B%22currency%22%3A%22EUR%22%2C%22min%22%3A12.5%2C%22states%22%3A%5B%22a%22%2C%22b%22%5D%7D&page=3"
        ]
    );

    // Parameter Object: a parameter is told from others by its name and its place.
    assert_eq!(
        said["17"],
        [
            "GET /merchants/7/refunds?id=rf_1\nid: h-9",
            "GET /merchants/7/refunds",
        ]
    );

    // Path Item Object: its parameters are overridden by the operation's, and cannot be removed there.
    let opened = |query: &str| {
        format!(
            "POST /accounts/a%2Fb/refunds{query}\ncontent-type: application/json\ntenant: t1\n{}",
            r#"{"amount":"1"}"#
        )
    };
    assert_eq!(
        said["18"],
        [
            "GET /accounts/42/refunds?Tenant=q&limit=400\ntenant: t1",
            &opened("?limit=5"),
            &opened(""),
        ]
    );

    // Style Examples: of style simple, an object is R,100 and, exploded, R=100.
    assert_eq!(
        said["19"],
        [
            "DELETE /cards\nx-dry-run: true\nx-range: from,1,to,5\nx-scope: from=1,to=5\nx-tokens: card_1,card_2",
            "refused, nothing came",
        ]
    );

    // RFC 6265, 4.2.1: one header, with a semicolon between its cookies; a value with one would be two.
    assert_eq!(
        said["20"],
        [
            "GET /basket\ncookie: debug=0; session_token=abc",
            "GET /basket\ncookie: ids=a,b; session_token=abc",
            "GET /basket\ncookie: session_token=a%3B%20b%3Dc",
            "not shown",
        ]
    );

    // Paths Object: a path is appended to the URL of the server, and is not resolved against it.
    assert_eq!(
        said["47"],
        [
            r#"Some("https://eu.payments.example/v2")"#,
            "GET /api/v2/refunds",
            "GET /api/v2/refunds/",
            "GET /api/v2/refunds",
            "GET /api/v2/refunds/",
        ]
    );

    // Style Values, deepObject: name[prop]=value, whose names are escaped as well.
    assert_eq!(
        said["59"],
        [
            "GET /refunds?options%5Bat%5D=2024-03-01T10%3A00%3A00%2B02%3A00&options%5Bmin%5D=12.50&options%5Bstate%5D=a%20b&options%5Bx%26y%5D=1"
        ]
    );

    // RFC 6570, 3.2.2: what is reserved is escaped, so that no value is taken for a part of another template.
    assert_eq!(
        said["62"],
        [
            "DELETE /refunds/rf_1%3Acancel",
            "DELETE /refunds/a%40b%2Bc:cancel",
        ]
    );

    // JSON Schema, Core, 10.3.2.3: others are open; Style Examples: exploded, each member is a parameter.
    assert_eq!(said["63"], ["GET /refunds?state=open&tag=a%20b"]);

    // OpenAPI 3.2.0, Parameter Object, allowReserved, and Path Templating: what is reserved stays, but for `/`, `?` and `#`.
    assert_eq!(
        said["69"],
        ["GET /resources/urn:x,a@b;c=1%2Fd%3F%2F%20/refunds"]
    );
}
