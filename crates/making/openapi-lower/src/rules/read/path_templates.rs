//! How a path names its parameters.

use std::collections::{BTreeMap, BTreeSet};

use super::Rule;
use super::calls::{Called, Calls, Key, named};
use crate::report::Scribe;
use crate::spelling::snake;
use crate::{pointer, wire};

pub(crate) const RULE: Rule = Rule {
    name: "path-templates",
    statement: "Accepts paths without a slash before them and parameters written {{a}}, :a, {+a}, {a*}, {a:pattern}, {a=pattern} or {?a}; emits {a}, marked where the value has slashes of its own, and {?a} as a query parameter.",
    apply,
};

fn apply(calls: &mut Calls<'_>, scribe: &mut Scribe<'_>) {
    // Names of the parameters that are listed as parts of each path.
    let mut listed: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for called in calls.list.values() {
        let of_path = listed.entry(called.call.path).or_default();
        let parameters = called.call.parameters().filter_map(named);
        let in_path = parameters.filter(|(_, place)| place == "path");
        of_path.extend(in_path.map(|(name, _)| name));
    }
    let read = |key: &Key, called: &Called<'_>| {
        let none = BTreeSet::new();
        Template::read(&key.path, listed.get(called.call.path).unwrap_or(&none))
    };
    let mut moved = Vec::new();
    for (key, called) in std::mem::take(&mut calls.list) {
        let template = read(&key, &called);
        if called.is_stand_in || template.text == key.path {
            calls.list.insert(key, called);
        } else {
            moved.push((key, called, template));
        }
    }
    let mut last = String::new();
    for (key, mut called, template) in moved {
        if last != key.path {
            let told = format!("became {}", wire::wire_names(&template.text));
            scribe.note(&pointer::join("/paths", &key.path), told);
            last.clone_from(&key.path);
        }
        let mended = Key {
            path: template.text,
            method: key.method,
        };
        // Two paths that are one now: each keeps its operations.
        if calls.list.contains_key(&mended) {
            let path = &mended.path;
            let told = format!("{path} is a path of its own, and has this operation");
            scribe.left_out(&key.pointer(), told);
            continue;
        }
        called.renamed = template.renamed;
        called.query = template.query;
        calls.list.insert(mended, called);
    }
}

/// A path as it is emitted.
#[derive(Debug, Default)]
struct Template {
    text: String,
    /// What listed parameters are called from now on.
    renamed: BTreeMap<String, String>,
    /// Names of a query.
    query: Vec<String>,
}

impl Template {
    fn read(path: &str, listed: &BTreeSet<String>) -> Self {
        let mut template = Self::default();
        if !path.starts_with('/') {
            template.text.push('/');
        }
        let mut rest = path;
        while let Some(place) = rest.find(['{', '}', ':']) {
            let (before, after) = rest.split_at(place);
            template.text.push_str(before);
            rest = match &after[..1] {
                "{" => template.braces(after, listed),
                "}" => {
                    // A brace without its partner is a character of the path.
                    template.text.push_str("%7D");
                    &after[1..]
                }
                _ => template.colon(after, listed),
            };
        }
        template.text.push_str(rest);
        template
    }

    /// Reads what stands between braces; gives back what follows.
    fn braces<'a>(&mut self, text: &'a str, listed: &BTreeSet<String>) -> &'a str {
        let found =
            between_braces(text).and_then(|(inner, tail)| Some((name_of(inner, listed)?, tail)));
        match found {
            Some((Name::Query(names), tail)) => {
                self.query.extend(names);
                tail
            }
            Some((Name::Path { name, spans }, tail)) => {
                if spans {
                    let plain = name.trim_start_matches('+');
                    let spoken = wire::spoken(&snake(plain), &format!("+{plain}"));
                    self.text.push_str(&format!("{{{spoken}}}"));
                    self.renamed.insert(name, spoken);
                } else {
                    self.text.push_str(&format!("{{{name}}}"));
                }
                tail
            }
            None => {
                self.text.push_str("%7B");
                &text[1..]
            }
        }
    }

    /// Reads `:name` at the beginning of a segment, if there is a parameter of that name.
    fn colon<'a>(&mut self, text: &'a str, listed: &BTreeSet<String>) -> &'a str {
        let word = text[1..]
            .split(|character: char| !character.is_alphanumeric() && character != '_')
            .next()
            .unwrap_or_default();
        if self.text.ends_with('/') && listed.contains(word) {
            self.text.push_str(&format!("{{{word}}}"));
            &text[1 + word.len()..]
        } else {
            self.text.push(':');
            &text[1..]
        }
    }
}

/// What is between the brace at the beginning of `text` and its partner, and what follows.
fn between_braces(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for (place, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return Some((text.get(1..place)?, &text[place + 1..]));
        }
    }
    None
}

/// What braces are about.
#[derive(Debug, PartialEq)]
enum Name {
    /// A parameter of the path, and whether its value has slashes of its own.
    Path { name: String, spans: bool },
    /// Parameters of the query.
    Query(Vec<String>),
}

fn name_of(inner: &str, listed: &BTreeSet<String>) -> Option<Name> {
    let mut inner = inner;
    while let Some(bare) = inner.strip_prefix('{').and_then(|i| i.strip_suffix('}')) {
        inner = bare;
    }
    // RFC 6570, 3.2.8 and 3.2.9.
    if let Some(names) = inner.strip_prefix(['?', '&']) {
        let names = names
            .split(',')
            .map(|name| name.trim_end_matches('*').trim());
        return Some(Name::Query(
            names
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
        ));
    }
    if listed.contains(inner) && !inner.contains(['{', '}', '/']) {
        let (name, spans) = (inner.to_owned(), inner.starts_with('+'));
        return Some(Name::Path { name, spans });
    }
    let plain = inner.trim_start_matches(['+', '#', '.', ';', '/', '*']);
    let (name, how) = match plain.find(['=', ':', '*', '?', '+']) {
        Some(place) => plain.split_at(place),
        None => (plain, ""),
    };
    if name.is_empty() || name.contains(['{', '}', '/']) {
        return None;
    }
    // RFC 6570, 3.2.3, and what frameworks and gateways write for the rest of a path.
    let spans = inner.starts_with(['+', '#', '*'])
        || how.contains("**")
        || (how.starts_with('=') && how.contains('/'))
        || how == ":path"
        || how == "+"
        || how == "*";
    let name = name.to_owned();
    Some(Name::Path { name, spans })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::rules::testing::{self, left_out};
    use crate::wire_names;

    fn mended(path: &str) -> String {
        super::Template::read(path, &["id".to_owned(), "a".to_owned()].into()).text
    }

    #[test]
    fn a_path_gets_its_slash_and_loses_a_single_brace() {
        assert_eq!(mended("/a/{b}.json"), "/a/{b}.json");
        assert_eq!(mended("a/{b}/{"), "/a/{b}/%7B");
        assert_eq!(mended("/a}b"), "/a%7Db");
    }

    #[test]
    fn names_are_found_in_what_is_written_around_them() {
        for path in [
            "/x/{{id}}/y",
            "/x/:id/y",
            "/x/{id?}/y",
            "/x/{id:[0-9]{3}}/y",
            "/x/{id:.+}/y",
        ] {
            assert_eq!(mended(path), "/x/{id}/y", "{path}");
        }
    }

    #[test]
    fn a_colon_that_names_no_listed_parameter_is_a_character_of_the_path() {
        for path in ["/x/{id}:cancel", "/x/:other", "/x/a:id"] {
            assert_eq!(mended(path), path);
        }
    }

    #[test]
    fn a_value_with_slashes_of_its_own_is_marked() {
        for path in [
            "/v1/{+a}:go",
            "/v1/{a=shelves/*}:go",
            "/v1/{a=**}:go",
            "/v1/{a*}:go",
            "/v1/{a+}:go",
            "/v1/{a:path}:go",
        ] {
            assert_eq!(wire_names(&mended(path)), "/v1/{+a}:go", "{path}");
        }
    }

    fn lowered(paths: Value) -> crate::Lowered {
        testing::lowered(paths, json!({}))
    }

    fn operation(id: &str, parameters: Value) -> Value {
        json!({"operationId": id, "parameters": parameters, "responses": {"204": {"description": ""}}})
    }

    #[test]
    fn the_parameter_of_a_marked_path_has_the_marked_name_too() {
        let id = json!([{"name": "name", "in": "path", "schema": {"type": "string"}}]);
        let lowered = lowered(json!({"/v1/{+name}": {"get": operation("a", id)}}));
        let (path, item) = lowered.document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .next()
            .unwrap();
        let parameters = item["get"]["parameters"].as_array().unwrap();
        assert_eq!(parameters.len(), 1);
        let name = parameters[0]["name"].as_str().unwrap();
        assert_eq!(*path, format!("/v1/{{{name}}}"));
        assert_eq!(wire_names(name), "+name");
    }

    #[test]
    fn a_query_template_becomes_parameters_of_the_query() {
        let lowered = lowered(json!({"/a{?b,c*}": {"get": operation("a", json!([]))}}));
        let parameters = lowered.document["paths"]["/a"]["get"]["parameters"]
            .as_array()
            .unwrap();
        let names: Vec<_> = parameters
            .iter()
            .map(|parameter| (&parameter["name"], &parameter["in"]))
            .collect();
        assert_eq!(
            names,
            [
                (&json!("b"), &json!("query")),
                (&json!("c"), &json!("query"))
            ]
        );
    }

    #[test]
    fn two_paths_that_become_one_keep_their_operations() {
        let id = json!([{"name": "id", "in": "path", "schema": {"type": "string"}}]);
        let lowered = lowered(json!({
            "/x/{id}": {"get": operation("a", id.clone())},
            "/x/:id": {"parameters": id, "put": operation("b", json!([])), "get": operation("c", json!([]))}
        }));
        let item = &lowered.document["paths"]["/x/{id}"];
        assert_eq!(
            (&item["get"]["operationId"], &item["put"]["operationId"]),
            (&json!("a"), &json!("b"))
        );
        assert_eq!(left_out(&lowered.report), ["/paths/~1x~1:id/get"]);
    }
}
