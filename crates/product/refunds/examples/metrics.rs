//! What is measured of a refund: how long each request took, and how it ended, by provider and cause.
//!
//! `cargo run -p refunds --features metrics --example metrics`. The recorder is whatever the program has, such as an exporter for
//! Prometheus; this one writes lines.

use std::{
    error::Error,
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

use ::metrics::{
    Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit, set_default_local_recorder,
};
use refunds::{Reference, Refunds, TazapayRefund, tazapay};
use refunds_sandbox::{Credentials, Payin, Provider, Sandbox};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    play(&mut std::io::stdout()).await
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

struct Line(Lines, String);

impl Line {
    fn of(lines: &Lines, key: &Key) -> Arc<Self> {
        let labels = key.labels();
        let labels = labels.map(|label| format!("{}={}", label.key(), label.value()));
        let labels = labels.collect::<Vec<_>>().join(" ");
        Arc::new(Self(lines.clone(), format!("{} {labels}", key.name())))
    }

    fn write(&self, value: &str) {
        let mut lines = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push(format!("{}: {value}", self.1));
    }
}

impl CounterFn for Line {
    fn increment(&self, value: u64) {
        self.write(&value.to_string());
    }

    fn absolute(&self, value: u64) {
        self.write(&value.to_string());
    }
}

impl HistogramFn for Line {
    fn record(&self, value: f64) {
        self.write(match value < 60.0 {
            true => "less than a minute",
            false => "a minute or longer",
        });
    }
}

impl Recorder for Lines {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(Line::of(self, key))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(Line::of(self, key))
    }
}

pub(crate) async fn play(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start()?;
    sandbox.add_payin(Payin::new("chk_1", 50.into(), "USD"))?;
    let Credentials::Basic { key, secret } = sandbox.credentials(Provider::Tazapay) else {
        return Err("Tazapay takes a key and a secret".into());
    };
    let client = tazapay::Client::builder()
        .environment(tazapay::Environment::BaseUrl(
            sandbox.base_url(Provider::Tazapay).to_owned(),
        ))
        .credentials(tazapay::Credentials::basic(key, secret))
        .build()?;
    let refunds = Refunds::from(client);
    let lines = Lines::default();
    let guard = set_default_local_recorder(&lines);
    for amount in ["19.90 USD", "99.00 USD"] {
        let reference = Reference::new(format!("refund-of-{}", &amount[..2]))?;
        let refund = TazapayRefund::of_payin("chk_1").with_amount(amount.parse()?);
        let _ = refunds.create(&reference, refund).await?;
    }
    drop(guard);

    let lines = lines.0.lock().unwrap_or_else(PoisonError::into_inner);
    for line in lines.iter() {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
