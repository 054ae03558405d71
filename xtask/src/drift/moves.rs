//! Paths that moved: a page that names `/v4/refund` where it named `/v3/refund`, or is called by another method there.
//!
//! What was written by hand for the old path is read as if it were written for the new one, so that a report tells the
//! move and what else changed, and not that everything lost its place. A person writes it.

use std::collections::BTreeMap;

use openapi_drift::{Change, Drift, Kind, Mend};
use openapi_model::pointer;
use serde_json::Value;
use spec_documents::Provider;
use spec_documents::provider::{CONFIG, OVERLAY};

/// Old paths with the new ones, and methods that changed.
#[derive(Debug, Default)]
pub(super) struct Moves {
    paths: BTreeMap<String, String>,
    methods: Vec<Method>,
}

/// An operation that has another method, in lower case.
#[derive(Debug)]
struct Method {
    /// The path as it is now.
    path: String,
    old: String,
    new: String,
}

impl Moves {
    /// The moves between two documents with these changes, and the paths whose parameters have other names. A path whose
    /// operations went to several places is none.
    pub(super) fn among(published: &Drift, documents: (&Value, &Value)) -> Self {
        let changes = published.changes.iter();
        let moved = changes.filter(|change| change.kind == Kind::PathChanged);
        let both = moved.filter_map(|change| {
            let text = |value: &Option<Value>| Some(value.as_ref()?.as_str()?.to_owned());
            Some((text(&change.before)?, text(&change.after)?))
        });
        let mut moves: BTreeMap<String, Option<String>> = BTreeMap::new();
        for (old, new) in both {
            let to = moves.entry(old).or_insert_with(|| Some(new.clone()));
            if to.as_ref() != Some(&new) {
                *to = None;
            }
        }
        let (old, new) = (paths(documents.0), paths(documents.1));
        for path in old.iter().filter(|path| !new.contains(*path)) {
            let same = |other: &&&str| anonymous(other) == anonymous(path) && !old.contains(*other);
            if let Some(other) = new.iter().find(same) {
                moves.insert((*path).to_owned(), Some((*other).to_owned()));
            }
        }
        let clear = moves.into_iter();
        let changes = published.changes.iter();
        let methods = changes.filter(|change| change.kind == Kind::MethodChanged);
        Self {
            paths: clear.filter_map(|(old, new)| Some((old, new?))).collect(),
            methods: methods.filter_map(Method::of).collect(),
        }
    }

    /// A document with what moved in its new place.
    pub(super) fn applied(&self, document: &Value) -> Value {
        let mut document = document.clone();
        if let Some(Value::Object(paths)) = document.get_mut("paths") {
            for (old, new) in &self.paths {
                if !paths.contains_key(new)
                    && let Some(item) = paths.remove(old)
                {
                    paths.insert(new.clone(), item);
                }
            }
            for Method { path, old, new } in &self.methods {
                if let Some(Value::Object(item)) = paths.get_mut(path)
                    && !item.contains_key(new)
                    && let Some(operation) = item.remove(old)
                {
                    item.insert(new.clone(), operation);
                }
            }
        }
        document
    }

    /// The provider with overlay and configuration written for the new paths, and the lines that are to be written so.
    pub(super) fn mended(
        &self,
        provider: Provider,
    ) -> Result<(Provider, Vec<Mend>), spec_documents::Error> {
        let mut mends = Vec::new();
        let mut inputs = provider.inputs().clone();
        for file in [OVERLAY, CONFIG] {
            let Some(text) = inputs.get(file) else {
                continue;
            };
            let mut lines = Vec::new();
            for (number, line) in (1..).zip(text.lines()) {
                let mended = self.line(line, file);
                if mended != line {
                    mends.push(Mend {
                        place: format!("specs/{}/{file}:{number}", provider.config.name),
                        before: line.trim().to_owned(),
                        after: mended.trim().to_owned(),
                    });
                }
                lines.push(mended);
            }
            let text = format!("{}\n", lines.join("\n"));
            inputs.insert(file.to_owned(), text);
        }
        match mends.is_empty() {
            true => Ok((provider, mends)),
            false => Ok((Provider::from_inputs(inputs)?, mends)),
        }
    }

    /// A line with the new paths and methods: where one is the key of a path item, stands in quotes in a target, or is
    /// called.
    fn line(&self, line: &str, file: &str) -> String {
        let mut line = self.with_path(line, file);
        for Method { path, old, new } in &self.methods {
            let call = |method: &str| format!("\"{} {path}\"", method.to_uppercase());
            line = match file {
                CONFIG => line.replace(&call(old), &call(new)),
                _ => [format!("['{path}']."), format!("[\"{path}\"].")]
                    .iter()
                    .fold(line, |line, item| {
                        let (target, other) = (format!("{item}{old}"), format!("{item}{new}"));
                        let ends = line.split(&target).nth(1).is_some_and(|rest| {
                            !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_')
                        });
                        match ends {
                            true => line.replacen(&target, &other, 1),
                            false => line,
                        }
                    }),
            };
        }
        line
    }

    fn with_path(&self, line: &str, file: &str) -> String {
        for (old, new) in &self.paths {
            let forms = match file {
                CONFIG => vec![(format!(" {old}\""), format!(" {new}\""))],
                _ => vec![
                    (format!("['{old}']"), format!("['{new}']")),
                    (format!("[\"{old}\"]"), format!("[\"{new}\"]")),
                ],
            };
            let found = forms.iter().find(|(old, _)| line.contains(old));
            if let Some((old, new)) = found {
                return line.replace(old, new);
            }
            let key = line.trim_start();
            let keys = [
                format!("{old}:"),
                format!("'{old}':"),
                format!("\"{old}\":"),
            ];
            if file != CONFIG && keys.iter().any(|form| key.trim_end() == form) {
                return line.replacen(old, new, 1);
            }
        }
        line.to_owned()
    }
}

impl Method {
    fn of(change: &Change) -> Option<Self> {
        let lower = |value: &Option<Value>| Some(value.as_ref()?.as_str()?.to_lowercase());
        let path = pointer::tokens(&change.pointer).nth(1)?.into_owned();
        Some(Self {
            path,
            old: lower(&change.before)?,
            new: lower(&change.after)?,
        })
    }
}

fn paths(document: &Value) -> Vec<&str> {
    let paths = document.get("paths").and_then(Value::as_object);
    paths
        .into_iter()
        .flatten()
        .map(|(path, _)| path.as_str())
        .collect()
}

/// A path without the names of its parameters.
fn anonymous(path: &str) -> String {
    let pieces = path
        .split('{')
        .map(|piece| piece.split_once('}').map_or(piece, |(_, rest)| rest));
    pieces.collect::<Vec<_>>().join("{}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_path_itself_is_written_anew() {
        let moves = Moves {
            paths: BTreeMap::from([("/v3/refund".to_owned(), "/v4/refund".to_owned())]),
            methods: Vec::new(),
        };
        for (file, line, expected) in [
            (
                OVERLAY,
                "  - target: $.paths['/v3/refund'].post",
                "  - target: $.paths['/v4/refund'].post",
            ),
            (OVERLAY, "        /v3/refund:", "        /v4/refund:"),
            (
                OVERLAY,
                "  - target: $.paths['/v3/refund/{id}'].get",
                "  - target: $.paths['/v3/refund/{id}'].get",
            ),
            (
                OVERLAY,
                "    description: POST /v3/refund takes a key.",
                "    description: POST /v3/refund takes a key.",
            ),
            (
                CONFIG,
                "call = \"POST /v3/refund\"",
                "call = \"POST /v4/refund\"",
            ),
            (
                CONFIG,
                "call = \"GET /v3/refund/{id}\"",
                "call = \"GET /v3/refund/{id}\"",
            ),
        ] {
            assert_eq!(moves.line(line, file), expected);
        }
    }

    #[test]
    fn a_method_is_written_anew_where_it_is_that_of_the_path() {
        let moves = Moves {
            paths: BTreeMap::from([("/a".to_owned(), "/b".to_owned())]),
            methods: vec![Method {
                path: "/b".to_owned(),
                old: "post".to_owned(),
                new: "put".to_owned(),
            }],
        };
        for (file, line, expected) in [
            (
                OVERLAY,
                "$.paths['/a'].post.requestBody",
                "$.paths['/b'].put.requestBody",
            ),
            (OVERLAY, "$.paths[\"/b\"].post", "$.paths[\"/b\"].put"),
            (OVERLAY, "$.paths['/c'].post", "$.paths['/c'].post"),
            (OVERLAY, "$.paths['/b'].posts", "$.paths['/b'].posts"),
            (CONFIG, "call = \"POST /a\"", "call = \"PUT /b\""),
            (CONFIG, "call = \"GET /a\"", "call = \"GET /b\""),
        ] {
            assert_eq!(moves.line(line, file), expected);
        }
    }
}
