//! Instances for a schema: some that fit, some that nearly do. The same ones for the same seed.

use serde_json::{Map, Value, json};

/// A small generator of numbers (splitmix64), so that a failure can be repeated.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % count as u64).unwrap()
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}

/// An instance that follows `schema` mostly; `document` is where its references lead.
pub(crate) fn instance(
    random: &mut Random,
    document: &Value,
    schema: &Value,
    depth: usize,
) -> Value {
    if depth == 0 || random.one_in(8) {
        return junk(random);
    }
    let Some(schema) = schema.as_object() else {
        return junk(random);
    };
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        let target = document.pointer(reference.trim_start_matches('#'));
        let target = target.unwrap_or(&Value::Null);
        let chosen = instance(random, document, target, depth - 1);
        return with_members(random, document, schema, chosen, depth);
    }
    if let Some(value) = schema.get("const") {
        return value.clone();
    }
    if let Some(values) = schema
        .get("enum")
        .and_then(Value::as_array)
        .filter(|values| !values.is_empty())
    {
        return values[random.below(values.len())].clone();
    }
    if schema.get("nullable") == Some(&json!(true)) && random.one_in(4) {
        return Value::Null;
    }
    for keyword in ["oneOf", "anyOf"] {
        if let Some(members) = schema.get(keyword).and_then(Value::as_array) {
            let member = &members[random.below(members.len())];
            let chosen = instance(random, document, member, depth - 1);
            return with_members(random, document, schema, chosen, depth);
        }
    }
    if let Some(members) = schema.get("allOf").and_then(Value::as_array) {
        let mut all = json!({});
        for member in members {
            match (instance(random, document, member, depth - 1), &mut all) {
                (Value::Object(more), Value::Object(object)) => object.extend(more),
                (other, _) => return other,
            }
        }
        return with_members(random, document, schema, all, depth);
    }
    let kind = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds[random.below(kinds.len())].as_str().map(str::to_owned),
        Some(kind) => kind.as_str().map(str::to_owned),
        None if schema.contains_key("properties") => Some("object".to_owned()),
        None if schema.contains_key("items") || schema.contains_key("prefixItems") => {
            Some("array".to_owned())
        }
        None => None,
    };
    match kind.as_deref() {
        Some("object") => with_members(random, document, schema, json!({}), depth),
        Some("array") => {
            let any = Value::Null;
            let items = schema.get("items").filter(|items| items.is_object());
            let prefix = schema.get("prefixItems").and_then(Value::as_array);
            let count = random.below(3);
            (0..count)
                .map(|index| {
                    let item = prefix
                        .and_then(|prefix| prefix.get(index))
                        .or(items)
                        .unwrap_or(&any);
                    instance(random, document, item, depth - 1)
                })
                .collect()
        }
        Some("string") => text(random),
        Some("integer") => json!([0, 1, -3, 100, 7][random.below(5)]),
        Some("number") => [json!(0), json!(1.5), json!(-2.25), json!(100)][random.below(4)].clone(),
        Some("boolean") => json!(random.one_in(2)),
        Some("null") => Value::Null,
        _ => junk(random),
    }
}

/// `value` with the members that `schema` documents beside, each of them at random.
fn with_members(
    random: &mut Random,
    document: &Value,
    schema: &Map<String, Value>,
    value: Value,
    depth: usize,
) -> Value {
    let Value::Object(mut object) = value else {
        return value;
    };
    for (name, member) in schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let required = schema.get("required").and_then(Value::as_array);
        let required = required.is_some_and(|names| names.iter().any(|required| required == name));
        let skipped = if required {
            random.one_in(8)
        } else {
            random.one_in(2)
        };
        if !skipped {
            object.insert(name.clone(), instance(random, document, member, depth - 1));
        }
    }
    let more = schema
        .get("additionalProperties")
        .filter(|more| more.is_object());
    for pattern in schema
        .get("patternProperties")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::values)
        .chain(more)
    {
        if random.one_in(2) {
            object.insert(
                "x-more".to_owned(),
                instance(random, document, pattern, depth - 1),
            );
        }
    }
    if random.one_in(6) {
        object.insert("unknown".to_owned(), junk(random));
    }
    Value::Object(object)
}

fn text(random: &mut Random) -> Value {
    let texts = [
        "",
        "a",
        "ab",
        "AB1",
        "2024-05-01T10:00:00Z",
        "12.50",
        "a longer text than most",
    ];
    json!(texts[random.below(texts.len())])
}

fn junk(random: &mut Random) -> Value {
    let junk = [
        json!(null),
        json!(true),
        json!(3),
        json!(2.5),
        json!("junk"),
        json!([]),
        json!({}),
        json!([1, "a"]),
        json!({"a": 1}),
    ];
    junk[random.below(junk.len())].clone()
}
