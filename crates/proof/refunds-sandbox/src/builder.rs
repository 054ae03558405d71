use std::{collections::BTreeMap, sync::Arc};

use tokio::runtime::Runtime;

use crate::{
    Clock, Credentials, FaultPlan, Provider, Sandbox, SandboxError, ScriptedFault, Settings,
    WebhookFault, WebhookTarget,
    control::{self, Directory, Place},
    exchange::{Wire, exchange},
    sandbox::{Doors, Threads},
    server::{Door, Handler, Handling, Port},
    webhooks,
    world::World,
};

/// Threads that serve; the work is small.
const THREADS: usize = 2;

/// What a sandbox starts with.
#[derive(Debug, Clone, Default)]
pub struct SandboxBuilder {
    providers: Vec<Provider>,
    clock: Clock,
    settings: Settings,
    faults: FaultPlan,
    injected: Vec<ScriptedFault>,
    webhooks: Vec<(Provider, WebhookTarget)>,
    webhook_faults: FaultPlan<WebhookFault>,
    base_port: Option<u16>,
}

impl SandboxBuilder {
    /// Starts this provider, and no other that is not named too. Others refuse
    /// connections. Without a name all four are started.
    #[must_use]
    pub fn provider(mut self, provider: Provider) -> Self {
        self.providers.push(provider);
        self
    }

    /// The clock to go by; by default the system's.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// How providers behave where their documentation leaves it open.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// What goes wrong; by default nothing.
    #[must_use]
    pub fn faults(mut self, plan: FaultPlan) -> Self {
        self.faults = plan;
        self
    }

    /// Adds a fault to the plan's script; it comes before anything random.
    #[must_use]
    pub fn fault(mut self, entry: ScriptedFault) -> Self {
        self.injected.push(entry);
        self
    }

    /// Sends a provider's events there; by default nobody is told.
    #[must_use]
    pub fn webhooks(mut self, provider: Provider, target: WebhookTarget) -> Self {
        self.webhooks.push((provider, target));
        self
    }

    /// What goes wrong when events are delivered; by default nothing.
    #[must_use]
    pub fn webhook_faults(mut self, plan: FaultPlan<WebhookFault>) -> Self {
        self.webhook_faults = plan;
        self
    }

    /// Five ports in a row from this one: the providers in the order of
    /// [`Provider::ALL`], then the control port. By default any that are free.
    #[must_use]
    pub fn base_port(mut self, port: u16) -> Self {
        self.base_port = Some(port);
        self
    }

    /// Starts the sandbox, which is ready when this returns.
    ///
    /// # Errors
    /// When a port or a thread cannot be had, the plan of faults cannot be
    /// followed, or a setting has no meaning.
    pub fn start(self) -> Result<Sandbox, SandboxError> {
        let world = Arc::new(World::new(&self.settings, self.clock, self.faults)?);
        self.injected
            .into_iter()
            .try_for_each(|entry| world.inject(entry))?;
        self.webhooks
            .into_iter()
            .try_for_each(|(provider, target)| world.set_webhooks(provider, Some(target)))?;
        world.set_webhook_faults(self.webhook_faults)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("refunds-sandbox")
            .enable_all()
            .build()
            .map_err(|source| SandboxError::Runtime { source })?;
        let threads = Threads::of(runtime);
        let within = threads.runtime().map(Runtime::enter);
        let (mut doors, mut shut_ports, mut places) = (Vec::new(), Vec::new(), BTreeMap::new());
        for (offset, provider) in (0..).zip(Provider::ALL) {
            let port = Port::reserve(port(self.base_port, offset)?)?;
            let place = Place {
                base_url: format!("http://{}", port.address()),
                credentials: Credentials::of(provider),
            };
            places.insert(provider, place);
            tokio::spawn(webhooks::carry(world.clone(), provider));
            let (door, keeper) = Door::new();
            doors.push(door.clone());
            if self.providers.is_empty() || self.providers.contains(&provider) {
                let handling = Handling {
                    handler: provider_handler(world.clone(), door, provider),
                    close_idle_after: self.settings.close_idle_after,
                };
                port.open(keeper, handling)?;
            } else {
                shut_ports.push(port);
            }
        }
        let doors = Doors(doors.into());
        let directory = Directory::new(places);
        let control = Port::reserve(port(self.base_port, Provider::ALL.len() as u16)?)?;
        let control_url = format!("http://{}", control.address());
        // Nothing shuts the control port; its door stays with the handler, since without one
        // the port would close.
        let (door, keeper) = Door::new();
        let handling = Handling {
            handler: control_handler(world.clone(), doors.clone(), directory.clone(), door),
            close_idle_after: None,
        };
        control.open(keeper, handling)?;
        drop(within);
        Ok(Sandbox {
            world,
            doors,
            directory,
            control_url,
            _shut_ports: shut_ports,
            _threads: threads,
        })
    }
}

fn port(base: Option<u16>, offset: u16) -> Result<u16, SandboxError> {
    let Some(base) = base else { return Ok(0) };
    base.checked_add(offset)
        .filter(|_| base > 0)
        .ok_or(SandboxError::BasePort { port: base })
}

fn provider_handler(world: Arc<World>, door: Door, provider: Provider) -> Handler {
    Arc::new(move |request| {
        let (world, door) = (world.clone(), door.clone());
        Box::pin(exchange(world, door, provider, request))
    })
}

fn control_handler(
    world: Arc<World>,
    doors: Doors,
    directory: Directory,
    own_door: Door,
) -> Handler {
    let shared = Arc::new((world, doors, directory, own_door));
    Arc::new(move |request| {
        let shared = shared.clone();
        Box::pin(async move {
            let (world, doors, directory, _) = &*shared;
            Wire::Whole(control::respond(world, doors, directory, &request))
        })
    })
}
