//! Errors as calls give them.

use std::{io::Read, net::TcpListener, thread};

use provider_runtime::ResponseValue;
use reqwest::{StatusCode, header::HeaderMap};

use crate::{CallError, retry::Setback};

/// An answer with a status and no body.
pub(super) fn answered(status: u16) -> CallError {
    answered_with(status, HeaderMap::new())
}

pub(super) fn answered_with(status: u16, headers: HeaderMap) -> CallError {
    let status = StatusCode::from_u16(status).unwrap();
    CallError::error_response(ResponseValue::new((), status, headers))
}

/// A connection that was refused.
pub(super) fn not_sent() -> CallError {
    let address = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    error_of(format!("http://{address}"))
}

/// A connection that was closed after the request.
pub(super) fn unanswered() -> CallError {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let received = stream.read(&mut [0; 1024]).unwrap();
        assert!(received > 0, "no request came");
    });
    let error = error_of(url);
    server.join().unwrap();
    error
}

// In a thread of its own, so that the clock of the test stays paused.
fn error_of(url: String) -> CallError {
    let call = thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let client = kotanipay::Client::builder()
            .environment(kotanipay::Environment::BaseUrl(url))
            .credentials(kotanipay::Credentials::bearer("API-key"))
            .build()
            .unwrap();
        let call = client.retry_refund().reference_id("off-1").send();
        runtime.block_on(call).unwrap_err()
    });
    call.join().unwrap().into_untyped()
}

pub(super) fn ends_in(error: CallError) -> Result<&'static str, Setback> {
    Err(Setback::Call(error))
}
