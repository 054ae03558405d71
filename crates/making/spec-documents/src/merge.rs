//! Several documents of one provider as one.

use openapi_model::{Model, pointer};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::page::Source;

/// Documents that cannot be merged.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MergeError {
    /// No document at all.
    #[error(
        "there is no OpenAPI document: import a page that holds one, or write transcribed.yaml"
    )]
    NothingToMerge,
    /// The same place with different contents.
    #[error(
        "{first} and {second} contradict each other at {pointer}: import the newer page under the older one's name, or let `cargo xtask drift <provider> <page> --accept` take out of transcribed.yaml what the page has"
    )]
    Conflict {
        /// File that came first.
        first: String,
        /// File that says something else.
        second: String,
        /// JSON pointer of the place.
        pointer: String,
    },
    /// Documents of OpenAPI 3.0 and of 3.1.
    #[error(
        "{first} is OpenAPI {first_version} and {second} is {second_version}: transcribe in the version of the page"
    )]
    Versions {
        /// File that came first.
        first: String,
        /// Its version.
        first_version: String,
        /// File of another version.
        second: String,
        /// Its version.
        second_version: String,
    },
    /// A transcribed operation that does not say what it was transcribed from.
    #[error(
        "{file}: {pointer} has no x-source: name the provider's page that the operation was transcribed from"
    )]
    Unsourced {
        /// The transcription.
        file: String,
        /// JSON pointer of the operation.
        pointer: String,
    },
}

/// Merges documents in their order.
///
/// Paths, methods, webhooks, components, tags and servers add up; `info` is that of the first document which has
/// one. The same operation or component twice is fine as long as it is the same.
///
/// # Errors
///
/// [`MergeError`]; a conflict names both files and the place.
pub fn merge(sources: &[Source]) -> Result<Value, MergeError> {
    let mut merger = Merger::default();
    for source in sources {
        merger.add(source)?;
    }
    if merger.merged.is_empty() {
        return Err(MergeError::NothingToMerge);
    }
    Ok(Value::Object(merger.merged))
}

/// Checks that every operation of a transcription has an `x-source`, webhooks included.
///
/// # Errors
///
/// [`MergeError::Unsourced`] for the first operation without.
pub fn check_sources(transcription: &Source) -> Result<(), MergeError> {
    let model = Model::of(&transcription.document);
    let calls = model.calls().into_iter().chain(model.webhooks());
    for operation in calls.map(|call| call.operation) {
        let source = operation.raw().get("x-source").and_then(Value::as_str);
        if source.is_none_or(|source| source.trim().is_empty()) {
            return Err(MergeError::Unsourced {
                file: transcription.origin.clone(),
                pointer: operation.pointer(),
            });
        }
    }
    Ok(())
}

/// What was merged so far.
#[derive(Default)]
struct Merger<'a> {
    merged: Map<String, Value>,
    /// Who first said what: pointer and file.
    origins: Vec<(String, &'a str)>,
}

impl<'a> Merger<'a> {
    fn add(&mut self, source: &'a Source) -> Result<(), MergeError> {
        let Some(document) = source.document.as_object() else {
            return Ok(());
        };
        for (key, value) in document {
            let at = pointer::join("", key);
            match key.as_str() {
                "openapi" => self.version(value, source)?,
                "info" => {
                    self.merged
                        .entry(key.clone())
                        .or_insert_with(|| value.clone());
                }
                "servers" | "tags" => self.append(key, value, source)?,
                // Path items, webhooks and sections of components hold what may come from several documents.
                "paths" | "components" | "webhooks" | "x-webhooks" => {
                    self.two_levels(key, value, source)?;
                }
                _ => self.equal(&at, value, source)?,
            }
        }
        Ok(())
    }

    fn version(&mut self, value: &Value, source: &'a Source) -> Result<(), MergeError> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let family = |version: &str| version.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
        let Some(existing) = self.merged.get("openapi").map(text) else {
            self.merged.insert("openapi".to_owned(), value.clone());
            self.origins.push(("/openapi".to_owned(), &source.origin));
            return Ok(());
        };
        let version = text(value);
        if family(&existing) == family(&version) {
            return Ok(());
        }
        Err(MergeError::Versions {
            first: self.origin("/openapi"),
            first_version: existing,
            second: source.origin.clone(),
            second_version: version,
        })
    }

    fn append(&mut self, key: &str, value: &Value, source: &'a Source) -> Result<(), MergeError> {
        let at = pointer::join("", key);
        let Some(more) = value.as_array() else {
            return self.equal(&at, value, source);
        };
        let list = self
            .merged
            .entry(key)
            .or_insert_with(|| Value::Array(Vec::new()));
        match list {
            Value::Array(list) => {
                let new: Vec<Value> = more
                    .iter()
                    .filter(|entry| !list.contains(entry))
                    .cloned()
                    .collect();
                list.extend(new);
                Ok(())
            }
            _ => Err(self.conflict(&at, source)),
        }
    }

    fn two_levels(
        &mut self,
        key: &str,
        value: &Value,
        source: &'a Source,
    ) -> Result<(), MergeError> {
        let at = pointer::join("", key);
        let Some(groups) = value.as_object() else {
            return self.equal(&at, value, source);
        };
        self.enter(&at, source)?;
        for (group, members) in groups {
            let at = pointer::join(&at, group);
            let Some(members) = members.as_object() else {
                self.equal(&at, members, source)?;
                continue;
            };
            self.enter(&at, source)?;
            for (name, member) in members {
                self.equal(&pointer::join(&at, name), member, source)?;
            }
        }
        Ok(())
    }

    /// Makes sure that there is an object at `at`.
    fn enter(&mut self, at: &str, source: &'a Source) -> Result<(), MergeError> {
        match self.find(at) {
            Some(Value::Object(_)) => Ok(()),
            Some(_) => Err(self.conflict(at, source)),
            None => {
                self.insert(at, Value::Object(Map::new()), source);
                Ok(())
            }
        }
    }

    fn equal(&mut self, at: &str, value: &Value, source: &'a Source) -> Result<(), MergeError> {
        match self.find(at) {
            Some(existing) if existing == value => Ok(()),
            Some(_) => Err(self.conflict(at, source)),
            None => {
                self.insert(at, value.clone(), source);
                Ok(())
            }
        }
    }

    fn find(&self, at: &str) -> Option<&Value> {
        let (parent, name) = pointer::split_last(at)?;
        self.object(parent)?.get(&name)
    }

    fn object(&self, at: &str) -> Option<&Map<String, Value>> {
        match pointer::split_last(at) {
            None => Some(&self.merged),
            Some((parent, name)) => self.object(parent)?.get(&name)?.as_object(),
        }
    }

    fn insert(&mut self, at: &str, value: Value, source: &'a Source) {
        self.origins.push((at.to_owned(), &source.origin));
        let Some((parent, name)) = pointer::split_last(at) else {
            return;
        };
        let mut object = Some(&mut self.merged);
        for token in parent.split('/').skip(1) {
            let token = pointer::unescape(token);
            object = object.and_then(|object| object.get_mut(&*token)?.as_object_mut());
        }
        if let Some(object) = object {
            object.insert(name, value);
        }
    }

    fn conflict(&self, at: &str, source: &Source) -> MergeError {
        MergeError::Conflict {
            first: self.origin(at),
            second: source.origin.clone(),
            pointer: at.to_owned(),
        }
    }

    fn origin(&self, at: &str) -> String {
        let found = self.origins.iter().find(|(pointer, _)| pointer == at);
        found.map_or_else(String::new, |(_, origin)| (*origin).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn source(origin: &str, document: Value) -> Source {
        Source {
            origin: origin.to_owned(),
            line: 1,
            span: 0..0,
            document,
        }
    }

    #[test]
    fn paths_methods_and_components_add_up() {
        let merged = merge(&[
            source(
                "a",
                json!({"openapi": "3.0.0", "info": {"title": "A"}, "servers": [{"url": "x"}],
                "paths": {"/a": {"get": {}}}, "components": {"schemas": {"A": {}, "C": {"type": "string"}}}}),
            ),
            source(
                "b",
                json!({"openapi": "3.0.3", "info": {"title": "B"}, "servers": [{"url": "x"}, {"url": "y"}],
                "paths": {"/a": {"post": {}}, "/b": {"get": {}}}, "components": {"schemas": {"B": {}, "C": {"type": "string"}}}}),
            ),
        ]);
        assert_eq!(
            merged,
            Ok(
                json!({"openapi": "3.0.0", "info": {"title": "A"}, "servers": [{"url": "x"}, {"url": "y"}],
                "paths": {"/a": {"get": {}, "post": {}}, "/b": {"get": {}}},
                "components": {"schemas": {"A": {}, "B": {}, "C": {"type": "string"}}}})
            )
        );
    }

    #[test]
    fn a_conflict_names_both_files_and_the_place() {
        for (left, right, pointer) in [
            (
                json!({"paths": {"/a": {"get": {"x": 1}}}}),
                json!({"paths": {"/a": {"get": {"x": 2}}}}),
                "/paths/~1a/get",
            ),
            (
                json!({"components": {"schemas": {"A": {"x": 1}}}}),
                json!({"components": {"schemas": {"A": {}}}}),
                "/components/schemas/A",
            ),
            (
                json!({"security": []}),
                json!({"security": [{"a": []}]}),
                "/security",
            ),
            (
                json!({"paths": {"/a": 1}}),
                json!({"paths": {"/a": {}}}),
                "/paths/~1a",
            ),
        ] {
            let error = merge(&[source("old.md", left), source("new.md", right)]).unwrap_err();
            assert_eq!(
                error,
                MergeError::Conflict {
                    first: "old.md".into(),
                    second: "new.md".into(),
                    pointer: pointer.into(),
                }
            );
        }
    }

    #[test]
    fn versions_do_not_mix() {
        let error = merge(&[
            source("page.md", json!({"openapi": "3.1.0"})),
            source("transcribed.yaml", json!({"openapi": "3.0.0"})),
        ])
        .unwrap_err();
        assert_eq!(
            error.to_string(),
            "page.md is OpenAPI 3.1.0 and transcribed.yaml is 3.0.0: transcribe in the version of the page"
        );
    }

    #[test]
    fn nothing_to_merge_is_an_error() {
        assert_eq!(merge(&[]), Err(MergeError::NothingToMerge));
    }

    #[test]
    fn a_transcribed_operation_without_a_source_is_refused() {
        let document =
            json!({"paths": {"/a": {"get": {"x-source": "docs"}, "post": {"x-source": " "}}}});
        let error = check_sources(&source("transcribed.yaml", document)).unwrap_err();
        assert_eq!(
            error,
            MergeError::Unsourced {
                file: "transcribed.yaml".into(),
                pointer: "/paths/~1a/post".into(),
            }
        );
        let document = json!({"x-webhooks": {"refund.paid": {"post": {}}}});
        let error = check_sources(&source("transcribed.yaml", document)).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("/x-webhooks/refund.paid/post has no x-source"),
            "{error}"
        );
    }

    #[test]
    fn webhooks_of_several_documents_add_up() {
        let merged = merge(&[
            source("a", json!({"webhooks": {"x": {"post": {"a": 1}}}})),
            source(
                "b",
                json!({"webhooks": {"x": {"post": {"a": 1}}, "y": {"post": {}}}}),
            ),
        ]);
        assert_eq!(
            merged,
            Ok(json!({"webhooks": {"x": {"post": {"a": 1}}, "y": {"post": {}}}}))
        );
    }
}
