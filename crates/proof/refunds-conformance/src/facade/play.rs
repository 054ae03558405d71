//! What the facade is given instead of a network, a clock and a journal: the scene.

use std::{
    error::Error,
    fmt,
    future::pending,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use provider_runtime::{Arrived, BodyFault, Heard, Limits, NoAnswer, Transport, TransportFuture};
use refunds::{Attempt, AttemptEnd, Clock, Observer, ObserverFuture};
use reqwest::{
    StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use tokio::time::{Instant, sleep};

use super::time;
use crate::{
    models::Model,
    scene::{Ended, Scene},
    wire::{Answer, BodyEnd, Delivery, Request},
};

/// The scene that is played, if one is.
pub struct Play<M>(Mutex<Played<M>>);

struct Played<M> {
    scene: Option<Scene<M>>,
    started: Option<Instant>,
}

impl<M> Default for Play<M> {
    fn default() -> Self {
        Self(Mutex::new(Played {
            scene: None,
            started: None,
        }))
    }
}

impl<M: Model> Play<M> {
    pub(super) fn begin(&self, scene: Scene<M>) {
        self.played().scene = Some(scene);
    }

    /// Time runs from now on. It is called within a runtime.
    pub(super) fn start(&self) {
        self.played().started = Some(Instant::now());
    }

    /// Time stands still again.
    pub(super) fn stop(&self) {
        let mut played = self.played();
        played.tick();
        played.started = None;
    }

    #[expect(clippy::expect_used, reason = "what was begun is there to its end")]
    pub(super) fn end(&self) -> Scene<M> {
        let scene = self.played().scene.take();
        scene.expect("a scene that was begun")
    }

    pub(super) fn is_dead(&self) -> bool {
        let played = self.played();
        played.scene.as_ref().is_some_and(|scene| scene.is_dead)
    }

    /// Does something with the scene, whose time is that of now.
    fn with<T>(&self, act: impl FnOnce(&mut Scene<M>) -> T) -> Option<T> {
        let mut played = self.played();
        played.tick();
        played.scene.as_mut().map(act)
    }

    fn played(&self) -> MutexGuard<'_, Played<M>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<M> Played<M> {
    fn tick(&mut self) {
        if let (Some(scene), Some(started)) = (&mut self.scene, self.started) {
            scene.took = started.elapsed();
        }
    }
}

/// The network.
pub struct Network<M>(pub Arc<Play<M>>);

impl<M> fmt::Debug for Network<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Network")
    }
}

impl<M: Model> Transport for Network<M> {
    fn send(&self, request: reqwest::Request, limits: Limits) -> TransportFuture<'_> {
        Box::pin(async move {
            let request = as_it_comes(&request);
            let delivery = self.0.with(|scene| scene.request(&request));
            match delivery {
                Some(Delivery::Answered(answer)) => Ok(arrived(answer, limits).await),
                Some(Delivery::NotSent) => Err(NoAnswer::not_sent("no connection")),
                Some(Delivery::Lost { heard }) => {
                    let heard = match heard {
                        b"" => Heard::Nothing,
                        _ => Heard::Something,
                    };
                    Err(NoAnswer::lost("the connection ended", heard))
                }
                Some(Delivery::Silence) => {
                    sleep(limits.timeout).await;
                    Err(NoAnswer::TimedOut {
                        after: limits.timeout,
                        heard: Heard::Nothing,
                    })
                }
                Some(Delivery::Killed) | None => pending().await,
            }
        })
    }
}

fn as_it_comes(request: &reqwest::Request) -> Request {
    let url = request.url();
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let headers = request.headers().iter().filter_map(|(name, value)| {
        let value = value.to_str().ok()?;
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    let headers: Vec<_> = headers.collect();
    let key = request.headers().get("idempotency-key");
    let body = request.body().and_then(reqwest::Body::as_bytes);
    Request {
        method: request.method().to_string(),
        path,
        headers,
        key: key.and_then(|key| Some(key.to_str().ok()?.to_owned())),
        body: body.unwrap_or_default().to_vec(),
    }
}

async fn arrived(answer: Answer, limits: Limits) -> Arrived {
    let mut headers = HeaderMap::new();
    for (name, value) in answer.headers {
        headers.append(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or_default();
    let arrived = Arrived::new(status, headers, answer.body);
    match answer.end {
        BodyEnd::Whole => arrived,
        BodyEnd::Broken => arrived.with_fault(BodyFault::Broken("the connection ended".into())),
        BodyEnd::Silence => {
            sleep(limits.timeout).await;
            let after = limits.timeout;
            arrived.with_fault(BodyFault::TimedOut { after })
        }
    }
}

/// The journal.
pub(super) struct Journalist<M>(pub(super) Arc<Play<M>>);

impl<M: Model> Observer for Journalist<M> {
    fn before_send<'a>(
        &'a self,
        _: &'a Attempt,
    ) -> ObserverFuture<'a, Result<(), Box<dyn Error + Send + Sync>>> {
        Box::pin(async move {
            self.0.with(Scene::before_send);
            Ok(())
        })
    }

    fn ended<'a>(&'a self, _: &'a Attempt, end: AttemptEnd) -> ObserverFuture<'a, ()> {
        Box::pin(async move {
            let ended = match end {
                AttemptEnd::NothingHappened => Ended::Nothing,
                AttemptEnd::InDoubt => Ended::Doubt,
                _ => Ended::Accepted,
            };
            self.0.with(|scene| scene.ended(ended));
        })
    }
}

/// The clock on the wall.
pub(super) struct StoryClock<M>(pub(super) Arc<Play<M>>);

impl<M: Model> Clock for StoryClock<M> {
    fn now(&self) -> SystemTime {
        let now = self.0.with(|scene| scene.now());
        time(now.unwrap_or_default())
    }
}
