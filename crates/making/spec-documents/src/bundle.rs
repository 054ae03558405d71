//! A document that refers to other files, as one document.

mod files;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::Path;

use openapi_model::{Kind, Position, names, pointer, reference};
use serde_json::{Map, Value};

use crate::syntax::{self, Format};
use crate::{page, text};
use files::{Files, Place, Target, format_of, only_reference};

/// So many contents are put in the place of a reference at most: parts that hold others twice, which hold
/// others twice, would fill the memory.
const MOST_PUT_IN: usize = 20_000;
/// Contents in contents end after so many.
const DEEPEST: usize = 32;

/// A document with the files that it refers to.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundled {
    /// The one document.
    pub document: Value,
    /// The files that were put into it, by their paths relative to the document.
    pub files: Vec<String>,
    /// References to files that were not read: there is no such file, it cannot be parsed, or it is a URL or
    /// outside of the document's folder. They stay as they are.
    pub unread: BTreeSet<String>,
}

/// Makes one document of `document`, which stands in the file `own`, and of every file that it refers to,
/// directly or through others.
///
/// What can have a name (a schema, a parameter, an answer, …) becomes a component that is called as its place in
/// the file, or as the file; anything else (a path, an operation, data) is put where it is referred to. `load`
/// gives the content of a file by its path relative to the document, with `/`, or nothing; paths that leave the
/// document's folder are not asked for.
pub fn bundle(document: Value, own: &str, load: &dyn Fn(&str) -> Option<Value>) -> Bundled {
    let mut bundle = Bundle {
        files: Files::new(own, load),
        names: BTreeMap::new(),
        taken: BTreeSet::new(),
        queue: VecDeque::new(),
        put_in: 0,
        unread: BTreeSet::new(),
    };
    let mut document = document;
    bundle.keep_names(&mut document);
    bundle.process(&mut document, Position::ROOT, "", &mut Vec::new());
    let mut components: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    while let Some((kind, name, place)) = bundle.queue.pop_front() {
        let Some(mut content) = bundle.files.content(&place).cloned() else {
            continue;
        };
        bundle.process(
            &mut content,
            Position::one(kind),
            &place.file,
            &mut Vec::new(),
        );
        if let Some(section) = kind.section() {
            components.entry(section).or_default().insert(name, content);
        }
    }
    for (section, more) in components {
        if let Some(section) =
            entry(&mut document, "components").and_then(|all| entry(all, section))
            && let Some(section) = section.as_object_mut()
        {
            section.extend(more);
        }
    }
    Bundled {
        document,
        files: bundle.files.read(),
        unread: bundle.unread,
    }
}

/// The same with the files of a `folder`, in JSON or YAML.
pub fn bundle_from(document: Value, own: &str, folder: &Path) -> Bundled {
    bundle(document, own, &|path| {
        let format = match path.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "json" => Format::Json,
            "yaml" | "yml" => Format::Yaml,
            _ => return None,
        };
        let text = fs::read_to_string(folder.join(path)).ok()?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let (document, _) = syntax::parse_leniently(text, format).ok()?;
        Some(document)
    })
}

/// A published document that refers to other files, as the one page that is stored of it.
#[derive(Debug, Clone, PartialEq)]
pub struct BundledPage {
    /// Its file name, which says that it is a bundle.
    pub name: String,
    /// The one document.
    pub content: String,
    /// The files that were put into it.
    pub files: Vec<String>,
    /// References to files that were not read.
    pub unread: BTreeSet<String>,
}

/// The page `name`, which was read from `path` and holds `content`, with the files that it refers to; nothing
/// for a page that refers to none, or that is not one plain document.
pub fn page(path: &Path, name: &str, content: &str) -> Option<BundledPage> {
    let own = path.file_name()?.to_str()?;
    format_of(name)?;
    let mut documents = page::documents(name, content).ok()?;
    let source = documents.pop().filter(|_| documents.is_empty())?;
    let bundled = bundle_from(source.document, own, path.parent()?);
    if bundled.files.is_empty() {
        return None;
    }
    let stem = name.split('.').next().unwrap_or(name);
    Some(BundledPage {
        name: format!("{stem}-bundled.json"),
        content: text::sorted(&bundled.document),
        files: bundled.files,
        unread: bundled.unread,
    })
}

struct Bundle<'a> {
    files: Files<'a>,
    /// The components that places became.
    names: BTreeMap<(Kind, Place), String>,
    taken: BTreeSet<(Kind, String)>,
    /// Components that are still to be made.
    queue: VecDeque<(Kind, String, Place)>,
    put_in: usize,
    unread: BTreeSet<String>,
}

impl Bundle<'_> {
    /// Takes note of the components that there are. One that is a reference to a file gives what is there its
    /// name.
    fn keep_names(&mut self, document: &mut Value) {
        let sections = document
            .get_mut("components")
            .and_then(Value::as_object_mut);
        for (section, members) in sections.into_iter().flatten() {
            let position = Position::one(Kind::Components).below(section, members);
            let (kind, Some(members)) = (position.kind, members.as_object_mut()) else {
                continue;
            };
            if kind.section().is_none() {
                continue;
            }
            self.taken
                .extend(members.keys().map(|name| (kind, name.clone())));
            members.retain(|name, member| {
                let Some(Target::Elsewhere(place)) = only_reference(member)
                    .and_then(|reference| self.files.target(reference, ""))
                    .and_then(|target| self.files.end(target))
                else {
                    return true;
                };
                if self.files.content(&place).is_none()
                    || self.names.contains_key(&(kind, place.clone()))
                {
                    return true;
                }
                self.names.insert((kind, place.clone()), name.clone());
                self.queue.push_back((kind, name.clone(), place));
                false
            });
        }
    }

    /// Makes the references in `value`, which stands in `file`, lead to places of the document. `within` are the
    /// contents that it was put into.
    fn process(
        &mut self,
        value: &mut Value,
        position: Position,
        file: &str,
        within: &mut Vec<Place>,
    ) {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(reference)) = object.get("$ref")
                    && let Some(target) = self.files.target(reference, file)
                {
                    let reference = reference.clone();
                    match (position.several, position.kind.section()) {
                        (false, Some(_)) => self.refer(object, target, position.kind, &reference),
                        _ => {
                            if let Some(put) =
                                self.put(object, target, position, &reference, within)
                            {
                                *value = put;
                                return;
                            }
                        }
                    }
                }
                for (key, inner) in object.iter_mut() {
                    let below = position.below(key, inner);
                    self.process(inner, below, file, within);
                }
                if position == Position::one(Kind::Schema) {
                    self.mapped(object, file);
                }
            }
            Value::Array(list) => {
                let member = match position.several {
                    true => Position::one(position.kind),
                    false => Position::one(Kind::Other),
                };
                for inner in list {
                    self.process(inner, member, file, within);
                }
            }
            _ => {}
        }
    }

    /// Makes the reference of `object` lead to a component.
    fn refer(
        &mut self,
        object: &mut Map<String, Value>,
        target: Target,
        kind: Kind,
        written: &str,
    ) {
        match self.component(target, kind) {
            Some(reference) => {
                object.insert("$ref".to_owned(), reference.into());
            }
            None => drop(self.unread.insert(written.to_owned())),
        }
    }

    /// The values of a discriminator that name files.
    fn mapped(&mut self, schema: &mut Map<String, Value>, file: &str) {
        let mapping = schema
            .get_mut("discriminator")
            .and_then(|discriminator| discriminator.get_mut("mapping")?.as_object_mut());
        for (_, value) in mapping.into_iter().flatten() {
            let Some(written) = value.as_str() else {
                continue;
            };
            // Anything else is the name of a schema.
            if !written.contains(['#', '/']) && format_of(written).is_none() {
                continue;
            }
            if let Some(target) = self.files.target(written, file)
                && let Some(reference) = self.component(target, Kind::Schema)
            {
                *value = reference.into();
            }
        }
    }

    /// The reference to the component that `target` is.
    fn component(&mut self, target: Target, kind: Kind) -> Option<String> {
        let section = kind.section()?;
        let place = match self.files.end(target)? {
            Target::Own(pointer) => return Some(reference::to(&pointer)),
            Target::Elsewhere(place) => place,
            Target::Outside => return None,
        };
        self.files.content(&place)?;
        let key = (kind, place);
        let name = match self.names.get(&key) {
            Some(name) => name.clone(),
            None => {
                let name = self.free(kind, &key.1);
                self.queue.push_back((kind, name.clone(), key.1.clone()));
                self.names.insert(key, name.clone());
                name
            }
        };
        Some(reference::to(&pointer::join(
            &format!("/components/{section}"),
            &name,
        )))
    }

    /// A name that no other component of the section has.
    fn free(&mut self, kind: Kind, place: &Place) -> String {
        let token = place.pointer.rsplit('/').next().unwrap_or_default();
        let token = pointer::unescape(token);
        let file = place.file.rsplit('/').next().unwrap_or(&place.file);
        let stem = file.split('.').next().unwrap_or(file);
        let source = if token.is_empty() { stem } else { &token };
        let plain = |character: char| match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' | '-' | '.' => character,
            _ => '_',
        };
        let wanted: String = source.chars().map(plain).collect();
        let is_taken = |name: &str| self.taken.contains(&(kind, name.to_owned()));
        let name = names::free(&wanted, "", is_taken);
        self.taken.insert((kind, name.clone()));
        name
    }

    /// What `target` holds, to stand in the place of `object`, with what else stands there.
    fn put(
        &mut self,
        object: &mut Map<String, Value>,
        target: Target,
        position: Position,
        written: &str,
        within: &mut Vec<Place>,
    ) -> Option<Value> {
        let end = self.files.end(target)?;
        if let Target::Own(pointer) = end {
            // As it would be written in the document.
            object.insert("$ref".to_owned(), reference::to(&pointer).into());
            return None;
        }
        let found = match end {
            Target::Elsewhere(place) => self
                .files
                .content(&place)
                .cloned()
                .map(|found| (place, found)),
            _ => None,
        };
        let Some((place, mut content)) = found else {
            // In data, it may be no reference.
            if position.kind != Kind::Other {
                self.unread.insert(written.to_owned());
            }
            return None;
        };
        if within.contains(&place) || within.len() >= DEEPEST || self.put_in >= MOST_PUT_IN {
            self.unread.insert(written.to_owned());
            return None;
        }
        self.put_in += 1;
        let file = place.file.clone();
        within.push(place);
        self.process(&mut content, position, &file, within);
        within.pop();
        if let Value::Object(content) = &mut content {
            let beside = object.iter().filter(|(key, _)| *key != "$ref");
            content.extend(beside.map(|(key, value)| (key.clone(), value.clone())));
        }
        Some(content)
    }
}

/// The object under `key`, made if it is missing; nothing if something else stands there.
fn entry<'a>(owner: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    let owner = owner.as_object_mut()?;
    Some(
        owner
            .entry(key)
            .or_insert_with(|| Value::Object(Map::new())),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn split(document: Value, files: &Value) -> Bundled {
        bundle(document, "openapi.yaml", &|path| files.get(path).cloned())
    }

    #[test]
    fn what_has_a_name_in_a_file_becomes_a_component_of_that_name() {
        let document = json!({
            "paths": {"/refunds": {"get": {
                "parameters": [{"$ref": "parts/parameters.yaml#/Page"}],
                "responses": {"200": {"content": {"application/json": {
                    "schema": {"items": {"$ref": "./parts/refund.yaml"}}
                }}}}
            }}},
            "components": {"schemas": {"Money": {"type": "string"}}}
        });
        let files = json!({
            "parts/parameters.yaml": {"Page": {"name": "page", "in": "query"}},
            "parts/refund.yaml": {"properties": {
                "amount": {"$ref": "../openapi.yaml#/components/schemas/Money"},
                "fee": {"$ref": "more/money.yaml#/Money"},
                "parent": {"$ref": "#"}
            }},
            "parts/more/money.yaml": {"Money": {"type": "number"}}
        });
        let bundled = split(document, &files);
        let operation = &bundled.document["paths"]["/refunds"]["get"];
        assert_eq!(
            operation["parameters"],
            json!([{"$ref": "#/components/parameters/Page"}])
        );
        let answer = &operation["responses"]["200"]["content"]["application/json"];
        assert_eq!(
            answer["schema"]["items"],
            json!({"$ref": "#/components/schemas/refund"})
        );
        assert_eq!(
            bundled.document["components"],
            json!({
                "parameters": {"Page": {"name": "page", "in": "query"}},
                "schemas": {
                    "Money": {"type": "string"},
                    "Money2": {"type": "number"},
                    "refund": {"properties": {
                        "amount": {"$ref": "#/components/schemas/Money"},
                        "fee": {"$ref": "#/components/schemas/Money2"},
                        "parent": {"$ref": "#/components/schemas/refund"}
                    }}
                }
            })
        );
        assert_eq!(
            bundled.files,
            [
                "parts/more/money.yaml",
                "parts/parameters.yaml",
                "parts/refund.yaml"
            ]
        );
        assert_eq!(bundled.unread, BTreeSet::new());
    }

    #[test]
    fn a_path_a_map_and_data_stand_where_they_are_referred_to() {
        let document = json!({
            "paths": {"$ref": "paths.yaml"},
            "components": {"schemas": {"$ref": "schemas.yaml"}}
        });
        let files = json!({
            "paths.yaml": {"/refunds": {"$ref": "refunds.yaml", "summary": "here"}},
            "refunds.yaml": {"summary": "there", "get": {"responses": {"200": {"content": {"application/json": {
                "schema": {"$ref": "openapi.yaml#/components/schemas/Refund"},
                "example": {"$ref": "example.json"}
            }}}}}},
            "example.json": {"id": "r1"},
            "schemas.yaml": {"Refund": {"properties": {"id": {"$ref": "#/Id"}}}, "Id": {"type": "string"}}
        });
        let bundled = split(document, &files);
        let item = &bundled.document["paths"]["/refunds"];
        assert_eq!(item["summary"], "here");
        assert_eq!(
            item["get"]["responses"]["200"]["content"]["application/json"],
            json!({"schema": {"$ref": "#/components/schemas/Refund"}, "example": {"id": "r1"}})
        );
        assert_eq!(
            bundled.document["components"]["schemas"]["Refund"]["properties"]["id"],
            json!({"$ref": "#/components/schemas/Id"})
        );
    }

    #[test]
    fn a_component_that_is_a_file_keeps_its_name_for_all_that_refer_to_the_file() {
        let document = json!({"components": {"schemas": {
            "Refund": {"$ref": "schemas/refund-v2.yaml"}, "Same": {"$ref": "schemas/refund-v2.yaml"},
            "List": {"items": {"$ref": "schemas/refund-v2.yaml"}}
        }}});
        let files = json!({
            "schemas/refund-v2.yaml": {"allOf": [{"$ref": "base.yaml"}]},
            "schemas/base.yaml": {"discriminator": {"propertyName": "kind", "mapping": {
                "card": "./refund-v2.yaml", "cash": "Cash"
            }}}
        });
        assert_eq!(
            split(document, &files).document["components"]["schemas"],
            json!({
                "Refund": {"allOf": [{"$ref": "#/components/schemas/base"}]},
                "Same": {"$ref": "#/components/schemas/Refund"},
                "List": {"items": {"$ref": "#/components/schemas/Refund"}},
                "base": {"discriminator": {"propertyName": "kind", "mapping": {
                    "card": "#/components/schemas/Refund", "cash": "Cash"
                }}}
            })
        );
    }

    #[test]
    fn what_is_not_there_or_outside_of_the_folder_is_left_as_it_is_and_told() {
        for reference in [
            "gone.yaml#/A",
            "../secret.yaml",
            "parts/../../secret.yaml",
            "..%2Fsecret.yaml",
            "/etc/passwd",
            "https://acme.example/a.yaml",
        ] {
            let document =
                json!({"components": {"schemas": {"A": {"items": {"$ref": reference}}}}});
            let asked = |path: &str| {
                assert_eq!(path, "gone.yaml");
                None
            };
            let bundled = bundle(document.clone(), "openapi.yaml", &asked);
            assert_eq!(bundled.document, document);
            assert_eq!(bundled.unread, BTreeSet::from([reference.to_owned()]));
        }
    }

    #[test]
    fn files_that_hold_each_other_again_and_again_come_to_an_end() {
        let mut files = json!({"loop.yaml": {"$ref": "loop.yaml"}});
        for number in 0..60 {
            let next = json!({"$ref": format!("{}.yaml", (number + 1) % 60)});
            files[format!("{number}.yaml")] = json!({"a": next, "b": next});
        }
        let document = json!({
            "paths": {"/a": {"$ref": "0.yaml"}, "/b": {"$ref": "loop.yaml"}},
            "components": {"schemas": {"A": {"$ref": "loop.yaml"}}}
        });
        let bundled = split(document, &files);
        assert!(bundled.unread.len() <= 61);
        assert_eq!(
            bundled.document["components"]["schemas"]["A"],
            json!({"$ref": "loop.yaml"})
        );
    }
}
