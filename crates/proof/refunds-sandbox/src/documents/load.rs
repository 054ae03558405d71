//! From `documents/<provider>/`, which `cargo xtask codegen` writes, to a [`Document`].

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::{beside, operation::Document, source::Reading};
use crate::Provider;

fn sources(provider: Provider) -> (&'static str, &'static str) {
    macro_rules! specs {
        ($name:literal) => {
            (
                include_str!(concat!("../../documents/", $name, "/openapi.json")),
                include_str!(concat!("../../documents/", $name, "/provider.toml")),
            )
        };
    }
    match provider {
        Provider::Kotanipay => specs!("kotanipay"),
        Provider::Mce => specs!("mce"),
        Provider::Optty => specs!("optty"),
        Provider::Tazapay => specs!("tazapay"),
    }
}

/// The part of `provider.toml` that names operations.
#[derive(Deserialize)]
struct Config {
    operations: BTreeMap<String, Named>,
    /// Calls that are documented and that no client is generated for.
    #[serde(default)]
    documented: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Named {
    call: String,
    moves_money: bool,
}

pub(super) fn document(provider: Provider) -> Result<Document, String> {
    let (openapi, config) = sources(provider);
    let mut openapi: Value =
        serde_json::from_str(openapi).map_err(|error| format!("openapi.json: {error}"))?;
    let mut config: Config =
        toml::from_str(config).map_err(|error| format!("provider.toml: {error}"))?;
    add_beside(&mut openapi, &mut config, provider);
    let mut document = Document::of(openapi, Reading::Sandbox)
        .map_err(|error| format!("openapi.json: {error}"))?;
    let mut names = names(config);
    document.operations.retain_mut(|operation| {
        let Some((name, moves_money)) = names.remove(&operation.call) else {
            return false;
        };
        operation.name = name;
        operation.moves_money = moves_money;
        true
    });
    if let Some(call) = names.into_keys().next() {
        return Err(format!("{call}: openapi.json has no such path or method"));
    }
    for operation in &document.operations {
        // These documents are the sandbox's own: what cannot be read is told at once.
        let schemas = operation.request_schemas();
        let mut flaws = schemas.filter_map(|schema| schema.flaw(&operation.source));
        if let Some(flaw) = flaws.next().or_else(|| operation.flaws.first().cloned()) {
            return Err(format!("{}: {}", operation.call, flaw.problem));
        }
    }
    Ok(document)
}

/// By method and path, the name of each call and whether it moves money.
fn names(config: Config) -> BTreeMap<String, (String, bool)> {
    let named = config
        .operations
        .into_iter()
        .map(|(name, named)| (named.call, (name, named.moves_money)));
    let documented = config
        .documented
        .into_iter()
        .map(|(name, call)| (call, (name, false)));
    named.chain(documented).collect()
}

/// Adds the calls that are documented elsewhere, as far as they are not there.
fn add_beside(openapi: &mut Value, config: &mut Config, provider: Provider) {
    for beside in beside::of(provider) {
        let call = beside.call();
        let mut named = config.operations.values().map(|named| &named.call);
        if named.any(|it| *it == call) || config.documented.values().any(|it| *it == call) {
            continue;
        }
        openapi["paths"][beside.path][beside.method] = beside.described;
        config.documented.insert(beside.name.to_owned(), call);
    }
}
