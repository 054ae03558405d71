//! Ports, and how a sandbox starts and stops.

use std::{io::ErrorKind, net::TcpStream, time::Duration};

use refunds_sandbox::{Order, Provider, Sandbox, SandboxError};

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
