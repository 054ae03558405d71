//! Named schemas that no operation uses.

use super::{Draft, Rule};
use crate::report::Scribe;
use crate::{direction, document, pointer};

pub(crate) const RULE: Rule = Rule {
    name: "unreached-schemas",
    statement: "Accepts named schemas that no operation reaches, before or after its answers were merged; emits the document without them.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let reached = direction::of_components(document);
    document::schemas_mut(document).retain(|name, _| {
        let keep = reached.contains_key(name);
        if !keep {
            scribe.note(
                &pointer::join("/components/schemas", name),
                "no operation reaches it: left out",
            );
        }
        keep
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::rules::testing::answering;

    #[test]
    fn a_schema_that_no_operation_reaches_is_left_out() {
        let lowered = answering(
            json!({"$ref": "#/components/schemas/Used"}),
            json!({
                "Used": {"type": "array", "items": {"$ref": "#/components/schemas/Inner"}},
                "Inner": {"type": "object"},
                "Unused": {"type": "object"}
            }),
        );
        let mut names: Vec<_> = lowered.document["components"]["schemas"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        names.sort();
        assert_eq!(names, ["Inner", "Used"]);
        assert_eq!(lowered.report.counts()["unreached-schemas"], 1);
    }
}
