//! Places of a document in the words of their readers.

use std::borrow::Cow;

use openapi_model::pointer::tokens;

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
    use super::*;

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
