//! Which credentials an operation gets: the client's, those of other schemes, both or none.

use super::{AccessToken, Authenticator, TokenError};
use crate::client::redactor::Secrets;
use crate::{Authentication, OperationSecurity, SecurityRequirement};

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

/// What one operation is authenticated with.
pub(crate) struct Wanted<'a> {
    client: Option<(&'a Authenticator, Authentication)>,
    further: Vec<&'a Further>,
    /// Whether the operation asks for anything at all.
    pub(crate) is_signed: bool,
}

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
        let mut operations = self.operations.iter();
        let Some(security) = operations.find(|security| security.operation == operation) else {
            return Ok(self.of(&SecurityRequirement {
                credentials: true,
                schemes: &[],
            }));
        };
        let is_given = |scheme: &&str| self.further.iter().any(|given| given.scheme == *scheme);
        let alternatives = || security.alternatives.iter();
        let is_nothing = |one: &&SecurityRequirement| !one.credentials && one.schemes.is_empty();
        let at_hand = alternatives()
            .filter(|one| !is_nothing(one))
            .find(|one| one.schemes.iter().all(&is_given))
            .or_else(|| alternatives().find(is_nothing));
        match (at_hand, alternatives().next()) {
            (Some(requirement), _) => Ok(self.of(requirement)),
            (None, Some(first)) if self.is_signed => Ok(self.of(first)),
            (None, first) => {
                let mut schemes = first.into_iter().flat_map(|first| first.schemes);
                Err(schemes.find(|scheme| !is_given(scheme)).unwrap_or(&""))
            }
        }
    }

    fn of(&self, requirement: &SecurityRequirement) -> Wanted<'_> {
        let client = (&self.client, self.client_authentication);
        let further = |scheme: &&str| self.further.iter().find(|given| given.scheme == *scheme);
        Wanted {
            client: requirement.credentials.then_some(client),
            further: requirement.schemes.iter().filter_map(further).collect(),
            is_signed: requirement.credentials || !requirement.schemes.is_empty(),
        }
    }
}

impl Wanted<'_> {
    /// Whether asking again after a rejection can give another token.
    pub(crate) fn can_renew(&self) -> bool {
        let mut further = self.further.iter();
        self.client.is_some_and(|(client, _)| client.can_renew())
            || further.any(|given| given.authenticator.can_renew())
    }

    /// Tokens for the next attempt, others than the rejected ones where there are any.
    pub(crate) async fn tokens(&self, rejected: Option<&Tokens>) -> Result<Tokens, TokenError> {
        let client = match self.client {
            Some((client, _)) => {
                let rejected = rejected.and_then(|tokens| tokens.client.as_ref());
                Some(client.token(rejected).await?)
            }
            None => None,
        };
        let mut further = Vec::new();
        for (at, given) in self.further.iter().enumerate() {
            let rejected = rejected.and_then(|tokens| tokens.further.get(at));
            further.push(given.authenticator.token(rejected).await?);
        }
        Ok(Tokens { client, further })
    }

    /// Puts them where their schemes want them.
    pub(crate) fn put(&self, tokens: &Tokens, request: &mut reqwest::Request) {
        if let (Some((_, authentication)), Some(token)) = (self.client, &tokens.client) {
            token.put(request, authentication);
        }
        for (given, token) in self.further.iter().zip(&tokens.further) {
            token.put(request, given.authentication);
        }
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
