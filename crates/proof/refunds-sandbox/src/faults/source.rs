use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};

use super::{FaultKind, FaultPlan, RandomFaults, ScriptedFault};
use crate::Provider;

/// How many 32-bit words of the generator a draw uses up.
const WORDS_PER_DRAW: u128 = 4;

/// Hands each request, or event, its fault.
#[derive(Debug)]
pub(crate) struct FaultSource<F> {
    script: Vec<ScriptedFault<F>>,
    random: Option<RandomFaults<F>>,
    /// How many there were so far, by the provider's index.
    counts: [u64; Provider::ALL.len()],
}

impl<F: FaultKind> FaultSource<F> {
    pub(crate) fn new(plan: FaultPlan<F>) -> Self {
        let (script, random) = match plan {
            FaultPlan::None => (Vec::new(), None),
            FaultPlan::Script(script) => (script, None),
            FaultPlan::Random(random) => (Vec::new(), Some(random)),
        };
        Self {
            script,
            random,
            counts: Default::default(),
        }
    }

    /// Adds an entry, which comes before anything random.
    pub(crate) fn push(&mut self, entry: ScriptedFault<F>) {
        self.script.push(entry);
    }

    /// The fault of the next one, which is called this.
    pub(crate) fn next(&mut self, provider: Provider, name: Option<&str>) -> Option<F> {
        let count = &mut self.counts[provider.index()];
        let number = *count;
        *count += 1;
        if let Some(fault) = self.scripted(provider, name) {
            return fault.settled(provider, name, number);
        }
        let (fault, choice) = self.random.as_ref()?.draw(provider, number)?;
        fault.settled(provider, name, choice)
    }

    fn scripted(&mut self, provider: Provider, name: Option<&str>) -> Option<F> {
        let index = self.script.iter().position(|entry| {
            entry.times > 0
                && entry.provider == provider
                && (entry.operation.is_none() || entry.operation.as_deref() == name)
        })?;
        let entry = self.script.get_mut(index)?;
        if entry.after > 0 {
            entry.after -= 1;
            return None;
        }
        entry.times -= 1;
        let fault = entry.fault.clone();
        if entry.times == 0 {
            self.script.remove(index);
        }
        Some(fault)
    }
}

impl<F: FaultKind> RandomFaults<F> {
    /// The fault of the n-th one at this provider, whatever came before it, and a
    /// number by chance for what the fault leaves open.
    fn draw(&self, provider: Provider, number: u64) -> Option<(F, u64)> {
        let mut chance = ChaCha8Rng::seed_from_u64(self.seed);
        chance.set_stream(F::FIRST_STREAM + provider.index() as u64);
        chance.set_word_pos(u128::from(number) * WORDS_PER_DRAW);
        let (whether, which) = (chance.next_u64(), chance.next_u64());
        if probability(whether) >= self.rate {
            return None;
        }
        let total: u64 = self
            .weights
            .iter()
            .map(|fault| u64::from(fault.weight))
            .sum();
        let mut left = which.checked_rem(total)?;
        let chosen = self.weights.iter().find(|fault| {
            let weight = u64::from(fault.weight);
            let is_chosen = left < weight;
            left = left.saturating_sub(weight);
            is_chosen
        })?;
        Some((chosen.fault.clone(), which.checked_div(total)?))
    }
}

/// A number from 0 to below 1, of the 53 bits that a float holds.
fn probability(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fault;

    fn drawn(seed: u64, provider: Provider) -> Vec<Option<Fault>> {
        let mut source = FaultSource::new(FaultPlan::random(seed, 0.3));
        (0..1000).map(|_| source.next(provider, None)).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_faults() {
        assert_eq!(drawn(7, Provider::Optty), drawn(7, Provider::Optty));
        assert_ne!(drawn(7, Provider::Optty), drawn(8, Provider::Optty));
        assert_ne!(drawn(7, Provider::Optty), drawn(7, Provider::Mce));
    }

    #[test]
    fn requests_elsewhere_do_not_change_a_providers_faults() {
        let mut source = FaultSource::new(FaultPlan::random(7, 0.3));
        let mixed: Vec<_> = (0..1000)
            .map(|_| {
                source.next(Provider::Tazapay, None);
                source.next(Provider::Optty, None)
            })
            .collect();
        assert_eq!(mixed, drawn(7, Provider::Optty));
    }

    #[test]
    fn the_rate_is_kept_and_each_kind_comes_up() {
        let faults: Vec<_> = drawn(7, Provider::Optty).into_iter().flatten().collect();
        // 300 are expected of 1000; six standard deviations are 87.
        assert!((213..=387).contains(&faults.len()), "{}", faults.len());
        let FaultPlan::Random(random) = FaultPlan::random(7, 0.3) else {
            panic!("not random");
        };
        let is_choice = |fault: &Fault| matches!(fault, Fault::AnyContradiction { .. });
        for weighted in random.weights {
            if is_choice(&weighted.fault) {
                continue;
            }
            assert!(faults.contains(&weighted.fault), "{:?}", weighted.fault);
        }
    }

    #[test]
    fn any_contradiction_is_one_of_the_operations_and_each_comes_up() {
        let plan =
            r#"{"random": {"seed": 7, "rate": 1.0, "weights": [{"kind": "any_contradiction"}]}}"#;
        let drawn = || {
            let mut source: FaultSource<Fault> =
                FaultSource::new(serde_json::from_str(plan).unwrap());
            let names = std::iter::repeat_n(Some("create_refund"), 1000);
            names
                .map(|name| source.next(Provider::Tazapay, name).unwrap())
                .collect::<Vec<_>>()
        };
        let faults = drawn();
        assert_eq!(faults, drawn());
        for fault in Fault::contradictions(Provider::Tazapay, "create_refund", false) {
            assert!(faults.contains(&fault), "{fault:?}");
        }
        let mut source: FaultSource<Fault> = FaultSource::new(serde_json::from_str(plan).unwrap());
        assert_eq!(source.next(Provider::Optty, Some("access_token")), None);
    }

    #[test]
    fn a_fault_without_weight_never_comes_up() {
        let plan = r#"{"random": {"seed": 1, "rate": 1.0, "weights": [{"kind": "nulls", "weight": 0}, {"kind": "garbage"}]}}"#;
        let mut source = FaultSource::new(serde_json::from_str(plan).unwrap());
        for _ in 0..100 {
            assert_eq!(source.next(Provider::Mce, None), Some(Fault::Garbage));
        }
    }

    #[test]
    fn a_script_is_followed_in_order_at_the_place_it_names() {
        let mut source = FaultSource::new(FaultPlan::Script(vec![
            ScriptedFault::at(Provider::Optty, Fault::Garbage).operation("refund_order"),
            ScriptedFault::at(Provider::Optty, Fault::Nulls)
                .after(1)
                .times(2),
        ]));
        let mut next = |operation| source.next(Provider::Optty, Some(operation));
        assert_eq!(next("order_details"), None);
        assert_eq!(next("refund_order"), Some(Fault::Garbage));
        assert_eq!(next("refund_order"), Some(Fault::Nulls));
        assert_eq!(next("order_details"), Some(Fault::Nulls));
        assert_eq!(next("order_details"), None);
        assert_eq!(source.next(Provider::Mce, None), None);
    }
}
