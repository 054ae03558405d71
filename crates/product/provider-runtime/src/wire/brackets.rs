//! Nested members in brackets, as in `refund[amount]=5`.

use super::json::Json;

/// How the entries of a list are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lists {
    /// Under the same name, again and again: `a=1&a=2`.
    Repeated,
    /// With their number, from 0: `a[0]=1&a[1]=2`.
    Numbered,
}

/// Adds the scalars in `value`, each with its name, to `pairs`. What is null is left out.
pub(crate) fn flatten(name: String, value: Json, lists: Lists, pairs: &mut Vec<(String, String)>) {
    match value {
        Json::Object(members) => {
            for (member, value) in members {
                let name = if name.is_empty() {
                    member
                } else {
                    format!("{name}[{member}]")
                };
                flatten(name, value, lists, pairs);
            }
        }
        Json::List(entries) => {
            for (number, entry) in entries.into_iter().enumerate() {
                let repeated = lists == Lists::Repeated && entry.is_scalar();
                let name = if repeated {
                    name.clone()
                } else {
                    format!("{name}[{number}]")
                };
                flatten(name, entry, lists, pairs);
            }
        }
        scalar => pairs.extend(text_of(scalar).map(|text| (name, text))),
    }
}

/// The text of a scalar; nothing for null, a list and an object.
pub(crate) fn text_of(value: Json) -> Option<String> {
    match value {
        Json::Text(text) => Some(text),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn flat(lists: Lists) -> Vec<String> {
        let value = json!({"a": {"b": [1, true], "c": null}, "d": [{"e": "x"}]});
        let mut pairs = Vec::new();
        let value = Json::of(&value).unwrap();
        flatten(String::new(), value, lists, &mut pairs);
        pairs
            .into_iter()
            .map(|(name, text)| format!("{name}={text}"))
            .collect()
    }

    #[test]
    fn members_are_in_brackets_and_lists_are_repeated_or_numbered() {
        assert_eq!(flat(Lists::Repeated), ["a[b]=1", "a[b]=true", "d[0][e]=x"]);
        assert_eq!(
            flat(Lists::Numbered),
            ["a[b][0]=1", "a[b][1]=true", "d[0][e]=x"]
        );
    }
}
