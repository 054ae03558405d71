use std::time::Duration;

use refunds_sandbox::{Fault, FaultPlan, Provider, Sandbox, ScriptedFault};

use crate::{
    belief::{Belief, agrees, settled},
    clients::{PROVIDERS, client, hostile, refund, seed, write_of},
};

fn every_fault() -> Vec<Fault> {
    let FaultPlan::Random(random) = FaultPlan::random(0, 1.0) else {
        panic!("another plan");
    };
    let faults = random.weights.into_iter().map(|weighted| weighted.fault);
    faults.collect()
}

/// What is believed of refunds, with the name of each and what it met.
type Beliefs = Vec<(String, Belief)>;

async fn every_fault_at(sandbox: &Sandbox, provider: Provider) -> Beliefs {
    let refunds = client(sandbox, provider);
    let mut beliefs = Vec::new();
    for (number, fault) in every_fault().into_iter().enumerate() {
        let name = format!("{provider}-{number}");
        seed(sandbox, provider, &name);
        let script = ScriptedFault::at(provider, fault).operation(write_of(provider));
        sandbox.inject(script).unwrap();
        let outcome = refund(&refunds, provider, &name).await.unwrap();
        let belief = settled(&refunds, outcome).await;
        beliefs.push((name, belief));
    }
    beliefs
}

async fn by_chance_at(sandbox: &Sandbox, provider: Provider) -> Beliefs {
    let refunds = client(sandbox, provider);
    let mut beliefs = Vec::new();
    for number in 0..15 {
        let name = format!("{provider}-{number}");
        seed(sandbox, provider, &name);
        let outcome = refund(&refunds, provider, &name).await.unwrap();
        let belief = settled(&refunds, outcome).await;
        beliefs.push((name, belief));
    }
    beliefs
}

/// Compares with the ledger, after a time in which late requests are carried out.
async fn compare(sandbox: &Sandbox, provider: Provider, beliefs: &Beliefs) {
    tokio::time::sleep(Duration::from_millis(600)).await;
    for (name, belief) in beliefs {
        assert!(
            agrees(sandbox, provider, name, *belief),
            "{name}: believed {belief:?}, {:#?}",
            sandbox.requests()
        );
    }
    let is_settled = |(_, belief): &&(String, Belief)| *belief != Belief::Unknown;
    let settled_ones = beliefs.iter().filter(is_settled).count();
    // Were none settled, the comparison would say nothing.
    assert!(settled_ones >= 3, "{provider}: {beliefs:?}");
}

#[tokio::test]
async fn whatever_happens_to_a_refund_it_is_believed_as_it_happened_and_never_made_twice() {
    let sandbox = hostile();
    let [first, second, third, fourth] = PROVIDERS;
    let beliefs = tokio::join!(
        every_fault_at(&sandbox, first),
        every_fault_at(&sandbox, second),
        every_fault_at(&sandbox, third),
        every_fault_at(&sandbox, fourth),
    );
    tokio::join!(
        compare(&sandbox, first, &beliefs.0),
        compare(&sandbox, second, &beliefs.1),
        compare(&sandbox, third, &beliefs.2),
        compare(&sandbox, fourth, &beliefs.3),
    );
    assert_eq!(sandbox.ledger().refunded_twice(), []);
    assert_eq!(sandbox.violations(), []);
}

#[tokio::test]
async fn under_faults_by_chance_belief_and_ledger_agree() {
    let sandbox = hostile();
    sandbox.set_faults(FaultPlan::random(7, 0.4)).unwrap();
    let [first, second, third, fourth] = PROVIDERS;
    let beliefs = tokio::join!(
        by_chance_at(&sandbox, first),
        by_chance_at(&sandbox, second),
        by_chance_at(&sandbox, third),
        by_chance_at(&sandbox, fourth),
    );
    tokio::join!(
        compare(&sandbox, first, &beliefs.0),
        compare(&sandbox, second, &beliefs.1),
        compare(&sandbox, third, &beliefs.2),
        compare(&sandbox, fourth, &beliefs.3),
    );
    assert_eq!(sandbox.ledger().refunded_twice(), []);
    assert_eq!(sandbox.violations(), []);
}
