//! The comparison of a document of 767 operations with a changed copy, and its report for a pull request.

#![allow(missing_docs, reason = "the macros of the benchmark document nothing")]

#[path = "../tests/large/document.rs"]
mod document;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use openapi_drift::{Report, compare, render};

use self::document::{OPERATIONS, document};

fn large(criterion: &mut Criterion) {
    let (before, after) = (document(false), document(true));
    let mut group = criterion.benchmark_group(format!("{OPERATIONS} operations"));
    group.sample_size(10);
    group.bench_function("compare", |bencher| {
        bencher.iter(|| compare(black_box(&before), black_box(&after)));
    });
    let report = Report {
        drift: compare(&before, &after),
        ..Report::default()
    };
    group.bench_function("markdown", |bencher| {
        bencher.iter(|| render::markdown(black_box(&report)));
    });
    group.finish();
}

criterion_group!(benches, large);
criterion_main!(benches);
