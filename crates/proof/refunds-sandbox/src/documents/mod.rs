//! OpenAPI documents, ready to judge requests and answers: the four effective ones and any other.

mod answers;
mod beside;
mod bundle;
mod check;
mod content;
mod given;
mod judge;
mod load;
mod media;
mod operation;
mod pairs;
mod parameter;
mod problem;
mod request_body;
mod schema;
mod security;
mod shape;
mod source;
mod template;
mod texts;

use std::sync::OnceLock;

pub use check::Incoming;
pub(crate) use check::{Checked, check};
pub use judge::Judge;
pub(crate) use operation::{Document, Found, Operation};
pub use problem::Problem;

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
