//! Paths that moved: a page that names `/v4/refund` where it named `/v3/refund`.
//!
//! What was written by hand for the old path is read as if it were written for the new one, so that a report tells the
//! move and what else changed, and not that everything lost its place. A person writes it.

use std::collections::BTreeMap;

use openapi_drift::{Drift, Kind, Mend};
use serde_json::Value;
use spec_documents::Provider;
use spec_documents::provider::{CONFIG, OVERLAY};

/// Old paths with the new ones.
#[derive(Debug, Default)]
pub(super) struct Moves(BTreeMap<String, String>);

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
        Self(clear.filter_map(|(old, new)| Some((old, new?))).collect())
    }

    /// A document with what moved in its new place.
    pub(super) fn applied(&self, document: &Value) -> Value {
        let mut document = document.clone();
        if let Some(Value::Object(paths)) = document.get_mut("paths") {
            for (old, new) in &self.0 {
                if !paths.contains_key(new)
                    && let Some(item) = paths.remove(old)
                {
                    paths.insert(new.clone(), item);
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

    /// A line with the new paths: where one is the key of a path item, stands in quotes in a target, or is called.
    fn line(&self, line: &str, file: &str) -> String {
        for (old, new) in &self.0 {
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
        let moves = Moves(BTreeMap::from([(
            "/v3/refund".to_owned(),
            "/v4/refund".to_owned(),
        )]));
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
}
