use std::fmt;

use serde::{Serialize, de::DeserializeOwned};

use super::{Fault, WebhookFault, WeightedFault, every_fault::every_fault};
use crate::Provider;

/// A kind of fault that a [`FaultPlan`](super::FaultPlan) can be made of:
/// [`Fault`]s of requests, or [`WebhookFault`]s.
pub trait FaultKind:
    Clone + PartialEq + fmt::Debug + Serialize + DeserializeOwned + sealed::Sealed
{
    /// Each kind, all with the same weight.
    fn every_kind() -> Vec<WeightedFault<Self>> {
        let kinds = Self::kinds().into_iter();
        kinds
            .map(|fault| WeightedFault { fault, weight: 1 })
            .collect()
    }

    /// The first of the streams of chance that belong to this kind, one for each
    /// provider.
    #[doc(hidden)]
    const FIRST_STREAM: u64;

    #[doc(hidden)]
    fn kinds() -> Vec<Self>;

    #[doc(hidden)]
    fn check(&self) -> Result<(), String>;

    #[doc(hidden)]
    fn no_such_name(provider: Provider, name: &str) -> String;
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for super::Fault {}
    impl Sealed for super::WebhookFault {}
}

impl FaultKind for Fault {
    const FIRST_STREAM: u64 = 0;

    fn kinds() -> Vec<Self> {
        every_fault()
    }

    fn check(&self) -> Result<(), String> {
        match self {
            Self::ServerError { status, .. } if !(500..=599).contains(status) => {
                Err(format!("{status} is no server error; give 500 to 599"))
            }
            _ => Ok(()),
        }
    }

    fn no_such_name(provider: Provider, name: &str) -> String {
        format!(
            "{provider} has no operation {name:?}; take a name from specs/{provider}/provider.toml"
        )
    }
}

impl FaultKind for WebhookFault {
    const FIRST_STREAM: u64 = Provider::ALL.len() as u64;

    fn kinds() -> Vec<Self> {
        Self::every()
    }

    fn check(&self) -> Result<(), String> {
        Ok(())
    }

    fn no_such_name(provider: Provider, name: &str) -> String {
        format!("{provider} sends no event {name:?}; leave it out for any event")
    }
}
