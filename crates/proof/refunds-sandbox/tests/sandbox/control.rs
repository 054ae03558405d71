//! The control port, as another process uses it.

use refunds_sandbox::{
    Fault, FaultPlan, Ledger, Order, Provider, RequestRecord, Sandbox, Seed, Violation,
};
use reqwest::blocking::Client;
use serde_json::{Value, json};

use crate::support::{Caller, Reply, decimal, http, sandbox, send, start_time};

struct Control<'a> {
    sandbox: &'a Sandbox,
    http: Client,
}

impl<'a> Control<'a> {
    fn of(sandbox: &'a Sandbox) -> Self {
        Self {
            sandbox,
            http: http(),
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.control_url())
    }

    fn get(&self, path: &str) -> String {
        let reply = send(self.http.get(self.url(path))).unwrap();
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.text
    }

    fn post(&self, path: &str, body: &Value) -> Reply {
        send(self.http.post(self.url(path)).json(body)).unwrap()
    }
}

#[test]
fn the_directory_tells_where_everything_is() {
    let sandbox = sandbox();
    let directory: Value = serde_json::from_str(&Control::of(&sandbox).get("/")).unwrap();
    let tazapay = &directory["providers"]["tazapay"];
    assert_eq!(tazapay["base_url"], sandbox.base_url(Provider::Tazapay));
    assert_eq!(
        tazapay["credentials"],
        json!({"scheme": "basic", "key": "ak_test_sandbox", "secret": "sk_test_sandbox"})
    );
    assert_eq!(directory["token_url"], sandbox.token_url());
}

#[test]
fn seeds_of_all_providers_are_taken_at_once() {
    let sandbox = sandbox();
    let control = Control::of(&sandbox);
    let seed = json!({
        "orders": [{"reference": "order-1", "captured": "24.98", "currency": "AUD"}],
        "payins": [{
            "id": "chk_1", "amount": "9.00", "currency": "USD", "attempts": [{"id": "pat_1"}],
        }],
        "pending_refunds": [{
            "transaction_type": 1, "transaction_id": "t", "amount": "5",
            "currency": "USDT", "blockchain": "Ethereum",
        }],
        "offramps": [{
            "reference_id": "o", "crypto_amount": "5", "token": "USDT", "chain": "POLYGON",
            "fiat_amount": "650", "fiat_currency": "KES", "status": "FAILED",
            "onchain_status": "SUCCESSFUL", "refund": "failed",
        }],
    });
    assert_eq!(control.post("/seed", &seed).status, 200);
    let taken = control.post("/seed", &seed);
    assert_eq!(taken.status, 422);
    assert_eq!(
        taken.at("/error"),
        "order \"order-1\" cannot be added: there is one already; choose another reference"
    );
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    assert_eq!(
        tazapay
            .post("/v3/refund", &json!({"payin": "chk_1"}))
            .status,
        202
    );
    let kotanipay = Caller::new(&sandbox, Provider::Kotanipay);
    assert_eq!(
        kotanipay
            .post_empty("/api/v3/offramp/retry-refund/o")
            .status,
        200
    );
}

#[test]
fn ledger_requests_and_violations_are_those_of_the_sandbox() {
    let sandbox = sandbox();
    let control = Control::of(&sandbox);
    let order = Order::new("order-1", decimal("24.98"), "AUD");
    sandbox.add_order(order).unwrap();
    let optty = Caller::new(&sandbox, Provider::Optty);
    let body = json!({
        "refundReference": "r",
        "refundAmount": {"amount": 1, "currency": "AUD"},
        "refundDescription": "d",
    });
    optty.post("/orders/order-1/refund", &body);
    optty.post("/orders/order-1/refund", &json!({}));
    let ledger: Ledger = serde_json::from_str(&control.get("/ledger")).unwrap();
    assert_eq!(ledger, sandbox.ledger());
    assert_eq!(ledger.payments(Provider::Optty, "r"), 1);
    let requests: Vec<RequestRecord> = serde_json::from_str(&control.get("/requests")).unwrap();
    assert_eq!(requests, sandbox.requests());
    let seen: Vec<_> = requests
        .iter()
        .map(|request| {
            (
                request.operation.as_deref(),
                request.committed,
                request.answered,
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (Some("access_token"), false, Some(200)),
            (Some("refund_order"), true, Some(200)),
            (Some("refund_order"), false, Some(400)),
        ]
    );
    let violations: Vec<Violation> = serde_json::from_str(&control.get("/violations")).unwrap();
    assert_eq!(violations, sandbox.violations());
    assert_eq!(violations[0].request, 3);
}

#[test]
fn the_clock_is_read_and_advanced() {
    let sandbox = sandbox();
    let control = Control::of(&sandbox);
    assert_eq!(control.get("/clock"), "{\"now\":\"2026-01-02T03:04:05Z\"}");
    assert_eq!(
        control
            .post("/clock", &json!({"advance_seconds": 90}))
            .status,
        200
    );
    assert_eq!((sandbox.clock().now() - start_time()).num_seconds(), 90);
}

#[test]
fn faults_are_planned_and_added() {
    let sandbox = sandbox();
    let control = Control::of(&sandbox);
    let entry = json!({"provider": "mce", "fault": {"kind": "garbage"}});
    assert_eq!(control.post("/faults", &entry).status, 200);
    let unknown = json!({"provider": "mce", "operation": "pay", "fault": {"kind": "garbage"}});
    assert_eq!(control.post("/faults", &unknown).status, 422);
    let path = "/v1.0/payment/crypto/createCryptoRefund";
    let body = json!({"originalTransactionType": 1, "originalTransactionId": "t"});
    let mce = Caller::new(&sandbox, Provider::Mce);
    let create = || {
        let request = mce.request(reqwest::Method::POST, path).json(&body);
        send(request).unwrap()
    };
    assert!(serde_json::from_str::<Value>(&create().text).is_err());
    assert_eq!(create().at("/status"), 422);
    let plan = json!({"random": {"seed": 1, "rate": 1.0, "weights": [{"kind": "nulls"}]}});
    let planned = http().put(control.url("/faults")).json(&plan);
    assert_eq!(send(planned).unwrap().status, 200);
    assert_eq!(create().at("/status"), Value::Null);
}

#[test]
fn connections_are_refused_on_request() {
    let sandbox = sandbox();
    let control = Control::of(&sandbox);
    let body = json!({"provider": "tazapay", "refuse_ms": 2000});
    assert_eq!(control.post("/connections", &body).status, 200);
    let address = sandbox
        .base_url(Provider::Tazapay)
        .strip_prefix("http://")
        .unwrap();
    let refused = (0..400).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(5));
        std::net::TcpStream::connect(address).is_err()
    });
    assert!(refused);
}

#[test]
fn what_the_control_port_cannot_read_is_refused_in_words() {
    let sandbox = sandbox();
    let control = Control::of(&sandbox);
    let unreadable = control.post("/seed", &json!({"orders": 1}));
    assert_eq!(unreadable.status, 400);
    let message = unreadable.at("/error");
    assert!(
        message
            .as_str()
            .unwrap()
            .starts_with("the body cannot be read: "),
        "{message}"
    );
    assert_eq!(control.post("/nowhere", &json!({})).status, 404);
}

/// What a call takes or gives, by the schema that the control port shows.
fn judge(schema: &Value, call: &str) -> jsonschema::Validator {
    let mut whole = schema.clone();
    whole["$ref"] = format!("#/$defs/{}", call.replace('/', "~1").replace(' ', "%20")).into();
    jsonschema::validator_for(&whole).unwrap()
}

#[test]
fn what_the_port_takes_and_gives_is_what_its_schema_says() {
    let sandbox = sandbox();
    let control = Control::of(&sandbox);
    let schema: Value = serde_json::from_str(&control.get("/schema")).unwrap();
    let refuses = |call: &str, body: &Value| !judge(&schema, call).is_valid(body);
    let takes = |call: &str, body: &Value| {
        let judge = judge(&schema, call);
        let wrong: Vec<String> = judge
            .iter_errors(body)
            .map(|error| error.to_string())
            .collect();
        assert!(wrong.is_empty(), "{call} {body}: {wrong:?}");
    };
    let whole = serde_json::to_value(Seed::one_of_each()).unwrap();
    for seed in [&whole, &json!("one_of_each"), &json!({})] {
        takes("POST /seed", seed);
    }
    assert_eq!(control.post("/seed", &json!("one_of_each")).status, 200);
    let unknown = control.post("/seed", &json!("everything"));
    assert_eq!(unknown.status, 400);
    assert!(unknown.text.contains("`one_of_each`"), "{}", unknown.text);
    for wrong in [
        json!("everything"),
        json!({"orders": [{"reference": "o", "captured": 5, "currency": "AUD"}]}),
        json!({"orders": [{"reference": "o", "captured": "5"}]}),
        json!({"order": []}),
    ] {
        assert!(refuses("POST /seed", &wrong), "{wrong}");
        assert_ne!(control.post("/seed", &wrong).status, 200, "{wrong}");
    }
    let faults = FaultPlan::random(7, 0.5);
    let webhooks = FaultPlan::random_webhooks(7, 0.5);
    let plans = [
        ("PUT /faults", serde_json::to_value(&faults).unwrap()),
        (
            "PUT /webhooks/faults",
            serde_json::to_value(&webhooks).unwrap(),
        ),
    ];
    for (call, plan) in &plans {
        // Each kind of fault is among the weights.
        takes(call, plan);
        takes(call, &json!("none"));
        assert!(refuses(call, &json!({"script": [{"provider": "optty"}]})));
        assert!(refuses(
            call,
            &json!({"script": [{"provider": "optty", "fault": {"kind": "nothing"}}]})
        ));
    }
    assert!(Fault::names().len() > 15 && Fault::names().contains(&"drop_after_commit".to_owned()));
    for name in Fault::names() {
        let entry = json!({"provider": "optty", "operation": "refund_order", "fault": Fault::named(&name).unwrap()});
        takes("POST /faults", &entry);
        assert_eq!(control.post("/faults", &entry).status, 200, "{entry}");
    }
    let unknown = Fault::named("drop").unwrap_err().to_string();
    assert!(
        unknown.contains("drop_before_commit, drop_after_commit"),
        "{unknown}"
    );
    takes("POST /clock", &json!({"advance_seconds": 90}));
    takes(
        "POST /connections",
        &json!({"provider": "optty", "refuse_ms": 500}),
    );
    takes(
        "PUT /webhooks",
        &json!({"provider": "tazapay", "target": {"url": "http://127.0.0.1:9", "secret": "s"}}),
    );
    takes("POST /webhooks/replay", &json!({"number": 1}));
    let tazapay = Caller::new(&sandbox, Provider::Tazapay);
    let request = tazapay.request(reqwest::Method::POST, "/v3/refund");
    send(request.json(&json!({"payin": "chk_1", "amount": 500, "currency": "USD"}))).unwrap();
    let request = tazapay.request(reqwest::Method::POST, "/v3/refund");
    send(request.json(&json!({"payin": 5}))).unwrap();
    for call in [
        "/",
        "/ledger",
        "/requests",
        "/violations",
        "/clock",
        "/webhooks",
    ] {
        let given: Value = serde_json::from_str(&control.get(call)).unwrap();
        takes(&format!("GET {call}"), &given);
        let is_list = matches!(call, "/ledger" | "/requests" | "/violations");
        assert!(!is_list || !given.as_array().unwrap().is_empty(), "{call}");
    }
}
