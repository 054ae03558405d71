//! The call on loopback through each provider crate against the one by hand.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a failure here is a failure of the benchmark, whose macros document nothing"
)]

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use workspace_tests::calls::{ByCrate, ByHand, Call};

fn calls(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    for call in Call::ALL {
        let mut group = criterion.benchmark_group(call.name());
        let server = call.server().unwrap();
        let by_crate = ByCrate::new(call, &server).unwrap();
        group.bench_function("through the crate", |bencher| {
            bencher.iter(|| runtime.block_on(by_crate.call()).unwrap());
        });
        let by_hand = ByHand::new(call, &server).unwrap();
        group.bench_function("by hand", |bencher| {
            bencher.iter(|| runtime.block_on(by_hand.call()).unwrap());
        });
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .without_plots()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = calls
}
criterion_main!(benches);
