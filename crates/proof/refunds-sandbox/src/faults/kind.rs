use std::fmt;

use hyper::header::HeaderValue;
use serde::{Serialize, de::DeserializeOwned};

use super::{Fault, Hint, WebhookFault, WeightedFault, every_fault::every_fault};
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

    /// The fault that it comes down to for what is called this; none where nothing
    /// goes wrong then. `choice` is a number by chance.
    #[doc(hidden)]
    fn settled(self, provider: Provider, name: Option<&str>, choice: u64) -> Option<Self>;

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
            Self::ServerError { status, .. } | Self::LateServerError { status, .. }
                if !(500..=599).contains(status) =>
            {
                Err(format!("{status} is no server error; give 500 to 599"))
            }
            Self::TooManyRequests {
                hint: Some(Hint::HeaderTexts(texts)),
            } => texts.iter().try_for_each(|text| check_header(text)),
            Self::Contradict { member, .. } if !member.starts_with('/') => Err(format!(
                "{member:?} is no JSON pointer to a member; begin it with a slash"
            )),
            Self::Replace {
                status,
                content_type,
                ..
            } => {
                let status = status.unwrap_or(200);
                if !(200..=599).contains(&status) || matches!(status, 204 | 205 | 304) {
                    return Err(format!(
                        "{status} is not the status of an answer with a body; give 200 to 599, but not 204, 205 or 304"
                    ));
                }
                content_type.as_deref().map_or(Ok(()), check_header)
            }
            _ => Ok(()),
        }
    }

    fn settled(self, provider: Provider, name: Option<&str>, choice: u64) -> Option<Self> {
        let Self::AnyContradiction { after_commit } = self else {
            return Some(self);
        };
        let mut all = Self::contradictions(provider, name?, after_commit);
        let index = usize::try_from(choice.checked_rem(all.len() as u64)?).ok()?;
        (index < all.len()).then(|| all.swap_remove(index))
    }

    fn no_such_name(provider: Provider, name: &str) -> String {
        let operations = provider.operations().unwrap_or_default();
        format!(
            "{provider} has no operation {name:?}; take one of {}",
            operations.join(", ")
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

    fn settled(self, _provider: Provider, _name: Option<&str>, _choice: u64) -> Option<Self> {
        Some(self)
    }

    fn no_such_name(provider: Provider, name: &str) -> String {
        format!("{provider} sends no event {name:?}; leave it out for any event")
    }
}

fn check_header(text: &str) -> Result<(), String> {
    match HeaderValue::from_str(text) {
        Ok(_) => Ok(()),
        Err(_) => Err(format!(
            "{text:?} cannot stand in a header; give visible ASCII characters"
        )),
    }
}
