//! One of several schemas.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Draft, Rule};
use crate::direction::Directions;
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::{document, reference, schema};

pub(crate) const RULE: Rule = Rule {
    name: "unions",
    statement: "Accepts oneOf and anyOf; emits a oneOf of different members, scalars of one type merged, and objects of an answer that differ in texts only, or the member where it is only one; an instance is of the member that loses nothing of it.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let mut found = Vec::new();
    document::each_directed_schema_mut(document, &mut |at, direction, schema| {
        if schema.contains_key("oneOf") || schema.contains_key("anyOf") {
            found.push((at.to_owned(), direction));
        }
    });
    // The innermost first: a union in a union is spread out when it has its final form.
    for (at, direction) in found.into_iter().rev() {
        let Some(Value::Object(mut schema)) = document.pointer_mut(&at).map(Value::take) else {
            continue;
        };
        let place = Place {
            document,
            direction,
            at: &at,
            scribe,
        };
        place.rewrite(&mut schema);
        if let Some(place) = document.pointer_mut(&at) {
            *place = Value::Object(schema);
        }
    }
}

/// Where a union stands.
struct Place<'a, 's> {
    document: &'a Value,
    direction: Directions,
    at: &'a str,
    scribe: &'a mut Scribe<'s>,
}

impl Place<'_, '_> {
    fn rewrite(mut self, schema: &mut Map<String, Value>) {
        let Some((keyword, Value::Array(found))) = schema
            .remove_entry("oneOf")
            .or_else(|| schema.remove_entry("anyOf"))
        else {
            return;
        };
        let before = found.clone();
        let mut nullable = false;
        let mut members = Vec::new();
        for member in found {
            spread(member, &mut members, &mut nullable);
        }
        let mut unfolded = Vec::new();
        for member in &members {
            unfold(
                self.document,
                member,
                self.at,
                &mut BTreeSet::new(),
                &mut unfolded,
            );
        }
        // A union of nothing but itself says nothing.
        let members = self.scalars(unfolded);
        let mut members = self.one_shape(members);
        let all = std::mem::take(&mut members);
        for member in all {
            if !members.iter().any(|other| equal(other, &member)) {
                members.push(member);
            }
        }
        // What takes any form, or any object, is tried last: it loses nothing of what the others are.
        members.sort_by_key(|member| breadth(self.document, member));
        if nullable {
            schema.insert("nullable".to_owned(), Value::Bool(true));
        }
        match members.as_mut_slice() {
            [] => {}
            [Value::Object(only)] => {
                let mut only = std::mem::take(only);
                schema.remove("discriminator");
                if let Some(reference) = only.remove("$ref") {
                    only.insert("allOf".to_owned(), json!([{"$ref": reference}]));
                }
                for (keyword, value) in only {
                    schema.entry(keyword).or_insert(value);
                }
            }
            _ => {
                schema.insert("oneOf".to_owned(), Value::Array(members));
            }
        }
        let now = schema.get("oneOf").and_then(Value::as_array);
        if keyword != "oneOf" || now != Some(&before) {
            let count = now.map_or(1, Vec::len);
            let told = format!("{keyword} of {} became one of {count}", before.len());
            self.scribe.note(self.at, told);
        }
    }

    /// The members with the texts among them as one member, and the numbers and the flags as one each.
    fn scalars(&mut self, members: Vec<Value>) -> Vec<Value> {
        let document = self.document;
        let is = |member: &Value, kind: &str| {
            let target = reference::followed(document, member);
            target.as_object().is_some_and(|target| {
                schema::kind(target) == Some(kind) && !target.contains_key("oneOf")
            })
        };
        let texts: Vec<&Value> = members
            .iter()
            .filter(|member| is(member, "string"))
            .collect();
        let text = (texts.len() > 1).then(|| self.one_text(&texts));
        let wide = members.iter().any(|member| is(member, "number"));
        let several = |kind: &str| members.iter().filter(|member| is(member, kind)).count() > 1;
        let several = [several("number"), several("boolean")];
        let mut seen = [false; 4];
        let mut left = Vec::new();
        for member in &members {
            if is(member, "string") {
                match &text {
                    Some(text) if !std::mem::replace(&mut seen[0], true) => left.push(text.clone()),
                    Some(_) => {}
                    None => left.push(member.clone()),
                }
            } else if is(member, "integer") {
                // A number may be whole.
                if !wide && !std::mem::replace(&mut seen[1], true) {
                    left.push(member.clone());
                }
            } else if let Some(index) = ["number", "boolean"]
                .iter()
                .position(|kind| is(member, kind))
                && several[index]
            {
                if !std::mem::replace(&mut seen[2 + index], true) {
                    left.push(json!({"type": (["number", "boolean"][index])}));
                }
            } else {
                left.push(member.clone());
            }
        }
        left
    }

    /// Objects of an answer that have the same members and differ in texts only, as one object: variants by
    /// value would be many types for what is one.
    fn one_shape(&mut self, members: Vec<Value>) -> Vec<Value> {
        let properties = |member: &Value| {
            let object = member.as_object()?;
            let plain = object.keys().all(|keyword| {
                schema::is_annotation(keyword)
                    || matches!(
                        keyword.as_str(),
                        "type" | "properties" | "required" | "additionalProperties"
                    )
            });
            plain
                .then(|| object.get("properties")?.as_object().cloned())
                .flatten()
        };
        let is_text = |schema: &Value| schema.get("type") == Some(&json!("string"));
        let one_only = !self.direction.received || self.direction.sent || members.len() < 3;
        let first = members.first().and_then(properties);
        let Some(mut first) = first.filter(|first| !one_only && !first.is_empty()) else {
            return members;
        };
        let mut names: Vec<&Value> = members[0].list("required").iter().collect();
        let mut texts: Vec<(String, Vec<Value>)> = Vec::new();
        for (name, member) in &first {
            texts.push((name.clone(), vec![member.clone()]));
        }
        for member in &members[1..] {
            let Some(others) = properties(member).filter(|others| others.len() == first.len())
            else {
                return members;
            };
            for (name, found) in &mut texts {
                match others.get(name) {
                    Some(other) if found.contains(other) => {}
                    Some(other) if is_text(other) && found.iter().all(is_text) => {
                        found.push(other.clone())
                    }
                    _ => return members,
                }
            }
            names.retain(|name| member.list("required").contains(name));
        }
        let required = json!(names);
        for (name, found) in texts {
            if found.len() > 1 {
                let found: Vec<&Value> = found.iter().collect();
                first.insert(name, self.one_text(&found));
            }
        }
        let told = format!("{} objects with the same members became one", members.len());
        self.scribe.note(self.at, told);
        vec![json!({"type": "object", "required": required, "properties": first})]
    }

    /// One text that is any of `texts`: with the values of all of them if each has values.
    fn one_text(&mut self, texts: &[&Value]) -> Value {
        let mut values: Vec<Value> = Vec::new();
        let mut closed = true;
        let mut format = None;
        let mut formats = 0;
        for text in texts {
            let target = reference::followed(self.document, text);
            match target.get("enum").and_then(Value::as_array) {
                Some(more) => {
                    for value in more {
                        if !values.contains(value) {
                            values.push(value.clone());
                        }
                    }
                }
                None => closed = false,
            }
            if let Some(found) = target.get("format") {
                formats += usize::from(format.as_ref() != Some(found));
                format = Some(found.clone());
            } else if target.get("enum").is_none() {
                formats += 2;
            }
        }
        let mut text = json!({"type": "string"});
        let targets = texts
            .iter()
            .map(|text| reference::followed(self.document, text));
        if let Some(id) = targets.filter_map(|target| target.get("$id")).next() {
            // What one of them says of its words.
            text["$id"] = id.clone();
        }
        // An enumeration of an answer is open anyway; in a request, a text of any value has to fit.
        let open = !closed && self.direction.received && !self.direction.sent;
        if !values.is_empty() && (closed || open) {
            text["enum"] = Value::Array(values);
        } else if let (Some(format), 1) = (format, formats) {
            text["format"] = format;
        }
        let told = format!("{} kinds of text became one: {text}", texts.len());
        self.scribe.note(self.at, told);
        text
    }
}

/// Members of unions in the union are its own; null and what describes a reference go.
fn spread(member: Value, members: &mut Vec<Value>, nullable: &mut bool) {
    let Value::Object(mut object) = member else {
        return;
    };
    *nullable |= object.remove("nullable") == Some(Value::Bool(true));
    if object.keys().all(|keyword| schema::is_annotation(keyword))
        && *nullable
        && !object.is_empty()
    {
        // It said only that null is one of the members.
        return;
    }
    let union = object.keys().all(|keyword| {
        schema::is_annotation(keyword)
            || matches!(keyword.as_str(), "oneOf" | "anyOf" | "discriminator")
    });
    let inner = if union {
        object.remove("oneOf").or_else(|| object.remove("anyOf"))
    } else {
        None
    };
    if let Some(Value::Array(inner)) = inner {
        inner
            .into_iter()
            .for_each(|member| spread(member, members, nullable));
        return;
    }
    let part = object.only_part();
    let referred = part.filter(|only| only.get("$ref").is_some());
    members.push(referred.cloned().unwrap_or(Value::Object(object)));
}

/// Puts `member` of the union at `at` into `members`: nothing for the union itself, and the members of a
/// union that it is a member of.
fn unfold(
    document: &Value,
    member: &Value,
    at: &str,
    seen: &mut BTreeSet<String>,
    members: &mut Vec<Value>,
) {
    if !leads_to(document, member, at, &mut BTreeSet::new()) {
        members.push(member.clone());
        return;
    }
    let referred = reference::of(member).unwrap_or_default();
    if referred.strip_prefix('#') != Some(at) && seen.insert(referred.to_owned()) {
        for member in members_of(document, referred) {
            unfold(document, member, at, seen, members);
        }
    }
}

/// Whether `member` is the union at `at`, or a union that it is a member of.
fn leads_to(document: &Value, member: &Value, at: &str, seen: &mut BTreeSet<String>) -> bool {
    let Some(referred) = reference::of(member).filter(|name| seen.insert((*name).to_owned()))
    else {
        return false;
    };
    referred.strip_prefix('#') == Some(at)
        || members_of(document, referred)
            .into_iter()
            .any(|member| leads_to(document, member, at, seen))
}

/// The members of the union that is referred to.
fn members_of<'a>(document: &'a Value, reference: &str) -> Vec<&'a Value> {
    let target = reference::resolve(document, reference);
    let unions = target.map(|target| ["oneOf", "anyOf"].map(|keyword| target.list(keyword)));
    unions.into_iter().flatten().flatten().collect()
}

/// How much a member takes: 0 what it describes, 1 exact numbers, which take texts as well, 2 any object, 3
/// anything.
fn breadth(document: &Value, member: &Value) -> usize {
    let object = member.as_object();
    let constrains = |keyword: &&String| !schema::is_annotation(keyword);
    let said: Vec<&String> = object
        .into_iter()
        .flat_map(Map::keys)
        .filter(constrains)
        .collect();
    match said.as_slice() {
        [] => 3,
        [only] if *only == "type" && member["type"] == "object" => 2,
        _ if reference::followed(document, member)["type"] == "number" => 1,
        _ => 0,
    }
}

/// Whether two members accept the same, as far as their text shows.
fn equal(left: &Value, right: &Value) -> bool {
    let said = |one: &Map<String, Value>, other: &Map<String, Value>| {
        let mut said = one
            .iter()
            .filter(|(keyword, _)| !schema::is_annotation(keyword));
        said.all(|(keyword, value)| other.get(keyword) == Some(value))
    };
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => said(left, right) && said(right, left),
        _ => left == right,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::rules::testing::{answering, lower_answer_schema, lower_request_schema, lowered};

    #[test]
    fn an_any_of_becomes_a_one_of_without_doubles() {
        let flag = json!({"type": "boolean"});
        let list = json!({"type": "array", "items": flag});
        let (schema, report) = lower_request_schema(
            json!({"anyOf": [flag, list, {"oneOf": [flag, {"type": "boolean", "description": "again"}]}]}),
        );
        let titles: Vec<_> = schema["oneOf"]
            .as_array()
            .unwrap()
            .iter()
            .map(|member| &member["title"])
            .collect();
        assert_eq!(titles, ["Boolean", "Array"]);
        assert_eq!(report.counts()["unions"], 2);
    }

    #[test]
    fn a_union_of_one_is_that_one() {
        let (schema, _) =
            lower_request_schema(json!({"oneOf": [{"type": "boolean"}], "description": "d"}));
        assert_eq!(schema, json!({"type": "boolean", "description": "d"}));
    }

    #[test]
    fn enumerations_of_texts_become_one_with_all_values() {
        let (schema, _) = lower_request_schema(
            json!({"oneOf": [{"const": "a"}, {"type": "string", "enum": ["b", "a"]}]}),
        );
        assert_eq!(schema, json!({"type": "string", "enum": ["a", "b"]}));
    }

    #[test]
    fn a_text_or_one_of_its_values_is_open_in_an_answer_and_any_text_in_a_request() {
        let either = json!({"anyOf": [{"type": "string"}, {"type": "string", "enum": ["a"]}]});
        let (schema, _) = lower_request_schema(either.clone());
        assert_eq!(schema, json!({"type": "string"}));
        let (schema, _) = lower_answer_schema(either);
        assert_eq!(schema["x-rust-type"]["path"], "provider_runtime::Open");
    }

    #[test]
    fn objects_of_an_answer_that_differ_in_texts_only_become_one() {
        let issue = |value: &str| json!({"title": value, "type": "object", "properties": {"issue": {"type": "string", "enum": [value]}, "field": {"type": "string"}}});
        let (schema, report) =
            lower_answer_schema(json!({"anyOf": [issue("A"), issue("B"), issue("C")]}));
        assert_eq!(schema["properties"]["field"], json!({"type": "string"}));
        assert_eq!(
            schema["properties"]["issue"]["x-rust-type"]["path"],
            "provider_runtime::Open"
        );
        assert!(
            report
                .to_string()
                .contains("3 objects with the same members became one")
        );
        let (schema, _) =
            lower_request_schema(json!({"anyOf": [issue("A"), issue("B"), issue("C")]}));
        assert_eq!(schema["oneOf"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn numbers_of_several_kinds_become_one() {
        let (schema, _) = lower_request_schema(
            json!({"anyOf": [{"type": "boolean"}, {"type": "boolean", "enum": [true]}]}),
        );
        assert_eq!(schema, json!({"type": "boolean"}));
        let (schema, _) = lower_answer_schema(
            json!({"anyOf": [{"type": "number", "minimum": 60}, {"type": "number", "enum": [1]}]}),
        );
        assert_eq!(schema["x-rust-type"]["path"], "provider_runtime::Amount");
    }

    #[test]
    fn what_takes_any_form_is_the_last_member() {
        let list = json!({"type": "array", "items": {"type": "boolean"}});
        let (schema, _) = lower_request_schema(json!({"anyOf": [{}, {"type": "object"}, list]}));
        let members = schema["oneOf"].as_array().unwrap();
        assert_eq!(members[0]["type"], "array");
        assert_eq!(members[1]["type"], "object");
        assert!(members[2].get("type").is_none());
    }

    #[test]
    fn a_union_is_no_member_of_itself() {
        let reference = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
        let content = json!({"application/json": {"schema": {"type": "object", "properties": {"a": reference("A")}}}});
        let list = |kind: &str| json!({"type": "array", "items": {"type": kind}});
        let lowered = lowered(
            json!({"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "", "content": content}}}}}),
            json!({
                "A": {"anyOf": [reference("A"), reference("B"), list("boolean"), {"type": "string"}]},
                "B": {"anyOf": [reference("A"), {"type": "boolean"}, list("string")]}
            }),
        );
        let schemas = &lowered.document["components"]["schemas"];
        for name in ["A", "B"] {
            assert!(
                !schemas[name].to_string().contains("schemas/A"),
                "{schemas}"
            );
        }
        // What the one is besides the other, the other is as well.
        let forms = schemas["B"].to_string();
        assert!(
            forms.contains("boolean") && forms.contains("string"),
            "{forms}"
        );
        assert_eq!(schemas["B"]["oneOf"].as_array().unwrap().len(), 5);
    }

    #[test]
    fn a_union_of_nothing_but_itself_is_any_json() {
        let reference = json!({"$ref": "#/components/schemas/A"});
        for keyword in ["oneOf", "anyOf"] {
            let content = json!({"application/json": {"schema": {"type": "object", "properties": {"a": reference}}}});
            let lowered = lowered(
                json!({"/a": {"get": {"operationId": "a", "responses": {"200": {"description": "", "content": content}}}}}),
                json!({"A": {"description": "d", keyword: [reference]}}),
            );
            let schemas = &lowered.document["components"]["schemas"];
            assert!(!schemas["A"].to_string().contains("schemas/A"), "{schemas}");
        }
    }

    #[test]
    fn a_member_that_may_be_null_makes_the_union_so() {
        let lowered = answering(
            json!({"type": "object", "required": ["m"], "properties": {"m": {"oneOf": [
                {"type": "boolean", "nullable": true}, {"type": "array", "items": {"type": "boolean"}}
            ]}}}),
            json!({}),
        );
        let member: &Value =
            &lowered.document["components"]["schemas"]["AResponse"]["properties"]["m"];
        assert_eq!(member["nullable"], true, "{member}");
    }

    #[test]
    fn texts_are_tried_before_exact_numbers_which_take_texts_as_well() {
        let union = json!({"oneOf": [{"type": "number"}, {"type": "array", "items": {"type": "boolean"}}, {"type": "string"}]});
        let (schema, _) = crate::rules::testing::lower_request_schema(union);
        let members = schema["oneOf"].as_array().unwrap();
        let at = |wanted: &dyn Fn(&Value) -> bool| members.iter().position(wanted).unwrap();
        let text = at(&|member| member["type"] == "string");
        let number =
            at(&|member| member.get("x-rust-type").is_some() || member.get("$ref").is_some());
        assert!(text < number, "{schema}");
    }
}
