//! What stood for webhooks among the paths.

use heck::ToPascalCase;
use serde_json::Value;

use super::{Draft, Rule};
use crate::plan::Webhook;
use crate::report::Scribe;
use crate::{direction, pointer};

pub(crate) const RULE: Rule = Rule {
    name: "webhook-stand-ins",
    statement: "Accepts the paths that stand for webhooks; emits the document without them, of which the named schemas stay.",
    apply,
};

fn apply(document: &mut Draft, scribe: &mut Scribe<'_>) {
    let (document, facts) = document.parts();
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    paths.retain(|path, item| {
        let Some(name) = facts.stand_ins.get(path) else {
            return true;
        };
        let reference = "/get/responses/200/content/application~1json/schema/$ref";
        let reference = item.pointer(reference).and_then(Value::as_str);
        facts.webhooks.push(Webhook {
            name: name.clone(),
            body: reference
                .and_then(direction::component_name)
                .map(|name| name.to_pascal_case()),
        });
        let at = pointer::join("/paths", path);
        scribe.note(&at, "a client calls no webhook: its types stay");
        false
    });
}
