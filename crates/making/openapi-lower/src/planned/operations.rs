//! The operations of a lowered document.

use std::collections::BTreeMap;

use heck::ToPascalCase;
use serde_json::Value;

use super::answers::{answers, untyped};
use crate::document::METHODS;
use crate::facts::{OfOperation, Written};
use crate::keyed::Keyed;
use crate::plan::{Kind, Operation, Parameter, Place};
use crate::rules::client::Draft;
use crate::wire::wire_names;

/// All operations, in the order of the document.
pub(crate) fn operations(draft: &mut Draft) -> Vec<Operation> {
    let (document, facts) = draft.parts();
    let mut operations = Vec::new();
    for (path, item) in document.members("paths") {
        for method in METHODS {
            if let Some(operation @ Value::Object(members)) = item.get(method) {
                let facts = std::mem::take(facts.of(members));
                operations.push(planned(path, method, operation, facts));
            }
        }
    }
    operations
}

fn planned(path: &str, method: &'static str, operation: &Value, facts: OfOperation) -> Operation {
    let id = text(operation, "operationId").unwrap_or_default();
    let [successes, errors] = answers(operation);
    let asks_for_json = match successes.kind {
        Kind::Json => true,
        Kind::Empty => errors.kind == Kind::Json,
        Kind::Raw => false,
    };
    let json = || asks_for_json.then(|| "application/json".to_owned());
    let route = wire_names(path).into_owned();
    let sides = [successes, errors];
    let documented = untyped(&facts.untyped, &sides);
    let [successes, errors] = sides;
    Operation {
        builder: id.to_pascal_case(),
        id,
        method,
        path: route.replace("{+", "{"),
        route,
        docs: ["summary", "description"]
            .into_iter()
            .filter_map(|key| text(operation, key))
            .collect(),
        is_deprecated: operation["deprecated"] == true,
        servers: facts.servers,
        security: facts.security,
        parameters: parameters(path, operation, &facts.styles),
        body: facts.body,
        accept: facts.accept.or_else(json),
        successes,
        errors,
        documented,
    }
}

/// The text of a member, with the names of the wire.
fn text(value: &Value, key: &str) -> Option<String> {
    let text = value.get(key)?.as_str()?;
    (!text.is_empty()).then(|| wire_names(text).into_owned())
}

/// The parameters as the generator orders them.
fn parameters(path: &str, operation: &Value, styles: &BTreeMap<String, Written>) -> Vec<Parameter> {
    let list = operation.list("parameters").iter();
    let named: BTreeMap<&str, &Value> = list
        .filter_map(|parameter| Some((parameter["name"].as_str()?, parameter)))
        .collect();
    let mut ordered: Vec<_> = named
        .into_iter()
        .filter_map(|(name, parameter)| {
            let written = styles.get(name);
            let wire = wire_names(name);
            let (order, place) = match parameter["in"].as_str()? {
                // Where it stands in the path; the others are in the order of their names.
                "path" => {
                    let at = path.find(&format!("{{{name}}}")).unwrap_or_default();
                    let spans = wire.starts_with('+');
                    ((0, at), Place::Path { spans })
                }
                "query" => ((1, 0), Place::Query),
                "header" if written.is_some_and(|written| written.in_cookie) => {
                    ((2, 0), Place::Cookie)
                }
                "header" => ((2, 0), Place::Header),
                _ => return None,
            };
            let planned = Parameter {
                name: match place {
                    Place::Path { spans: true } => wire.trim_start_matches('+').to_owned(),
                    _ => wire.into_owned(),
                },
                place,
                style: written.map(|written| written.style),
                is_deprecated: parameter["deprecated"] == true,
                description: text(parameter, "description"),
            };
            Some((order, planned))
        })
        .collect();
    ordered.sort_by_key(|(order, _)| *order);
    let ordered = ordered.into_iter();
    ordered.map(|(_, parameter)| parameter).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parameters_are_in_the_order_of_the_path_and_then_of_their_names() {
        let parameter = |name: &str, place: &str| json!({"name": name, "in": place});
        let operation = json!({"parameters": [
            parameter("Zeta", "header"), parameter("b", "query"), parameter("one", "path"), parameter("a", "query"),
            parameter("two", "path"),
        ]});
        let parameters = parameters("/x/{two}/{one}", &operation, &BTreeMap::new());
        let names: Vec<_> = parameters.into_iter().map(|found| found.name).collect();
        assert_eq!(names, ["two", "one", "a", "b", "Zeta"]);
    }
}
