//! Named schemas that may be null.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Draft, Rule};
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::{document, pointer};

pub(crate) const RULE: Rule = Rule {
    name: "nullable-components",
    statement: "Accepts a named schema that is nullable; emits it without, and nullable wherever it is referred to.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let mut names = BTreeSet::new();
    for (name, component) in document::schemas_mut(document).iter_mut() {
        let Some(component) = component.as_object_mut() else {
            continue;
        };
        if component.remove("nullable") == Some(Value::Bool(true)) {
            scribe.note(
                &pointer::join("/components/schemas", name),
                "nullable moved to where the schema is referred to",
            );
            names.insert(name.clone());
        }
    }
    if names.is_empty() {
        return;
    }
    // Found first, wrapped afterwards: a walk would come to the reference inside the wrapping again.
    let mut places = Vec::new();
    document::each_schema_mut(document, &mut |at, schema| {
        let named = schema.referred();
        if named.is_some_and(|name| names.contains(&name)) {
            places.push(at.to_owned());
        }
    });
    for at in places {
        // A schema that is nothing but the reference is where it is referred to.
        if let Some(Value::Object(outer)) = at
            .strip_suffix("/allOf/0")
            .and_then(|outer| document.pointer_mut(outer))
            && outer.only_part().is_some()
        {
            outer.insert("nullable".to_owned(), Value::Bool(true));
            continue;
        }
        if let Some(place) = document.pointer_mut(&at) {
            let reference = place.take();
            *place = json!({"allOf": [reference], "nullable": true});
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::answering;

    #[test]
    fn a_nullable_component_is_nullable_where_it_is_used() {
        let lowered = answering(
            json!({"$ref": "#/components/schemas/A"}),
            json!({
                "A": {"type": "object", "properties": {
                    "metadata": {"$ref": "#/components/schemas/M"},
                    "described": {"allOf": [{"$ref": "#/components/schemas/M"}], "description": "d"}
                }},
                "M": {"type": "object", "nullable": true, "additionalProperties": {"type": "string"}}
            }),
        );
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(
            schemas["M"],
            json!({"type": "object", "additionalProperties": {"type": "string"}})
        );
        assert_eq!(
            schemas["A"]["properties"]["metadata"],
            json!({"allOf": [{"$ref": "#/components/schemas/M"}], "nullable": true})
        );
        assert_eq!(
            schemas["A"]["properties"]["described"],
            json!({"allOf": [{"$ref": "#/components/schemas/M"}], "nullable": true, "description": "d"})
        );
    }
}
