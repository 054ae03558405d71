//! What several unions are together: one, of a member of each.

use serde_json::{Map, Value};

/// How many combinations of the members of several unions are written out.
const MOST: usize = 32;
/// How many values of a document may be copied into combinations. Unions within what is copied are copied with it, so that
/// each level of them multiplies what is below.
pub(super) const ROOM: usize = 1 << 16;

/// The combinations of the members of `unions` beside which something else holds, as long as there is room for the copies,
/// and the unions that are not among them.
pub(super) fn of(
    unions: Vec<Vec<Value>>,
    beside: &Map<String, Value>,
    room: &mut usize,
) -> (Vec<Vec<Value>>, Vec<Vec<Value>>) {
    let (mut written, mut left): (Vec<Vec<Value>>, _) = (Vec::new(), Vec::new());
    let mut room_left = *room;
    for union in unions {
        written.push(union);
        let count = written.iter().map(Vec::len).product();
        let room = room.checked_sub(copied(&written, beside, count));
        match room.filter(|_| written.len() == 1 || count <= MOST) {
            Some(room) => room_left = room,
            None => left.extend(written.pop()),
        }
    }
    *room = room_left;
    let mut combinations = vec![Vec::new(); usize::from(!written.is_empty())];
    for union in written {
        let with = |chosen: &Vec<Value>| {
            let longer = |member| [chosen.as_slice(), std::slice::from_ref(member)].concat();
            union.iter().map(longer).collect::<Vec<_>>()
        };
        combinations = combinations.iter().flat_map(with).collect();
    }
    (combinations, left)
}

/// How many values are copied where unions are written out as so many combinations.
fn copied(unions: &[Vec<Value>], beside: &Map<String, Value>, count: usize) -> usize {
    let of_unions = unions.iter().map(|union| {
        let times = count.checked_div(union.len()).unwrap_or_default();
        weight(union) * times.saturating_sub(1)
    });
    of_unions.sum::<usize>() + weight(beside.values()) * count.saturating_sub(1)
}

/// How many values there are, with all that stand in them.
fn weight<'a>(values: impl IntoIterator<Item = &'a Value>) -> usize {
    let mut pending: Vec<&Value> = values.into_iter().collect();
    let mut count = 0;
    while let Some(value) = pending.pop() {
        count += 1;
        match value {
            Value::Array(values) => pending.extend(values),
            Value::Object(values) => pending.extend(values.values()),
            _ => {}
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::rules::testing;

    fn object(name: String) -> Value {
        json!({"type": "object", "required": [name], "properties": {name: {"type": "boolean"}}})
    }

    #[test]
    fn each_combination_has_a_member_of_each_union_as_long_as_there_is_room() {
        let union = |names: &[&str]| names.iter().map(|name| json!(name)).collect::<Vec<_>>();
        let unions = || vec![union(&["a", "b"]), union(&["c", "d", "e"])];
        let beside = Map::from_iter([("title".to_owned(), json!("t"))]);
        // Of six combinations each has `beside`, the first two words are there thrice, the others twice.
        let mut room = 5 + 4 + 3;
        let (combinations, left) = of(unions(), &beside, &mut room);
        assert_eq!((combinations.len(), left.len(), room), (6, 0, 0));
        assert_eq!(combinations[1], ["a", "d"]);
        let mut room = 11;
        let (combinations, left) = of(unions(), &beside, &mut room);
        assert_eq!(combinations, [["a"], ["b"]]);
        assert_eq!((left, room), (vec![union(&["c", "d", "e"])], 10));
        assert!(of(unions(), &beside, &mut 0).0.is_empty());
    }

    /// Each level would be there twice, or four times, as often as the one around it.
    #[test]
    fn unions_within_unions_are_bounded_and_the_place_is_told() {
        let beside = |inner: Value, level: usize| {
            let members = [object(format!("a{level}")), object(format!("b{level}"))];
            json!({"type": "object", "properties": {"inner": inner}, "oneOf": members})
        };
        let several = |inner: Value, level: usize| {
            let [a, b, c] = ["a", "b", "c"].map(|name| object(format!("{name}{level}")));
            json!({"allOf": [{"oneOf": [inner, a]}, {"oneOf": [b, c]}]})
        };
        let nested: [&dyn Fn(Value, usize) -> Value; 2] = [&beside, &several];
        for nest in nested {
            let body = (0..16).fold(object("x".to_owned()), nest);
            let content =
                json!({"application/json": {"schema": {"$ref": "#/components/schemas/Body"}}});
            let lowered = testing::lowered(
                json!({"/a": {"post": {"operationId": "a", "requestBody": {"content": content}, "responses": {"204": {"description": ""}}}}}),
                json!({"Body": body}),
            );
            // What is not copied is little.
            let count = weight([&lowered.document]);
            assert!(count < 4 * ROOM, "{count}");
            let report = lowered.report.to_string();
            let told = "one of several unions is left to the provider";
            let mut lines = report.lines().filter(|line| line.contains(told));
            assert!(
                lines.any(|line| line.contains("/components/schemas/Body/")),
                "{report}"
            );
        }
    }
}
