//! What a call to a provider needs.

use anyhow::Result;
use refunds::{ProviderName, Refunds};
use refunds_journal::{Journal, JournaledRefunds};

use crate::{
    arguments::{Options, batch::Places},
    connection::{self, Place, PlaceError},
    credentials::{self, CredentialsError},
};

/// A client of a provider, at a place.
pub(crate) struct Session {
    pub(crate) provider: ProviderName,
    pub(crate) place: refunds_journal::Place,
    pub(crate) refunds: Refunds,
}

impl Session {
    /// Opens a session as the options say.
    pub(crate) fn open(provider: ProviderName, options: &Options) -> Result<Self> {
        let place = Place::of(provider, options)?;
        let access = credentials::find(provider, options)?;
        let refunds =
            connection::connect(provider, &place, access)?.with_policy(connection::policy(options));
        Ok(Self {
            provider,
            place: place.name(provider),
            refunds,
        })
    }

    /// The same, if there are credentials and a host.
    pub(crate) fn if_any(provider: ProviderName, options: &Options) -> Result<Option<Self>> {
        match Self::open(provider, options) {
            Ok(session) => Ok(Some(session)),
            Err(error) => {
                let is_missing =
                    matches!(error.downcast_ref(), Some(CredentialsError::Missing { .. }))
                        || matches!(error.downcast_ref(), Some(PlaceError::HostMissing(_)));
                if is_missing { Ok(None) } else { Err(error) }
            }
        }
    }

    /// A session in which nothing is called, and which needs no credentials.
    pub(crate) fn without_calls(provider: ProviderName, options: &Options) -> Result<Self> {
        let place = Place::of(provider, options)?;
        Ok(Self {
            provider,
            place: place.name(provider),
            refunds: connection::uncalled(provider, &place)?,
        })
    }

    /// The client, whose refunds the journal remembers.
    pub(crate) fn journaled(&self, journal: &Journal) -> JournaledRefunds {
        journal.client(self.refunds.clone(), self.place.clone())
    }
}

impl Places {
    /// The options, with where the provider's calls go.
    pub(crate) fn of(&self, provider: ProviderName, options: &Options) -> Options {
        let at = self.at.iter().find(|(known, _)| *known == provider);
        Options {
            base_url: at
                .map(|(_, url)| url.clone())
                .or_else(|| options.base_url.clone()),
            ..options.clone()
        }
    }
}

/// Where a provider's refunds are sent; `None` where it has no documented host and none is named.
pub(crate) fn place_of(
    provider: ProviderName,
    places: &Places,
    options: &Options,
) -> Result<Option<refunds_journal::Place>> {
    match Place::of(provider, &places.of(provider, options)) {
        Ok(place) => Ok(Some(place.name(provider))),
        Err(PlaceError::HostMissing(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
