//! Providers of a user's own behind the facade, from their documents to the ledger of a scripted server: one whose keys
//! keep every answer and that lists refunds by reference, and one with asynchronous refunds, amounts as texts and a
//! signed webhook.

use serde_json::{Value, json};

use super::small_crate;

fn object(members: Value) -> Value {
    json!({"type": "object", "properties": members})
}

fn body(schema: Value) -> Value {
    json!({"application/json": {"schema": schema}})
}

fn parameter(name: &str, place: &str) -> Value {
    json!({"name": name, "in": place, "required": true, "schema": {"type": "string"}})
}

/// Keys keep every answer for 24 hours; refunds are listed by reference; amounts are in minor units.
pub(crate) fn acme() -> Value {
    let text = json!({"type": "string"});
    let refund = object(json!({
        "id": text, "reference": text, "payment": text, "amount": {"type": "integer"}, "currency": text, "status": text,
        "created_at": {"type": "string", "format": "date-time"}
    }));
    json!({
        "openapi": "3.1.0", "info": {"title": "Acme", "version": "1"}, "servers": [{"url": "https://api.acme.example"}],
        "security": [{"token": []}],
        "paths": {"/refunds": {
            "post": {"operationId": "create_refund", "parameters": [parameter("Idempotency-Key", "header")],
                "requestBody": {"required": true, "content": body(object(json!({
                    "reference": text, "payment": text, "amount": {"type": "integer"}, "currency": text
                })))},
                "responses": {"200": {"description": "", "content": body(refund.clone())},
                    "422": {"description": "", "content": body(object(json!({"code": text})))}}},
            "get": {"operationId": "list_refunds", "parameters": [parameter("reference", "query")],
                "responses": {"200": {"description": "", "content": body(object(json!({"refunds": {"type": "array", "items": refund}})))}}}
        }},
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
    })
}

/// Refunds are queued; amounts are texts in major units; an envelope says no in a 200; an event tells the end.
pub(crate) fn borda() -> Value {
    let text = json!({"type": "string"});
    json!({
        "openapi": "3.0.3", "info": {"title": "Borda", "version": "1"}, "servers": [{"url": "https://borda.example/v1"}],
        "security": [{"token": []}],
        "paths": {"/payments/{payment}/refunds": {"post": {"operationId": "queue_refund", "parameters": [parameter("payment", "path")],
            "requestBody": {"required": true, "content": body(object(json!({"ref": text, "value": text, "ccy": text})))},
            "responses": {"202": {"description": "", "content": body(object(json!({
                "ok": {"type": "boolean"}, "refund": object(json!({"no": text, "ref": text, "value": text, "ccy": text, "state": text}))
            })))}}}}},
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}
    })
}

/// What the search and the campaign ask for.
const PROOF: &str = "refunds = { path = \"{root}/crates/product/refunds\", default-features = false, features = [\"webhooks\"] }\n\
                     refunds-conformance = { path = \"{root}/crates/proof/refunds-conformance\", features = [\"campaign\"] }\n\
                     hex = \"0.4\"\nhmac = \"0.13\"\nsha2 = \"0.11\"\n";

#[test]
fn two_providers_of_a_user_never_pay_twice_and_settle_what_their_documents_let_be_settled() {
    let dependencies = "refunds = { path = \"{root}/crates/product/refunds\", default-features = false, features = [\"webhooks\"] }\n\
                        hex = \"0.4\"\nhmac = \"0.13\"\nsha2 = \"0.11\"\n";
    let program = concat!(
        include_str!("own_providers.program.txt"),
        include_str!("own_providers.acme.txt"),
        include_str!("own_providers.borda.txt"),
        include_str!("own_providers.main.txt")
    );
    let clients = vec![("acme", acme()), ("borda", borda())];
    let told: Value = small_crate::run_with("own_providers", clients, program, dependencies);
    // Each line: what was asked, how it ended, and how many refunds the server's ledger has of it.
    assert_eq!(
        told,
        json!([
            // A key that keeps every answer: a lost one is asked for again, and one refund is made.
            ["acme good", "Pending re_good pending 5.00 EUR", 1],
            ["acme lost", "Pending re_lost pending 5.00 EUR", 1],
            ["acme lost once", "Unknown own: Unanswered, Reconcile", 1],
            [
                "acme lost once, reconciled by its list",
                "Pending re_once pending 5.00 EUR",
                1
            ],
            // A success that says something else, or nothing, is believed by nobody.
            [
                "acme other amount",
                "Unknown own-2xx-amount: AnswerDiffers, Reconcile",
                1
            ],
            [
                "acme unknown word",
                "Unknown own-2xx-status: ContradictorySuccess, Reconcile",
                1
            ],
            [
                "acme without id",
                "Unknown own-2xx-id: IncompleteSuccess, Reconcile",
                1
            ],
            // Only a documented code is a no; its own earlier success could be answered with the other one.
            ["acme refused", "Rejected acme-refusal-currency", 0],
            [
                "acme refunded before",
                "Unknown acme-refusal-refunded: MayExistAlready, Reconcile",
                0
            ],
            [
                "acme 404",
                "Unknown any-undocumented-refusal: UnclearAnswer, Reconcile",
                0
            ],
            // After the key's 24 hours nothing is repeated; what is not listed proves nothing.
            ["acme old, not listed", "StillUnknown ReconcileLater", 0],
            ["acme listed twice", "StillUnknown AskTheProvider", 2],
            ["acme failed", "Failed re_failed failed 5.00 EUR", 1],
            // Borda documents no key: what may have happened is sent once, and an event settles it.
            ["borda good", "Pending rf_good pending", 1],
            [
                "borda says no",
                "Unknown borda-2xx-ok: ContradictorySuccess, AskTheProvider",
                0
            ],
            ["borda lost", "Unknown own: Unanswered, AskTheProvider", 1],
            ["borda lost, reconciled", "StillUnknown AskTheProvider", 1],
            [
                "borda lost, event of another amount",
                "StillUnknown AwaitEvent",
                1
            ],
            [
                "borda lost, event",
                "Succeeded rf_lost succeeded 5.00 EUR",
                1
            ],
            ["borda forged event", "the signature does not fit", 0],
        ])
    );
}

/// Their documents as constants of the program, and one of each that is not theirs: of other requests, and of other answers.
fn documents() -> String {
    let (mut other_requests, mut other_answers) = (acme(), borda());
    let amount =
        "/paths/~1refunds/post/requestBody/content/application~1json/schema/properties/amount";
    *other_requests.pointer_mut(amount).unwrap() = json!({"type": "string"});
    let yes = "/paths/~1payments~1{payment}~1refunds/post/responses/202/content/application~1json/schema/properties/ok";
    *other_answers.pointer_mut(yes).unwrap() = json!({"type": "integer"});
    let documents = [
        ("ACME_DOCUMENT", acme()),
        ("ACME_OF_OTHER_REQUESTS", other_requests),
        ("BORDA_DOCUMENT", borda()),
        ("BORDA_OF_OTHER_ANSWERS", other_answers),
    ];
    let constants =
        documents.map(|(name, text)| format!("const {name}: &str = r####\"{text}\"####;\n"));
    constants.concat()
}

/// What a search of each finds first: no story where the provider is as its profile says, and one where it is not.
#[test]
fn the_search_finds_nothing_at_providers_that_are_as_their_profiles_say_and_each_mistake_of_a_profile()
 {
    let program = [
        include_str!("own_providers.program.txt"),
        include_str!("own_providers.acme.txt"),
        include_str!("own_providers.borda.txt"),
        include_str!("own_providers.models.txt"),
        include_str!("own_providers.search.txt"),
        &documents(),
    ]
    .concat();
    let clients = vec![("acme", acme()), ("borda", borda())];
    let told: Value = small_crate::run_with("own_providers_search", clients, &program, PROOF);
    assert_eq!(
        told,
        json!([
            ["acme", null],
            ["acme, whose keys are forgotten", "never paid twice"],
            ["acme, whose keys keep successes only", "never paid twice"],
            ["borda", null],
            [
                "borda, every 4xx of which is called refused",
                "never rejected though paid"
            ],
            ["borda, in another unit", "never astray"],
            [
                "borda, whose reverted refunds are called done",
                "never accepted though not"
            ],
            [
                "acme, at a document of other requests",
                "against the document"
            ],
            [
                "borda, at a document of other answers",
                "the model is against the document"
            ],
        ])
    );
}

/// The same mistakes over real connections, by processes that are killed: each is found in the ledger, by the document, or
/// in what was believed, and none where there is none.
#[test]
fn the_campaign_finds_nothing_at_providers_that_are_as_their_profiles_say_and_each_mistake() {
    let program = [
        include_str!("own_providers.program.txt"),
        include_str!("own_providers.acme.txt"),
        include_str!("own_providers.borda.txt"),
        include_str!("own_providers.models.txt"),
        include_str!("own_providers.campaign.txt"),
        &documents(),
    ]
    .concat();
    let clients = vec![("acme", acme()), ("borda", borda())];
    let told: Value = small_crate::run_with("own_providers_campaign", clients, &program, PROOF);
    // Each line: what is wrong, if something is, and whether the report lets it pass.
    assert_eq!(
        told,
        json!([
            ["acme", [], true],
            // The workers do not see the hours pass: no key ends while they run.
            ["acme, whose keys end within the hour", [], true],
            ["acme, whose keys are forgotten", ["twice"], false],
            ["acme, that is never read", ["unsettled"], false],
            [
                "acme, at a document of other requests",
                ["against the document"],
                false
            ],
            ["borda", [], true],
            [
                "borda, whose events are believed whoever wrote them",
                ["believed"],
                false
            ],
            [
                "borda, every 4xx of which is called refused",
                ["failed though paid"],
                false
            ],
            ["borda, in another unit", ["astray"], false],
            [
                "borda, whose reverted refunds are called done",
                ["lost"],
                false
            ],
            [
                "borda, at a document of other answers",
                ["model against the document"],
                false
            ],
        ])
    );
}
