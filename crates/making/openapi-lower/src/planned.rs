//! The plan of a document that every rule has seen.

mod answers;
mod operations;
mod types;

use crate::document;
use crate::plan::Plan;
use crate::rules::client::Draft;

/// Takes what the rules have decided out of a draft, whose document has no trace of it from now on.
pub(crate) fn made(draft: &mut Draft) -> Plan {
    let plan = Plan {
        types: types::types(draft),
        operations: operations::operations(draft),
        webhooks: std::mem::take(&mut draft.facts.webhooks),
    };
    document::each_schema_mut(draft, &mut |_, schema| {
        schema.remove("$id");
    });
    plan
}
