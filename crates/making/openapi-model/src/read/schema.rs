//! Reading schemas.

use serde_json::{Map, Number, Value};

use super::targets::Targets;
use super::{Fate, Malformed, Read, Readable, Reader, Unknown, flag, members, set, words};
use crate::arena::{Nodes, PlaceId, Token};
use crate::model::{Model, Problem};
use crate::sample::Sample;
use crate::schema::{
    Bound, Choice, Discriminator, End, Reference, Schema, Type, Types, Union, is_annotation,
};
use crate::{Id, pointer, reference};

impl<'d> Readable<'d> for Schema<'d> {
    const KIND: u8 = 11;

    fn nodes_mut<'m>(model: &'m mut Model<'d>) -> &'m mut Nodes<'d, Self> {
        &mut model.schemas
    }

    fn keyword(
        &mut self,
        reader: &mut Reader<'d>,
        place: PlaceId,
        key: &'d str,
        value: &'d Value,
    ) -> Fate {
        // What is no schema is one that says nothing.
        let told = Fate::of(value.is_object() || value.is_boolean());
        match key {
            // Those that follow the instance lead to what they would without it.
            "$ref" | "$dynamicRef" | "$recursiveRef" => match value.as_str() {
                Some(text) => {
                    let target = reader.target(place, key, text);
                    self.reference = Some(Reference { text, target });
                    Read
                }
                None => Malformed,
            },
            "type" => self.types_of(reader, place, value),
            // What converters from OpenAPI 2 write for it.
            "x-nullable" if !value.is_boolean() => Unknown,
            "nullable" | "x-nullable" => {
                let mut nullable = false;
                let fate = flag(&mut nullable, value);
                self.nullable |= nullable;
                fate
            }
            "enum" => set(
                &mut self.values,
                value.as_array().map(|list| list.iter().collect()),
            ),
            "format" => set(&mut self.format, value.as_str()),
            "pattern" => set(&mut self.pattern, value.as_str()),
            "multipleOf" => set(&mut self.multiple_of, number(value)),
            "minLength" => set(&mut self.min_length, count(value)),
            "maxLength" => set(&mut self.max_length, count(value)),
            "minItems" => set(&mut self.min_items, count(value)),
            "maxItems" => set(&mut self.max_items, count(value)),
            "minProperties" => set(&mut self.min_properties, count(value)),
            "maxProperties" => set(&mut self.max_properties, count(value)),
            "uniqueItems" => flag(&mut self.unique_items, value),
            "properties" => reader.schemas(&mut self.properties, place, key, value),
            "patternProperties" => reader.schemas(&mut self.patterns, place, key, value),
            "dependentSchemas" => reader.schemas(&mut self.dependent, place, key, value),
            "required" => {
                let names = value.as_array().into_iter().flatten();
                self.required.extend(names.filter_map(Value::as_str));
                let names = value.as_array();
                Fate::of(names.is_some_and(|names| names.iter().all(Value::is_string)))
            }
            "additionalProperties" => {
                self.additional = Some(reader.schema(place, key, value));
                told
            }
            "unevaluatedProperties" => {
                self.unevaluated = Some(reader.schema(place, key, value));
                told
            }
            "items" if !value.is_array() => {
                self.items = Some(reader.schema(place, key, value));
                told
            }
            "not" | "if" | "then" | "else" | "contains" | "propertyNames" => {
                self.rules.push((key, reader.schema(place, key, value)));
                told
            }
            "default" => set(&mut self.default, Some(value)),
            "const" => Read,
            "title" => words(&mut self.title, value),
            "description" => words(&mut self.description, value),
            "deprecated" => flag(&mut self.deprecated, value),
            "readOnly" => flag(&mut self.read_only, value),
            "writeOnly" => flag(&mut self.write_only, value),
            "discriminator" if value.is_object() => {
                let mapping = value.get("mapping").into_iter().flat_map(members);
                let mapping =
                    mapping.map(|(name, target)| (name, target, reader.mapped(place, target)));
                let mapping = mapping.collect();
                let other = value.get("defaultMapping");
                self.discriminator = Some(Discriminator {
                    property: value.get("propertyName").and_then(Value::as_str),
                    mapping,
                    other: other.and_then(|other| reader.mapped(place, other)),
                });
                Read
            }
            "$defs" | "definitions" => {
                let place = reader.place(place, key);
                for (name, value) in members(value) {
                    reader.schema(place, name, value);
                }
                Read
            }
            "discriminator" => Malformed,
            // What they say depends on others: read at the end.
            "allOf" | "oneOf" | "anyOf" => {
                Fate::of(value.as_array().is_some_and(|list| !list.is_empty()))
            }
            "items" => Read,
            "prefixItems" => Fate::of(value.is_array()),
            "additionalItems" => told,
            "minimum" | "maximum" => Fate::of(value.is_number()),
            "exclusiveMinimum" | "exclusiveMaximum" => {
                Fate::of(value.is_number() || value.is_boolean())
            }
            "example" => {
                let place = reader.place(place, key);
                self.examples.push(sample(place, value));
                Read
            }
            "examples" => {
                let place = reader.place(place, key);
                for (index, value) in value.as_array().into_iter().flatten().enumerate() {
                    let place = reader.model.places.below(place, Token::Index(index));
                    self.examples.push(sample(place, value));
                }
                Read
            }
            key if is_annotation(key) && !key.starts_with("x-") => Read,
            _ => Unknown,
        }
    }

    fn end(&mut self, reader: &mut Reader<'d>, place: PlaceId, raw: &'d Value) -> Vec<&'d str> {
        let Some(object) = raw.as_object() else {
            return Vec::new();
        };
        if let Some((key, list)) = object.get_key_value("allOf") {
            self.all_of = reader.list_of_schemas(place, key, list);
        }
        for choice in [Choice::OneOf, Choice::AnyOf] {
            if let Some((key, list)) = object.get_key_value(choice.keyword()) {
                self.union(reader, place, choice, (key, list));
            }
        }
        if let Some(constant) = object.get("const") {
            let values = self.values.take().unwrap_or_else(|| vec![constant]);
            self.values = Some(
                values
                    .into_iter()
                    .filter(|value| *value == constant)
                    .collect(),
            );
        }
        self.list_entries(reader, place, object);
        let mut in_vain = Vec::new();
        self.minimum = bound(
            object,
            End::Lower,
            ["minimum", "exclusiveMinimum"],
            &mut in_vain,
        );
        self.maximum = bound(
            object,
            End::Upper,
            ["maximum", "exclusiveMaximum"],
            &mut in_vain,
        );
        in_vain
    }

    fn other(&mut self, reader: &mut Reader<'d>, place: PlaceId, raw: &'d Value) {
        match raw {
            Value::Bool(all) => self.is_never = !all,
            _ => reader.note(place, None, Problem::NoObject),
        }
    }
}

impl<'d> Schema<'d> {
    /// The types that `type` names. Some documents have words of programming languages there, or formats.
    fn types_of(&mut self, reader: &mut Reader<'d>, place: PlaceId, value: &'d Value) -> Fate {
        let known = |value: &Value| Type::of_name(value.as_str()?);
        let listed: Option<Vec<Type>> = match value {
            Value::Array(list) => list.iter().map(known).collect(),
            value => known(value).map(|one| vec![one]),
        };
        let meant = || value.as_str().and_then(meant);
        if let Some(listed) = listed.filter(|listed| !listed.is_empty()) {
            self.types = Some(listed.iter().copied().collect());
            self.listed = listed;
        } else if let Some((meant, format)) = meant() {
            self.types = Some(Types::default().with(meant));
            self.listed = vec![meant];
            self.format = self.format.or(format);
            let (keyword, meant) = ("type".to_owned(), meant.name());
            reader.note(place, Some("type"), Problem::Meant { keyword, meant });
        } else {
            return Malformed;
        }
        Read
    }

    /// Alternatives; of which null, those that say nothing but a type, and one alone are said in another way.
    fn union(
        &mut self,
        reader: &mut Reader<'d>,
        place: PlaceId,
        choice: Choice,
        (key, list): (&'d str, &'d Value),
    ) {
        let all = list.as_array().into_iter().flatten();
        let (nulls, members): (Vec<_>, Vec<_>) = all
            .enumerate()
            .partition(|(_, member)| is_null(reference::followed(reader.model.document, member)));
        let with_null = !nulls.is_empty();
        self.nullable |= with_null;
        let list = reader.place(place, key);
        for (index, null) in nulls {
            if let Some(text) = reference::of(null) {
                let place = reader.model.places.below(list, Token::Index(index));
                reader.target(place, "$ref", text);
            }
        }
        let bare: Option<Types> = members
            .iter()
            .map(|(_, member)| bare_type(member))
            .collect();
        let bare = bare.filter(|_| members.len() > 1);
        let members: Vec<Id<Schema<'d>>> = members
            .into_iter()
            .map(|(index, member)| {
                let place = reader.model.places.below(list, Token::Index(index));
                reader.node(place, member)
            })
            .collect();
        match (bare, members.len()) {
            (Some(types), _) => {
                self.types = Some(self.types.map_or(types, |stated| stated.and(types)));
                self.bare.push(Union { choice, members });
            }
            (None, 0) => {}
            (None, 1) => {
                self.all_of.extend(members);
                self.alone.push((!with_null).then_some(choice));
            }
            _ => self.unions.push(Union { choice, members }),
        }
    }

    /// Before JSON Schema 2020-12, the first entries stand in `items`, and `additionalItems` is of the others.
    fn list_entries(
        &mut self,
        reader: &mut Reader<'d>,
        place: PlaceId,
        object: &'d Map<String, Value>,
    ) {
        let tuple = object
            .get_key_value("items")
            .filter(|(_, items)| items.is_array());
        let (first, rest) = match tuple {
            Some(items) => (Some(items), object.get_key_value("additionalItems")),
            None => (object.get_key_value("prefixItems"), None),
        };
        if let Some((key, list)) = first {
            self.first = reader.list_of_schemas(place, key, list);
        }
        if let Some((key, rest)) = rest {
            self.items = Some(reader.schema(place, key, rest));
        }
    }
}

impl<'d> Reader<'d> {
    fn list_of_schemas(
        &mut self,
        place: PlaceId,
        key: &'d str,
        list: &'d Value,
    ) -> Vec<Id<Schema<'d>>> {
        let place = self.place(place, key);
        let all = list.as_array().into_iter().flatten().enumerate();
        all.map(|(index, value)| {
            let place = self.model.places.below(place, Token::Index(index));
            self.node(place, value)
        })
        .collect()
    }

    fn schemas(
        &mut self,
        into: &mut Vec<(&'d str, Id<Schema<'d>>)>,
        place: PlaceId,
        key: &'d str,
        value: &'d Value,
    ) -> Fate {
        let place = self.place(place, key);
        into.extend(members(value).map(|(name, value)| (name, self.schema(place, name, value))));
        Fate::of(value.is_object())
    }

    /// The schema that a reference leads to.
    fn target(&mut self, place: PlaceId, key: &str, text: &str) -> Option<Id<Schema<'d>>> {
        let there = |pointer: &str| self.model.document.pointer(pointer);
        let found = reference::pointer_of(text).and_then(|at| Some((there(&at)?, at)));
        let found = match found.filter(|_| text != "#") {
            Some((value, pointer)) => Some((value, pointer.into_owned())),
            None => {
                let document = self.model.document;
                let targets = self.targets.get_or_insert_with(|| Targets::of(document));
                let found = targets.place(&self.model.places.pointer(place), text);
                found.and_then(|pointer| Some((document.pointer(&pointer)?, pointer)))
            }
        };
        let Some((value, pointer)) = found else {
            self.note(place, Some(key), Problem::LeadsNowhere(text.to_owned()));
            return None;
        };
        let known = self.known.get(&(Schema::KIND, std::ptr::from_ref(value)));
        let id = match known {
            Some(index) => Id::new(*index),
            None => {
                let at = self.walk(&pointer);
                self.node(at, value)
            }
        };
        self.model.references.push((place, pointer));
        Some(id)
    }

    /// The schema that a value of a discriminator leads to: by a reference, by its name, or by a file that is called
    /// after it.
    fn mapped(&mut self, place: PlaceId, target: &Value) -> Option<Id<Schema<'d>>> {
        let text = target.as_str()?;
        let file = text.rsplit('/').next().unwrap_or(text);
        let endings = [".yaml", ".yml", ".json"].iter();
        let of_file = endings.filter_map(|ending| file.strip_suffix(ending));
        let names = [text].into_iter().chain(of_file);
        let places = names.map(|name| pointer::join("/components/schemas", name));
        let mut places = places.filter(|at| self.model.document.pointer(at).is_some());
        let named = places.next().map(|at| reference::to(&at));
        self.target(place, "discriminator", named.as_deref().unwrap_or(text))
    }
}

fn number(value: &Value) -> Option<&Number> {
    match value {
        Value::Number(number) => Some(number),
        _ => None,
    }
}

/// What fits in more than 32 bits limits nothing that anybody could hold.
fn count(value: &Value) -> Option<&Number> {
    let fits = |number: &&Number| {
        number
            .as_u64()
            .is_some_and(|one| u32::try_from(one).is_ok())
    };
    number(value).filter(fits)
}

fn sample(place: PlaceId, value: &Value) -> Sample<'_> {
    Sample {
        name: None,
        place,
        key: None,
        value,
    }
}

/// The type, and the format if there is one, that a word from a programming language or a format means.
fn meant(word: &str) -> Option<(Type, Option<&'static str>)> {
    let word = word.trim().to_ascii_lowercase();
    Some(match word.as_str() {
        "decimal" | "float" | "double" | "numeric" | "money" => (Type::Number, None),
        "int" | "long" | "short" | "bigint" => (Type::Integer, None),
        "int32" => (Type::Integer, Some("int32")),
        "int64" => (Type::Integer, Some("int64")),
        "bool" => (Type::Boolean, None),
        "str" | "text" | "char" | "varchar" | "email" | "uri" | "url" => (Type::String, None),
        "date" => (Type::String, Some("date")),
        "datetime" | "date-time" | "timestamp" => (Type::String, Some("date-time")),
        "uuid" | "guid" => (Type::String, Some("uuid")),
        "file" => (Type::String, Some("binary")),
        "list" => (Type::Array, None),
        "map" | "dict" | "dictionary" => (Type::Object, None),
        word => (Type::of_name(word)?, None),
    })
}

/// Whether a schema allows nothing but null.
fn is_null(schema: &Value) -> bool {
    schema.get("type").is_some_and(|name| name == "null")
        || schema.get("const").is_some_and(Value::is_null)
        || schema
            .get("enum")
            .is_some_and(|values| *values == Value::from(vec![Value::Null]))
}

/// The type of a schema that says nothing else.
fn bare_type(schema: &Value) -> Option<Type> {
    let is_bare = |key: &String| key == "type" || is_annotation(key);
    let object = schema.as_object()?;
    Type::of_name(object.get("type")?.as_str()?).filter(|_| object.keys().all(is_bare))
}

/// A limit, exclusive by a flag (3.0) or by a number of its own (3.1).
fn bound<'d>(
    object: &'d Map<String, Value>,
    end: End,
    [plain, own]: [&'static str; 2],
    in_vain: &mut Vec<&'d str>,
) -> Option<Bound> {
    let number = |keyword| number(object.get(keyword)?).cloned();
    let flag = object
        .get_key_value(own)
        .filter(|(_, flag)| flag.is_boolean());
    if let Some((key, _)) = flag.filter(|_| !object.contains_key(plain)) {
        in_vain.push(key);
    }
    let plain = number(plain).map(|number| Bound {
        number,
        exclusive: flag.is_some_and(|(_, flag)| *flag == true),
        keyword: plain,
    });
    let own = number(own).map(|number| Bound {
        number,
        exclusive: true,
        keyword: own,
    });
    match (plain, own) {
        (Some(plain), Some(own)) => match plain.strictness(&own, end).is_lt() {
            true => Some(own),
            false => Some(plain),
        },
        (plain, own) => plain.or(own),
    }
}
