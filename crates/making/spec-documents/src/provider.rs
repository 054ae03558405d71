//! A `specs/<provider>` folder in memory, and the stages of the pipeline over it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use openapi_model::{Model, pointer, reference};
use serde_json::Value;
use thiserror::Error;

use crate::lock::Lock;
use crate::matching;
use crate::merge::{self, MergeError};
use crate::overlay::{self, Applied, Overlay};
use crate::page::{self, Page, Source};
use crate::payloads::{self, Payloads};
use crate::samples::{self, Found};
use crate::select::{self, SelectError};
use crate::{Config, Error};

/// Configuration of a provider.
pub const CONFIG: &str = "provider.toml";
/// Operations that are documented in prose only.
pub const TRANSCRIBED: &str = "transcribed.yaml";
/// Corrections.
pub const OVERLAY: &str = "overlay.yaml";
/// Folder of the published pages.
pub const PUBLISHED: &str = "published";
/// Folder of the documented payloads.
pub const PAYLOADS: &str = "payloads";

/// A file that cannot be read.
#[derive(Debug, Error)]
pub enum LoadError {
    /// The file system refused.
    #[error("{path}: cannot be read: check that it exists and may be read")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Not text.
    #[error("{path}: this is no UTF-8 text: save the page as text again")]
    NotText {
        /// The file.
        path: PathBuf,
    },
}

/// Everything that is known of a provider, in memory.
#[derive(Debug, Clone)]
pub struct Provider {
    /// `provider.toml`.
    pub config: Config,
    /// Text of each input by its path relative to the folder, with `/`.
    inputs: BTreeMap<String, String>,
}

impl Provider {
    /// Reads a `specs/<provider>` folder.
    ///
    /// # Errors
    ///
    /// [`Error::Load`] for what cannot be read, [`Error::Config`] for the configuration.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let mut inputs = BTreeMap::new();
        inputs.insert(CONFIG.to_owned(), read_text(&folder.join(CONFIG))?);
        for optional in [TRANSCRIBED, OVERLAY] {
            let path = folder.join(optional);
            if exists(&path)? {
                inputs.insert(optional.to_owned(), read_text(&path)?);
            }
        }
        let published = folder.join(PUBLISHED);
        if exists(&published)? {
            for name in visible_files(&published)? {
                let text = read_text(&published.join(&name))?;
                inputs.insert(format!("{PUBLISHED}/{name}"), text);
            }
        }
        Self::from_inputs(inputs)
    }

    /// A provider from the texts of its inputs, by their paths relative to its folder.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] for the configuration.
    pub fn from_inputs(inputs: BTreeMap<String, String>) -> Result<Self, Error> {
        let config = inputs.get(CONFIG).map_or("", String::as_str);
        let config = Config::parse(CONFIG, config)?;
        Ok(Self { config, inputs })
    }

    /// The same provider with the operations that its pattern describes in an effective document.
    pub fn complete(mut self, effective: &Value) -> Self {
        matching::complete(&mut self.config, effective);
        self
    }

    /// Text of each input by its path relative to the folder, with `/`.
    pub fn inputs(&self) -> &BTreeMap<String, String> {
        &self.inputs
    }

    /// The same provider with a published page added, or replaced if there is one of that name.
    pub fn with_page(mut self, name: &str, text: String) -> Self {
        self.inputs.insert(format!("{PUBLISHED}/{name}"), text);
        self
    }

    /// The same provider without a published page.
    pub fn without_page(mut self, name: &str) -> Self {
        self.inputs.remove(&format!("{PUBLISHED}/{name}"));
        self
    }

    /// The same provider with another overlay, or with none.
    pub fn with_overlay(self, text: Option<String>) -> Self {
        self.with_input(OVERLAY, text)
    }

    /// The same provider with another transcription, or with none.
    pub fn with_transcription(self, text: Option<String>) -> Self {
        self.with_input(TRANSCRIBED, text)
    }

    fn with_input(mut self, file: &str, text: Option<String>) -> Self {
        match text {
            Some(text) => self.inputs.insert(file.to_owned(), text),
            None => self.inputs.remove(file),
        };
        self
    }

    /// The published pages with what they hold, in the order of their names.
    ///
    /// # Errors
    ///
    /// [`Error::Page`] for the first page that cannot be used.
    pub fn pages(&self) -> Result<Vec<Page>, Error> {
        let prefix = format!("{PUBLISHED}/");
        let pages = self
            .inputs
            .iter()
            .filter(|(file, _)| file.starts_with(&prefix));
        pages
            .map(|(file, text)| Ok(page::read(file, text)?))
            .collect()
    }

    /// The page that documents each named schema and each operation, by its JSON pointer: the address, or the file's
    /// name where the address is not known; for what is transcribed, the pages that the transcription names.
    ///
    /// # Errors
    ///
    /// What [`Provider::pages`] and [`Provider::transcription`] refuse.
    pub fn origins(&self) -> Result<BTreeMap<String, String>, Error> {
        let mut origins = BTreeMap::new();
        let transcribed = self.transcription()?;
        let published = self.pages()?;
        for source in published.iter().flat_map(|page| &page.documents) {
            let name = source.origin.rsplit('/').next().unwrap_or_default();
            let address = self.config.pages.get(name);
            let page = address.map_or_else(
                || format!("`{name}`"),
                |address| format!("<{}>", address.url),
            );
            for pointer in places(&source.document) {
                origins.entry(pointer).or_insert_with(|| page.clone());
            }
        }
        for Source { document, .. } in transcribed.iter() {
            let model = Model::of(document);
            let calls = model.calls().into_iter().chain(model.webhooks());
            for found in calls.map(|call| call.operation) {
                let operation = found.raw();
                let Some(page) = operation.get("x-source").and_then(Value::as_str) else {
                    continue;
                };
                let page = page.trim();
                for schema in schemas_of(document, operation) {
                    origins.entry(schema).or_insert_with(|| page.to_owned());
                }
                origins.insert(found.pointer(), page.to_owned());
            }
        }
        Ok(origins)
    }

    /// The transcription, if there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Page`] if it is no OpenAPI document, [`Error::Merge`] if an operation names no source.
    pub fn transcription(&self) -> Result<Option<Source>, Error> {
        let Some(text) = self.inputs.get(TRANSCRIBED) else {
            return Ok(None);
        };
        let source = page::documents(TRANSCRIBED, text)?.into_iter().next();
        if let Some(source) = &source {
            merge::check_sources(source)?;
        }
        Ok(source)
    }

    /// The overlay, if there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Overlay`] if it is malformed.
    pub fn overlay(&self) -> Result<Option<Overlay>, Error> {
        let overlay = self
            .inputs
            .get(OVERLAY)
            .map(|text| Overlay::parse(OVERLAY, text));
        Ok(overlay.transpose()?)
    }

    /// The documents of all pages as one; nothing if they have none.
    ///
    /// # Errors
    ///
    /// [`Error::Page`] or [`Error::Merge`].
    pub fn published(&self) -> Result<Option<Value>, Error> {
        let pages = self.pages()?.into_iter();
        let sources: Vec<Source> = pages.flat_map(|page| page.documents).collect();
        match sources.is_empty() {
            true => Ok(None),
            false => Ok(Some(merge::merge(&sources)?)),
        }
    }

    /// The documents of all pages and the transcription as one.
    ///
    /// # Errors
    ///
    /// [`Error::Page`] or [`Error::Merge`].
    pub fn merged(&self) -> Result<Value, Error> {
        let mut sources: Vec<Source> = self
            .pages()?
            .into_iter()
            .flat_map(|page| page.documents)
            .collect();
        sources.extend(self.transcription()?);
        if sources.is_empty() {
            return Err(MergeError::NothingToMerge.into());
        }
        Ok(merge::merge(&sources)?)
    }

    /// The effective document; every action of the overlay must do something.
    ///
    /// # Errors
    ///
    /// What [`Provider::merged`] refuses, and [`Error::Overlay`].
    pub fn effective(&self) -> Result<Value, Error> {
        let merged = self.merged()?;
        match self.overlay()? {
            Some(overlay) => Ok(overlay::apply_strictly(&merged, &overlay)?),
            None => Ok(merged),
        }
    }

    /// The effective document as far as the overlay fits, and the actions that do nothing.
    ///
    /// # Errors
    ///
    /// As [`Provider::effective`], except for actions that do nothing.
    pub fn effective_leniently(&self) -> Result<Applied, Error> {
        let document = self.merged()?;
        match self.overlay()? {
            Some(overlay) => Ok(overlay::apply(&document, &overlay)?),
            None => Ok(Applied {
                document,
                findings: Vec::new(),
            }),
        }
    }

    /// The configured operations and webhooks of an effective document, under their names.
    ///
    /// # Errors
    ///
    /// [`SelectError`] for an operation or a webhook that it does not have.
    pub fn select(&self, effective: &Value) -> Result<Value, SelectError> {
        let operations = self.config.operations.iter();
        let webhooks = self.config.webhooks.iter();
        select::select_with_webhooks(
            effective,
            operations.map(|(name, operation)| (name.as_str(), &operation.call)),
            webhooks.map(|(name, webhook)| (name.as_str(), webhook.event.as_str())),
        )
    }

    /// Every documented payload: of the pages, of the transcription and of the `effective` document.
    ///
    /// # Errors
    ///
    /// [`Error::Page`], [`Error::Merge`] or [`Error::Payload`].
    pub fn payloads(&self, effective: &Value) -> Result<Payloads, Error> {
        let mut found = Found::default();
        for page in self.pages()? {
            found.extend(page.found);
        }
        if let Some(source) = self.transcription()? {
            found
                .samples
                .extend(samples::of_document(&source.document, TRANSCRIBED));
        }
        found
            .samples
            .extend(samples::of_document(effective, OVERLAY));
        Ok(payloads::name(found, &self.config)?)
    }

    /// The lock of the inputs as they are.
    pub fn lock(&self, generator: &str) -> Lock {
        Lock::new(
            generator,
            self.inputs
                .iter()
                .map(|(file, text)| (file.as_str(), text.as_bytes())),
        )
    }
}

/// The pointers of the named schemas and the operations of a document.
fn places(document: &Value) -> Vec<String> {
    let schemas = document.pointer("/components/schemas");
    let schemas = schemas.and_then(Value::as_object);
    let names = schemas.into_iter().flat_map(|schemas| schemas.keys());
    let model = Model::of(document);
    let calls = model.calls().into_iter();
    names
        .map(|name| pointer::join("/components/schemas", name))
        .chain(calls.map(|call| call.operation.pointer()))
        .collect()
}

/// The pointers of the named schemas that `root` refers to, directly or through others.
fn schemas_of(document: &Value, root: &Value) -> BTreeSet<String> {
    let mut reached = BTreeSet::new();
    let mut open = vec![root];
    while let Some(value) = open.pop() {
        let mut references = Vec::new();
        reference::all(value, &mut references);
        for found in references {
            let schema = reference::schema_name(found)
                .map(|name| pointer::join("/components/schemas", &name));
            if let Some(schema) = schema
                && let Some(target) = document.pointer(&schema)
                && reached.insert(schema)
            {
                open.push(target);
            }
        }
    }
    reached
}

fn exists(path: &Path) -> Result<bool, LoadError> {
    path.try_exists().map_err(|source| LoadError::Io {
        path: path.to_owned(),
        source,
    })
}

/// Reads a file that must be text; its bytes are kept as they are.
pub(crate) fn read_text(path: &Path) -> Result<String, LoadError> {
    let bytes = fs::read(path).map_err(|source| LoadError::Io {
        path: path.to_owned(),
        source,
    })?;
    String::from_utf8(bytes).map_err(|_| LoadError::NotText {
        path: path.to_owned(),
    })
}

/// Names of the files of a folder in order, without hidden ones.
fn visible_files(folder: &Path) -> Result<Vec<String>, LoadError> {
    let error = |source| LoadError::Io {
        path: folder.to_owned(),
        source,
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(error)? {
        let entry = entry.map_err(error)?;
        let is_file = entry.file_type().map_err(error)?.is_file();
        let name = entry
            .file_name()
            .into_string()
            .map_err(|_| LoadError::NotText { path: entry.path() })?;
        if is_file && !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
