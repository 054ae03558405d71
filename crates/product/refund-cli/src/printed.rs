//! What `--json` prints: one object on each line, each with its kind, and the schema of them all.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;
use serde_json::Value;

use crate::{
    commands::{
        BatchLine, BatchStanding, Corrected, Detail, Directory, Found, Imported, Listing, Shown,
        Verification,
    },
    demo::Demo,
    report::Report,
};

/// A line of JSON. Kinds and members are part of the command's interface: they only grow.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Printed<'a> {
    /// How a command ended.
    Outcome(Placed<'a>),
    /// A refund that the journal knows.
    Refund(&'a Shown),
    /// A refund with its history.
    RefundHistory(&'a Detail),
    /// Where the journal is.
    Journal(&'a Found<'a>),
    /// How much was paid with a payment.
    PaymentTotal(&'a Corrected<'a>),
    /// What was taken over of an earlier version.
    Import(&'a Imported),
    /// How a batch stands.
    Batch(&'a BatchStanding<'a>),
    /// What became of a line of a batch.
    BatchLine(&'a BatchLine),
    /// The demonstration.
    Demonstration(&'a Demo),
    /// What providers can do.
    Capabilities(&'a Listing),
    /// Where the sandbox's providers are.
    Sandbox(&'a Directory<'a>),
    /// Whether a webhook verifies.
    Webhook(&'a Verification),
}

/// A report, and the journal that it is in.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Placed<'a> {
    #[serde(flatten)]
    pub(crate) report: &'a Report,
    /// The journal in use, without what logs in to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) journal: Option<String>,
}

/// The schema of every line that `--json` prints.
pub(crate) fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12()
        .for_serialize()
        .with(|settings| settings.inline_subschemas = true)
        .into_generator();
    let mut schema = generator.into_root_schema_for::<Printed<'_>>();
    schema.insert("title".to_owned(), "A line of `refund --json`".into());
    schema.to_value()
}
