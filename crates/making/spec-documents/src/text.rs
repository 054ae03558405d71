//! The text of a document: the same value gives the same bytes, and one change is one hunk of a diff.

use serde_json::{Map, Value};

/// Pretty JSON with the keys of every object in order and a newline at the end.
pub fn sorted(document: &Value) -> String {
    format!("{:#}\n", in_order(document))
}

fn in_order(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut keys: Vec<&String> = object.keys().collect();
            keys.sort();
            // Sorted insertion holds for a map that keeps the order and for one that sorts.
            let sorted = keys
                .into_iter()
                .map(|key| (key.clone(), in_order(&object[key])));
            Value::Object(sorted.collect::<Map<_, _>>())
        }
        Value::Array(list) => Value::Array(list.iter().map(in_order).collect()),
        scalar => scalar.clone(),
    }
}

/// A text as part of a file name: lower case, words joined by `-`, at most about sixty characters.
pub(crate) fn slug(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut slug = String::new();
    for word in text
        .split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
    {
        if !slug.is_empty() && slug.len() + 1 + word.len() > LONGEST {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.push_str(&word.to_ascii_lowercase());
    }
    slug.truncate(LONGEST);
    slug
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_in_order_and_lists_stay() {
        let document = json!({"b": [2, 1], "a": {"d": null, "c": 1.5}});
        assert_eq!(
            sorted(&document),
            "{\n  \"a\": {\n    \"c\": 1.5,\n    \"d\": null\n  },\n  \"b\": [\n    2,\n    1\n  ]\n}\n"
        );
    }

    #[test]
    fn a_slug_has_whole_words_and_an_end() {
        assert_eq!(
            slug("Over Refund Limit / Parameters Error "),
            "over-refund-limit-parameters-error"
        );
        assert_eq!(slug("…"), "");
        assert_eq!(
            slug(&"word ".repeat(30)),
            "word-word-word-word-word-word-word-word-word-word-word-word"
        );
        assert_eq!(slug(&"x".repeat(100)).len(), 60);
    }
}
