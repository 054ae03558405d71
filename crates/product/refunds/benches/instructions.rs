//! The instructions of a creation at Tazapay through the facade, through the provider's crate and by hand.
//!
//! It needs valgrind and the runner of the same version as the library: `cargo install gungraun-runner
//! --version 0.19.4`. The aim is at most 1.12 times the call by hand for the facade and 1.02 times for the
//! crate. On 2026-11-28 by hand took 105,164 instructions, the crate 73,250 and the facade 99,777; the run
//! fails beyond a twentieth more, which is below the aim.
//!
//! By hand is a client of reqwest with its pool, as a user writes it; a write of ours has a connection of its
//! own, whose making is counted.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a failure here is a failure of the benchmark, whose macros document nothing"
)]

use gungraun::{
    Callgrind, EventKind, LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main,
};
use refunds::{Reference, Refunds, TazapayRefund, tazapay};
use tokio::runtime::{Builder, Runtime};
use workspace_tests::{
    calls::{ByCrate, ByHand, Call},
    server::LoopbackServer,
};

/// Calls before the one that counts: buffers are made by then.
const WARM_UP: usize = 5;

struct Prepared<C> {
    runtime: Runtime,
    client: C,
    _server: LoopbackServer,
}

fn prepared<C>(client: impl FnOnce(&LoopbackServer) -> C) -> Prepared<C> {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let server = Call::Tazapay.server().unwrap();
    let client = client(&server);
    Prepared {
        runtime,
        client,
        _server: server,
    }
}

fn by_hand() -> Prepared<ByHand> {
    let prepared = prepared(|server| ByHand::new(Call::Tazapay, server).unwrap());
    for _ in 0..WARM_UP {
        prepared.runtime.block_on(prepared.client.call()).unwrap();
    }
    prepared
}

fn by_crate() -> Prepared<ByCrate> {
    let prepared = prepared(|server| ByCrate::new(Call::Tazapay, server).unwrap());
    for _ in 0..WARM_UP {
        prepared.runtime.block_on(prepared.client.call()).unwrap();
    }
    prepared
}

fn by_facade() -> Prepared<(Refunds, Reference)> {
    let prepared = prepared(|server| {
        let client = tazapay::Client::builder()
            .environment(tazapay::Environment::BaseUrl(server.url()))
            .credentials(tazapay::Credentials::basic("API key", "API secret"))
            .build()
            .unwrap();
        (Refunds::from(client), Reference::new("refund-1").unwrap())
    });
    for _ in 0..WARM_UP {
        create(&prepared);
    }
    prepared
}

// The payin, amount and currency of the provider's own sample, which the server answers with.
fn create(prepared: &Prepared<(Refunds, Reference)>) {
    let (refunds, reference) = &prepared.client;
    let refund = TazapayRefund::of_payin("chk_cirsp2sl4ar024j0akj0")
        .with_amount("900 USD".parse().unwrap())
        .with_reason("Damaged Goods");
    let outcome = prepared.runtime.block_on(refunds.create(reference, refund));
    assert!(outcome.unwrap().accepted().is_some());
}

fn at_most(instructions: u64) -> LibraryBenchmarkConfig {
    let mut callgrind = Callgrind::default();
    callgrind.hard_limits([(EventKind::Ir, instructions)]);
    let mut config = LibraryBenchmarkConfig::default();
    config.tool(callgrind);
    config
}

// What was prepared is given back, so that taking it down is not counted.
#[library_benchmark(setup = by_hand)]
fn hand(prepared: Prepared<ByHand>) -> Prepared<ByHand> {
    prepared.runtime.block_on(prepared.client.call()).unwrap();
    prepared
}

#[library_benchmark(setup = by_crate, config = at_most(77_000))]
fn provider_crate(prepared: Prepared<ByCrate>) -> Prepared<ByCrate> {
    prepared.runtime.block_on(prepared.client.call()).unwrap();
    prepared
}

#[library_benchmark(setup = by_facade, config = at_most(105_000))]
fn facade(prepared: Prepared<(Refunds, Reference)>) -> Prepared<(Refunds, Reference)> {
    create(&prepared);
    prepared
}

library_benchmark_group!(name = creation; benchmarks = hand, provider_crate, facade);
main!(library_benchmark_groups = creation);
