//! Schemas that are made of several.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value, json};

use super::combinations;
use super::composed_names::{Context, hint};
use super::members::{
    contradict, describe, either, everywhere_nullable, implies, is_composed, key_of, made_of,
    names_of, refers, single_reference, take_constraints, variants,
};
use super::{Draft, Rule};
use crate::discriminator;
use crate::facts::Facts;
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::rules::naming::names;
use crate::{document, merge, pointer, schema};

pub(crate) const RULE: Rule = Rule {
    name: "merged-all-of",
    statement: "Accepts an allOf, and keywords beside a union; emits one schema with what all of them say, and unions whose members say it all; where they contradict each other, either is accepted, and a member that is closed to the others is opened.",
    apply,
};

/// How many schemas a document may grow by: beyond that, a schema that needs another one accepts anything.
const GROWTH: usize = 4096;
fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let (document, facts) = document.parts();
    let roots = document::operation_schemas(document);
    let mut merger = Merger {
        queue: document::schemas_mut(document).keys().cloned().collect(),
        sources: document::schemas_mut(document).clone(),
        schemas: std::mem::take(document::schemas_mut(document)),
        given: BTreeMap::new(),
        parts: BTreeMap::new(),
        growth: GROWTH,
        room: combinations::ROOM,
        facts,
        scribe,
    };
    for at in roots {
        let context = Context {
            component: None,
            hint: hint(document, &at),
        };
        let Some(root) = document.pointer_mut(&at).map(Value::take) else {
            continue;
        };
        let root = merger.place(root, &at, &context);
        if let Some(place) = document.pointer_mut(&at) {
            *place = root;
        }
    }
    while let Some(name) = merger.queue.pop_front() {
        let Some(found) = merger.schemas.get(&name).cloned() else {
            continue;
        };
        let at = pointer::join("/components/schemas", &name);
        let context = Context {
            component: Some(name.clone()),
            hint: name.clone(),
        };
        let merged = merger.inside(found, &at, &context);
        merger.schemas.insert(name, merged);
    }
    *document::schemas_mut(document) = merger.schemas;
}

struct Merger<'a, 's> {
    schemas: Map<String, Value>,
    /// The same before anything was merged: what leads back to itself is seen there.
    sources: Map<String, Value>,
    queue: VecDeque<String>,
    /// Names given to merged schemas, by what they were merged from: recursion ends there.
    given: BTreeMap<String, String>,
    /// What the schemas that got a name here are made of.
    parts: BTreeMap<String, Vec<Value>>,
    growth: usize,
    /// How many values may still be copied.
    room: usize,
    facts: &'a mut Facts,
    scribe: &'a mut Scribe<'s>,
}

impl Merger<'_, '_> {
    /// A schema that stands in place: one that is made of named ones gets a name itself.
    fn place(&mut self, schema: Value, at: &str, context: &Context) -> Value {
        let Value::Object(object) = &schema else {
            return schema;
        };
        if !is_composed(object) || !refers(&schema) {
            return self.inside(schema, at, context);
        }
        if let Some(plain) = single_reference(object, &self.sources, at, self.scribe) {
            return plain;
        }
        let (outside, inside): (Map<_, _>, Map<_, _>) = object
            .clone()
            .into_iter()
            .partition(|(keyword, _)| keyword == "nullable" || schema::is_annotation(keyword));
        let inside = self.flat(inside);
        let key = key_of(&inside);
        let name = match self.given.get(&key) {
            Some(name) => name.clone(),
            None => {
                let Some(growth) = self.growth.checked_sub(1) else {
                    self.scribe
                        .note(at, "made of too many others: anything is accepted");
                    return json!({});
                };
                self.growth = growth;
                let name = self.free_name(&context.hint);
                let mut inside = inside;
                let described = outside
                    .clone()
                    .into_iter()
                    .filter(|(keyword, _)| keyword == "title" || keyword == "description");
                if let Some(Value::Array(parts)) = inside.get("allOf").filter(|_| inside.len() == 1)
                {
                    self.parts.insert(name.clone(), parts.clone());
                }
                inside.extend(described);
                self.sources
                    .insert(name.clone(), Value::Object(inside.clone()));
                self.schemas.insert(name.clone(), Value::Object(inside));
                self.given.insert(key, name.clone());
                self.queue.push_back(name.clone());
                self.scribe
                    .note(at, format!("made of several schemas: named {name}"));
                name
            }
        };
        let mut left = outside;
        left.remove("title");
        let reference = document::reference_to(&name);
        if left.is_empty() {
            return reference;
        }
        left.insert("allOf".to_owned(), json!([reference]));
        Value::Object(left)
    }

    /// An allOf within an allOf is part of it, also where it has got a name, and a member counts once.
    fn flat(&self, mut schema: Map<String, Value>) -> Map<String, Value> {
        if let Some(Value::Array(members)) = schema.remove("allOf") {
            let mut all = Vec::new();
            for member in members {
                self.collect(member, &mut all);
            }
            schema.insert("allOf".to_owned(), Value::Array(all));
        }
        schema
    }

    fn collect(&self, member: Value, all: &mut Vec<Value>) {
        let named = member
            .as_object()
            .filter(|member| member.len() == 1)
            .and_then(Keyed::referred)
            .and_then(|name| self.parts.get(&name));
        if let Some(parts) = named {
            for part in parts.clone() {
                self.collect(part, all);
            }
            return;
        }
        match member {
            Value::Object(mut object) if object.len() == 1 && object.contains_key("allOf") => {
                if let Some(Value::Array(members)) = object.remove("allOf") {
                    for member in members {
                        self.collect(member, all);
                    }
                }
            }
            member if all.contains(&member) => {}
            member => all.push(member),
        }
    }

    fn free_name(&self, hint: &str) -> String {
        let hint = names::pascal(hint);
        openapi_model::names::free(&hint, "", |name| self.schemas.contains_key(name))
    }

    /// Merges the schema itself and then everything that stands in it.
    fn inside(&mut self, schema: Value, at: &str, context: &Context) -> Value {
        let Value::Object(object) = schema else {
            return schema;
        };
        let object = if is_composed(&object) {
            match single_reference(&object, &self.sources, at, self.scribe) {
                Some(plain) => return plain,
                None => self.merged(object, at, context),
            }
        } else {
            object
        };
        Value::Object(self.members(object, at, context))
    }

    fn members(
        &mut self,
        mut object: Map<String, Value>,
        at: &str,
        context: &Context,
    ) -> Map<String, Value> {
        let before = variants(&object);
        schema::each_place_mut(&mut object, at, &mut |at, place| {
            let mut tokens = at.rsplit('/');
            let (last, before) = (
                tokens.next().unwrap_or_default(),
                tokens.next().unwrap_or_default(),
            );
            let part = match (before, last) {
                ("properties" | "patternProperties", name) => pointer::unescape(name).into_owned(),
                (_, "items") => "Item".to_owned(),
                (_, "additionalProperties") => "Value".to_owned(),
                ("oneOf" | "anyOf", index) => self.variant(place, index),
                (_, other) => other.to_owned(),
            };
            *place = self.place(place.take(), at, &context.below(&part));
        });
        let after = variants(&object);
        if let Some(found) = object.get_mut("discriminator") {
            for (before, after) in before.iter().zip(&after) {
                if let (Some(before), Some(after)) = (before, after)
                    && before != after
                {
                    discriminator::retarget(found, before, after);
                    self.facts.origins.insert(after.clone(), before.clone());
                }
            }
        }
        object
    }

    /// What a member of a union is called after: the schema that it refers to, its title, or its place.
    fn variant(&self, member: &Value, index: &str) -> String {
        let title = || member.text("title").map(str::to_owned);
        let place = || format!("Variant{}", index.parse::<usize>().unwrap_or_default() + 1);
        made_of(member).or_else(title).unwrap_or_else(place)
    }

    /// One schema of `object`, whose only composition is a union without constraints beside it.
    fn merged(
        &mut self,
        object: Map<String, Value>,
        at: &str,
        context: &Context,
    ) -> Map<String, Value> {
        let mut leaves = Vec::new();
        let mut seen: BTreeSet<String> = context.component.iter().cloned().collect();
        let mut own = object;
        if let Some(Value::Array(members)) = own.remove("allOf") {
            for member in members {
                self.gather(member, &mut seen, &mut leaves);
            }
        }
        let of_parts = everywhere_nullable(&mut leaves);
        let nullable = own.remove("nullable") == Some(Value::Bool(true)) || of_parts;
        for leaf in &mut leaves {
            // What describes a part does not describe the whole.
            for keyword in ["title", "example", "default", "discriminator"] {
                leaf.remove(keyword);
            }
            self.leave_circles(leaf, &seen, at);
        }
        self.leave_circles(&mut own, &seen, at);
        let count = leaves.len();
        let mut conjunction = merge::all(leaves.into_iter().chain([own]));
        for note in conjunction.notes.drain(..) {
            self.scribe.note(at, note);
        }
        if count > 0 {
            self.scribe
                .note(at, "the members of allOf became one schema");
        }
        let mut merged = conjunction.schema;
        let unions: Vec<Vec<Value>> = conjunction
            .unions
            .into_iter()
            .filter(|members| self.says_something(members, &mut merged, at))
            .collect();
        self.distribute(&mut merged, unions, at);
        if nullable {
            merged.insert("nullable".to_owned(), Value::Bool(true));
        }
        merged
    }

    /// The schemas that `member` is made of, without references and without allOf.
    fn gather(
        &self,
        member: Value,
        seen: &mut BTreeSet<String>,
        leaves: &mut Vec<Map<String, Value>>,
    ) {
        let Value::Object(mut object) = member else {
            return;
        };
        let referred = object.referred();
        object.remove("$ref");
        if let Some(name) = referred
            && seen.insert(name.clone())
            && let Some(component) = self.sources.get(&name)
        {
            self.gather(component.clone(), seen, leaves);
        }
        if let Some(Value::Array(members)) = object.remove("allOf") {
            for member in members {
                self.gather(member, seen, leaves);
            }
        }
        if !object.is_empty() {
            leaves.push(object);
        }
    }

    /// A union that leads back to what is being merged says nothing about it.
    fn leave_circles(&mut self, leaf: &mut Map<String, Value>, seen: &BTreeSet<String>, at: &str) {
        for keyword in ["oneOf", "anyOf"] {
            let mut named = leaf.list(keyword).iter().filter_map(Keyed::referred);
            if named.any(|name| seen.contains(&name)) {
                leaf.remove(keyword);
                self.scribe.note(
                    at,
                    format!("the {keyword} of a part contains the whole: left out of it"),
                );
            }
        }
    }

    /// Whether a union tells its members apart; one that only asks for members is left to the provider.
    fn says_something(
        &mut self,
        members: &[Value],
        beside: &mut Map<String, Value>,
        at: &str,
    ) -> bool {
        let object = |member: &Value| member.as_object().cloned().unwrap_or_default();
        let only_requires = |member: &Value| {
            object(member).iter().all(|(keyword, value)| {
                keyword == "required"
                    || schema::is_annotation(keyword)
                    || (keyword == "type" && value == "object")
            })
        };
        let anything = members
            .iter()
            .map(object)
            .any(|member| member.keys().all(|keyword| schema::is_annotation(keyword)));
        let constrained = beside.keys().any(|keyword| !schema::is_annotation(keyword));
        if members.iter().all(only_requires) && beside.contains_key("properties") {
            let text = Value::Array(members.to_vec());
            self.scribe.note(
                at,
                format!("a union of what is required is left to the provider: {text}"),
            );
            return false;
        }
        if anything && constrained {
            let found = self.named(members);
            let told = match found.is_empty() {
                true => {
                    "a union with a member that accepts anything says nothing: left out".to_owned()
                }
                false => format!(
                    "a union with a member that accepts anything asks for nothing: what it names ({}) can be there",
                    names_of(&found)
                ),
            };
            self.scribe.note(at, told);
            describe(beside, found);
            return false;
        }
        true
    }

    /// The members that objects among `schemas` name, directly or through what they are made of.
    fn named(&self, schemas: &[Value]) -> Map<String, Value> {
        let mut leaves = Vec::new();
        for schema in schemas {
            self.gather(schema.clone(), &mut BTreeSet::new(), &mut leaves);
        }
        let mut found = Map::new();
        while let Some(mut leaf) = leaves.pop() {
            for keyword in ["oneOf", "anyOf"] {
                if let Some(Value::Array(members)) = leaf.remove(keyword) {
                    for member in members {
                        self.gather(member, &mut BTreeSet::new(), &mut leaves);
                    }
                }
            }
            if let Some(Value::Object(properties)) = leaf.remove("properties") {
                either(&mut found, properties);
            }
        }
        found
    }

    /// Puts what stands beside unions into their members.
    fn distribute(&mut self, merged: &mut Map<String, Value>, unions: Vec<Vec<Value>>, at: &str) {
        if unions.is_empty() {
            return;
        }
        let mut rest = take_constraints(merged);
        let (mut combinations, left) = combinations::of(unions, &rest, &mut self.room);
        for union in left {
            let found = self.named(&union);
            self.scribe.note(at, format!("one of several unions is left to the provider, since their combinations are too many: what it names ({}) can be there", names_of(&found)));
            describe(&mut rest, found);
        }
        if combinations.is_empty() {
            merged.extend(rest);
            return;
        }
        let plain = rest.is_empty();
        let beside = Value::Object(rest.clone());
        // A combination that contradicts itself has no instance.
        let possible = |members: &Vec<Value>| {
            let parts = members.iter().chain([&beside]);
            !contradict(parts, &self.schemas)
        };
        if combinations.iter().any(possible) {
            let all = combinations.len();
            combinations.retain(possible);
            if combinations.len() < all {
                let gone = all - combinations.len();
                self.scribe.note(
                    at,
                    format!(
                        "{gone} members of the union contradict what holds beside them: left out"
                    ),
                );
            }
        }
        let members = combinations
            .into_iter()
            .map(|mut members| {
                if !plain && !implies(&members, &rest, &self.schemas) {
                    members.insert(0, Value::Object(rest.clone()));
                }
                if members.len() == 1 {
                    members.swap_remove(0)
                } else {
                    json!({"allOf": members})
                }
            })
            .collect();
        if !plain {
            self.scribe.note(
                at,
                "what stood beside the union became part of each of its members",
            );
        }
        merged.insert("oneOf".to_owned(), Value::Array(members));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::Lowered;
    use crate::rules::testing::{self, lower_request_schema, reference};

    fn lowered(schemas: Value) -> Lowered {
        let content =
            json!({"application/json": {"schema": {"$ref": "#/components/schemas/Body"}}});
        testing::lowered(
            json!({"/a": {"post": {"operationId": "a", "requestBody": {"content": content}, "responses": {"204": {"description": ""}}}}}),
            schemas,
        )
    }

    fn object(member: &str) -> Value {
        json!({"type": "object", "required": [member], "properties": {member: {"type": "boolean"}}})
    }

    #[test]
    fn the_members_of_an_all_of_become_one_schema() {
        let body = json!({"allOf": [reference("A"), object("b")], "description": "d"});
        let lowered = lowered(json!({"Body": body, "A": object("a")}));
        assert_eq!(
            lowered.document["components"]["schemas"]["Body"],
            json!({
                "type": "object", "description": "d", "required": ["a", "b"],
                "properties": {"a": {"type": "boolean"}, "b": {"type": "boolean"}}
            })
        );
    }

    #[test]
    fn what_stands_beside_a_union_becomes_part_of_its_members() {
        let mut body = object("id");
        body["oneOf"] = json!([reference("A"), reference("B")]);
        let lowered = lowered(json!({"Body": body, "A": object("a"), "B": object("b")}));
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(
            schemas["Body"]["oneOf"],
            json!([reference("BodyA"), reference("BodyB")])
        );
        assert_eq!(schemas["BodyA"]["required"], json!(["id", "a"]));
        assert_eq!(schemas["BodyB"]["required"], json!(["id", "b"]));
    }

    #[test]
    fn a_base_with_a_union_of_what_extends_it_is_no_circle() {
        let mut base = object("kind");
        base["oneOf"] = json!([reference("A"), reference("B")]);
        let extended = |member: &str| json!({"allOf": [reference("Body"), object(member)]});
        let lowered = lowered(json!({"Body": base, "A": extended("a"), "B": extended("b")}));
        let noted = lowered.report.to_string();
        assert!(noted.contains("contains the whole"), "{noted}");
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(schemas["Body"]["oneOf"].as_array().unwrap().len(), 2);
    }

    #[test]
    fn of_types_that_contradict_each_other_either_is_accepted_and_noted() {
        let (schema, report) =
            lower_request_schema(json!({"allOf": [object("a"), {"type": "boolean"}]}));
        let members = schema["oneOf"].as_array().unwrap();
        assert_eq!(members[0]["type"], "boolean");
        assert_eq!(members.len(), 2);
        assert!(report.to_string().contains("contradict each other"));
    }
}
