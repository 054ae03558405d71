//! The instructions of a call on loopback through each provider crate, and of the one by hand.
//!
//! It needs valgrind, and the runner in the version that `Cargo.lock` has of the library: `cargo install
//! gungraun-runner --version ...`.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failure here is a failure of the benchmark, whose macros document nothing"
)]

use gungraun::{library_benchmark, library_benchmark_group, main};
use tokio::runtime::Runtime;
use workspace_tests::calls::{ByCrate, ByHand, Call};
use workspace_tests::server::LoopbackServer;

/// Calls before the one that counts: connections of reads, buffers and tokens are made by then.
const WARM_UP: usize = 5;

struct Prepared<C> {
    runtime: Runtime,
    client: C,
    _server: LoopbackServer,
}

fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

fn through_crate(call: Call) -> Prepared<ByCrate> {
    let (runtime, server) = (runtime(), call.server().unwrap());
    let client = ByCrate::new(call, &server).unwrap();
    for _ in 0..WARM_UP {
        runtime.block_on(client.call()).unwrap();
    }
    Prepared {
        runtime,
        client,
        _server: server,
    }
}

fn by_hand(call: Call) -> Prepared<ByHand> {
    let (runtime, server) = (runtime(), call.server().unwrap());
    let client = ByHand::new(call, &server).unwrap();
    for _ in 0..WARM_UP {
        runtime.block_on(client.call()).unwrap();
    }
    Prepared {
        runtime,
        client,
        _server: server,
    }
}

// What was prepared is given back, so that taking it down is not counted.
#[library_benchmark(setup = through_crate)]
#[bench::kotanipay(Call::Kotanipay)]
#[bench::mce(Call::Mce)]
#[bench::optty(Call::Optty)]
#[bench::tazapay(Call::Tazapay)]
fn crates(prepared: Prepared<ByCrate>) -> Prepared<ByCrate> {
    prepared.runtime.block_on(prepared.client.call()).unwrap();
    prepared
}

#[library_benchmark(setup = by_hand)]
#[bench::kotanipay(Call::Kotanipay)]
#[bench::mce(Call::Mce)]
#[bench::optty(Call::Optty)]
#[bench::tazapay(Call::Tazapay)]
fn hand(prepared: Prepared<ByHand>) -> Prepared<ByHand> {
    prepared.runtime.block_on(prepared.client.call()).unwrap();
    prepared
}

library_benchmark_group!(name = calls; benchmarks = crates, hand);
main!(library_benchmark_groups = calls);
