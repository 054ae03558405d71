//! One POST on a connection of its own.

use std::{error::Error, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Uri, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

use super::letter::Letter;

/// How long a receiver may take. No provider documents a time.
const PATIENCE: Duration = Duration::from_secs(5);

/// The status that the receiver answers; none where there is no answer.
pub(super) async fn post(url: Uri, letter: &Letter) -> Option<u16> {
    let posted = timeout(PATIENCE, try_post(url, letter)).await;
    posted.ok()?.ok()
}

async fn try_post(url: Uri, letter: &Letter) -> Result<u16, Box<dyn Error + Send + Sync>> {
    let authority = url.authority().ok_or("a URL without a host")?.clone();
    let port = authority.port_u16().unwrap_or(80);
    let stream = TcpStream::connect((authority.host(), port)).await?;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the request: nothing else is sent on it.
    tokio::spawn(connection);
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let mut request = Request::post(path)
        .header(header::HOST, authority.as_str())
        .header(header::CONNECTION, "close");
    for (name, value) in &letter.headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(Bytes::from(letter.body.clone())))?;
    let response = sender.send_request(request).await?;
    let status = response.status().as_u16();
    // A receiver is let finish its answer, whatever it is worth.
    let _ = response.into_body().collect().await;
    Ok(status)
}
