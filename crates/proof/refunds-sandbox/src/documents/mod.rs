//! The effective documents, ready to judge requests.

mod beside;
mod check;
mod load;
mod operation;
mod schema;

use std::sync::OnceLock;

pub(crate) use check::{Checked, Incoming, Problem, check};
pub(crate) use operation::{Document, Found, Operation};

use crate::{Provider, SandboxError};

/// Documents by the provider's index. Compiling them takes longer than serving
/// many requests, and they never change: once for all sandboxes of a process.
static DOCUMENTS: OnceLock<Result<Vec<Document>, (Provider, String)>> = OnceLock::new();

pub(crate) fn documents() -> Result<&'static [Document], SandboxError> {
    let loaded = DOCUMENTS.get_or_init(|| {
        let load = |provider| load::document(provider).map_err(|problem| (provider, problem));
        Provider::ALL.into_iter().map(load).collect()
    });
    match loaded {
        Ok(documents) => Ok(documents),
        Err((provider, problem)) => Err(SandboxError::Document {
            provider: *provider,
            problem: problem.clone(),
        }),
    }
}
