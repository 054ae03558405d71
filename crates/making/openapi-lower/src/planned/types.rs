//! The named schemas of a lowered document.

use std::collections::BTreeMap;

use heck::ToPascalCase;
use serde_json::Value;

use crate::direction;
use crate::keyed::Keyed;
use crate::plan::{Member, Type};
use crate::rules::client::Draft;
use crate::wire::wire_names;

/// The mark of a property whose value may be shown, which an overlay sets.
const SAFE: &str = "x-log-safe";

/// What is decided of the type of each named schema, by its Rust name.
pub(crate) fn types(draft: &Draft) -> BTreeMap<String, Type> {
    let directions = direction::of_components(draft);
    let schemas = draft.pointer("/components/schemas");
    let schemas = schemas.and_then(Value::as_object).into_iter().flatten();
    schemas
        .map(|(name, schema)| {
            let direction = directions.get(name).copied().unwrap_or_default();
            let members = schema.members("properties").map(|(name, member)| Member {
                name: wire_names(name).into_owned(),
                is_shown: member.is_true(SAFE),
                is_deprecated: member.is_true("deprecated"),
            });
            let object = schema.as_object();
            let meanings = object.and_then(|schema| draft.facts.meanings(schema));
            let found = Type {
                is_sent: direction.sent,
                is_received: direction.received,
                members: members.collect(),
                told_apart_by: object.and_then(|schema| draft.facts.told_apart(schema).cloned()),
                meanings: meanings.cloned().unwrap_or_default(),
            };
            (name.to_pascal_case(), found)
        })
        .collect()
}
