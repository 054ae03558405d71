//! Receives what the providers say by calling back, and compares it in the end with what happened.

mod known;
mod routes;
mod settle;
mod told;

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, TcpListener},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use refunds::{InDoubt, Lookup, ProviderName, Reference, Refunds, webhooks::RefundKey};
use refunds_conformance::campaign::journal::Line;
use refunds_sandbox::{FaultPlan, Provider, Sandbox, WebhookTarget};
use tokio::sync::oneshot;

use self::known::Known;
pub use self::told::Told;
use crate::{Assignment, CampaignError, Sabotage, worker::Clients};

const SECRET: &str = "whsec_campaign";
/// How long the last events may take when all refunds have been made.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A server that providers call.
pub(crate) struct Listener {
    base: String,
    known: Arc<Known>,
    stop: oneshot::Sender<()>,
    serving: thread::JoinHandle<()>,
}

impl Listener {
    /// Listens from now on.
    pub(crate) fn start(sabotage: Option<Sabotage>) -> Result<Self, CampaignError> {
        let known = Arc::new(Known::default());
        let routes = routes::routes(SECRET, known.clone(), sabotage)
            .map_err(|error| CampaignError::Listener(std::io::Error::other(error)))?;
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(CampaignError::Listener)?;
        listener
            .set_nonblocking(true)
            .map_err(CampaignError::Listener)?;
        let address = listener.local_addr().map_err(CampaignError::Listener)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(CampaignError::Listener)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = thread::spawn(move || {
            runtime.block_on(async move {
                let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
                    return;
                };
                let until = async {
                    let _ = stopped.await;
                };
                // Whatever ends it early shows as events that nobody took.
                let _ = axum::serve(listener, routes)
                    .with_graceful_shutdown(until)
                    .await;
            });
        });
        Ok(Self {
            base: format!("http://{address}"),
            known,
            stop,
            serving,
        })
    }

    /// Has each provider call here.
    pub(crate) fn listen_to(&self, sandbox: &Sandbox) -> Result<(), CampaignError> {
        for provider in Provider::ALL {
            let url = format!("{}/{provider}", self.base);
            let target = match provider {
                Provider::Kotanipay | Provider::Tazapay => WebhookTarget::signed(url, SECRET),
                Provider::Mce | Provider::Optty => WebhookTarget::new(url),
            };
            sandbox.set_webhooks(provider, Some(target))?;
        }
        Ok(())
    }

    /// Waits for the last events, settles what is open by them, asks where events alone do not tell, and
    /// compares. The lines are what a journal would say of what was settled.
    pub(crate) fn finish(
        self,
        sandbox: &Sandbox,
        assignment: &Assignment,
        open: &BTreeMap<u64, InDoubt>,
    ) -> Result<(Told, Vec<Line>), CampaignError> {
        let deadline = Instant::now() + PATIENCE;
        while sandbox.webhooks_waiting() > 0 {
            if Instant::now() > deadline {
                let seconds = PATIENCE.as_secs();
                return Err(CampaignError::TooLong { seconds });
            }
            thread::sleep(LOOK_EVERY);
        }
        // Nobody listens any more when the thread has ended by itself.
        let _ = self.stop.send(());
        let _ = self.serving.join();
        // What is asked now is to be answered: faults of requests are not the point here.
        sandbox.set_faults(FaultPlan::None)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(CampaignError::Listener)?;
        let clients = Clients::new(assignment)?;
        let settled = settle::all(open, &self.known, &clients);
        let asked = runtime.block_on(ask(&self.known, &clients));
        Ok((Told::of(&self.known, asked, sandbox), settled))
    }
}

/// Reads back what could not be decided, and what somebody hinted at. How many reads that took.
async fn ask(known: &Known, clients: &Clients) -> u64 {
    let mut reads = 0;
    for key in known.to_read_back() {
        let (client, lookup) = match key.provider() {
            ProviderName::Kotanipay => {
                let Ok(reference) = Reference::new(key.id()) else {
                    continue;
                };
                let client = clients.of(Provider::Kotanipay);
                (client, Lookup::KotanipayRefund(reference))
            }
            ProviderName::Tazapay => {
                let client = clients.of(Provider::Tazapay);
                (client, Lookup::TazapayRefund(key.id().to_owned()))
            }
            // Nothing can be read back at MCE, and Optty's orders follow.
            ProviderName::Mce | ProviderName::Optty | ProviderName::Own(_) => continue,
        };
        reads += 1;
        read_back(known, client, &lookup, &key).await;
    }
    for transaction in known.hints(ProviderName::Optty) {
        // A merchant knows the order of a transaction; here the name tells it.
        let Some(order) = transaction.strip_suffix("-TRANSACTION") else {
            continue;
        };
        let key = RefundKey::new(ProviderName::Optty, order);
        let lookup = Lookup::OpttyOrder(order.to_owned());
        reads += 1;
        read_back(known, clients.of(Provider::Optty), &lookup, &key).await;
    }
    reads
}

async fn read_back(known: &Known, client: &Refunds, lookup: &Lookup, key: &RefundKey) {
    // A read that fails leaves the refund as it is, which the comparison finds.
    if let Ok(fetched) = client.fetch(lookup).await
        && let Some(state) = fetched.single()
    {
        known.read_back(key, state);
    }
}
