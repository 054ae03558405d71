//! Schemas that others extend, and that say by a discriminator which of them an instance is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{Draft, Rule};
use crate::discriminator;
use crate::keyed::Keyed;
use crate::report::Scribe;
use crate::{document, pointer, schema};

pub(crate) const RULE: Rule = Rule {
    name: "subtypes",
    statement: "Accepts a named schema with a discriminator that others extend by an allOf; emits it as a oneOf of those and of itself, told apart by the discriminator, and the others as extensions of a schema of their own, and unions of some of its members as told apart in the same way; with too many of them, it stays what it is and takes their members as any others.",
    apply,
};

/// From how many subtypes on a schema takes the members of all of them, in place of being one of them:
/// whoever uses it would have to build them all.
const LIMIT: usize = 48;

/// A schema that others extend.
struct Base {
    /// The name of what it is without those that extend it.
    own: String,
    subtypes: Vec<String>,
}

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let (document, facts) = document.parts();
    as_in_the_whole(document, scribe);
    let bases = bases(document::schemas_mut(document));
    if bases.is_empty() {
        return;
    }
    let roots: BTreeSet<String> = document::schemas_mut(document)
        .keys()
        .map(|name| pointer::join("/components/schemas", name))
        .collect();
    let schemas = document::schemas_mut(document);
    let discriminators: BTreeMap<String, Value> = bases
        .iter()
        .filter_map(|(name, base)| {
            let found = schemas.get(name)?.get("discriminator")?.clone();
            Some((name.clone(), retargeted(found, name, base, &bases)))
        })
        .collect();
    document::each_schema_mut(document, &mut |at, schema| {
        extend_own(schema, roots.contains(at), &bases);
        inherit(schema, &bases, &discriminators);
    });
    let schemas = document::schemas_mut(document);
    for (name, base) in &bases {
        let Some(Value::Object(mut own)) = schemas.remove(name) else {
            continue;
        };
        facts.origins.insert(base.own.clone(), name.clone());
        let described = own
            .iter()
            .filter(|(keyword, _)| schema::is_annotation(keyword) || *keyword == "nullable");
        let mut outer: Map<String, Value> = described
            .map(|(keyword, value)| (keyword.clone(), value.clone()))
            .collect();
        own.remove("nullable");
        own.remove("discriminator");
        let itself = document::reference_to(&base.own);
        let note = if base.subtypes.len() > LIMIT {
            outer.insert("allOf".to_owned(), json!([itself]));
            outer.insert("type".to_owned(), json!("object"));
            outer.insert("additionalProperties".to_owned(), Value::Bool(true));
            let count = base.subtypes.len();
            format!("extended by {count} schemas: it takes the members of any of them")
        } else {
            let mut members: Vec<Value> = base
                .subtypes
                .iter()
                .map(|subtype| document::reference_to(own_name(subtype, &bases)))
                .collect();
            members.push(itself);
            outer.insert("oneOf".to_owned(), Value::Array(members));
            let mut discriminator = discriminators.get(name).cloned();
            if let Some(Value::Object(found)) = &mut discriminator {
                let base = document::reference_to(&base.own);
                found.insert(discriminator::BASE.to_owned(), base["$ref"].clone());
            }
            outer.extend(discriminator.map(|found| ("discriminator".to_owned(), found)));
            format!(
                "one of the schemas that extend it ({}) or itself, {}",
                base.subtypes.join(", "),
                base.own
            )
        };
        schemas.insert(base.own.clone(), Value::Object(own));
        schemas.insert(name.clone(), Value::Object(outer));
        scribe.note(&pointer::join("/components/schemas", name), note);
    }
}

/// The schemas with a discriminator that others extend, by name.
fn bases(schemas: &Map<String, Value>) -> BTreeMap<String, Base> {
    let mut extended: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, component) in schemas {
        let object = component.as_object();
        let nullable = component.is_true("nullable");
        for parent in object
            .filter(|_| !nullable)
            .map(parents)
            .unwrap_or_default()
        {
            extended.entry(parent).or_default().push(name);
        }
    }
    let mut bases = BTreeMap::new();
    for (name, component) in schemas {
        let union = ["oneOf", "anyOf"]
            .iter()
            .any(|keyword| component.get(*keyword).is_some());
        if component.get("discriminator").is_none() || union {
            continue;
        }
        let mut subtypes: Vec<String> = Vec::new();
        let mut queue: Vec<&str> = extended.get(name).cloned().unwrap_or_default();
        queue.reverse();
        while let Some(subtype) = queue.pop() {
            if subtype == name || subtypes.iter().any(|known| known == subtype) {
                continue;
            }
            subtypes.push(subtype.to_owned());
            let more = extended.get(subtype).into_iter().flatten().rev();
            queue.extend(more);
        }
        if !subtypes.is_empty() {
            let mut own = format!("{name}Base");
            while schemas.contains_key(&own) {
                own.push('2');
            }
            bases.insert(name.clone(), Base { own, subtypes });
        }
    }
    bases
}

/// The named schemas that `schema` extends.
fn parents(schema: &Map<String, Value>) -> Vec<String> {
    let members = schema.list("allOf").iter();
    members.filter_map(Keyed::referred).collect()
}

/// What stands for the schema `name` where one of several is meant.
fn own_name<'a>(name: &'a str, bases: &'a BTreeMap<String, Base>) -> &'a str {
    bases.get(name).map_or(name, |base| base.own.as_str())
}

/// Refers to the base itself where `schema` extends it, or lists it beside those that extend it.
fn extend_own(schema: &mut Map<String, Value>, is_root: bool, bases: &BTreeMap<String, Base>) {
    let constrains =
        |keyword: &str| !schema::is_annotation(keyword) && !matches!(keyword, "nullable" | "allOf");
    let nullable = schema.is_true("nullable");
    let beside = schema.keys().any(|keyword| constrains(keyword));
    if let Some(Value::Array(members)) = schema.get_mut("allOf") {
        let says_something = |member: &Value| {
            let keywords = member.as_object().map(|member| member.keys());
            keywords
                .into_iter()
                .flatten()
                .any(|keyword| keyword == "allOf" || constrains(keyword))
        };
        let several = members
            .iter()
            .filter(|member| says_something(member))
            .count()
            > 1;
        if beside || several || is_root && !nullable {
            members
                .iter_mut()
                .for_each(|member| refer_to_own(member, bases));
        }
    }
    for keyword in ["oneOf", "anyOf"] {
        let Some(Value::Array(members)) = schema.get_mut(keyword) else {
            continue;
        };
        let names: Vec<String> = members.iter().filter_map(Keyed::referred).collect();
        for member in members.iter_mut() {
            let base = member.referred().and_then(|name| bases.get(&name));
            let listed = |base: &Base| names.iter().any(|name| base.subtypes.contains(name));
            if base.is_some_and(listed) {
                refer_to_own(member, bases);
            }
        }
    }
}

/// The discriminator of a base is that of a union of the schemas that extend it, too.
fn inherit(
    schema: &mut Map<String, Value>,
    bases: &BTreeMap<String, Base>,
    discriminators: &BTreeMap<String, Value>,
) {
    if schema.contains_key("discriminator") {
        return;
    }
    let Some(members) = schema.union() else {
        return;
    };
    let of_base = |base: &Base| {
        members.iter().all(|member| {
            member.referred().is_some_and(|name| {
                name == base.own
                    || base
                        .subtypes
                        .iter()
                        .any(|subtype| *subtype == name || own_name(subtype, bases) == name)
            })
        })
    };
    let base = bases.iter().find(|(_, base)| of_base(base));
    if let Some(found) = base.and_then(|(name, _)| discriminators.get(name)) {
        schema.insert("discriminator".to_owned(), found.clone());
    }
}

/// The discriminator of a named union is that of a union of some of its members, too.
fn as_in_the_whole(document: &mut Value, scribe: &mut Scribe<'_>) {
    let members_of = |schema: &Map<String, Value>| -> Option<BTreeSet<String>> {
        schema.union()?.iter().map(Keyed::referred).collect()
    };
    let wholes: Vec<(BTreeSet<String>, Value)> = document::schemas_mut(document)
        .values()
        .filter_map(Value::as_object)
        .filter_map(|schema| Some((members_of(schema)?, schema.get("discriminator")?.clone())))
        .collect();
    if wholes.is_empty() {
        return;
    }
    document::each_schema_mut(document, &mut |at, schema| {
        if schema.contains_key("discriminator") {
            return;
        }
        let Some(members) = members_of(schema).filter(|members| members.len() > 1) else {
            return;
        };
        let mut found = wholes.iter().filter(|(whole, _)| members.is_subset(whole));
        // Several may tell them apart in several ways.
        if let Some((_, discriminator)) = found.next()
            && found.all(|(_, other)| other == discriminator)
        {
            schema.insert("discriminator".to_owned(), discriminator.clone());
            scribe.note(at, "told apart as in the union that all its members are of");
        }
    });
}

fn refer_to_own(member: &mut Value, bases: &BTreeMap<String, Base>) {
    if let Some(base) = member.referred().and_then(|name| bases.get(&name))
        && let (Some(member), Value::Object(reference)) =
            (member.as_object_mut(), document::reference_to(&base.own))
    {
        member.extend(reference);
    }
}

/// The discriminator of a base, with the schemas that the values are of by the names that they have now.
fn retargeted(mut found: Value, name: &str, base: &Base, bases: &BTreeMap<String, Base>) -> Value {
    let is_member = |target: &str| target == name || base.subtypes.iter().any(|one| one == target);
    for target in base.subtypes.iter().map(String::as_str).chain([name]) {
        discriminator::retarget(&mut found, target, own_name(target, bases));
    }
    if let Some(Value::Object(mapping)) = found.get_mut("mapping") {
        let own: BTreeSet<&str> = bases.values().map(|base| base.own.as_str()).collect();
        mapping.retain(|_, target| {
            discriminator::target(target)
                .is_some_and(|target| is_member(&target) || own.contains(target.as_str()))
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::Lowered;
    use crate::rules::testing::{self, reference};

    fn lowered(schemas: Value) -> Lowered {
        let content = json!({"application/json": {"schema": {"type": "object", "properties": {"pet": reference("Pet")}}}});
        testing::lowered(
            json!({"/a": {"post": {"operationId": "a", "requestBody": {"content": content}, "responses": {"204": {"description": ""}}}}}),
            schemas,
        )
    }

    fn pet() -> Value {
        json!({"type": "object", "required": ["kind"], "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}},
            "properties": {"kind": {"type": "string"}, "friend": reference("Pet")}})
    }

    fn extends(name: &str, member: &str) -> Value {
        json!({"allOf": [reference(name), {"type": "object", "properties": {member: {"type": "boolean"}}}]})
    }

    #[test]
    fn a_base_is_one_of_those_that_extend_it_or_itself() {
        let lowered = lowered(
            json!({"Pet": pet(), "Cat": extends("Pet", "meows"), "Lion": extends("Cat", "roars")}),
        );
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(
            schemas["Pet"]["oneOf"],
            json!([reference("Cat"), reference("Lion"), reference("PetBase")])
        );
        let properties = schemas["Lion"]["properties"].as_object().unwrap();
        let mut names: Vec<_> = properties.keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["friend", "kind", "meows", "roars"]);
        assert_eq!(properties["friend"], reference("Pet"));
    }

    #[test]
    fn a_union_of_what_extends_a_base_has_the_discriminator_of_the_base() {
        let mut pet = pet();
        let either = json!([reference("Cat"), reference("Dog"), reference("Pet")]);
        pet["properties"]["friend"] = json!({"oneOf": either});
        let lowered =
            lowered(json!({"Pet": pet, "Cat": extends("Pet", "x"), "Dog": extends("Pet", "x")}));
        let friend = lowered.plan.types["CatFriend"].told_apart_by.as_ref();
        let values = &friend.unwrap().values;
        assert_eq!(*values, [["cat"], ["Dog"], ["Pet"]]);
    }

    #[test]
    fn a_base_of_very_many_takes_the_members_of_any_of_them() {
        let mut schemas = json!({"Pet": pet()});
        for number in 0..=super::LIMIT {
            schemas[format!("Cat{number}")] = extends("Pet", "meows");
        }
        let lowered = lowered(schemas);
        let schemas = lowered.document["components"]["schemas"]
            .as_object()
            .unwrap();
        assert_eq!(schemas["Pet"]["additionalProperties"], true);
        assert_eq!(schemas["Pet"]["properties"]["friend"], reference("Pet"));
        assert!(!schemas.contains_key("Cat1"));
    }

    #[test]
    fn a_base_that_nothing_extends_stays_as_it_is() {
        let lowered = lowered(json!({"Pet": pet()}));
        assert!(!lowered.report.counts().contains_key("subtypes"));
        let schemas = &lowered.document["components"]["schemas"];
        assert_eq!(schemas["Pet"]["type"], "object");
    }

    #[test]
    fn a_union_of_members_of_a_union_is_told_apart_in_the_same_way() {
        let discriminator = json!({"propertyName": "kind", "mapping": {"CAT": "#/components/schemas/Cat", "DOG": "#/components/schemas/Dog"}});
        let pet = json!({"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}},
            "discriminator": discriminator, "oneOf": [reference("Cat"), reference("Dog")]});
        let lowered = lowered(json!({
            "Pet": {"type": "object", "properties": {"pets": {"type": "array", "items": {"oneOf": [reference("Dog"), reference("Cat")]}}}},
            "Whole": pet, "Cat": extends("Whole", "meows"), "Dog": extends("Whole", "barks")
        }));
        let told_apart_by = lowered.plan.types["PetPetsItem"].told_apart_by.as_ref();
        assert_eq!(told_apart_by.unwrap().values, [["DOG"], ["CAT"]]);
    }
}
