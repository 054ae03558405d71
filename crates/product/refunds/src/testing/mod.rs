//! A double of [`Refunds`] for unit tests: what it answers is scripted, and everything else is the facade itself.
//!
//! It sends nothing anywhere. For tests on the wire, with each provider's own answers and faults, there is the sandbox.
//!
//! ```
//! use refunds::{Outcome, Reference, TazapayRefund};
//! use refunds::testing::{Double, Ending};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! let double = Double::new();
//! double.ends(Ending::Lost).ends(Ending::Succeeded);
//! let refunds = double.refunds()?;
//!
//! // The code under test is given `refunds`.
//! let reference = Reference::new("r-1")?;
//! let refund = || TazapayRefund::of_payin("chk_1").with_amount("19.90 USD".parse().unwrap());
//! let outcome = refunds.create(&reference, refund()).await?;
//! assert!(matches!(outcome, Outcome::Unknown(_)));
//! let outcome = refunds.create(&Reference::new("r-2")?, refund()).await?;
//! assert!(matches!(outcome, Outcome::Succeeded(_)));
//!
//! let asked: Vec<_> = double.requests().iter().map(|request| request.reference.to_string()).collect();
//! assert_eq!(asked, ["r-1", "r-2"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod client;
mod script;

use std::sync::Arc;

pub use script::{Ending, Request};

use crate::{
    CallError, Capabilities, ProviderName, ReadBack, Reference, RefundRequest, RefundStatus,
    Refunds,
    custom::{Created, Found, Profile, Provider, RefundsAt, RequestOf, Told},
    evidence::{Asked, Fact, Refusal, Row, Says},
    request::OwnRefund,
};
use client::{Answer, Client};
use provider_runtime::{CallSettings, GeneratedClient as _, SettingsError};
use script::Script;

/// The provider that a [`Double`] is.
pub const DOUBLE: ProviderName = match ProviderName::own("double") {
    Some(name) => name,
    None => ProviderName::Mce,
};

static PROFILE: Profile = Profile::new(
    {
        let mut can = Capabilities::cautious(DOUBLE);
        can.read_back = ReadBack::ByReference;
        can
    },
    "create",
)
.with_read("list")
.with_words(&[
    ("pending", RefundStatus::Pending),
    ("succeeded", RefundStatus::Succeeded),
    ("failed", RefundStatus::Failed),
])
.with_rows(&[Row::refusal(
    &[(422, 422)],
    &[],
    Refusal::Definite,
    Says {
        id: "double-refusal",
        looks_at: "422",
        proves: "nothing happened",
        source: "the script",
    },
)]);

/// A provider whose answers are scripted. Cloning shares the script.
#[derive(Clone, Debug, Default)]
pub struct Double(Script);

impl Double {
    /// One that takes every refund on, and leaves it pending, until something else is scripted.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets the next request for a refund for which nothing is scripted yet end so.
    pub fn ends(&self, ending: Ending) -> &Self {
        self.0.push(ending);
        self
    }

    /// The refunds that were asked for, in their order.
    pub fn requests(&self) -> Vec<Request> {
        self.0.requests()
    }

    /// Refunds at it. They take requests for every provider.
    ///
    /// # Errors
    /// As of every client: TLS could not be set up.
    pub fn refunds(&self) -> Result<Refunds, SettingsError> {
        let client = Client::new(&self.0)?;
        Ok(RefundsAt::new(Doubled(Arc::new(client))).into())
    }
}

/// The double behind the facade's public door.
#[derive(Clone, Debug)]
struct Doubled(Arc<Client>);

impl RequestOf for RefundRequest {
    fn payment(&self) -> &str {
        Self::payment(self)
    }

    fn amount(&self) -> Option<&crate::Money> {
        Self::amount(self)
    }
}

fn told(refund: &Answer) -> Told {
    Told::new()
        .with(Fact::Id, Some(&refund.id))
        .with(Fact::Reference, Some(&refund.reference))
        .with(Fact::Status, Some(&refund.status))
}

impl Provider for Doubled {
    type Request = RefundRequest;

    fn profile(&self) -> &'static Profile {
        &PROFILE
    }

    fn adopt(&self, request: RefundRequest) -> RefundRequest {
        if request.provider() == DOUBLE {
            return request;
        }
        OwnRefund::new(DOUBLE, &request).map_or(request, RefundRequest::Own)
    }

    fn with_call(&self, call: &CallSettings) -> Option<Self> {
        Some(Self(Arc::new(self.0.with_call(call.clone()))))
    }

    fn asked<'a>(&self, reference: &'a Reference, _: &'a RefundRequest) -> Asked<'a> {
        Asked {
            reference: Some(reference.as_str().into()),
            ..Asked::default()
        }
    }

    async fn create(
        &self,
        reference: &Reference,
        request: &RefundRequest,
    ) -> Result<Created, CallError> {
        let answer = self.0.create(reference, request).await?;
        let told = told(&answer);
        Ok(Created::new(answer, told))
    }

    fn found_by(&self, reference: &Reference, _: &RefundRequest) -> Option<String> {
        Some(reference.to_string())
    }

    async fn find(&self, by: &str) -> Option<Result<Found, CallError>> {
        let answer = self.0.list(by).await;
        Some(answer.map(|answer| {
            let listed: Vec<Told> = answer.iter().map(told).collect();
            Found::new(answer, listed)
        }))
    }
}
