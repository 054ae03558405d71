//! Answers against the effective documents: the sandbox must not invent.

use jsonschema::{Draft, Validator};
use refunds_sandbox::Provider;
use serde_json::{Value, json};

fn specs(provider: Provider) -> (Value, toml::Table) {
    macro_rules! specs {
        ($name:literal) => {
            (
                include_str!(concat!("../../../../../specs/", $name, "/openapi.json")),
                include_str!(concat!("../../../../../specs/", $name, "/provider.toml")),
            )
        };
    }
    let (openapi, config) = match provider {
        Provider::Kotanipay => specs!("kotanipay"),
        Provider::Mce => specs!("mce"),
        Provider::Optty => specs!("optty"),
        Provider::Tazapay => specs!("tazapay"),
    };
    (
        serde_json::from_str(openapi).unwrap(),
        config.parse().unwrap(),
    )
}

/// Fails when the document has a schema for the answer that it does not meet.
pub(crate) fn check(provider: Provider, operation: &str, status: u16, text: &str) {
    let Some(validator) = validator(provider, operation, status) else {
        return;
    };
    let answer: Value = serde_json::from_str(text).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&answer)
        .map(|error| format!("{}: {error}", error.instance_path().as_str()))
        .collect();
    assert_eq!(errors, Vec::<String>::new(), "{operation} {status}: {text}");
}

fn validator(provider: Provider, operation: &str, status: u16) -> Option<Validator> {
    let (openapi, config) = specs(provider);
    let call = config["operations"].get(operation).map_or_else(
        || config["documented"][operation].as_str().unwrap(),
        |named| named["call"].as_str().unwrap(),
    );
    let (method, path) = call.split_once(' ').unwrap();
    let answers = &openapi["paths"][path][method.to_lowercase()]["responses"];
    let answer = answers
        .get(status.to_string())
        .or_else(|| answers.get(format!("{}XX", status / 100)))?;
    let content = answer.get("content")?.as_object()?;
    let mut schema = json!({"allOf": [content.values().next()?["schema"]]});
    schema["components"] = openapi["components"].clone();
    let draft = if openapi["openapi"].as_str()?.starts_with("3.1") {
        Draft::Draft202012
    } else {
        // Of these documents' nullable members all are texts.
        let text = schema.to_string().replace(
            r#""nullable":true,"type":"string""#,
            r#""type":["string","null"]"#,
        );
        schema = serde_json::from_str(&text).unwrap();
        Draft::Draft4
    };
    Some(
        jsonschema::options()
            .with_draft(draft)
            // A `date-time` is any of the ways in which the provider writes times.
            .should_validate_formats(false)
            .build(&schema)
            .unwrap(),
    )
}

#[test]
fn an_answer_that_differs_from_its_document_is_noticed() {
    let check = |text: &'static str| {
        std::panic::catch_unwind(|| check(Provider::Optty, "access_token", 200, text)).is_ok()
    };
    assert!(check(r#"{"access_token": "a", "expires_in": 60}"#));
    assert!(!check(r#"{"access_token": "a"}"#));
}
