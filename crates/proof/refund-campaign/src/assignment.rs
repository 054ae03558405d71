//! What a worker process is told.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use refunds_sandbox::{Credentials, Provider};
use serde::{Deserialize, Serialize};

use crate::{CampaignError, Sabotage};

/// What a worker process is told, as a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Assignment {
    pub(crate) places: BTreeMap<Provider, Place>,
    pub(crate) token_url: String,
    pub(crate) journal: PathBuf,
    /// The numbers of its refunds: from this one …
    pub(crate) first: u64,
    /// … up to but not including this one.
    pub(crate) end: u64,
    pub(crate) sabotage: Option<Sabotage>,
}

/// Where a provider of the sandbox is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) base_url: String,
    pub(crate) credentials: Credentials,
}

impl Assignment {
    /// Reads an assignment.
    ///
    /// # Errors
    /// The file cannot be read or holds something else.
    pub fn read(path: &Path) -> Result<Self, CampaignError> {
        let text = fs::read(path).map_err(CampaignError::file(path))?;
        serde_json::from_slice(&text).map_err(|reason| CampaignError::Content {
            path: path.to_owned(),
            reason,
            remedy: "workers are started by the campaign, not by hand",
        })
    }

    pub(crate) fn write(&self, path: &Path) -> Result<(), CampaignError> {
        let text = serde_json::to_vec(self).map_err(|reason| CampaignError::Content {
            path: path.to_owned(),
            reason,
            remedy: "this is a defect of the campaign",
        })?;
        fs::write(path, text).map_err(CampaignError::file(path))
    }
}
