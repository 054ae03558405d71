//! Ports, and how a sandbox starts and stops.

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use refunds_sandbox::{
    Commit, Fault, Order, Provider, Sandbox, SandboxError, ScriptedFault, Settings,
};

use crate::support::{Caller, builder, decimal, sandbox, wait_for};

fn connect(url: &str) -> Result<TcpStream, ErrorKind> {
    let address = url.strip_prefix("http://").unwrap();
    TcpStream::connect(address).map_err(|error| error.kind())
}

#[test]
fn only_the_providers_that_are_named_are_started() {
    let sandbox = builder().provider(Provider::Tazapay).start().unwrap();
    assert!(connect(sandbox.base_url(Provider::Tazapay)).is_ok());
    for provider in [Provider::Kotanipay, Provider::Mce, Provider::Optty] {
        let refused = connect(sandbox.base_url(provider)).map(|_| ());
        assert_eq!(refused, Err(ErrorKind::ConnectionRefused), "{provider}");
    }
}

#[test]
fn a_sandbox_that_is_dropped_stops() {
    let sandbox = sandbox();
    let url = sandbox.base_url(Provider::Mce).to_owned();
    assert!(connect(&url).is_ok());
    drop(sandbox);
    wait_for("the port stays open", || connect(&url).is_err());
}

#[test]
fn a_sandbox_starts_and_stops_within_async_code() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let sandbox = Sandbox::start().unwrap();
        assert!(connect(sandbox.base_url(Provider::Optty)).is_ok());
    });
}

#[test]
fn ports_can_be_chosen_and_are_refused_when_taken() {
    // Five in a row that are free just now; others may take them meanwhile.
    let started = (20_000..30_000).step_by(7).find_map(|port| {
        let sandbox = builder().base_port(port).start().ok()?;
        Some((port, sandbox))
    });
    let (port, sandbox) = started.unwrap();
    let url = |offset: u16| format!("http://127.0.0.1:{}", port + offset);
    assert_eq!(sandbox.base_url(Provider::Kotanipay), url(0));
    assert_eq!(sandbox.base_url(Provider::Tazapay), url(3));
    assert_eq!(sandbox.control_url(), url(4));
    let again = builder().base_port(port).start();
    assert!(matches!(again, Err(SandboxError::Bind { .. })), "{again:?}");
    for port in [0, 65_533] {
        let error = builder().base_port(port).start().unwrap_err();
        assert!(matches!(
            error,
            SandboxError::BasePort { .. } | SandboxError::Bind { .. }
        ));
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error_within_a_runtime_as_well() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let refused = builder().base_port(port).start();
    assert!(
        matches!(
            refused,
            Err(SandboxError::Bind { .. } | SandboxError::BasePort { .. })
        ),
        "{refused:?}"
    );
}

fn idle_closing(after: Duration) -> Sandbox {
    let settings = Settings {
        close_idle_after: Some(after),
        ..Settings::default()
    };
    builder().settings(settings).start().unwrap()
}

/// Asks for nothing there is, and reads the answer.
fn converse(stream: &mut TcpStream) {
    stream
        .write_all(b"GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n")
        .unwrap();
    let mut buffer = [0; 4096];
    let size = stream.read(&mut buffer).unwrap();
    assert!(buffer[..size].starts_with(b"HTTP/1.1 404"));
}

#[test]
fn idle_connections_are_closed_some_time_after_their_last_answer() {
    let after = Duration::from_secs(1);
    let sandbox = idle_closing(after);
    let mut stream = connect(sandbox.base_url(Provider::Mce)).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let start = Instant::now();
    for _ in 0..4 {
        converse(&mut stream);
        std::thread::sleep(after / 3);
    }
    assert!(start.elapsed() > after, "each answer starts the time anew");
    assert_eq!(stream.read(&mut [0; 16]).unwrap(), 0);
}

#[test]
fn connections_without_an_answer_stay_and_running_requests_are_answered() {
    let after = Duration::from_millis(50);
    let sandbox = idle_closing(after);
    let delay = Fault::Delay {
        by: after * 6,
        commit: Commit::Before,
    };
    sandbox
        .inject(ScriptedFault::at(Provider::Mce, delay))
        .unwrap();
    let mut stream = connect(sandbox.base_url(Provider::Mce)).unwrap();
    std::thread::sleep(after * 4);
    converse(&mut stream);
}

#[test]
fn connections_are_refused_for_a_while_and_idle_ones_closed() {
    let sandbox = sandbox();
    let order = Order::new("a", decimal("1"), "AUD");
    sandbox.add_order(order).unwrap();
    let url = sandbox.base_url(Provider::Optty);
    sandbox.refuse_connections(Provider::Optty, Duration::from_secs(1));
    wait_for("the port stays open", || {
        connect(url).map(|_| ()) == Err(ErrorKind::ConnectionRefused)
    });
    assert!(connect(sandbox.base_url(Provider::Mce)).is_ok());
    wait_for("the port stays closed", || connect(url).is_ok());
    let optty = Caller::new(&sandbox, Provider::Optty);
    assert_eq!(optty.post_empty("/orders/a/details").status, 200);
}
