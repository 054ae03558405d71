//! What waits for a person, as a recorder gets it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use metrics::{
    Counter, Gauge, GaugeFn, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use refunds_sandbox::{Fault, Provider, ScriptedFault};

use crate::support::{Database, World, client, part, reference};

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<BTreeMap<String, f64>>>);

struct Named(String, Kept);

impl GaugeFn for Named {
    fn increment(&self, _: f64) {}

    fn decrement(&self, _: f64) {}

    fn set(&self, value: f64) {
        self.1.0.lock().unwrap().insert(self.0.clone(), value);
    }
}

impl Recorder for Kept {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        let labels = key.labels().map(|label| label.value().to_owned());
        let name = [key.name().to_owned()].into_iter().chain(labels);
        let name = name.collect::<Vec<_>>().join(" ");
        Gauge::from_arc(Arc::new(Named(name, self.clone())))
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[tokio::test]
async fn a_sweep_tells_how_many_are_in_doubt_or_wait_for_a_person_and_for_how_long() {
    let recorder = Kept::default();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let told = |name: &str| recorder.0.lock().unwrap().get(name).copied();
    let world = World::new();
    let database = Database::sqlite();
    let refunds = client(&database, world.tazapay()).await;
    let _ = refunds.sweep().await.unwrap();
    assert_eq!(told("refunds_journal_waiting"), Some(0.0));
    assert_eq!(told("refunds_journal_waiting_seconds"), Some(0.0));
    for number in 1..=2 {
        let lost = ScriptedFault::at(Provider::Tazapay, Fault::DropBeforeCommit);
        world.sandbox.inject(lost).unwrap();
        let reference = reference(&format!("r-{number}"));
        // A part of a payin: nothing but an event or a person settles it.
        let conclusion = refunds.create(&reference, part("1 USD")).await.unwrap();
        assert!(conclusion.outcome().unwrap().unknown().is_some());
    }
    database
        .change("UPDATE refunds SET waits_since = waits_since - 3600000 WHERE reference = 'r-1'")
        .await;
    let _ = refunds.sweep().await.unwrap();
    assert_eq!(told("refunds_journal_waiting"), Some(2.0));
    let seconds = told("refunds_journal_waiting_seconds").unwrap();
    assert!((3600.0..3660.0).contains(&seconds), "{seconds}");
    assert_eq!(told("refunds_journal_in_doubt tazapay"), Some(2.0));
    for number in 1..=2 {
        let reference = reference(&format!("r-{number}"));
        tokio::time::sleep(Duration::from_millis(200)).await;
        let _ = refunds.settle_as_rejected(&reference).await.unwrap();
    }
    let _ = refunds.sweep().await.unwrap();
    assert_eq!(told("refunds_journal_in_doubt tazapay"), Some(0.0));
    assert_eq!(told("refunds_journal_waiting"), Some(0.0));
}
