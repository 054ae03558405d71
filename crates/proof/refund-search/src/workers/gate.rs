//! A gate between a worker and the provider, at which each request waits for what the story does with it, and each
//! answer again.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use provider_runtime::{Arrived, Heard, Limits, NoAnswer, Transport, TransportFuture};
use tokio::sync::{Notify, oneshot};

/// Where a worker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It has nothing to do.
    Idle,
    /// It does something by itself.
    Running,
    /// Its request waits.
    Asks,
    /// Its request was carried out, and the answer waits.
    Answered,
}

/// What becomes of what waits at the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It goes on.
    Pass,
    /// No connection is made: nothing has happened. Only of a request.
    NoConnection,
    /// The connection ends.
    Lose,
}

/// A worker's gate.
pub(super) struct Gate {
    at: Mutex<At>,
    changed: Arc<Notify>,
    http: reqwest::Client,
    /// Whether everything passes at once.
    is_open: bool,
}

struct At {
    standing: Standing,
    verdict: Option<oneshot::Sender<Verdict>>,
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

impl Gate {
    pub(super) fn new(changed: Arc<Notify>, http: reqwest::Client, is_open: bool) -> Arc<Self> {
        let at = At {
            standing: Standing::Idle,
            verdict: None,
        };
        Arc::new(Self {
            at: Mutex::new(at),
            changed,
            http,
            is_open,
        })
    }

    pub(super) fn standing(&self) -> Standing {
        self.at().standing
    }

    pub(super) fn stands(&self, standing: Standing) {
        self.at().standing = standing;
        self.changed.notify_one();
    }

    /// Whoever waits was killed, and waits for ever.
    pub(super) fn forgets(&self) {
        self.at().verdict = None;
        self.stands(Standing::Idle);
    }

    /// Decides about what waits.
    pub(super) fn decide(&self, verdict: Verdict) {
        let mut at = self.at();
        at.standing = Standing::Running;
        if let Some(waiting) = at.verdict.take() {
            // Whoever waited was killed.
            let _ = waiting.send(verdict);
        }
    }

    async fn wait(&self, standing: Standing) -> Verdict {
        let (tell, told) = oneshot::channel();
        {
            let mut at = self.at();
            at.standing = standing;
            at.verdict = Some(tell);
        }
        self.changed.notify_one();
        // Whoever was killed stays where it is.
        match told.await {
            Ok(verdict) => verdict,
            Err(_) => std::future::pending().await,
        }
    }

    fn at(&self) -> MutexGuard<'_, At> {
        self.at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The network, as a worker's client sees it.
#[derive(Debug)]
pub(super) struct Network(pub(super) Arc<Gate>);

impl Transport for Network {
    fn send(&self, request: reqwest::Request, limits: Limits) -> TransportFuture<'_> {
        Box::pin(async move {
            let gate = &self.0;
            // Tokens are no part of a story.
            let is_gated = !(gate.is_open || request.url().path().contains("token"));
            if is_gated {
                match gate.wait(Standing::Asks).await {
                    Verdict::Pass => {}
                    Verdict::NoConnection => return Err(NoAnswer::not_sent("no connection")),
                    Verdict::Lose => return Err(lost()),
                }
            }
            let arrived = carry(&gate.http, request, limits).await;
            if is_gated && gate.wait(Standing::Answered).await == Verdict::Lose {
                return Err(lost());
            }
            arrived
        })
    }
}

fn lost() -> NoAnswer {
    NoAnswer::lost("the connection ended", Heard::Nothing)
}

async fn carry(
    http: &reqwest::Client,
    request: reqwest::Request,
    _: Limits,
) -> Result<Arrived, NoAnswer> {
    let answer = http.execute(request).await;
    let answer = answer.map_err(|error| NoAnswer::lost(error, Heard::Nothing))?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = answer.bytes().await;
    let body = body.map_err(|error| NoAnswer::lost(error, Heard::Something))?;
    Ok(Arrived::new(status, headers, body))
}
