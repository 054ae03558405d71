use hyper::Method;

use super::{
    check::{Incoming, check},
    operation::{Document, Found},
    problem::Problem,
    source::Reading,
};

/// Judges requests and answers by an OpenAPI 3.0 or 3.1 document.
///
/// What is wrong with the document accuses nobody: it is told as a problem of
/// [its own kind](Problem::is_of_document) wherever it was to be used.
pub struct Judge {
    document: Document,
}

impl Judge {
    /// By a document, as JSON text. Its schemas are compiled when they are first
    /// needed.
    ///
    /// # Errors
    /// The text is not JSON, or no OpenAPI document of these versions: in words.
    pub fn of(document: &str) -> Result<Self, String> {
        let document =
            serde_json::from_str(document).map_err(|error| format!("it is not JSON: {error}"))?;
        Ok(Self {
            document: Document::of(document, Reading::Specified)?,
        })
    }

    /// The documented call that a request is for, by its `operationId`, else by
    /// method and path, and what of the request the document does not allow. Of
    /// a request for nothing that is documented: one problem.
    pub fn request(&self, request: &Incoming) -> (Option<String>, Vec<Problem>) {
        match self.document.find(&request.method, &request.path) {
            Found::Operation(operation, _) => {
                let problems = check(operation, request).problems;
                (Some(operation.name.clone()), problems)
            }
            Found::OtherMethod | Found::Nothing => (None, vec![no_such_call(&request.method)]),
        }
    }

    /// The name of the documented call of a method and a path.
    pub fn operation(&self, method: &Method, path: &str) -> Option<&str> {
        match self.document.find(method, path) {
            Found::Operation(operation, _) => Some(&operation.name),
            Found::OtherMethod | Found::Nothing => None,
        }
    }

    /// What of an answer to such a request the document does not have: its
    /// status, its media type or something in its body. A body where none is
    /// documented is no problem.
    pub fn answer(
        &self,
        method: &Method,
        path: &str,
        status: u16,
        content_type: Option<&str>,
        body: &[u8],
    ) -> Vec<Problem> {
        match self.document.find(method, path) {
            Found::Operation(operation, _) => {
                let answers = &operation.answers;
                answers.judge(&operation.source, method, status, content_type, body)
            }
            Found::OtherMethod | Found::Nothing => vec![no_such_call(method)],
        }
    }
}

fn no_such_call(method: &Method) -> Problem {
    Problem::at("path", format!("{method} is not documented"))
}
