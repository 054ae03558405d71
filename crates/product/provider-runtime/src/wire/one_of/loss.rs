//! What a form does not keep of an instance.

use serde_json::Value;

/// How many members of an instance a form keeps and loses; one that is lost counts once, whatever it holds.
#[derive(Default)]
pub(super) struct Members {
    pub(super) kept: usize,
    pub(super) lost: usize,
}

impl Members {
    pub(super) fn of(whole: &Value, again: &Value) -> Self {
        let mut members = Self::default();
        members.add(whole, Some(again));
        members
    }

    fn add(&mut self, whole: &Value, again: Option<&Value>) {
        match (whole, again) {
            (Value::Null, _) => {}
            (Value::Object(whole), Some(Value::Object(again))) => {
                for (name, member) in whole {
                    self.add(member, again.get(name));
                }
            }
            (Value::Array(whole), Some(Value::Array(again))) if whole.len() == again.len() => {
                for (item, again) in whole.iter().zip(again) {
                    self.add(item, Some(again));
                }
            }
            (whole, Some(again)) if lost(whole, &[again]) == 0 => self.kept += 1,
            _ => self.lost += 1,
        }
    }
}

/// How much of `whole` is in none of `kept`.
pub(super) fn lost(whole: &Value, kept: &[&Value]) -> usize {
    let same = |kept: &&&Value| match (whole, **kept) {
        (Value::Number(whole), Value::Number(kept)) => whole.as_f64() == kept.as_f64(),
        (whole, kept) => whole == kept,
    };
    if kept.iter().any(|kept| same(&kept)) {
        return 0;
    }
    match whole {
        Value::Object(members) => {
            let kept: Vec<_> = kept.iter().filter_map(|kept| kept.as_object()).collect();
            if kept.is_empty() {
                return size(whole);
            }
            let member = |(name, member): (&String, &Value)| {
                let kept: Vec<_> = kept.iter().filter_map(|kept| kept.get(name)).collect();
                lost(member, &kept)
            };
            members.iter().map(member).sum()
        }
        Value::Array(items) => {
            let kept: Vec<_> = kept
                .iter()
                .filter_map(|kept| kept.as_array())
                .filter(|kept| kept.len() == items.len())
                .collect();
            if kept.is_empty() {
                return size(whole);
            }
            let item = |(index, item): (usize, &Value)| {
                let kept: Vec<_> = kept.iter().map(|kept| &kept[index]).collect();
                lost(item, &kept)
            };
            items.iter().enumerate().map(item).sum()
        }
        whole => size(whole),
    }
}

/// How many values there are in `value`; null says nothing.
fn size(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(size).sum::<usize>(),
        _ => 1,
    }
}
