use std::{
    future::{Future, poll_fn},
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, sync::watch};

use super::{Handler, raw};
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
    handler: Handler,
    mut closing: watch::Receiver<()>,
) {
    // Answers in pieces are meant to leave as such.
    let _ = stream.set_nodelay(true);
    loop {
        let slot = Slot::default();
        let answer = service_fn(|request| respond(request, handler.clone(), slot.clone()));
        let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
        tokio::select! {
            // An error is a client that went away, or the service's own.
            _ = poll_fn(|context| connection.poll_without_shutdown(context)) => {}
            Ok(()) = closing.changed() => {
                Pin::new(&mut connection).graceful_shutdown();
                let _ = poll_fn(|context| connection.poll_without_shutdown(context)).await;
            }
        }
        let wire = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
        stream = connection.into_parts().io.into_inner();
        let Some(wire) = wire else { return };
        match raw::send(&mut stream, wire).await {
            Ok(raw::Then::ServeOn) => {}
            Ok(raw::Then::Close) | Err(_) => return,
        }
    }
}

type Answering = Pin<Box<dyn Future<Output = io::Result<Response<Full<Bytes>>>> + Send>>;

fn respond(request: Request<body::Incoming>, handler: Handler, slot: Slot) -> Answering {
    Box::pin(async move {
        let request = receive(request).await.map_err(io::Error::other)?;
        // A task of its own, since a request goes on when its client has gone.
        let wire = tokio::spawn(handler(request)).await?;
        if let Wire::Whole(answer) = wire {
            return response(&answer).map_err(io::Error::other);
        }
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(wire);
        Err(io::Error::other("the connection is taken over"))
    })
}

async fn receive(request: Request<body::Incoming>) -> hyper::Result<Incoming> {
    let (head, body) = request.into_parts();
    Ok(Incoming {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().map(str::to_owned),
        headers: head.headers,
        body: body.collect().await?.to_bytes(),
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
