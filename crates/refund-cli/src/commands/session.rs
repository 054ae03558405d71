//! What a call to a provider needs.

use std::sync::Arc;

use anyhow::Result;
use refunds::{ProviderName, Reference, Refunds};

use crate::{
    arguments::Options,
    connection::{self, Place},
    credentials,
    records::{Records, Slot},
};

/// A client of a provider, at a place.
pub(crate) struct Session {
    pub(crate) provider: ProviderName,
    pub(crate) place: Place,
    pub(crate) refunds: Refunds,
}

impl Session {
    /// Opens a session as the options say.
    pub(crate) fn open(provider: ProviderName, options: &Options) -> Result<Self> {
        let place = Place::of(provider, options)?;
        let access = credentials::find(provider, options.credentials.clone())?;
        let refunds =
            connection::connect(provider, &place, access)?.with_policy(connection::policy(options));
        Ok(Self {
            provider,
            place,
            refunds,
        })
    }

    /// The place of a refund among the records.
    pub(crate) fn slot(&self, reference: &Reference, options: &Options) -> Result<Arc<Slot>> {
        let records = Records::open(options.records.clone())?;
        let slot = records.slot(&self.place, self.provider, reference)?;
        Ok(Arc::new(slot))
    }
}
