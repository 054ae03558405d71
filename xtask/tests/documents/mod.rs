//! A document of a fifth provider, for several tests.

use serde_json::{Value, json};

pub(crate) fn page() -> Value {
    let amount = json!({"type": "object", "required": ["amount"], "properties": {"amount": {"type": "number"}, "currency": {"type": "string"}}});
    let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Acme Pay", "version": "1"},
        "servers": [{"url": "https://sandbox.acme.example/v1"}, {"url": "https://api.acme.example/v1"}],
        "security": [{"key": []}],
        "paths": {
            "/refunds": {"post": {
                "operationId": "createRefund",
                "parameters": [{"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}],
                "requestBody": {"content": {"application/json": {
                    "schema": reference("Money"), "example": {"amount": 24.98, "currency": "AUD"}
                }}},
                "responses": {
                    "201": {"description": "made", "content": {"application/json": {"schema": reference("Refund"), "example": {"id": "r1", "status": "pending"}}}},
                    "400": {"description": "refused", "content": {"application/json": {"schema": reference("Problem")}}}
                }
            }},
            "/refunds/{id}": {"get": {"operationId": "getRefund", "responses": {
                "200": {"description": "found", "content": {"application/json": {"schema": reference("Refund")}}}
            }}},
            "/orders": {"get": {"operationId": "listOrders", "responses": {
                "200": {"description": "all", "content": {"application/json": {"schema": reference("Order")}}}
            }}}
        },
        "components": {
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-API-Key"}},
            "schemas": {
                "Money": amount,
                "Refund": {"type": "object", "properties": {"id": {"type": "string"}, "status": {"enum": ["pending", "done"]}}},
                "Problem": {"type": "object", "properties": {"message": {"type": "string"}, "code": {"type": "integer"}}},
                "Order": {"type": "object", "properties": {"lines": {"type": "array", "items": {"type": "string"}}}}
            }
        }
    })
}
