//! The files of a document, and where references in them lead.

use std::collections::BTreeMap;

use openapi_model::reference::{self, decode};
use serde_json::Value;

/// So many other files are read at most.
const MOST_FILES: usize = 5_000;

/// A place in another file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) file: String,
    /// JSON pointer in it.
    pub(super) pointer: String,
}

/// Where a reference leads.
pub(super) enum Target {
    /// To this place of the document itself.
    Own(String),
    Elsewhere(Place),
    /// To a URL or out of the document's folder.
    Outside,
}

/// The files beside a document.
pub(super) struct Files<'a> {
    /// The document's own.
    own: &'a str,
    load: &'a dyn Fn(&str) -> Option<Value>,
    /// What each file holds that was asked for; nothing for one that is not there.
    contents: BTreeMap<String, Option<Value>>,
}

impl<'a> Files<'a> {
    pub(super) fn new(own: &'a str, load: &'a dyn Fn(&str) -> Option<Value>) -> Self {
        Self {
            own,
            load,
            contents: BTreeMap::new(),
        }
    }

    /// Those that were read.
    pub(super) fn read(self) -> Vec<String> {
        let files = self.contents.into_iter();
        let files = files.filter_map(|(file, content)| content.map(|_| file));
        files.collect()
    }

    /// Where a chain of references ends that begins with `target`.
    pub(super) fn end(&mut self, target: Target) -> Option<Target> {
        let mut target = target;
        for _ in 0..reference::LONGEST_CHAIN {
            let Target::Elsewhere(place) = &target else {
                return Some(target);
            };
            let next = self.content(place).and_then(only_reference);
            let next = next.map(str::to_owned);
            match next.and_then(|reference| self.target(&reference, &place.file)) {
                Some(next) => target = next,
                None => return Some(target),
            }
        }
        None
    }

    /// Where a reference leads that stands in `file`; nothing for one that is right as it is, and for one that
    /// is not followed.
    pub(super) fn target(&mut self, reference: &str, file: &str) -> Option<Target> {
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let file = match path {
            "" if file.is_empty() => return None,
            "" => file.to_owned(),
            path => match resolved(file, path) {
                Some(file) => file,
                None => return Some(Target::Outside),
            },
        };
        let pointer = reference::decode(fragment.trim_end_matches('/')).into_owned();
        if file == self.own {
            return Some(Target::Own(pointer));
        }
        Some(Target::Elsewhere(Place { file, pointer }))
    }

    /// What stands at a place.
    pub(super) fn content(&mut self, place: &Place) -> Option<&Value> {
        if !self.contents.contains_key(&place.file) {
            let content = (self.contents.len() < MOST_FILES)
                .then(|| (self.load)(&place.file))
                .flatten();
            self.contents.insert(place.file.clone(), content);
        }
        self.contents
            .get(&place.file)?
            .as_ref()?
            .pointer(&place.pointer)
    }
}

/// The reference of an object that holds nothing else.
pub(super) fn only_reference(value: &Value) -> Option<&str> {
    let object = value.as_object().filter(|object| object.len() == 1)?;
    object.get("$ref")?.as_str()
}

/// The ending of a file that may be a document.
pub(super) fn format_of(file: &str) -> Option<&str> {
    [".json", ".yaml", ".yml"]
        .into_iter()
        .find(|ending| file.to_ascii_lowercase().ends_with(ending))
}

/// The path of `file`, which is written in the file `from`; nothing for a URL, an absolute path and one that
/// leaves the folder.
fn resolved(from: &str, file: &str) -> Option<String> {
    let file = decode(file);
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
