use std::{fmt, sync::Arc, time::Duration};

use tokio::runtime::Runtime;

use crate::{
    Clock, Credentials, FaultPlan, Ledger, Offramp, Order, Payin, PendingRefund, Provider,
    RequestRecord, SandboxBuilder, SandboxError, ScriptedFault, Seed, Violation, WebhookFault,
    WebhookRecord, WebhookTarget,
    control::Directory,
    server::{Door, Port},
    world::World,
};

/// The providers, running on loopback until this is dropped.
pub struct Sandbox {
    pub(crate) world: Arc<World>,
    pub(crate) doors: Doors,
    pub(crate) directory: Directory,
    pub(crate) control_url: String,
    /// Ports of providers that were not started, kept from others.
    pub(crate) _shut_ports: Vec<Port>,
    pub(crate) _threads: Threads,
}

/// The threads that serve, until this is dropped, on whatever thread that is.
pub(crate) struct Threads(Option<Runtime>);

impl Threads {
    pub(crate) fn of(runtime: Runtime) -> Self {
        Self(Some(runtime))
    }

    pub(crate) fn runtime(&self) -> Option<&Runtime> {
        self.0.as_ref()
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // A runtime must not be waited for on another runtime's thread, where a test may be.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// The doors of the providers' ports.
#[derive(Clone)]
pub(crate) struct Doors(pub(crate) Arc<[Door]>);

impl Doors {
    pub(crate) fn of(&self, provider: Provider) -> &Door {
        &self.0[provider.index()]
    }
}

impl Sandbox {
    /// All four providers, well-behaved, on the system's clock.
    ///
    /// # Errors
    /// When a port or a thread cannot be had.
    pub fn start() -> Result<Self, SandboxError> {
        Self::builder().start()
    }

    /// A sandbox with a choice of providers, clock, settings and faults.
    pub fn builder() -> SandboxBuilder {
        SandboxBuilder::default()
    }

    /// Where a provider listens, such as `http://127.0.0.1:40123`. A provider
    /// that was not started refuses connections there.
    pub fn base_url(&self, provider: Provider) -> &str {
        self.directory.base_url(provider)
    }

    /// Where Optty's access tokens are had.
    pub fn token_url(&self) -> &str {
        &self.directory.token_url
    }

    /// Where the control port listens.
    ///
    /// `GET /` tells all URLs and credentials, `GET /ledger`, `/requests` and
    /// `/violations` what happened; `POST /seed` takes a [`Seed`], `PUT /faults`
    /// a [`FaultPlan`], `POST /faults` a [`ScriptedFault`], `POST /clock`
    /// `{"advance_seconds": 90}` and `POST /connections`
    /// `{"provider": "optty", "refuse_ms": 500}`. `GET /webhooks` tells what was
    /// delivered and how much is waiting; `PUT /webhooks` takes
    /// `{"provider": "optty", "target": {"url": "http://…"}}`,
    /// `PUT /webhooks/faults` and `POST /webhooks/faults` a plan and an entry of
    /// [`WebhookFault`]s, and `POST /webhooks/replay` `{"number": 1}`.
    pub fn control_url(&self) -> &str {
        &self.control_url
    }

    /// The credentials that a provider accepts.
    pub fn credentials(&self, provider: Provider) -> Credentials {
        Credentials::of(provider)
    }

    /// The clock that the sandbox goes by.
    pub fn clock(&self) -> &Clock {
        &self.world.clock
    }

    /// Adds an order at Optty.
    ///
    /// # Errors
    /// When the reference is taken, or the amount is not one of Optty's.
    pub fn add_order(&self, order: Order) -> Result<(), SandboxError> {
        self.seed(Seed {
            orders: vec![order],
            ..Seed::default()
        })
    }

    /// Adds a payin at Tazapay.
    ///
    /// # Errors
    /// When the id is taken, or the amount is not one of Tazapay's.
    pub fn add_payin(&self, payin: Payin) -> Result<(), SandboxError> {
        self.seed(Seed {
            payins: vec![payin],
            ..Seed::default()
        })
    }

    /// Adds an offramp transaction at Kotani Pay.
    ///
    /// # Errors
    /// When the reference is taken, or a JSON number does not carry an amount.
    pub fn add_offramp(&self, offramp: Offramp) -> Result<(), SandboxError> {
        self.seed(Seed {
            offramps: vec![offramp],
            ..Seed::default()
        })
    }

    /// Adds a pending refund at MCE.
    ///
    /// # Errors
    /// When the transaction is taken, or the amount is not positive.
    pub fn add_pending_refund(&self, pending: PendingRefund) -> Result<(), SandboxError> {
        self.seed(Seed {
            pending_refunds: vec![pending],
            ..Seed::default()
        })
    }

    /// Adds many things at once, in order, up to the first that is refused.
    ///
    /// # Errors
    /// As those of the single ones.
    pub fn seed(&self, seed: Seed) -> Result<(), SandboxError> {
        self.world.seed(seed)
    }

    /// What really happened until now.
    pub fn ledger(&self) -> Ledger {
        self.world.ledger()
    }

    /// Every request until now, in the order of arrival.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.world.requests()
    }

    /// What was wrong with requests until now; none with a client that keeps to
    /// the documents.
    pub fn violations(&self) -> Vec<Violation> {
        self.world.violations()
    }

    /// Replaces the plan of faults. Random ones start from the beginning.
    ///
    /// # Errors
    /// When the plan cannot be followed.
    pub fn set_faults(&self, plan: FaultPlan) -> Result<(), SandboxError> {
        self.world.set_faults(plan)
    }

    /// Adds a fault to the script, which comes before anything random.
    ///
    /// # Errors
    /// When the fault cannot be had.
    pub fn inject(&self, entry: ScriptedFault) -> Result<(), SandboxError> {
        self.world.inject(entry)
    }

    /// Sends a provider's events to a target from now on, or to nobody. What
    /// happens while there is no target is not told later.
    ///
    /// # Errors
    /// When the URL is none of `http`, Tazapay's secret is missing, or a secret
    /// is given for a provider that documents no signature.
    pub fn set_webhooks(
        &self,
        provider: Provider,
        target: Option<WebhookTarget>,
    ) -> Result<(), SandboxError> {
        self.world.set_webhooks(provider, target)
    }

    /// Every delivery of an event until now, in the order of sending.
    pub fn webhooks(&self) -> Vec<WebhookRecord> {
        self.world.webhooks()
    }

    /// How many events and further attempts are due later or under way.
    pub fn webhooks_waiting(&self) -> usize {
        self.world.webhooks_waiting()
    }

    /// Delivers the bytes of an earlier delivery again, by its number.
    ///
    /// # Errors
    /// When there was no such delivery.
    pub fn replay_webhook(&self, number: u64) -> Result<(), SandboxError> {
        self.world.replay_webhook(number)
    }

    /// Replaces the plan of faults of webhooks. Random ones start from the
    /// beginning.
    ///
    /// # Errors
    /// When the plan cannot be followed.
    pub fn set_webhook_faults(&self, plan: FaultPlan<WebhookFault>) -> Result<(), SandboxError> {
        self.world.set_webhook_faults(plan)
    }

    /// Adds a fault of webhooks to the script, which comes before anything
    /// random.
    pub fn inject_webhook_fault(&self, entry: ScriptedFault<WebhookFault>) {
        self.world.inject_webhook_fault(entry);
    }

    /// Refuses new connections at a provider for a while, in real time, and
    /// closes the idle ones. Requests under way are answered.
    pub fn refuse_connections(&self, provider: Provider, lasting: Duration) {
        self.doors.of(provider).shut(lasting);
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox")
            .field("directory", &self.directory)
            .field("control_url", &self.control_url)
            .finish_non_exhaustive()
    }
}
