//! Which credentials an operation gets: the client's, those of other schemes, both or none.

use super::{AccessToken, Authenticator, TokenError};
use crate::client::redactor::Secrets;
use crate::{Authentication, KeyPlace, OperationSecurity, SecurityRequirement};

/// What the client can authenticate its calls with.
pub(crate) struct Security {
    /// The client's own credentials.
    pub(crate) client: Authenticator,
    pub(crate) client_authentication: Authentication,
    /// What was given for other schemes.
    pub(crate) further: Vec<Further>,
    /// The operations that the client's own alone are not for.
    pub(crate) operations: &'static [OperationSecurity],
    /// Whether a signer is there, which may add what is not given here.
    pub(crate) is_signed: bool,
}

/// What was given for a scheme of the documents.
pub(crate) struct Further {
    pub(crate) scheme: &'static str,
    pub(crate) authentication: Authentication,
    pub(crate) authenticator: Authenticator,
}

/// What one operation is authenticated with. Small: it is a part of every call's future.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    security: &'a Security,
    requirement: &'static SecurityRequirement,
}

/// What an operation asks for of which nothing else is documented.
const PLAIN: &SecurityRequirement = &SecurityRequirement {
    credentials: true,
    schemes: &[],
};

/// The tokens of one attempt.
#[derive(PartialEq, Eq)]
pub(crate) struct Tokens {
    client: Option<AccessToken>,
    further: Vec<AccessToken>,
}

impl Security {
    /// What this operation gets: of its documented alternatives the first that is at hand, one that asks for
    /// nothing last.
    ///
    /// # Errors
    /// The name of a scheme that it asks for, for which nothing was given.
    pub(crate) fn wanted(&self, operation: &str) -> Result<Wanted<'_>, &'static str> {
        let of = |requirement| Wanted {
            security: self,
            requirement,
        };
        let mut operations = self.operations.iter();
        let Some(security) = operations.find(|security| security.operation == operation) else {
            return Ok(of(PLAIN));
        };
        let is_given = |scheme: &&str| self.given_for(scheme).is_some();
        let alternatives = || security.alternatives.iter();
        let is_nothing = |one: &&SecurityRequirement| !one.credentials && one.schemes.is_empty();
        let at_hand = alternatives()
            .filter(|one| !is_nothing(one))
            .find(|one| one.schemes.iter().all(is_given))
            .or_else(|| alternatives().find(is_nothing));
        match (at_hand, alternatives().next()) {
            (Some(requirement), _) => Ok(of(requirement)),
            (None, Some(first)) if self.is_signed => Ok(of(first)),
            (None, first) => {
                let mut schemes = first.into_iter().flat_map(|first| first.schemes);
                Err(schemes.find(|scheme| !is_given(scheme)).unwrap_or(&""))
            }
        }
    }

    fn given_for(&self, scheme: &str) -> Option<&Further> {
        self.further.iter().find(|given| given.scheme == scheme)
    }
}

impl<'a> Wanted<'a> {
    /// Whether the operation asks for anything at all.
    pub(crate) fn is_signed(self) -> bool {
        self.requirement.credentials || !self.requirement.schemes.is_empty()
    }

    fn further(self) -> impl Iterator<Item = &'a Further> {
        let schemes = self.requirement.schemes.iter();
        schemes.filter_map(move |scheme| self.security.given_for(scheme))
    }

    /// Whether asking again after a rejection can give another token.
    pub(crate) fn can_renew(self) -> bool {
        let client = self.requirement.credentials && self.security.client.can_renew();
        client || self.further().any(|given| given.authenticator.can_renew())
    }

    /// Tokens for the next attempt, others than the rejected ones where there are any.
    pub(crate) async fn tokens(self, rejected: Option<&Tokens>) -> Result<Tokens, TokenError> {
        let client = match self.requirement.credentials {
            true => {
                let rejected = rejected.and_then(|tokens| tokens.client.as_ref());
                Some(token(&self.security.client, rejected).await?)
            }
            false => None,
        };
        let further = match self.requirement.schemes {
            [] => Vec::new(),
            _ => Box::pin(self.further_tokens(rejected)).await?,
        };
        Ok(Tokens { client, further })
    }

    async fn further_tokens(
        self,
        rejected: Option<&Tokens>,
    ) -> Result<Vec<AccessToken>, TokenError> {
        let mut tokens = Vec::new();
        for (at, given) in self.further().enumerate() {
            let rejected = rejected.and_then(|tokens| tokens.further.get(at));
            tokens.push(token(&given.authenticator, rejected).await?);
        }
        Ok(tokens)
    }

    /// Whether it puts a header of this name, as a key.
    pub(crate) fn puts(self, header: &str) -> bool {
        let client = self
            .requirement
            .credentials
            .then_some(self.security.client_authentication);
        let further = self.further().map(|given| given.authentication);
        client.into_iter().chain(further).any(|authentication| {
            let Authentication::ApiKeys(keys) = authentication else {
                return false;
            };
            let mut keys = keys.iter().filter(|key| key.place == KeyPlace::Header);
            keys.any(|key| key.name.eq_ignore_ascii_case(header))
        })
    }

    /// Puts them where their schemes want them.
    pub(crate) fn put(self, tokens: &Tokens, request: &mut reqwest::Request) {
        if let Some(token) = &tokens.client {
            token.put(request, self.security.client_authentication);
        }
        for (given, token) in self.further().zip(&tokens.further) {
            token.put(request, given.authentication);
        }
    }
}

/// A token other than the rejected one, or that one where no other is to be had: another scheme may have a newer one.
async fn token(
    authenticator: &Authenticator,
    rejected: Option<&AccessToken>,
) -> Result<AccessToken, TokenError> {
    match (authenticator.token(rejected).await, rejected) {
        (Err(_), Some(rejected)) => Ok(rejected.clone()),
        (outcome, _) => outcome,
    }
}

impl Tokens {
    /// What errors have to mask.
    pub(crate) fn secrets(&self) -> Option<Secrets> {
        if self.further.is_empty() {
            return self.client.as_ref().map(AccessToken::secrets);
        }
        let all = self.client.iter().chain(&self.further);
        let secrets = all.flat_map(|token| token.secrets().iter().cloned().collect::<Vec<_>>());
        Some(secrets.collect())
    }
}
