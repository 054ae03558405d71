//! The control port: what [`Sandbox`](crate::Sandbox) offers, for other
//! processes.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use hyper::Method;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    Credentials, FaultPlan, Provider, SandboxError, ScriptedFault, Seed, WebhookFault,
    WebhookTarget, answer::Answer, documents::Incoming, sandbox::Doors,
    serde_duration::milliseconds, world::World,
};

/// Where everything is, as `GET /` tells it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Directory {
    providers: BTreeMap<Provider, Place>,
    pub(crate) token_url: String,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Place {
    pub(crate) base_url: String,
    pub(crate) credentials: Credentials,
}

impl Directory {
    pub(crate) fn new(providers: BTreeMap<Provider, Place>) -> Self {
        let mut directory = Self {
            providers,
            token_url: String::new(),
        };
        directory.token_url = format!("{}/token", directory.base_url(Provider::Optty));
        directory
    }

    /// All providers have a place, started or not.
    pub(crate) fn base_url(&self, provider: Provider) -> &str {
        let place = self.providers.get(&provider);
        place.map_or("", |place| &place.base_url)
    }
}

/// A seed by its name.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum NamedSeed {
    OneOfEach,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refuse {
    provider: Provider,
    #[serde(rename = "refuse_ms", with = "milliseconds")]
    lasting: Duration,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sending {
    provider: Provider,
    target: Option<WebhookTarget>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Replay {
    number: u64,
}

pub(crate) fn respond(
    world: &Arc<World>,
    doors: &Doors,
    directory: &Directory,
    request: &Incoming,
) -> Answer {
    match (&request.method, request.path.as_str()) {
        (&Method::GET, "/") => show(directory),
        (&Method::GET, "/schema") => schema(),
        (&Method::GET, "/ledger") => show(&world.ledger()),
        (&Method::GET, "/requests") => show(&world.requests()),
        (&Method::GET, "/violations") => show(&world.violations()),
        (&Method::GET, "/clock") => show_time(world),
        (&Method::POST, "/seed") if request.body.trim_ascii_start().starts_with(b"\"") => {
            take(request, |NamedSeed::OneOfEach| {
                world.seed(Seed::one_of_each())
            })
        }
        (&Method::POST, "/seed") => take(request, |seed: Seed| world.seed(seed)),
        (&Method::PUT, "/faults") => take(request, |plan: FaultPlan| world.set_faults(plan)),
        (&Method::POST, "/faults") => take(request, |entry: ScriptedFault| world.inject(entry)),
        (&Method::POST, "/clock") => take(request, |advance: Advance| {
            world
                .clock
                .advance(Duration::from_secs(advance.advance_seconds));
            Ok(())
        }),
        (&Method::GET, "/webhooks") => show_webhooks(world),
        (&Method::PUT, "/webhooks") => take(request, |sending: Sending| {
            world.set_webhooks(sending.provider, sending.target)
        }),
        (&Method::PUT, "/webhooks/faults") => take(request, |plan: FaultPlan<WebhookFault>| {
            world.set_webhook_faults(plan)
        }),
        (&Method::POST, "/webhooks/faults") => {
            take(request, |entry: ScriptedFault<WebhookFault>| {
                world.inject_webhook_fault(entry);
                Ok(())
            })
        }
        (&Method::POST, "/webhooks/replay") => take(request, |replay: Replay| {
            world.replay_webhook(replay.number)
        }),
        (&Method::POST, "/connections") => take(request, |refuse: Refuse| {
            doors.of(refuse.provider).shut(refuse.lasting);
            Ok(())
        }),
        _ => failed(
            404,
            "no such call; GET / /schema /ledger /requests /violations /clock /webhooks, POST /seed /faults /clock /connections /webhooks/faults /webhooks/replay, PUT /faults /webhooks /webhooks/faults",
        ),
    }
}

/// The schema of what each call takes and gives.
fn schema() -> Answer {
    match serde_json::from_str(SCHEMA) {
        Ok(value) => Answer::json(200, value),
        Err(error) => failed(500, &error.to_string()),
    }
}

const SCHEMA: &str = include_str!("../control.schema.json");

fn show(what: &impl Serialize) -> Answer {
    match serde_json::to_value(what) {
        Ok(value) => Answer::json(200, value),
        Err(error) => failed(500, &error.to_string()),
    }
}

fn show_webhooks(world: &World) -> Answer {
    let waiting = world.webhooks_waiting();
    show(&json!({"waiting": waiting, "deliveries": world.webhooks()}))
}

fn show_time(world: &World) -> Answer {
    show(&json!({"now": world.clock.now()}))
}

fn take<T: DeserializeOwned>(
    request: &Incoming,
    act: impl FnOnce(T) -> Result<(), SandboxError>,
) -> Answer {
    match serde_json::from_slice(&request.body) {
        Err(error) => failed(400, &format!("the body cannot be read: {error}")),
        Ok(given) => match act(given) {
            Ok(()) => Answer::json(200, Value::Object(serde_json::Map::new())),
            Err(error) => failed(422, &error.to_string()),
        },
    }
}

fn failed(status: u16, message: &str) -> Answer {
    Answer::json(status, json!({"error": message}))
}
