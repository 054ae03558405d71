//! The calls of a document.

use std::collections::BTreeMap;

use openapi_model::schema::Type;
use openapi_model::{At, Call, Model, Parameter, Schema};
use serde_json::Value;

use crate::facts::Facts;
use crate::media::FORM;
use crate::pointer;

/// What a client can call, and what the provider sends by itself, before it is written.
pub(super) struct Calls<'m> {
    pub(super) model: &'m Model<'m>,
    /// By path and method.
    pub(super) list: BTreeMap<Key, Called<'m>>,
    pub(super) facts: Facts,
    /// The document, once it is written.
    pub(super) written: Value,
}

/// Path and method.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) path: String,
    pub(super) method: &'static str,
}

/// A call.
pub(super) struct Called<'m> {
    /// The name of its operation.
    pub(super) id: Option<String>,
    pub(super) call: Call<'m>,
    /// Whether it stands for a webhook, whose body is its answer.
    pub(super) is_stand_in: bool,
    /// What parameters of the path are called from now on.
    pub(super) renamed: BTreeMap<String, String>,
    /// Names of parameters of the query that the path has.
    pub(super) query: Vec<String>,
    pub(super) parameters: Vec<Listed<'m>>,
    /// The body, which OpenAPI 2 lists among the parameters.
    pub(super) of_body: Vec<At<'m, Parameter<'m>>>,
}

impl<'m> Called<'m> {
    pub(super) fn new(id: Option<String>, call: Call<'m>, is_stand_in: bool) -> Self {
        Self {
            id,
            call,
            is_stand_in,
            renamed: BTreeMap::new(),
            query: Vec::new(),
            parameters: Vec::new(),
            of_body: Vec::new(),
        }
    }
}

impl Key {
    /// The JSON pointer of the operation.
    pub(super) fn pointer(&self) -> String {
        pointer::join(&pointer::join("/paths", &self.path), self.method)
    }
}

/// A method of OpenAPI 3.0.
pub(super) fn method(call: &Call<'_>) -> Option<&'static str> {
    crate::document::METHODS
        .into_iter()
        .find(|method| *method == call.method)
}

impl<'m> Calls<'m> {
    pub(super) fn of(model: &'m Model<'m>) -> Self {
        let calls = model.calls().into_iter().filter_map(|call| {
            let key = Key {
                path: call.path.to_owned(),
                method: method(&call)?,
            };
            let id = text(call.operation.raw(), "operationId");
            let called = Called::new(id, call, false);
            Some((key, called))
        });
        Self {
            model,
            list: calls.collect(),
            facts: Facts::default(),
            written: Value::Null,
        }
    }
}

/// A parameter of an operation.
pub(super) struct Listed<'m> {
    pub(super) name: String,
    /// In small letters.
    pub(super) place: String,
    /// What the document says of it; nothing if only the path names it.
    pub(super) said: Option<At<'m, Parameter<'m>>>,
}

impl Listed<'_> {
    /// A text that only the path names.
    pub(super) fn text(name: &str, place: &str) -> Self {
        Self {
            name: name.to_owned(),
            place: place.to_owned(),
            said: None,
        }
    }

    pub(super) fn key(&self) -> (String, String) {
        key(&self.name, &self.place)
    }
}

/// Name and place of a parameter that has them.
pub(super) fn named(parameter: At<'_, Parameter<'_>>) -> Option<(String, String)> {
    let (name, place) = (text(parameter.raw(), "name")?, text(parameter.raw(), "in")?);
    if is_of_whole_query(parameter) {
        return Some((name, "query".to_owned()));
    }
    Some((name, place.to_ascii_lowercase()))
}

/// Whether a parameter is a query whose parameters are the members of an object (OpenAPI 3.2, `in: querystring`).
pub(super) fn is_of_whole_query(parameter: At<'_, Parameter<'_>>) -> bool {
    let raw = parameter.raw();
    let content = parameter.said().content.as_deref().unwrap_or_default();
    let [(FORM, media)] = content else {
        return false;
    };
    let media = parameter.at(*media);
    let schema = media.schema.map(|schema| media.at(schema).end());
    let is_object = |schema: At<'_, Schema<'_>>| {
        schema
            .types
            .is_some_and(|types| types.are_only(Type::Object))
            || !schema.properties.is_empty()
    };
    text(raw, "in").as_deref() == Some("querystring")
        && media.raw().get("encoding").is_none()
        && schema.is_some_and(is_object)
}

/// Name and place, by which a parameter is known.
pub(super) fn key(name: &str, place: &str) -> (String, String) {
    // The names of headers are the same in any case.
    let name = match place {
        "header" => name.to_ascii_lowercase(),
        _ => name.to_owned(),
    };
    (name, place.to_owned())
}

/// What is said of a reference.
pub(super) fn leads_nowhere(reference: &Value) -> String {
    let reference = reference
        .as_str()
        .map_or_else(|| reference.to_string(), str::to_owned);
    format!(
        "the reference {reference} leads nowhere in this document: add what it names, or remove it"
    )
}

/// Writes those of these members that are texts.
pub(super) fn write_texts(of: &Value, members: &[&str], into: &mut Value) {
    for member in members {
        if let Some(text) = text(of, member) {
            into[member] = text.into();
        }
    }
}

/// A member that is a text, or was written without quotation marks.
pub(super) fn text(of: &Value, member: &str) -> Option<String> {
    match of.get(member)? {
        Value::String(text) => Some(text.clone()),
        found @ (Value::Number(_) | Value::Bool(_)) => Some(found.to_string()),
        _ => None,
    }
}
