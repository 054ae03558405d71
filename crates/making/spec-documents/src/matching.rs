//! Operations that are meant by a pattern, and names for them.

use std::collections::BTreeSet;

use heck::{ToPascalCase, ToSnakeCase};
use openapi_model::{Model, names};
use serde_json::Value;

use crate::config::{Config, Operation};
use crate::{Call, call};

/// Whether `text` is what `pattern` describes: `*` stands for any characters, in any number.
pub fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(place) => rest = &rest[place + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// The calls of a document whose path or `operationId` a pattern describes, each with a name of its own.
/// Names in `taken` are not given again.
pub fn operations(
    model: &Model<'_>,
    pattern: &str,
    taken: &BTreeSet<String>,
) -> Vec<(String, Call)> {
    let mut taken = taken.clone();
    let mut types: BTreeSet<String> = taken.iter().map(|name| name.to_pascal_case()).collect();
    let found = call::operations(model).into_iter();
    let found = found.map(|(call, operation)| (operation.said().id, call));
    let mut found: Vec<_> = found
        .filter(|(id, call)| {
            matches(pattern, &call.path) || id.is_some_and(|id| matches(pattern, id))
        })
        .enumerate()
        .collect();
    // Those whose words stay as they are come first.
    found.sort_by_key(|(place, (id, call))| {
        let changed = id.is_some_and(|id| plain(id).to_snake_case() != name(Some(id), call));
        (changed, *place)
    });
    let mut named: Vec<_> = found
        .into_iter()
        .map(|(place, (id, call))| {
            let mut name = name(id, &call);
            if taken.contains(&name) {
                // `x_a` beside `xa` is another function and another type.
                let own = id.map(|id| plain(id).to_snake_case());
                let own = own
                    .filter(|own| !taken.contains(own) && !types.contains(&own.to_pascal_case()));
                name = own.unwrap_or_else(|| name_of_call(&call));
            }
            let chosen = names::free(&name, "_v", |name| taken.contains(name));
            types.insert(chosen.to_pascal_case());
            taken.insert(chosen.clone());
            (place, (chosen, call))
        })
        .collect();
    named.sort_by_key(|(place, _)| *place);
    named.into_iter().map(|(_, found)| found).collect()
}

/// Adds the operations that the configuration's pattern describes and its tables do not list. Whatever is
/// not a read is taken to move money, until a table says otherwise.
pub fn complete(config: &mut Config, document: &Value) {
    let Some(pattern) = &config.operations_matching else {
        return;
    };
    let listed: BTreeSet<Call> = config
        .operations
        .values()
        .map(|operation| operation.call.clone())
        .collect();
    let taken = config
        .operations
        .keys()
        .chain(config.documented.keys())
        .cloned()
        .collect();
    for (name, call) in operations(&Model::of(document), pattern, &taken) {
        if !listed.contains(&call) {
            let operation = Operation {
                moves_money: !reads(&call),
                call,
                idempotency_header: None,
                paging: None,
            };
            config.operations.insert(name, operation);
        }
    }
}

/// Whether a call only reads, by its method.
pub fn reads(call: &Call) -> bool {
    ["GET", "HEAD", "OPTIONS", "TRACE"].contains(&call.method.as_str())
}

fn plain(id: &str) -> String {
    id.replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}

/// A name in snake case that stays the same when a type is called after it.
fn name(id: Option<&str>, call: &Call) -> String {
    let name = id.map(|id| plain(id).to_pascal_case().to_snake_case());
    name.filter(|name| name.starts_with(|first: char| first.is_ascii_lowercase()))
        .unwrap_or_else(|| name_of_call(call))
}

fn name_of_call(call: &Call) -> String {
    let text = format!("{} {}", call.method, call.path);
    let text = text.replace(|c: char| !c.is_ascii_alphanumeric(), " ");
    text.to_pascal_case().to_snake_case()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, text, expected) in [
            ("/refunds", "/refunds", true),
            ("/refunds", "/refunds/{id}", false),
            ("/refunds*", "/refunds/{id}", true),
            ("*efund*", "createRefund", true),
            ("/v1/*/refund", "/v1/a/b/refund", true),
            ("a*a", "a", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn operations_are_found_by_path_or_name_and_called_apart() {
        let document = json!({"paths": {
            "/refunds": {"get": {"operationId": "Refund"}, "post": {"operationId": "refund"}},
            "/other": {"get": {"operationId": "refundOther"}, "put": {}}
        }});
        let found = operations(&Model::of(&document), "*efund*", &BTreeSet::new());
        let names: Vec<_> = found
            .iter()
            .map(|(name, call)| format!("{name}: {call}"))
            .collect();
        assert_eq!(
            names,
            [
                "refund_other: GET /other",
                "refund: GET /refunds",
                "post_refunds: POST /refunds"
            ]
        );
    }

    #[test]
    fn what_the_tables_list_keeps_its_name_and_a_write_moves_money() {
        let text = "name = \"acme\"\ntitle = \"Acme\"\noperations_matching = \"/refunds*\"\n\
                    [authentication]\nscheme = \"bearer\"\nsource = \"page\"\n\
                    [operations.make]\ncall = \"POST /refunds\"\nmoves_money = true\n";
        let mut config = Config::parse("provider.toml", text).unwrap();
        let document = json!({"paths": {"/refunds": {"get": {"operationId": "list"}, "post": {}, "patch": {}}}});
        complete(&mut config, &document);
        let names: Vec<_> = config
            .operations
            .iter()
            .map(|(name, operation)| (name.as_str(), operation.moves_money))
            .collect();
        assert_eq!(
            names,
            [("list", false), ("make", true), ("patch_refunds", true)]
        );
    }
}
