//! A document that refers to other files, as one document.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Where the other files are put, under the root.
const FILES: &str = "x-files";
/// So many other files are read at most.
const MOST: usize = 500;

/// Puts every file that `document` refers to, directly or through others, into it, and makes the references
/// lead there. `load` gives the content of a file by its path relative to the document, with `/`, or nothing;
/// a reference to such a file stays as it is. Paths that leave the document's folder are not asked for.
pub fn bundle(document: Value, load: &dyn Fn(&str) -> Option<Value>) -> Value {
    let mut bundle = Bundle {
        load,
        known: BTreeMap::new(),
        files: Vec::new(),
    };
    let mut document = document;
    bundle.redirect(&mut document, "", None);
    let mut next = 0;
    while let Some((path, content)) = bundle.files.get_mut(next) {
        let (path, mut content) = (path.clone(), content.take());
        bundle.redirect(&mut content, &path, Some(next));
        bundle.files[next].1 = content;
        next += 1;
    }
    let files: Map<String, Value> = bundle
        .files
        .into_iter()
        .enumerate()
        .map(|(number, (_, content))| (number.to_string(), content))
        .collect();
    if let (false, Some(root)) = (files.is_empty(), document.as_object_mut()) {
        root.insert(FILES.to_owned(), Value::Object(files));
    }
    document
}

struct Bundle<'a> {
    load: &'a dyn Fn(&str) -> Option<Value>,
    /// Number of each file that was asked for; nothing for one that is not there.
    known: BTreeMap<String, Option<usize>>,
    files: Vec<(String, Value)>,
}

impl Bundle<'_> {
    /// Redirects the references in `value`, which stands in the file `path` of this `number`, or in the
    /// document itself.
    fn redirect(&mut self, value: &mut Value, path: &str, number: Option<usize>) {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(reference)) = object.get_mut("$ref")
                    && let Some(target) = self.target(reference, path, number)
                {
                    *reference = target;
                }
                for inner in object.values_mut() {
                    self.redirect(inner, path, number);
                }
            }
            Value::Array(list) => {
                for inner in list {
                    self.redirect(inner, path, number);
                }
            }
            _ => {}
        }
    }

    /// Where a reference leads in the one document, if it is not there already.
    fn target(&mut self, reference: &str, path: &str, number: Option<usize>) -> Option<String> {
        let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let number = match file {
            "" => number?,
            file => {
                let file = resolved(path, file)?;
                self.number(file)?
            }
        };
        let fragment = fragment.trim_end_matches('/');
        (fragment.is_empty() || fragment.starts_with('/'))
            .then(|| format!("#/{FILES}/{number}{fragment}"))
    }

    fn number(&mut self, file: String) -> Option<usize> {
        if let Some(known) = self.known.get(&file) {
            return *known;
        }
        let content = (self.files.len() < MOST)
            .then(|| (self.load)(&file))
            .flatten();
        let number = content.map(|content| {
            self.files.push((file.clone(), content));
            self.files.len() - 1
        });
        self.known.insert(file, number);
        number
    }
}

/// The path of `file`, which is written in the file `from`; nothing for a URL, an absolute path and one that
/// leaves the folder.
fn resolved(from: &str, file: &str) -> Option<String> {
    if file.contains("://") || file.starts_with('/') || file.contains('\\') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn load(path: &str) -> Option<Value> {
        match path {
            "parts/refund.yaml" => Some(
                json!({"Refund": {"items": {"$ref": "#/Money"}}, "Money": {"$ref": "money.yaml"}}),
            ),
            "parts/money.yaml" => Some(json!({"anyOf": [{"$ref": "refund.yaml#/Refund"}]})),
            _ => None,
        }
    }

    #[test]
    fn files_that_refer_to_each_other_become_parts_of_the_document() {
        let document = json!({"a": {"$ref": "./parts/refund.yaml#/Refund"}, "b": {"$ref": "#/a"}});
        assert_eq!(
            bundle(document, &load),
            json!({
                "a": {"$ref": "#/x-files/0/Refund"},
                "b": {"$ref": "#/a"},
                "x-files": {
                    "0": {"Refund": {"items": {"$ref": "#/x-files/0/Money"}}, "Money": {"$ref": "#/x-files/1"}},
                    "1": {"anyOf": [{"$ref": "#/x-files/0/Refund"}]}
                }
            })
        );
    }

    #[test]
    fn what_is_not_there_or_outside_of_the_folder_is_left_as_it_is() {
        for reference in [
            "gone.yaml#/A",
            "../secret.yaml",
            "parts/../../secret.yaml",
            "/etc/passwd",
            "https://acme.example/a.yaml",
        ] {
            let document = json!({"$ref": reference});
            let asked = |path: &str| {
                assert_eq!(path, "gone.yaml");
                None
            };
            assert_eq!(bundle(document.clone(), &asked), document);
        }
    }
}
