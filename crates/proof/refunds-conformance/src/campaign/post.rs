//! What a worker process is told, as a file.

use std::{
    fs,
    path::{Path, PathBuf},
};

use refunds::Action;
use serde::{Deserialize, Serialize};

use super::CampaignError;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Post {
    pub(super) base_url: String,
    /// Where the provider's events are.
    pub(super) mailbox: Option<String>,
    pub(super) journal: PathBuf,
    /// The number of its first refund.
    pub(super) first: u64,
    /// What its refunds ask for, so that it finds out if it makes others.
    pub(super) actions: Vec<Action>,
    /// Nothing goes wrong any more: what is in doubt is looked at once more.
    pub(super) is_last_look: bool,
}

impl Post {
    pub(super) fn read(path: &Path) -> Result<Self, CampaignError> {
        let text = fs::read(path).map_err(CampaignError::file(path))?;
        serde_json::from_slice(&text).map_err(|reason| CampaignError::Content {
            path: path.to_owned(),
            reason,
            remedy: "workers are started by the campaign, not by hand",
        })
    }

    pub(super) fn write(&self, path: &Path) -> Result<(), CampaignError> {
        let text = serde_json::to_vec(self).map_err(|reason| CampaignError::Content {
            path: path.to_owned(),
            reason,
            remedy: "this is a defect of the campaign",
        })?;
        fs::write(path, text).map_err(CampaignError::file(path))
    }
}
