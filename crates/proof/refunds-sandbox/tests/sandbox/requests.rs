//! Requests against the documents.

use refunds_sandbox::{Order, Provider, Sandbox, SandboxError};
use reqwest::Method;
use serde_json::json;

use crate::support::{Caller, decimal, http, sandbox, send};

fn with_order() -> Sandbox {
    let sandbox = sandbox();
    let order = Order::new("a/b c", decimal("24.98"), "AUD");
    sandbox.add_order(order).unwrap();
    sandbox
}

fn body() -> serde_json::Value {
    json!({
        "refundReference": "r",
        "refundAmount": {"amount": 1, "currency": "AUD"},
        "refundDescription": "d",
    })
}

/// The place of the one violation.
fn violated(sandbox: &Sandbox) -> String {
    let violations = sandbox.violations();
    assert_eq!(violations.len(), 1, "{violations:?}");
    violations[0].place.clone()
}

#[test]
fn references_in_paths_are_decoded() {
    let sandbox = with_order();
    let optty = Caller::new(&sandbox, Provider::Optty);
    assert_eq!(optty.post("/orders/a%2Fb%20c/refund", &body()).status, 200);
    assert_eq!(sandbox.ledger().entries()[0].subject, "a/b c");
}

#[test]
fn a_path_or_method_that_is_not_documented_is_refused_and_recorded() {
    for (method, path, status) in [
        (Method::POST, "/orders/x/cancel", 404),
        (Method::POST, "/orders//refund", 404),
        (Method::GET, "/orders/x/refund", 405),
    ] {
        let sandbox = sandbox();
        let optty = Caller::new(&sandbox, Provider::Optty);
        let reply = send(optty.request(method, path)).unwrap();
        assert_eq!(
            (reply.status, reply.at("/statusCode")),
            (status, json!(status))
        );
        assert_eq!(violated(&sandbox), "path");
        assert_eq!(sandbox.requests()[1].operation, None);
    }
}

#[test]
fn a_body_against_its_schema_gets_the_providers_own_error() {
    let sandbox = with_order();
    let optty = Caller::new(&sandbox, Provider::Optty);
    let mut wrong = body();
    wrong["refundAmount"]["amount"] = json!("1");
    let reply = optty.post("/orders/a%2Fb%20c/refund", &wrong);
    assert_eq!(
        (reply.status, reply.at("/error")),
        (400, json!("Bad Request"))
    );
    assert_eq!(violated(&sandbox), "body/refundAmount/amount");
    assert_eq!(sandbox.ledger().entries(), []);
}

#[test]
fn a_body_that_is_no_json_is_told_with_its_position() {
    let sandbox = with_order();
    let optty = Caller::new(&sandbox, Provider::Optty);
    let request = optty
        .request(Method::POST, "/orders/a%2Fb%20c/refund")
        .header("content-type", "application/json")
        .body("{\n \"a\": x}");
    let reply = optty.checked(request);
    assert_eq!(
        reply.at("/message"),
        "Unexpected token in JSON at position 8"
    );
    assert_eq!(violated(&sandbox), "body");
}

#[test]
fn another_content_type_than_the_documented_one_is_a_violation() {
    let sandbox = with_order();
    let optty = Caller::new(&sandbox, Provider::Optty);
    let request = optty
        .request(Method::POST, "/orders/a%2Fb%20c/refund")
        .header("content-type", "text/plain")
        .body(body().to_string());
    assert_eq!(optty.checked(request).status, 400);
    assert_eq!(violated(&sandbox), "header/Content-Type");
}

#[test]
fn a_body_where_none_is_documented_is_a_violation() {
    let sandbox = with_order();
    let optty = Caller::new(&sandbox, Provider::Optty);
    assert_eq!(
        optty.post("/orders/a%2Fb%20c/details", &json!({})).status,
        400
    );
    assert_eq!(violated(&sandbox), "body");
}

#[test]
fn a_query_that_is_not_documented_is_a_violation() {
    let sandbox = with_order();
    let optty = Caller::new(&sandbox, Provider::Optty);
    assert_eq!(
        optty.post_empty("/orders/a%2Fb%20c/details?page=1").status,
        400
    );
    assert_eq!(violated(&sandbox), "query/page");
}

#[test]
fn a_request_without_credentials_is_a_401_and_a_violation() {
    let sandbox = with_order();
    let url = format!(
        "{}/orders/a%2Fb%20c/refund",
        sandbox.base_url(Provider::Optty)
    );
    assert_eq!(send(http().post(url).json(&body())).unwrap().status, 401);
    assert_eq!(violated(&sandbox), "header/Authorization");
}

#[test]
fn a_token_request_with_another_grant_is_a_violation() {
    let sandbox = sandbox();
    let form = [
        ("client_id", "sandbox-optty-client"),
        ("client_secret", "sandbox-optty-secret"),
        ("grant_type", "password"),
        ("scope", "api-user"),
    ];
    let reply = send(http().post(sandbox.token_url()).form(&form)).unwrap();
    assert_eq!(reply.status, 400);
    assert_eq!(violated(&sandbox), "body/grant_type");
}

#[test]
fn seeds_that_no_provider_could_have_are_refused() {
    let sandbox = with_order();
    let order = |reference: &str, amount: &str| Order::new(reference, decimal(amount), "AUD");
    let cases = [
        (order("a/b c", "1"), "there is one already"),
        (order("b", "0"), "not positive"),
        (order("b", "1.005"), "more than two decimals"),
        (
            order("b", "12345678901234.56"),
            "more than 15 significant digits",
        ),
    ];
    for (order, problem) in cases {
        let error = sandbox.add_order(order).unwrap_err();
        assert!(matches!(error, SandboxError::Seed { kind: "order", .. }));
        assert!(error.to_string().contains(problem), "{error}");
    }
}
