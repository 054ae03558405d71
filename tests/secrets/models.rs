//! Requests, their builders and answers: what is not marked as safe to log is not shown.

use provider_runtime::{ByStatus, decode_with_status};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use workspace_tests::operations;

use crate::assert_debug_silent;

#[test]
fn customers_are_not_shown() {
    let phone = tazapay::types::Phone::builder()
        .calling_code("alice-code".to_owned())
        .number("alice-number".to_owned());
    assert_debug_silent("a phone's builder", &phone);
    let phone = tazapay::types::Phone::try_from(phone).unwrap();
    assert_debug_silent("a phone", &phone);
    let customer = tazapay::types::RefundCustomerDetails::builder()
        .email("alice@example.com")
        .phone(phone);
    assert_debug_silent("a customer's builder", &customer);
    let customer = tazapay::types::RefundCustomerDetails::try_from(customer).unwrap();
    assert_debug_silent("a customer", &customer);
    let metadata = tazapay::types::MetadataInput("{\"alice\":\"alice\"}".to_owned());
    assert_debug_silent("metadata", &metadata);
    let request = tazapay::types::CreateRefundRequest::builder()
        .payin("chk_1".to_owned())
        .reason("alice was unhappy".to_owned())
        .webhook_url("https://example.com/alice".to_owned())
        .metadata(metadata)
        .customer_details(customer);
    assert_debug_silent("a request's builder", &request);
    let request = tazapay::types::CreateRefundRequest::try_from(request).unwrap();
    assert_debug_silent("a request", &request);
    let client: tazapay::Client = operations::builder("https://example.com").build().unwrap();
    let call = client
        .create_refund()
        .idempotency_key("alice-key")
        .body(request);
    assert_debug_silent("a call", &call);
    let key: tazapay::types::CreateRefundIdempotencyKey = "alice-key".parse().unwrap();
    assert_debug_silent("a key", &key);
}

#[test]
fn invoices_and_descriptions_are_not_shown() {
    let invoice = kotanipay::types::RefundInvoiceRequest::builder().invoice("lnbc-alice");
    assert_debug_silent("an invoice's builder", &invoice);
    let invoice = kotanipay::types::RefundInvoiceRequest::try_from(invoice).unwrap();
    assert_debug_silent("an invoice", &invoice);
    let client: kotanipay::Client = operations::builder("https://example.com").build().unwrap();
    let call = client
        .submit_refund_invoice()
        .reference_id("alice-ref")
        .body(invoice);
    assert_debug_silent("a call with an invoice", &call);
    assert_debug_silent(
        "a call of a reference",
        &client.offramp().reference_id("alice-ref"),
    );
    let refund = optty::types::OrderRefundDto::builder()
        .refund_reference("r")
        .refund_description("alice was unhappy")
        .refund_amount(
            optty::types::OrderRefundAmount::builder()
                .amount(1)
                .currency("AUD"),
        );
    assert_debug_silent("a refund's builder", &refund);
    let refund = optty::types::OrderRefundDto::try_from(refund).unwrap();
    assert_debug_silent("a refund", &refund);
    let client: optty::Client = operations::builder("https://example.com").build().unwrap();
    assert_debug_silent(
        "a refund's call",
        &client.refund_order().order_reference("alice").body(refund),
    );
}

/// Decodes an answer and takes what it shows, whole and for every status.
fn assert_answer_silent<T: DeserializeOwned + std::fmt::Debug>(
    what: &str,
    status: u16,
    body: &Value,
) {
    let answer: T = decode_with_status(status, body.to_string().as_bytes()).unwrap();
    assert_debug_silent(what, &answer);
}

/// Each member that is not marked `x-log-safe` in the effective document.
#[test]
fn answers_show_no_personal_data() {
    let alice = "alice";
    assert_answer_silent::<kotanipay::types::OfframpAnswer>(
        "an offramp",
        200,
        &json!({"message": alice,
        "data": {"referenceId": "r", "status": "PENDING", "customerKey": alice, "fiatWalletId": alice,
            "senderAddress": alice, "transactionHash": alice, "escrowAddress": alice,
            "rate": {alice: alice}, "onchainError": {alice: alice}, "transactionError": {alice: alice}}}),
    );
    assert_answer_silent::<kotanipay::types::OfframpAnswer>(
        "an offramp's text",
        200,
        &json!({
        "data": {"referenceId": "r", "status": "PENDING", "transactionError": alice}}),
    );
    assert_answer_silent::<kotanipay::types::RefundStatusAnswer>(
        "a refund's status",
        200,
        &json!({
        "message": alice, "data": {"refundTransactionHash": alice, "error": alice}}),
    );
    assert_answer_silent::<mce::types::CryptoRefundAnswer>(
        "a crypto refund",
        200,
        &json!({"msg": alice, "data": {"txnHash": alice}}),
    );
    assert_answer_silent::<mce::types::Problem>(
        "a problem",
        422,
        &json!({"detail": alice, "instance": alice}),
    );
    assert_answer_silent::<optty::types::RefundResponse>(
        "a refund",
        200,
        &json!({"bnplProvider": "KLARNA",
        "bnplRefundId": "1", "callbackUrl": alice, "description": {alice: alice}, "refundDate": "d",
        "refundReference": "r", "refundStatus": "SUCCESSFUL", "refundedAmount": 1}),
    );
    assert_answer_silent::<optty::types::OrderDetails>(
        "an order",
        200,
        &json!({"failureReason": alice,
        "refunds": [{"refundReason": alice, "refundFailureReason": alice}]}),
    );
    assert_answer_silent::<optty::types::RefundOrderError>(
        "a refusal of Optty",
        400,
        &json!({"statusCode": 400, "message": alice}),
    );
    assert_answer_silent::<tazapay::types::RefundEnvelope>(
        "a refund of Tazapay",
        200,
        &json!({"message": alice,
        "data": {"reason": alice, "status_description": alice, "webhook_url": alice, "metadata": {alice: alice}}}),
    );
    assert_answer_silent::<tazapay::types::PaymentAttemptEnvelope>(
        "a payment attempt of Tazapay",
        200,
        &json!({"message": alice,
        "data": {"status_description": alice, "metadata": {alice: alice}, "customer": alice,
        "customer_details": {alice: alice}, "payment_method_details": {alice: alice}, "fx_transaction": alice}}),
    );
    assert_answer_silent::<tazapay::types::ErrorEnvelope>(
        "a refusal of Tazapay",
        400,
        &json!({"message": alice,
        "errors": [{"code": 1, "message": alice}]}),
    );
}

#[test]
fn errors_by_status_show_no_personal_data() {
    let bodies = [
        (
            400,
            json!({"message": "alice", "data": {"errors": ["alice"]}}),
        ),
        (401, json!({"message": "alice", "data": {"alice": "alice"}})),
        (429, json!({"message": "alice", "data": {"retryAfter": 60}})),
    ];
    for (status, body) in bodies {
        assert_answer_silent::<ByStatus<kotanipay::types::RetryRefundError>>(
            "a refusal",
            status,
            &body,
        );
    }
}

/// What is safe to log is of use in a log.
#[test]
fn ids_and_amounts_are_shown() {
    let body = json!({"payin": "chk_1", "amount": 90_000, "currency": "USD", "reason": "alice"});
    let request: tazapay::types::CreateRefundRequest = serde_json::from_value(body).unwrap();
    let shown = format!("{request:?}");
    for field in ["chk_1", "90000", "USD"] {
        assert!(shown.contains(field), "{shown}");
    }
}
