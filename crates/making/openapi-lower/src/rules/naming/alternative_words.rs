//! What the alternatives of a union are called.

use std::collections::BTreeSet;

use heck::{ToKebabCase, ToPascalCase};
use serde_json::{Map, Value, json};

use super::names::is_told_by_name;
use super::{Draft, Rule};
use crate::keyed::Keyed;
use crate::plan::Tag;
use crate::report::Scribe;
use crate::spelling::pascal;
use crate::{document, pointer, reference, rust_type, schema};

pub(crate) const RULE: Rule = Rule {
    name: "alternative-words",
    statement: "Accepts alternatives without a name of their own; emits each with a word as its title: its own title, its type, the values that tell it from the others, or a property, or two, that only it has.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let (document, facts) = document.parts();
    let mut found = Vec::new();
    document::each_schema_mut(document, &mut |at, schema| {
        let members = schema.list("oneOf");
        if members.len() > 1 && !members.iter().all(is_by_name) {
            found.push((at.to_owned(), facts.told_apart(schema).cloned()));
        }
    });
    for (at, tag) in found {
        let at = pointer::join(&at, "oneOf");
        let Some(members) = document.pointer(&at).and_then(Value::as_array) else {
            continue;
        };
        let words = words(document, members, tag.as_ref());
        let Some(Value::Array(members)) = document.pointer_mut(&at) else {
            continue;
        };
        for (index, (member, word)) in members.iter_mut().zip(words).enumerate() {
            let Some(word) = word.filter(|word| called(member).as_ref() != Some(word)) else {
                continue;
            };
            if reference::of(member).is_some() {
                *member = json!({"allOf": [member.take()]});
            }
            scribe.note(
                &pointer::join(&at, &index.to_string()),
                format!("called {word}"),
            );
            member["title"] = word.into();
        }
    }
}

/// Whether it is a variant that is told by the name of its only member.
pub(crate) fn is_by_name(member: &Value) -> bool {
    let members = member.object("properties");
    member.get("additionalProperties") == Some(&Value::Bool(false))
        && members.is_some_and(|members| members.len() == 1)
}

/// What a member is called as it is.
fn called(member: &Value) -> Option<String> {
    let title = || member.text("title").map(pascal);
    name_of_reference(member).or_else(title)
}

fn name_of_reference(member: &Value) -> Option<String> {
    Some(pascal(&member.referred()?))
}

/// The word of each member, which no other has; nothing where there is none.
fn words(document: &Value, members: &[Value], tag: Option<&Tag>) -> Vec<Option<String>> {
    let of = |index: usize| members.get(index).and_then(Value::as_object);
    let sources: [&dyn Fn(usize) -> Option<String>; 8] = [
        &|index| called(members.get(index)?),
        &|index| name_of_reference(of(index)?.only_part()?),
        &|index| of(index).filter(|member| !is_object(member)).map(of_type),
        &|index| of_items(of(index)?),
        &|index| of_values(tag?, index),
        &|index| of_property(document, members, index),
        &|index| of_two_properties(document, members, index),
        &|index| of(index).map(of_type),
    ];
    // Where each is told by a name, none needs a word for it.
    let are_by_name = members.iter().all(is_told_by_name);
    let mut words: Vec<Option<String>> = members
        .iter()
        .map(|member| (are_by_name && is_by_name(member)).then(String::new))
        .collect();
    for source in sources {
        let open = (0..members.len()).filter(|index| words[*index].is_none());
        let found: Vec<(usize, String)> = open
            .filter_map(|index| Some((index, source(index).filter(|word| !word.is_empty())?)))
            .collect();
        for (index, word) in &found {
            let is_again = |(other, again): &(usize, String)| other != index && again == word;
            if !found.iter().any(is_again) && !words.contains(&Some(word.clone())) {
                words[*index] = Some(word.clone());
            }
        }
    }
    words.iter_mut().for_each(|word| {
        word.take_if(|word| word.is_empty());
    });
    keep_apart(&mut words);
    words
}

/// The generator takes off what all names begin with, and numbers them where nothing is left of one: that one keeps
/// its name, and the others lose the beginning.
fn keep_apart(words: &mut [Option<String>]) {
    let parts: Option<Vec<Vec<String>>> = words
        .iter()
        .map(|word| {
            Some(
                word.as_ref()?
                    .to_kebab_case()
                    .split('-')
                    .map(str::to_owned)
                    .collect(),
            )
        })
        .collect();
    let Some(Some(shortest)) = parts
        .as_ref()
        .map(|parts| parts.iter().min_by_key(|one| one.len()))
    else {
        return;
    };
    let parts = parts.iter().flatten();
    if !parts.clone().all(|one| one.starts_with(shortest)) {
        return;
    }
    let left: Vec<String> = parts
        .map(|one| match one.strip_prefix(shortest.as_slice()) {
            Some(rest) if !rest.is_empty() => rest.join("-").to_pascal_case(),
            _ => one.join("-").to_pascal_case(),
        })
        .collect();
    let is_speakable = |word: &String| word.starts_with(|first: char| first.is_alphabetic());
    if left.iter().all(is_speakable) && left.iter().collect::<BTreeSet<_>>().len() == left.len() {
        for (word, left) in words.iter_mut().zip(left) {
            *word = Some(left);
        }
    }
}

fn is_object(member: &Map<String, Value>) -> bool {
    schema::kind(member) == Some("object") && !rust_type::is_runtime_type(member)
}

/// What a member is called of which nothing is said.
const OTHER: &str = "Other";

/// The name of its type of the run time, or its type.
pub(crate) fn of_type(member: &Map<String, Value>) -> String {
    let last = |path: &Value| Some(path.as_str()?.rsplit("::").next()?.to_owned());
    let runtime = member
        .get(rust_type::EXTENSION)
        .and_then(|extension| last(extension.get("path")?));
    let kind = || schema::kind(member).map(pascal);
    runtime.or_else(kind).unwrap_or_else(|| OTHER.to_owned())
}

/// The values that only it has, at most two of them.
fn of_values(tag: &Tag, index: usize) -> Option<String> {
    let of_value = |value: &String| match value.starts_with(|first: char| first.is_alphabetic()) {
        true if value != "true" && value != "false" => pascal(value),
        _ => pascal(&format!("{} {value}", tag.name)),
    };
    match tag.values.get(index)?.as_slice() {
        [one] => Some(of_value(one)),
        [one, other] => Some(format!("{}Or{}", of_value(one), of_value(other))),
        _ => None,
    }
}

/// What a list is of.
fn of_items(member: &Map<String, Value>) -> Option<String> {
    let items = member
        .get("items")
        .filter(|_| schema::kind(member) == Some("array"))?;
    let kind = || items.as_object().map(of_type).filter(|kind| kind != OTHER);
    Some(format!("{}Array", called(items).or_else(kind)?))
}

/// The first property that no other member has, of those that it requires if there is one; else the first that no other
/// requires.
fn of_property(document: &Value, members: &[Value], index: usize) -> Option<String> {
    let of = |member| reference::followed(document, member).as_object();
    let properties = |member| of(member)?.object("properties");
    let requires = |member, name: &str| of(member).is_some_and(|member| member.requires(name));
    let member = members.get(index)?;
    let others = || {
        let others = members.iter().enumerate();
        others.filter_map(|(other, member)| (other != index).then_some(member))
    };
    let own = |name: &&String| {
        let has = |other| properties(other).is_some_and(|found| found.contains_key(*name));
        !others().any(has)
    };
    let names = || properties(member).into_iter().flat_map(Map::keys);
    let is_required = |name: &&String| requires(member, name);
    let found = names().filter(own).find(is_required);
    let found = found.or_else(|| names().find(own)).or_else(|| {
        let alone = |name: &&String| !others().any(|other| requires(other, name));
        names().filter(is_required).find(alone)
    });
    Some(pascal(&format!("with {}", found?)))
}

/// The first two properties that no other member has both of, of those that it requires; such are combinations of unions.
fn of_two_properties(document: &Value, members: &[Value], index: usize) -> Option<String> {
    let required = |member| {
        let target = reference::followed(document, member);
        target.list("required").iter().filter_map(Value::as_str)
    };
    let own: Vec<&str> = required(members.get(index)?).collect();
    let pairs = own.iter().enumerate();
    let mut pairs =
        pairs.flat_map(|(place, one)| own.iter().skip(place + 1).map(move |other| [one, other]));
    let is_own = |pair: &[&&str; 2]| {
        let mut others = members
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index);
        !others.any(|(_, other)| {
            pair.iter()
                .all(|name| required(other).any(|found| found == **name))
        })
    };
    let [one, other] = pairs.find(is_own)?;
    Some(pascal(&format!("with {one} and {other}")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::rules::testing::{lower_answer_schema, lower_request_schema};

    fn titles(union: &Value) -> Vec<&str> {
        let members = union["oneOf"].as_array().unwrap();
        members
            .iter()
            .map(|member| member["title"].as_str().unwrap_or_default())
            .collect()
    }

    fn object(name: &str, schema: Value) -> Value {
        json!({"type": "object", "required": [name], "properties": {name: schema, "all": {"type": "boolean"}}})
    }

    #[test]
    fn an_alternative_is_called_by_its_title_or_its_type() {
        let mut titled = object("a", json!({"type": "boolean"}));
        titled["title"] = "Paid by card".into();
        let list = json!({"type": "array", "items": {"type": "boolean"}});
        let union =
            json!({"oneOf": [{"type": "boolean"}, titled, list, object("b", list.clone())]});
        let (schema, report) = lower_request_schema(union);
        assert_eq!(titles(&schema), ["Boolean", "PaidByCard", "Array", "WithB"]);
        let named = schema["oneOf"][1]["allOf"][0]["$ref"].clone();
        assert_eq!(named, "#/components/schemas/BodyMemberPaidByCard");
        assert_eq!(report.counts()["alternative-words"], 3);
    }

    #[test]
    fn objects_are_called_by_the_values_that_tell_them_apart() {
        let of = |values: Value| object("kind", json!({"type": "string", "enum": values}));
        let union = json!({"oneOf": [of(json!(["cat"])), of(json!(["big_dog", "dog"])), {"type": "string"}]});
        let (schema, _) = lower_answer_schema(union);
        assert_eq!(titles(&schema), ["Cat", "BigDogOrDog", "String", "Other"]);
        let done = |value: bool| object("done", json!({"type": "boolean", "enum": [value]}));
        let (schema, _) = lower_request_schema(json!({"oneOf": [done(true), done(false)]}));
        assert_eq!(titles(&schema), ["DoneTrue", "DoneFalse"]);
    }

    #[test]
    fn lists_are_called_by_what_they_are_of_and_objects_by_what_only_they_have() {
        let list = |items: Value| json!({"type": "array", "items": items});
        let either = json!({"oneOf": [{"type": "boolean"}, {"type": "string"}]});
        let (mut one, mut other) = (object("a", json!({})), object("a", json!({})));
        one["required"] = json!(["a"]);
        other["required"] = json!(["all"]);
        let lists = [list(json!({"type": "boolean"})), list(either), one, other];
        assert_eq!(
            words(&Value::Null, &lists, None),
            ["BooleanArray", "Array", "WithA", "WithAll"].map(|word| Some(word.to_owned()))
        );
        // Where nothing is to be had, nothing is made up.
        let same = [object("a", json!({})), object("a", json!({}))];
        assert_eq!(words(&Value::Null, &same, None), [None, None]);
    }

    #[test]
    fn combinations_of_unions_are_called_by_what_only_they_have_together() {
        let text = json!({"type": "string"});
        let of = |names: [&str; 3]| {
            let members: Map<String, Value> = names
                .iter()
                .map(|name| ((*name).to_owned(), text.clone()))
                .collect();
            json!({"type": "object", "required": names, "properties": members})
        };
        let members = [
            ["id", "x", "p"],
            ["id", "x", "q"],
            ["id", "y", "p"],
            ["id", "y", "q"],
        ]
        .map(of);
        assert_eq!(
            words(&Value::Null, &members, None),
            ["WithXAndP", "WithXAndQ", "WithYAndP", "WithYAndQ"].map(|word| Some(word.to_owned()))
        );
    }

    #[test]
    fn the_order_of_alternatives_does_not_change_their_words() {
        let text = json!({"type": "string"});
        let (one, other) = (object("a", text.clone()), object("b", text));
        let words = |members: [&Value; 2]| {
            let mut words = words(&Value::Null, &members.map(Value::clone), None);
            words.sort();
            words
        };
        assert_eq!(words([&one, &other]), words([&other, &one]));
        assert_eq!(
            words([&one, &other]),
            [Some("WithA".to_owned()), Some("WithB".to_owned())]
        );
    }

    #[test]
    fn a_name_that_begins_all_others_is_not_taken_off_them_and_itself() {
        let mut words = ["Refund", "RefundOfPart"].map(|word| Some(word.to_owned()));
        keep_apart(&mut words);
        assert_eq!(
            words,
            ["Refund", "OfPart"].map(|word| Some(word.to_owned()))
        );
        let mut words = ["RefundAll", "RefundOfPart"].map(|word| Some(word.to_owned()));
        keep_apart(&mut words);
        assert_eq!(words[0].as_deref(), Some("RefundAll"));
    }
}
