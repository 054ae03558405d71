//! One side of a comparison of a provider: the working tree, or a revision.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use provider_codegen::places;
use serde_json::Value;
use spec_documents::Provider;
use spec_documents::provider::{CONFIG, OVERLAY, PUBLISHED, TRANSCRIBED};
use spec_documents::syntax::{self, Format};

use super::crates::Crate;
use super::revision::Revision;
use crate::files;

/// What is known of a provider on one side.
#[derive(Debug, Clone)]
pub(super) struct Side {
    /// What it is, for people.
    pub(super) label: String,
    /// The effective document; nothing where there is none.
    pub(super) document: Option<Value>,
    /// Texts of the inputs by their paths from the provider's folder.
    inputs: BTreeMap<String, String>,
    pub(super) crates: Crate,
}

impl Side {
    /// The provider as it is in a revision.
    pub(super) fn of_revision(revision: &Revision, name: &str) -> Result<Self> {
        let folder = format!("specs/{name}");
        let mut inputs = BTreeMap::new();
        for file in [CONFIG, TRANSCRIBED, OVERLAY] {
            if let Some(text) = revision.read(&format!("{folder}/{file}"))? {
                inputs.insert(file.to_owned(), text);
            }
        }
        for (file, text) in revision.files(&format!("{folder}/{PUBLISHED}"))? {
            inputs.insert(format!("{PUBLISHED}/{file}"), text);
        }
        let label = format!("{folder}/openapi.json at {}", revision.label);
        let document = revision.read(&format!("{folder}/openapi.json"))?;
        Ok(Self {
            document: parsed(document, &label)?,
            label,
            inputs,
            crates: Crate::of_revision(revision, name)?,
        })
    }

    /// The provider as it lies in the workspace at `root`.
    pub(super) fn of_tree(root: &Path, name: &str) -> Result<Self> {
        let folder = places::specs(name);
        let label = format!("specs/{name}/openapi.json in the working tree");
        let document = files::present(&root.join(&folder).join("openapi.json"))?;
        let provider = root.join(&folder).join(CONFIG).is_file();
        let inputs = match provider {
            true => Provider::load(&root.join(&folder))?.inputs().clone(),
            false => BTreeMap::new(),
        };
        Ok(Self {
            document: parsed(document, &label)?,
            label,
            inputs,
            crates: Crate::of_tree(root, name)?,
        })
    }

    /// Whether there is anything of the provider.
    pub(super) fn is_there(&self) -> bool {
        self.inputs.contains_key(CONFIG)
    }

    /// Whether there is a document besides, to compare with.
    pub(super) fn is_whole(&self) -> bool {
        self.is_there() && self.document.is_some()
    }

    /// The configuration, pages, transcription and overlay; nothing where there are none.
    ///
    /// # Errors
    ///
    /// A configuration that cannot be read.
    pub(super) fn provider(&self) -> Result<Option<Provider>> {
        self.is_there()
            .then(|| Provider::from_inputs(self.inputs.clone()))
            .transpose()
            .with_context(|| self.label.clone())
    }
}

/// What pages are compared with.
pub(super) struct Baseline {
    pub(super) label: String,
    pub(super) document: Value,
    pub(super) provider: Provider,
    pub(super) crates: Crate,
}

impl Baseline {
    pub(super) fn new(root: &Path, name: &str, head: Option<&Revision>) -> Result<Self> {
        let committed = head.map(|head| Side::of_revision(head, name)).transpose()?;
        let is_committed = committed.as_ref().is_some_and(Side::is_whole);
        let missing = || {
            format!(
                "specs/{name}/openapi.json is missing, so that there is nothing to compare with: run `cargo xtask codegen {name}`"
            )
        };
        let side = match committed.filter(Side::is_whole) {
            Some(side) => side,
            None if root
                .join(places::specs(name))
                .join("openapi.json")
                .is_file() =>
            {
                Side::of_tree(root, name)?
            }
            None => bail!(missing()),
        };
        let label = match head {
            Some(head) if !is_committed => {
                format!("{} (it is not in {})", side.label, head.label)
            }
            Some(_) => side.label.clone(),
            None => format!("{} (nothing is committed)", side.label),
        };
        let (Some(document), Some(provider)) = (side.document.clone(), side.provider()?) else {
            bail!(missing());
        };
        Ok(Self {
            label,
            document,
            provider,
            crates: side.crates,
        })
    }
}

fn parsed(text: Option<String>, label: &str) -> Result<Option<Value>> {
    text.map(|text| {
        syntax::parse(&text, Format::Json).with_context(|| format!("{label}: no JSON document"))
    })
    .transpose()
}
