use thiserror::Error;

use crate::config::ConfigError;
use crate::import::ImportError;
use crate::lock::LockError;
use crate::merge::MergeError;
use crate::overlay::OverlayError;
use crate::page::PageError;
use crate::payloads::PayloadError;
use crate::provider::LoadError;
use crate::select::SelectError;
use crate::write::WriteError;

/// What can go wrong on the way from a published page to a document and its payloads.
#[derive(Debug, Error)]
pub enum Error {
    /// A page holds no document, or one that cannot be read.
    #[error(transparent)]
    Page(#[from] PageError),
    /// Several sources contradict each other.
    #[error(transparent)]
    Merge(#[from] MergeError),
    /// The overlay is malformed, stale or superfluous in part.
    #[error(transparent)]
    Overlay(#[from] OverlayError),
    /// `provider.toml` is malformed.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A configured operation is not in the document.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// Payloads cannot be told apart by name.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// A lock file is malformed.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A provider's folder cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A page cannot be imported.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// Files cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}
