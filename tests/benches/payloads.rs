//! Decoding and encoding of each documented payload by the generated type of its
//! operation and status.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a failure here is a failure of the benchmark, whose macros document nothing"
)]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use provider_runtime::{ByStatus, decode_with_status};
use serde::Serialize;
use serde::de::DeserializeOwned;
use workspace_tests::PROVIDERS;
use workspace_tests::payloads::{self, Kind};

fn bench<T: DeserializeOwned + Serialize>(
    criterion: &mut Criterion,
    name: &str,
    status: u16,
    bytes: &[u8],
) {
    let mut group = criterion.benchmark_group(name);
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("decode", |bencher| {
        bencher.iter(|| decode_with_status::<T>(status, black_box(bytes)).unwrap());
    });
    let value: T = decode_with_status(status, bytes).unwrap();
    group.bench_function("encode", |bencher| {
        bencher.iter(|| serde_json::to_vec(black_box(&value)).unwrap());
    });
    group.finish();
}

fn payloads(criterion: &mut Criterion) {
    for provider in PROVIDERS {
        for (file, value) in payloads::on_disk(provider).unwrap() {
            let (operation, kind) = payloads::parse_name(&file).unwrap();
            let (name, bytes) = (format!("{provider}/{file}"), value.to_string().into_bytes());
            let status = match kind {
                Kind::Request => 0,
                Kind::Answer(statuses) => statuses[0],
                Kind::Event => 200,
            };
            let (name, bytes) = (name.as_str(), bytes.as_slice());
            use kotanipay::types as kotani;
            match (provider, operation, status) {
                ("kotanipay", "offramp", _) => {
                    bench::<ByStatus<kotani::OfframpError>>(criterion, name, status, bytes);
                }
                ("kotanipay", "refund_completed", _) => {
                    bench::<kotani::RefundCompletedEvent>(criterion, name, status, bytes);
                }
                ("kotanipay", "refund_failed", _) => {
                    bench::<kotani::RefundFailedEvent>(criterion, name, status, bytes);
                }
                ("kotanipay", "refund_invoice_needed", _) => {
                    bench::<kotani::RefundInvoiceNeededEvent>(criterion, name, status, bytes);
                }
                ("kotanipay", "retry_all_failed_refunds", _) => {
                    bench::<ByStatus<kotani::RetryAllFailedRefundsError>>(
                        criterion, name, status, bytes,
                    );
                }
                ("kotanipay", "retry_refund", _) => {
                    bench::<ByStatus<kotani::RetryRefundError>>(criterion, name, status, bytes);
                }
                ("kotanipay", "retry_refunds", _) => {
                    bench::<ByStatus<kotani::RetryRefundsError>>(criterion, name, status, bytes);
                }
                ("kotanipay", "submit_refund_invoice", 0) => {
                    bench::<kotani::RefundInvoiceRequest>(criterion, name, 200, bytes);
                }
                ("kotanipay", "submit_refund_invoice", _) => {
                    bench::<ByStatus<kotani::SubmitRefundInvoiceError>>(
                        criterion, name, status, bytes,
                    );
                }
                ("mce", _, 0) => {
                    bench::<mce::types::CryptoRefundRequest>(criterion, name, 200, bytes)
                }
                ("mce", _, 200) => {
                    bench::<mce::types::CryptoRefundAnswer>(criterion, name, status, bytes)
                }
                ("mce", ..) => bench::<mce::types::Problem>(criterion, name, status, bytes),
                // The client reads it by itself; there is no public type.
                ("optty", "access_token", _) => {}
                ("optty", "order_details", 200) => {
                    bench::<optty::types::OrderDetails>(criterion, name, status, bytes);
                }
                ("optty", "order_details", _) => {
                    bench::<optty::types::UnauthorizedResponse>(criterion, name, status, bytes);
                }
                ("optty", _, 0) => {
                    bench::<optty::types::OrderRefundDto>(criterion, name, 200, bytes)
                }
                ("optty", _, 200) => {
                    bench::<optty::types::RefundResponse>(criterion, name, status, bytes)
                }
                ("optty", ..) => {
                    bench::<optty::types::RefundOrderError>(criterion, name, status, bytes)
                }
                ("tazapay", _, 0) => {
                    bench::<tazapay::types::CreateRefundRequest>(criterion, name, 200, bytes);
                }
                ("tazapay", "refund_succeeded", _) => {
                    bench::<tazapay::types::RefundEvent>(criterion, name, status, bytes);
                }
                ("tazapay", ..) => {
                    bench::<tazapay::types::RefundEnvelope>(criterion, name, status, bytes)
                }
                _ => panic!("{name}: name its type here"),
            }
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .without_plots()
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300))
        .sample_size(20);
    targets = payloads
}
criterion_main!(benches);
