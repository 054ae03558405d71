//! Names of operations.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToSnakeCase;

use super::Rule;
use super::calls::{Calls, Key};
use crate::report::Scribe;
use crate::spelling::{free, pascal, snake};

pub(crate) const RULE: Rule = Rule {
    name: "operation-ids",
    statement: "Accepts operations without a name, or with names that are one in Rust or none; emits names that differ, taken from method and path where there is none.",
    apply,
};

/// Functions that a client has already: no operation can be called so.
pub const OF_CLIENT: [&str; 12] = [
    "api_version",
    "baseurl",
    "builder",
    "client",
    "clone",
    "exec",
    "fmt",
    "inner",
    "new",
    "new_with_client",
    "post",
    "pre",
];
/// Types that the generated code names without a path, beside the builder of each operation.
const OF_CODE: [&str; 31] = [
    "AsMut",
    "AsRef",
    "Box",
    "ByteStream",
    "Client",
    "ClientHooks",
    "ClientInfo",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Drop",
    "Eq",
    "Err",
    "Error",
    "From",
    "Into",
    "Iterator",
    "None",
    "Ok",
    "OperationInfo",
    "Option",
    "RawBody",
    "RequestBuilderExt",
    "ResponseValue",
    "Result",
    "Self",
    "Some",
    "String",
    "ToString",
    "Vec",
];

fn apply(calls: &mut Calls<'_>, scribe: &mut Scribe<'_>) {
    for called in calls.list.values_mut() {
        called
            .id
            .take_if(|id| !id.chars().any(char::is_alphanumeric));
    }
    let found = calls
        .list
        .iter()
        .map(|(key, called)| (key, called.id.as_deref()));
    let mut names = chosen(found.collect());
    for (key, called) in &mut calls.list {
        let name = names.remove(key).unwrap_or_default();
        match &called.id {
            Some(id) if snake(id) == name => {}
            Some(id) => scribe.note(&key.pointer(), format!("{id:?} is called {name}")),
            None => scribe.note(&key.pointer(), format!("without a name: called {name}")),
        }
        called.id = Some(name);
    }
}

/// A name of its own for each call; those that need no change keep theirs.
fn chosen(mut found: Vec<(&Key, Option<&str>)>) -> BTreeMap<Key, String> {
    let mut functions: BTreeSet<String> = OF_CLIENT.iter().map(|&name| name.to_owned()).collect();
    let mut types: BTreeSet<String> = OF_CODE.iter().map(|&name| name.to_owned()).collect();
    let mut names = BTreeMap::new();
    // The first with a name has it, before those that need a change; names that are made come last.
    found.sort_by_key(|(_, id)| match id {
        Some(id) if settled(id) == *id => 0,
        Some(id) if snake(id) == *id => 1,
        Some(_) => 2,
        None => 3,
    });
    for (call, id) in found {
        let wanted = match id {
            Some(id) => settled(id),
            None => of_call(call),
        };
        let mut name = wanted.clone();
        let is_taken = |name: &str| functions.contains(name) || types.contains(&pascal(name));
        let own = id.map(snake);
        if let Some(own) = own.filter(|own| is_taken(&name) && !is_taken(own)) {
            // `x_a` beside `xa`.
            name = own;
        } else if is_taken(&name) {
            let taken_by_code =
                OF_CLIENT.contains(&wanted.as_str()) || OF_CODE.contains(&pascal(&wanted).as_str());
            name = match (taken_by_code, id) {
                (true, _) => format!("{wanted}_call"),
                // Another operation has the name: the call tells them apart.
                (false, Some(_)) => of_call(call),
                (false, None) => wanted.clone(),
            };
        }
        while types.contains(&pascal(&name)) {
            name = settled(&free(format!("{wanted}_more"), "", &mut functions));
        }
        functions.insert(name.clone());
        types.insert(pascal(&name));
        names.insert(call.clone(), name);
    }
    names
}

/// `get_orders_by_id` of `GET /orders/{id}`.
fn of_call(call: &Key) -> String {
    let mut words = vec![call.method.to_owned()];
    for segment in call.path.split(['/', '{', '}', '?', '&', '=', '#']) {
        let word = segment.to_snake_case();
        if !word.is_empty() {
            words.push(word);
        }
    }
    settled(&words.join("_"))
}

/// The name of a function that is the same when it is told from the name of its type.
fn settled(name: &str) -> String {
    let name = snake(&pascal(name));
    match name.strip_suffix('_') {
        // A word that Rust reserves.
        Some(word) => format!("{word}_call"),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::rules::testing::lowered;

    fn ids(paths: Value) -> Vec<(String, String)> {
        let lowered = lowered(paths, json!({}));
        let paths = lowered.document["paths"].as_object().unwrap();
        let mut ids: Vec<_> = paths
            .iter()
            .flat_map(|(path, item)| {
                item.as_object()
                    .unwrap()
                    .iter()
                    .map(move |(method, operation)| {
                        let id = operation["operationId"].as_str().unwrap();
                        (format!("{method} {path}"), id.to_owned())
                    })
            })
            .collect();
        ids.sort();
        ids
    }

    fn called(id: &str) -> Value {
        json!({"operationId": id, "responses": {"204": {"description": ""}}})
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected
            .iter()
            .map(|(call, id)| ((*call).to_owned(), (*id).to_owned()))
            .collect()
    }

    #[test]
    fn an_operation_without_a_name_is_called_after_its_call() {
        let found = ids(json!({
            "/orders/{orderId}/refund": {"post": {"responses": {"204": {"description": ""}}}},
            "/": {"get": {"operationId": "--", "responses": {"204": {"description": ""}}}}
        }));
        assert_eq!(
            found,
            pairs(&[
                ("get /", "get"),
                (
                    "post /orders/{orderId}/refund",
                    "post_orders_order_id_refund"
                )
            ])
        );
    }

    #[test]
    fn names_that_differ_in_rust_stay_as_they_are() {
        let found = ids(json!({
            "/a": {"get": called("x_a"), "put": called("get_a_b")},
            "/b": {"get": called("xa"), "put": called("x_A")}
        }));
        assert_eq!(
            found,
            pairs(&[
                ("get /a", "x_a"),
                ("get /b", "xa"),
                ("put /a", "get_ab"),
                ("put /b", "put_b")
            ])
        );
    }

    #[test]
    fn names_that_are_one_in_rust_are_told_apart() {
        let found = ids(json!({
            "/a": {"get": called("listThings"), "post": called("list_things")},
            "/b": {"get": called("list-things")}
        }));
        assert_eq!(
            found,
            pairs(&[
                ("get /a", "get_a"),
                ("get /b", "get_b"),
                ("post /a", "list_things")
            ])
        );
    }

    #[test]
    fn a_name_that_the_client_has_itself_or_rust_reserves_is_changed() {
        let found = ids(json!({
            "/a": {"get": called("post"), "put": called("Error"), "post": called("type")},
            "/b": {"get": called("get things!")}
        }));
        assert_eq!(
            found,
            pairs(&[
                ("get /a", "post_call"),
                ("get /b", "get_things"),
                ("post /a", "type_call"),
                ("put /a", "error_call")
            ])
        );
    }
}
