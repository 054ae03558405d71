//! A value in a document, with its JSON pointer.

use std::borrow::Cow;
use std::rc::Rc;

use openapi_model::pointer::{join, tokens};
use openapi_model::reference::{self, LONGEST_CHAIN};
use serde_json::{Map, Value};

/// A value and where it is.
#[derive(Debug, Clone)]
pub(crate) struct Place<'a> {
    document: &'a Value,
    /// JSON pointer from the document's root.
    pub(crate) at: Rc<str>,
    /// What is there.
    pub(crate) value: &'a Value,
}

impl<'a> Place<'a> {
    /// The whole document.
    pub(crate) fn root(document: &'a Value) -> Self {
        Self {
            document,
            at: "".into(),
            value: document,
        }
    }

    /// The whole document that this is a place of.
    pub(crate) fn document_root(&self) -> Self {
        Self::root(self.document)
    }

    fn child(&self, token: &str, value: &'a Value) -> Self {
        Self {
            document: self.document,
            at: join(&self.at, token).into(),
            value,
        }
    }

    /// The member of this name, if this is an object that has it.
    pub(crate) fn get(&self, key: &str) -> Option<Self> {
        let value = self.object()?.get(key)?;
        Some(self.child(key, value))
    }

    /// This as an object.
    pub(crate) fn object(&self) -> Option<&'a Map<String, Value>> {
        self.value.as_object()
    }

    /// The members of an object, in order; none of anything else.
    pub(crate) fn entries(&self) -> Vec<(&'a str, Self)> {
        let members = self.object().into_iter().flatten();
        members
            .map(|(key, value)| (key.as_str(), self.child(key, value)))
            .collect()
    }

    /// The entries of a list; none of anything else.
    pub(crate) fn items(&self) -> Vec<Self> {
        let items = self.value.as_array().into_iter().flatten().enumerate();
        items
            .map(|(index, value)| self.child(&index.to_string(), value))
            .collect()
    }

    /// The entries of the list under `key`.
    pub(crate) fn items_of(&self, key: &str) -> Vec<Self> {
        self.get(key).map(|list| list.items()).unwrap_or_default()
    }

    /// The members of the object under `key`.
    pub(crate) fn entries_of(&self, key: &str) -> Vec<(&'a str, Self)> {
        self.get(key)
            .map(|object| object.entries())
            .unwrap_or_default()
    }

    /// The text under `key`.
    pub(crate) fn text(&self, key: &str) -> Option<&'a str> {
        self.object()?.get(key)?.as_str()
    }

    /// Whether `key` is `true`.
    pub(crate) fn is(&self, key: &str) -> bool {
        self.object()
            .and_then(|object| object.get(key))
            .is_some_and(|value| *value == Value::Bool(true))
    }

    /// What the `$ref` of this object leads to; nothing when there is none or it leads nowhere in this document.
    pub(crate) fn target(&self) -> Option<Self> {
        self.at_pointer(&reference::pointer_of(self.text("$ref")?)?)
    }

    /// What a pointer leads to in the document of this place.
    pub(crate) fn at_pointer(&self, pointer: &str) -> Option<Self> {
        let value = self.document.pointer(pointer)?;
        Some(Self {
            document: self.document,
            at: pointer.into(),
            value,
        })
    }

    /// This, or what its references lead to in the end; the last place before one that leads nowhere.
    pub(crate) fn resolved(&self) -> Self {
        let mut place = self.clone();
        for _ in 0..LONGEST_CHAIN {
            match place.target() {
                Some(target) => place = target,
                None => break,
            }
        }
        place
    }

    /// What tells this value from every other one of the document.
    pub(crate) fn address(&self) -> usize {
        std::ptr::from_ref(self.value) as usize
    }
}

/// A place in a schema in the words of its reader: `RefundData.customer_receives.amount`.
pub(crate) fn subject(pointer: &str) -> String {
    let tokens: Vec<_> = tokens(pointer).collect();
    let mut path = String::new();
    let mut index = 0;
    if let [first, kind, name, ..] = tokens.as_slice()
        && first == "components"
        && kind == "schemas"
    {
        path.push_str(name);
        index = 3;
    } else if let Some(schema) = tokens.iter().position(|token| token == "schema") {
        index = schema + 1;
    }
    while let Some(token) = tokens.get(index) {
        let next = tokens.get(index + 1);
        match (&**token, next) {
            ("properties" | "patternProperties" | "$defs", Some(name)) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
                index += 1;
            }
            ("items" | "prefixItems", _) => path.push_str("[]"),
            ("additionalProperties", _) => path.push_str(".*"),
            _ => {}
        }
        index += 1;
    }
    if path.is_empty() {
        whole(&tokens)
    } else {
        format!("`{path}`")
    }
}

/// The name of a schema that is no field: what hangs on it.
fn whole(tokens: &[Cow<'_, str>]) -> String {
    if tokens.iter().any(|token| token == "requestBody") {
        return "the request body".to_owned();
    }
    if tokens.iter().any(|token| token == "parameters") {
        return "the parameter".to_owned();
    }
    let under = |key: &str| {
        let at = tokens.iter().position(|token| token == key)?;
        tokens.get(at + 1)
    };
    if let Some(name) = under("headers") {
        return format!("the header `{name}`");
    }
    match under("responses") {
        Some(status) => format!("the body of {status}"),
        None => "the schema".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_chain_of_references_is_followed_and_a_circle_is_left() {
        let document = json!({"a": {"$ref": "#/b~1c"}, "b/c": {"$ref": "#/d%20e"}, "d e": 5, "f": {"$ref": "#/f"}});
        let root = Place::root(&document);
        let end = root.get("a").unwrap().resolved();
        assert_eq!((&*end.at, end.value), ("/d e", &json!(5)));
        assert_eq!(&*root.get("f").unwrap().resolved().at, "/f");
    }

    #[test]
    fn a_place_is_named_in_the_words_of_its_reader() {
        let names = [
            (
                "/components/schemas/R/properties/a/items/properties/b/enum",
                "`R.a[].b`",
            ),
            (
                "/paths/~1r/post/requestBody/content/x/schema/properties/amount",
                "`amount`",
            ),
            (
                "/paths/~1r/post/requestBody/content/x/schema",
                "the request body",
            ),
            (
                "/paths/~1r/post/responses/200/content/x/schema/type",
                "the body of 200",
            ),
            (
                "/paths/~1r/post/responses/200/headers/X/schema",
                "the header `X`",
            ),
            ("/paths/~1r/post/parameters/0/schema/enum", "the parameter"),
        ];
        for (pointer, name) in names {
            assert_eq!(subject(pointer), name);
        }
    }
}
