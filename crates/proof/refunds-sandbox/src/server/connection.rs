use std::{
    future::{Future, pending, poll_fn},
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::TcpStream,
    sync::watch,
    time::{Instant, sleep},
};

use super::{Handler, Handling, raw};
use crate::{answer::Answer, documents::Incoming, exchange::Wire};

/// What the handler leaves when hyper is not to answer.
type Slot = Arc<Mutex<Option<Wire>>>;

/// Serves a connection until either side closes it, or all are to be closed.
///
/// Requests are hyper's to read, and whole answers its to write. For anything
/// else the service fails, which makes hyper give the connection back without a
/// word on it.
pub(super) async fn serve(
    mut stream: TcpStream,
    handling: Handling,
    mut closing: watch::Receiver<()>,
) {
    // Answers in pieces are meant to leave as such.
    let _ = stream.set_nodelay(true);
    let mut answered_at = None;
    loop {
        let slot = Slot::default();
        let idle_since = watch::Sender::new(answered_at);
        let answer = service_fn(|request| {
            let (handler, slot) = (handling.handler.clone(), slot.clone());
            respond(request, handler, slot, idle_since.clone())
        });
        let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
        tokio::select! {
            // An error is a client that went away, or the service's own.
            _ = poll_fn(|context| connection.poll_without_shutdown(context)) => {}
            () = idle(idle_since.subscribe(), handling.close_idle_after) => {
                Pin::new(&mut connection).graceful_shutdown();
                let _ = poll_fn(|context| connection.poll_without_shutdown(context)).await;
            }
            Ok(()) = closing.changed() => {
                Pin::new(&mut connection).graceful_shutdown();
                let _ = poll_fn(|context| connection.poll_without_shutdown(context)).await;
            }
        }
        let wire = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        stream = connection.into_parts().io.into_inner();
        let Some(wire) = wire else { return };
        match raw::send(&mut stream, wire).await {
            Ok(raw::Then::ServeOn) => answered_at = Some(Instant::now()),
            Ok(raw::Then::Close) | Err(_) => return,
        }
    }
}

/// Waits until a connection has been idle for so long since its last answer.
async fn idle(mut since: watch::Receiver<Option<Instant>>, for_so_long: Option<Duration>) {
    let Some(patience) = for_so_long else {
        return pending().await;
    };
    loop {
        let last_answer = *since.borrow_and_update();
        let runs_out = async {
            match last_answer {
                Some(last_answer) => sleep(patience.saturating_sub(last_answer.elapsed())).await,
                None => pending().await,
            }
        };
        tokio::select! {
            () = runs_out => return,
            changed = since.changed() => if changed.is_err() { return pending().await },
        }
    }
}

type Answering = Pin<Box<dyn Future<Output = io::Result<Response<Full<Bytes>>>> + Send>>;

fn respond(
    request: Request<body::Incoming>,
    handler: Handler,
    slot: Slot,
    idle_since: watch::Sender<Option<Instant>>,
) -> Answering {
    Box::pin(async move {
        idle_since.send_replace(None);
        let request = receive(request).await.map_err(io::Error::other)?;
        let mut waiting = Waiting {
            left: Some(request.client_left.clone()),
        };
        // A task of its own, since a request goes on when its client has gone.
        let wire = tokio::spawn(handler(request)).await?;
        waiting.left = None;
        idle_since.send_replace(Some(Instant::now()));
        if let Wire::Whole(answer) = wire {
            return response(&answer).map_err(io::Error::other);
        }
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(wire);
        Err(io::Error::other("the connection is taken over"))
    })
}

/// A client that waits for its answer; hyper drops this when the client leaves.
struct Waiting {
    left: Option<Arc<AtomicBool>>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(left) = &self.left {
            left.store(true, Ordering::Release);
        }
    }
}

async fn receive(request: Request<body::Incoming>) -> hyper::Result<Incoming> {
    let (head, body) = request.into_parts();
    Ok(Incoming {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: head.headers,
        body: body.collect().await?.to_bytes(),
        client_left: Arc::default(),
    })
}

fn response(answer: &Answer) -> Result<Response<Full<Bytes>>, hyper::http::Error> {
    let response = Response::builder().status(answer.status);
    answer
        .headers()
        .fold(response, |response, (name, value)| {
            response.header(name, value)
        })
        .body(Full::new(answer.body_bytes().into()))
}
