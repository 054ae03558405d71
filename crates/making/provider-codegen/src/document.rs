//! A document alone, without a provider's folder: from its text to the source of a client.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use openapi_lower::{Plan, Report};
use openapi_model::Model;
use serde_json::Value;
use spec_documents::config::{Authentication, Config, Errors, Hosts, Operation};
use spec_documents::syntax::Repair;
use spec_documents::{Call, matching, page};
use thiserror::Error;

use crate::generator::{self, FinishError, Generator, GeneratorError};
use crate::signatures::Signature;
use crate::start;

/// What a document became, as far as it got.
#[derive(Debug, Default)]
pub struct Made {
    /// How many operations the document has.
    pub operations: usize,
    /// How many of them the client has.
    pub kept: usize,
    /// Those, by their names.
    pub calls: BTreeMap<String, Call>,
    /// What lowering did.
    pub report: Report,
    /// Source of the client.
    pub source: String,
    /// What its operations take and give, by their names.
    pub signatures: Vec<Signature>,
    /// How long the generator alone took on the lowered document.
    pub generating: Duration,
}

/// Why a document did not become a client.
#[derive(Debug, Error)]
pub enum DocumentError {
    /// The file holds no document that can be read.
    #[error(transparent)]
    Page(#[from] page::PageError),
    /// The file holds no document, or several.
    #[error(
        "{file}: {found} OpenAPI documents found: give a file that holds exactly one, as JSON or YAML"
    )]
    NotOne {
        /// The file.
        file: String,
        /// How many documents it holds.
        found: usize,
    },
    /// A rule refused it.
    #[error("lower: {0}")]
    Lower(#[from] openapi_lower::LowerError),
    /// The generator refused it.
    #[error("generate: {0}{name}", name = named(.0.operation.as_deref()))]
    Generate(#[from] GeneratorError),
    /// The generator's output is not what is known of it.
    #[error("finish: {0}")]
    Finish(#[from] FinishError),
}

fn named(operation: Option<&str>) -> String {
    operation.map_or_else(String::new, |operation| format!(" (operation {operation})"))
}

/// Reads the one OpenAPI document in `text`, which stands in `file`, and notes in `repairs` what had to be
/// repaired for that.
///
/// # Errors
///
/// [`DocumentError::Page`] and [`DocumentError::NotOne`].
pub fn read(file: &str, text: &str, repairs: &mut Vec<Repair>) -> Result<Value, DocumentError> {
    let (mut documents, repaired) = page::documents_leniently(file, text)?;
    repairs.extend(repaired);
    match documents.pop() {
        Some(source) if documents.is_empty() => Ok(source.document),
        found => Err(DocumentError::NotOne {
            file: file.to_owned(),
            found: documents.len() + usize::from(found.is_some()),
        }),
    }
}

/// Makes a client of `document`, noting in `made` how far it got. The document is given away, so that it
/// takes no memory while its client is made.
///
/// # Errors
///
/// [`DocumentError`] of the step that failed.
pub fn generate(
    name: &str,
    document: Value,
    generator: &dyn Generator,
    made: &mut Made,
) -> Result<(), DocumentError> {
    let (hosts, authentication, errors, mut lowered) = {
        let model = Model::of(&document);
        made.operations = model.calls().len();
        (
            start::hosts(&model, name),
            start::authentication(&model, name),
            start::errors(&model, |_| true),
            openapi_lower::lower_model(&model)?,
        )
    };
    drop(document);
    let started = Instant::now();
    let outcome = generator::salvage(generator, &mut lowered);
    made.generating = started.elapsed();
    made.report = std::mem::take(&mut lowered.report);
    let file = outcome?;
    let config = config(name, hosts, authentication, errors, &lowered.plan);
    made.kept = config.operations.len();
    made.calls = config
        .operations
        .iter()
        .map(|(name, operation)| (name.clone(), operation.call.clone()))
        .collect();
    // What is made of it needs its memory.
    drop(std::mem::take(&mut lowered.document));
    let mut client = generator::finish(file, &lowered.plan, &config, &BTreeMap::new())?;
    made.signatures = std::mem::take(&mut client.signatures);
    made.source = generator::as_one(client);
    Ok(())
}

/// A name for the crate of the document in `file`.
pub fn name(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let name = heck::ToSnakeCase::to_snake_case(stem.as_ref());
    if name.starts_with(|first: char| first.is_ascii_lowercase()) {
        name
    } else {
        format!("api_{name}")
    }
}

/// What a crate says of a provider of whom nothing but the document is known. Whatever is not a read is
/// taken to move money.
fn config(
    name: &str,
    hosts: Hosts,
    authentication: Authentication,
    errors: Errors,
    plan: &Plan,
) -> Config {
    let operations: BTreeMap<String, Operation> = plan
        .operations
        .iter()
        .map(|planned| {
            let call = Call::new(planned.method, &planned.route);
            let operation = Operation {
                moves_money: !matching::reads(&call),
                call,
                idempotency_header: None,
                paging: None,
            };
            (planned.id.clone(), operation)
        })
        .collect();
    Config {
        name: name.to_owned(),
        title: name.to_owned(),
        pages: BTreeMap::new(),
        hosts,
        authentication,
        credential_variables: Vec::new(),
        errors,
        operations_matching: None,
        webhooks: BTreeMap::new(),
        operations,
        documented: BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::generator::Progenitor;

    #[test]
    fn whatever_names_the_type_of_free_json_names_one_that_keeps_every_digit() {
        let answer = |schema: Value| json!({"description": "", "content": {"application/json": {"schema": schema}}});
        let body = json!({"required": true, "content": {"application/json": {"schema": {}}}});
        let document = json!({
            "openapi": "3.0.3", "info": {"title": "t", "version": "1"},
            "servers": [{"url": "https://api.acme.example"}],
            "paths": {"/a": {"post": {
                "operationId": "a", "requestBody": body,
                "responses": {"200": answer(json!({})), "400": answer(json!({"type": "object"}))}
            }}}
        });
        let mut made = Made::default();
        generate("acme", document, &Progenitor, &mut made).unwrap();
        // Those of calls without an executor among them.
        assert!(!made.source.contains("serde_json"), "{}", made.source);
        assert!(
            made.source.contains(
                "runtime::blocking!(A, provider_runtime::Json, provider_runtime::JsonObject);"
            ),
            "{}",
            made.source
        );
        assert_eq!(made.signatures[0].request(), Some("provider_runtime::Json"));
    }
}
