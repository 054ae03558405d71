//! What the words of an enumeration mean.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Draft, Rule};
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::{document, schema};

pub(crate) const RULE: Rule = Rule {
    name: "word-meanings",
    statement: "Accepts constants with descriptions or titles, and enumerations with x-enum-descriptions, x-enum-elements, x-ms-enum or a list of their words in the description; emits enumerations, and decides on what each word means.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let (document, facts) = document.parts();
    document::each_schema_mut(document, &mut |at, schema| {
        let constants = of_constants(schema);
        let Some(words) = words(schema) else { return };
        let sources = [
            constants,
            of_extensions(schema, &words),
            of_list(schema, &words),
        ];
        let meanings = sources.into_iter().find(|found| !found.is_empty());
        if let Some(meanings) = meanings {
            scribe.note(at, format!("what {} of its words mean", meanings.len()));
            facts.give_meaning(schema, meanings);
        }
    });
}

/// Words with what they mean.
type Meanings = BTreeMap<String, String>;

/// The words of an enumeration of texts.
fn words(schema: &Map<String, Value>) -> Option<Vec<String>> {
    let values = schema.get("enum")?.as_array()?;
    let words = values.iter().filter_map(Value::as_str).map(str::to_owned);
    (schema::kind(schema) == Some("string")).then(|| words.collect())
}

/// Makes an enumeration of a union of constants, if one of them is described.
fn of_constants(schema: &mut Map<String, Value>) -> Meanings {
    let mut meanings = Meanings::new();
    let keyword = if schema.contains_key("oneOf") {
        "oneOf"
    } else {
        "anyOf"
    };
    let members = schema.list(keyword).iter();
    let members: Vec<&Map<String, Value>> = members.filter_map(Value::as_object).collect();
    let constant = |member: &&Map<String, Value>| {
        let is_plain =
            |key: &String| schema::is_annotation(key) || matches!(key.as_str(), "enum" | "type");
        match words(member)?.as_slice() {
            [word] if member.keys().all(is_plain) => Some(word.clone()),
            _ => None,
        }
    };
    let constants: Option<Vec<String>> = members.iter().map(constant).collect();
    let Some(constants) =
        constants.filter(|found| !found.is_empty() && !schema.contains_key("enum"))
    else {
        return meanings;
    };
    for (member, word) in members.iter().zip(&constants) {
        let said = ["description", "title"].map(|key| member.text(key));
        if let Some(text) = said.into_iter().flatten().find(|text| says(text, word)) {
            meanings.insert(word.clone(), text.trim().to_owned());
        }
    }
    if !meanings.is_empty() {
        schema.remove(keyword);
        schema.insert("type".to_owned(), json!("string"));
        schema.insert("enum".to_owned(), json!(constants));
    }
    meanings
}

/// Whether a text says more of a word than the word.
fn says(text: &str, word: &str) -> bool {
    let letters = |text: &str| -> String {
        let plain = text.chars().filter(|found| found.is_alphanumeric());
        plain.flat_map(char::to_lowercase).collect()
    };
    !text.trim().is_empty() && letters(text) != letters(word)
}

/// What the extensions say that documents use for it: a text for each word, by its place or its name.
fn of_extensions(schema: &Map<String, Value>, words: &[String]) -> Meanings {
    let mut meanings = Meanings::new();
    let mut add = |word: Option<&str>, text: Option<&Value>| {
        if let (Some(word), Some(text)) = (word, text.and_then(Value::as_str))
            && words.iter().any(|one| one == word)
            && says(text, word)
        {
            meanings.insert(word.to_owned(), text.trim().to_owned());
        }
    };
    for key in [
        "x-enum-descriptions",
        "x-enumDescriptions",
        "x-enum-elements",
        "x-ms-enum",
    ] {
        let found = schema.get(key);
        match found.map(|found| found.get("values").unwrap_or(found)) {
            Some(Value::Object(texts)) => {
                texts
                    .iter()
                    .for_each(|(word, text)| add(Some(word), Some(text)));
            }
            Some(Value::Array(texts)) => {
                for (text, word) in texts.iter().zip(words) {
                    add(Some(word), Some(text));
                }
                for text in texts {
                    let word = text.get("value").or_else(|| text.get("name"));
                    add(word.and_then(Value::as_str), text.get("description"));
                }
            }
            _ => {}
        }
    }
    meanings
}

/// What can stand around a word.
const MARKS: [char; 5] = ['`', '*', '_', '"', '\''];

/// What a list in the description says of each word.
fn of_list(schema: &Map<String, Value>, words: &[String]) -> Meanings {
    let mut meanings = Meanings::new();
    let description = schema.text("description").unwrap_or_default();
    let mut last: Option<&String> = None;
    for line in description.lines().map(str::trim) {
        let found = words
            .iter()
            .find_map(|word| Some((word, entry(line, word)?)));
        if let Some((word, text)) = found {
            meanings.insert(word.clone(), text.to_owned());
            last = Some(word);
        } else if line.is_empty() || item(line).is_some() {
            last = None;
        } else if let Some(text) = last.and_then(|word| meanings.get_mut(word)) {
            text.push(' ');
            text.push_str(line);
        }
    }
    // Another language begins there.
    meanings.retain(|word, text| says(text, word) && !text.contains('<'));
    meanings
}

/// What follows the bullet of an item.
fn item(line: &str) -> Option<&str> {
    ["- ", "* ", "+ ", "• "]
        .iter()
        .find_map(|bullet| line.strip_prefix(bullet))
}

/// What a line says of a word with which it begins.
fn entry<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    let begins = item(line).or_else(|| line.starts_with(['`', '*']).then_some(line))?;
    let rest = begins
        .trim_start()
        .trim_start_matches(MARKS)
        .strip_prefix(word)?;
    let after = rest.trim_start_matches(MARKS);
    let text = after.strip_prefix(':').or_else(|| {
        let rest = after.trim_start();
        let is_apart = rest.len() < after.len() || after.len() < begins.len();
        let text = [": ", "- ", "– ", "— ", "= "]
            .iter()
            .find_map(|mark| rest.strip_prefix(mark));
        text.filter(|_| is_apart)
    })?;
    let text = text.trim_start_matches(MARKS).trim();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// What the words of an enumeration in an answer mean.
    fn meanings(schema: Value) -> Vec<(String, String)> {
        let lowered = crate::lower(&json!({
            "openapi": "3.1.0", "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "", "content": {"application/json": {
                "schema": {"type": "object", "properties": {"kind": schema}}
            }}}}}}}
        }))
        .unwrap();
        assert!(!lowered.document.to_string().contains("$id"));
        let words = lowered.plan.types["AResponseKind"].meanings.clone();
        words.into_iter().collect()
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let owned = pairs
            .iter()
            .map(|(word, text)| ((*word).to_owned(), (*text).to_owned()));
        owned.collect()
    }

    #[test]
    fn constants_with_descriptions_are_words_with_meanings() {
        let union = json!({"oneOf": [
            {"const": "infra", "description": "For the racks."}, {"const": "pool", "title": "Shared by all"}, {"const": "none", "title": "None"},
        ]});
        assert_eq!(
            meanings(union),
            pairs(&[("infra", "For the racks."), ("pool", "Shared by all")])
        );
    }

    #[test]
    fn extensions_say_it_by_place_and_by_name() {
        let told = |key: &str, said: Value| {
            meanings(json!({"type": "string", "enum": ["a", "b"], key: said}))
        };
        let expected = pairs(&[("a", "One."), ("b", "Other.")]);
        assert_eq!(
            told("x-enum-descriptions", json!(["One.", "Other."])),
            expected
        );
        assert_eq!(
            told(
                "x-enumDescriptions",
                json!({"a": "One.", "b": "Other.", "c": "None."})
            ),
            expected
        );
        let named =
            json!([{"name": "b", "description": "Other."}, {"name": "a", "description": "One."}]);
        assert_eq!(told("x-enum-elements", named), expected);
        let values = json!({"name": "Kind", "values": [{"value": "a", "description": "One."}, {"value": "b", "description": "Other."}]});
        assert_eq!(told("x-ms-enum", values), expected);
    }

    #[test]
    fn a_list_in_the_description_says_it_in_any_of_the_usual_forms() {
        let description = "Where it stands.\n\n * **open**: Not paid,\n   or not yet.\n* `open-late` – Paid late.\n- done: Paid. \n- doneness: no word\n\nNothing else.";
        let schema = json!({"type": "string", "enum": ["open", "open-late", "done", "lost"], "description": description});
        assert_eq!(
            meanings(schema),
            pairs(&[
                ("done", "Paid."),
                ("open", "Not paid, or not yet."),
                ("open-late", "Paid late.")
            ])
        );
        let prose = json!({"type": "string", "enum": ["open"], "description": "open: a word in a sentence"});
        assert_eq!(entry(prose["description"].as_str().unwrap(), "open"), None);
    }
}
