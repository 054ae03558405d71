//! From `documents/<provider>/`, which `cargo xtask codegen` writes, to a [`Document`].

use std::collections::BTreeMap;

use hyper::Method;
use serde::Deserialize;
use serde_json::Value;

use super::{
    beside,
    operation::{Body, Document, Operation, Parameter, Place, Scheme, Segment},
    schema::Schemas,
};
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
    let schemas = Schemas::of(&openapi);
    let named = config
        .operations
        .into_iter()
        .map(|(name, named)| (name, named.call, named.moves_money));
    let documented = config
        .documented
        .into_iter()
        .map(|(name, call)| (name, call, false));
    let mut operations = named
        .chain(documented)
        .map(|(name, call, moves_money)| {
            operation(&openapi, &schemas, name, &call, moves_money)
                .map_err(|problem| format!("{call}: {problem}"))
        })
        .collect::<Result<Vec<_>, _>>()?;
    // Where a path fits two templates, the one with more words of its own is meant.
    operations.sort_by_key(|operation| std::cmp::Reverse(operation.literal_segments()));
    Ok(Document { operations })
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

fn operation(
    openapi: &Value,
    schemas: &Schemas,
    name: String,
    call: &str,
    moves_money: bool,
) -> Result<Operation, String> {
    let (method, path) = call
        .split_once(' ')
        .ok_or("provider.toml names no method and path")?;
    let item = member(openapi, &["paths", path]).ok_or("openapi.json has no such path")?;
    let described = item
        .get(method.to_ascii_lowercase())
        .ok_or("openapi.json has no such method at this path")?;
    let parameters = [item, described]
        .into_iter()
        .filter_map(|holder| holder.get("parameters")?.as_array())
        .flatten()
        .map(|described| parameter(schemas, described))
        .collect::<Result<_, _>>()?;
    let body = described
        .get("requestBody")
        .map(|described| body(schemas, described))
        .transpose()?;
    Ok(Operation {
        name,
        method: Method::from_bytes(method.as_bytes()).map_err(|error| error.to_string())?,
        template: path.split('/').map(Segment::of).collect(),
        moves_money,
        parameters,
        body,
        scheme: scheme(openapi, described),
    })
}

fn parameter(schemas: &Schemas, described: &Value) -> Result<Parameter, String> {
    let text = |name: &str| described.get(name).and_then(Value::as_str);
    let name = text("name").ok_or("a parameter has no name")?.to_owned();
    let place = match text("in") {
        Some("path") => Place::Path,
        Some("query") => Place::Query,
        Some("header") => Place::Header,
        other => return Err(format!("parameter {name} is in {other:?}")),
    };
    let schema = described.get("schema").unwrap_or(&Value::Bool(true));
    Ok(Parameter {
        validator: schemas.compile(schema)?,
        required: is_true(described, "required"),
        name,
        place,
    })
}

fn body(schemas: &Schemas, described: &Value) -> Result<Body, String> {
    let content = described.get("content").and_then(Value::as_object);
    let (media_type, media) = content
        .and_then(|content| content.iter().next())
        .ok_or("the request body has no content")?;
    let schema = media.get("schema").unwrap_or(&Value::Bool(true));
    Ok(Body {
        media_type: media_type.clone(),
        // Optional or not, a body that these calls describe is what they are about.
        validator: schemas.compile(schema)?,
    })
}

/// The HTTP scheme that a call asks for; none where it is open to all.
fn scheme(openapi: &Value, described: &Value) -> Option<Scheme> {
    let required = described
        .get("security")
        .or_else(|| openapi.get("security"))?;
    let (name, _) = required.as_array()?.first()?.as_object()?.iter().next()?;
    let scheme = member(openapi, &["components", "securitySchemes", name, "scheme"])?;
    match scheme.as_str()? {
        "basic" => Some(Scheme::Basic),
        _ => Some(Scheme::Bearer),
    }
}

fn member<'a>(value: &'a Value, names: &[&str]) -> Option<&'a Value> {
    names.iter().try_fold(value, |value, name| value.get(name))
}

fn is_true(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_bool) == Some(true)
}
