use chrono::{DateTime, Utc};

use crate::{Provider, kept::Kept};

/// Something that a provider has to tell, from when it happens.
#[derive(Debug, Clone)]
pub(crate) struct Announcement {
    pub(crate) provider: Provider,
    /// When it happens.
    pub(crate) at: DateTime<Utc>,
    /// What it is about: the refund's id, and at Kotani Pay the offramp's.
    pub(crate) subject: String,
    /// What the provider calls such an event.
    pub(crate) event: String,
    pub(crate) data: Kept,
}
