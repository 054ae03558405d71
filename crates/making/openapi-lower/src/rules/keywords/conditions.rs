//! Keywords that make a schema depend on the instance.

use serde_json::{Map, Value};

use super::{Draft, Rule};
use crate::report::Scribe;
use crate::{LowerError, document, pointer};

pub(crate) const RULE: Rule = Rule {
    name: "conditions",
    statement: "Accepts if, then, else, not, dependencies, contains, propertyNames and the unevaluated keywords; emits the schema without them, with the members that only a branch documents as optional ones: the provider checks the condition.",
    apply,
};

/// Keywords that only exclude instances, and document nothing that could be read.
const EXCLUDING: [&str; 11] = [
    "if",
    "not",
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "dependentRequired",
    "contentEncoding",
    "contentMediaType",
];
/// Keywords whose schemas may document members.
const BRANCHES: [&str; 2] = ["then", "else"];
const DEPENDENT: [&str; 2] = ["dependentSchemas", "dependencies"];
/// What identifies or annotates a schema in 2020-12.
const NO_MEANING: [&str; 4] = ["$dynamicAnchor", "$vocabulary", "id", "contentSchema"];

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) -> Result<(), LowerError> {
    document::each_schema_mut(document, &mut |at, schema| {
        members_that_are_excluded(schema, at, scribe);
        branches(schema, at, scribe);
        for keyword in EXCLUDING {
            if let Some(value) = schema.remove(keyword) {
                scribe.note(at, format!("{keyword} {value} is left to the provider"));
            }
        }
        for keyword in NO_MEANING {
            if let Some(value) = schema.remove(keyword) {
                scribe.note(at, format!("{keyword} {value} is left out"));
            }
        }
    });
    Ok(())
}

/// Members that no instance may have: `"x": false`.
fn members_that_are_excluded(schema: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    let at = pointer::join(at, "properties");
    properties.retain(|name, member| {
        let excluded = member
            .get("not")
            .and_then(Value::as_object)
            .is_some_and(Map::is_empty)
            && member.as_object().is_some_and(|member| member.len() == 1);
        if excluded {
            let at = pointer::join(&at, name);
            scribe.note(&at, "a member that is never there is left out");
        }
        !excluded
    });
}

fn branches(schema: &mut Map<String, Value>, at: &str, scribe: &mut Scribe<'_>) {
    let mut found = Vec::new();
    for keyword in BRANCHES {
        found.extend(schema.remove(keyword).map(|branch| (keyword, branch)));
    }
    for keyword in DEPENDENT {
        let Some(Value::Object(branches)) = schema.remove(keyword) else {
            continue;
        };
        found.extend(branches.into_iter().map(|(_, branch)| (keyword, branch)));
    }
    for (keyword, branch) in found {
        let mut taken = Vec::new();
        if let Some(Value::Object(members)) = branch.get("properties") {
            for (name, member) in members {
                let properties = schema
                    .entry("properties")
                    .or_insert_with(|| Value::Object(Map::new()));
                let Some(properties) = properties.as_object_mut() else {
                    continue;
                };
                if !properties.contains_key(name) {
                    properties.insert(name.clone(), member.clone());
                    taken.push(name.as_str());
                }
            }
        }
        let members = match taken.as_slice() {
            [] => String::new(),
            names => format!("; its members are optional ones: {}", names.join(", ")),
        };
        scribe.note(
            at,
            format!("{keyword} {branch} is left to the provider{members}"),
        );
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::lower_request_schema;

    #[test]
    fn members_that_only_a_branch_documents_become_optional() {
        let flag = json!({"type": "boolean"});
        let (schema, report) = lower_request_schema(json!({
            "type": "object", "properties": {"kind": flag},
            "if": {"required": ["kind"]}, "then": {"properties": {"kind": {"enum": [true]}, "more": flag}, "required": ["more"]}
        }));
        assert_eq!(
            schema,
            json!({"type": "object", "properties": {"kind": flag, "more": flag}})
        );
        assert_eq!(report.counts()["conditions"], 2);
    }

    #[test]
    fn what_only_excludes_is_left_to_the_provider() {
        let (schema, report) = lower_request_schema(
            json!({"type": "boolean", "not": {"enum": [true]}, "$comment": "c"}),
        );
        assert_eq!(schema, json!({"type": "boolean"}));
        assert_eq!(
            report.applied()[0].detail,
            r#"not {"enum":[true]} is left to the provider"#
        );
    }

    #[test]
    fn a_member_that_is_never_there_is_left_out() {
        let (schema, _) = lower_request_schema(
            json!({"type": "object", "properties": {"a": {"type": "boolean"}, "never": false}}),
        );
        assert_eq!(
            schema,
            json!({"type": "object", "properties": {"a": {"type": "boolean"}}})
        );
    }
}
