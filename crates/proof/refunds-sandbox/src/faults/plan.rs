use serde::{Deserialize, Serialize};

use super::{Fault, FaultKind, WebhookFault};
use crate::{Provider, SandboxError};

/// Which requests meet which fault, or which webhooks, if it is a plan of
/// [`WebhookFault`]s. As JSON: `"none"`, `{"script": […]}` or
/// `{"random": {"seed": 7, "rate": 0.3}}`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", bound = "F: FaultKind")]
pub enum FaultPlan<F = Fault> {
    /// None meets any.
    #[default]
    None,
    /// Those that are named, one entry after the other.
    Script(Vec<ScriptedFault<F>>),
    /// Each with some probability.
    Random(RandomFaults<F>),
}

impl FaultPlan {
    /// Each kind of fault with the same weight, at this rate (0 to 1).
    pub fn random(seed: u64, rate: f64) -> Self {
        Self::Random(RandomFaults::new(seed, rate))
    }
}

impl FaultPlan<WebhookFault> {
    /// Each kind of webhook fault with the same weight, at this rate (0 to 1).
    pub fn random_webhooks(seed: u64, rate: f64) -> Self {
        Self::Random(RandomFaults::new(seed, rate))
    }
}

/// An entry of a script. Entries wait in a queue: a request, or a webhook,
/// meets the first entry that is meant for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound = "F: FaultKind")]
pub struct ScriptedFault<F = Fault> {
    /// Where.
    pub provider: Provider,
    /// At which operation, by its name ([`Provider::operations`]), or
    /// at which event, by the provider's name; without it, at any.
    #[serde(default, skip_serializing_if = "Option::is_none", alias = "event")]
    pub operation: Option<String>,
    /// How many that this entry is meant for pass before.
    #[serde(default)]
    pub after: u32,
    /// How many meet it.
    #[serde(default = "once")]
    pub times: u32,
    /// What they meet.
    pub fault: F,
}

impl<F> ScriptedFault<F> {
    /// A fault that the next request, or event, at this provider meets.
    pub const fn at(provider: Provider, fault: F) -> Self {
        Self {
            provider,
            operation: None,
            after: 0,
            times: 1,
            fault,
        }
    }

    /// Only at this operation, or event.
    #[must_use]
    pub fn operation(mut self, name: impl Into<String>) -> Self {
        self.operation = Some(name.into());
        self
    }

    /// Only after this many have passed.
    #[must_use]
    pub const fn after(mut self, passed: u32) -> Self {
        self.after = passed;
        self
    }

    /// For this many.
    #[must_use]
    pub const fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }
}

/// Faults by chance. The same seed gives the n-th request, or event, at a
/// provider the same fault in every run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound = "F: FaultKind")]
pub struct RandomFaults<F = Fault> {
    /// Where chance starts from.
    pub seed: u64,
    /// The probability that one meets a fault, 0 to 1.
    pub rate: f64,
    /// The faults to choose from; without any, each kind once.
    #[serde(default = "F::every_kind")]
    pub weights: Vec<WeightedFault<F>>,
}

impl<F: FaultKind> RandomFaults<F> {
    fn new(seed: u64, rate: f64) -> Self {
        Self {
            seed,
            rate,
            weights: F::every_kind(),
        }
    }
}

/// A fault and how often it is chosen in proportion to the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(bound = "F: FaultKind")]
pub struct WeightedFault<F = Fault> {
    /// The fault.
    #[serde(flatten)]
    pub fault: F,
    /// Its share; 0 is never.
    #[serde(default = "once")]
    pub weight: u32,
}

impl<F: FaultKind> FaultPlan<F> {
    /// Checks the plan; `is_name` knows what a provider's operations, or events,
    /// are called.
    pub(crate) fn check(
        &self,
        is_name: impl Fn(Provider, &str) -> bool,
    ) -> Result<(), SandboxError> {
        match self {
            Self::None => Ok(()),
            Self::Script(script) => script
                .iter()
                .enumerate()
                .try_for_each(|(index, entry)| entry.check(index, &is_name)),
            Self::Random(random) => random.check(),
        }
    }
}

impl<F: FaultKind> ScriptedFault<F> {
    pub(crate) fn check(
        &self,
        index: usize,
        is_name: impl Fn(Provider, &str) -> bool,
    ) -> Result<(), SandboxError> {
        let place = format!("script[{index}]");
        if let Some(name) = self.operation.as_deref()
            && !is_name(self.provider, name)
        {
            return Err(SandboxError::FaultPlan {
                place,
                problem: F::no_such_name(self.provider, name),
            });
        }
        check_fault(&self.fault, place)
    }
}

impl<F: FaultKind> RandomFaults<F> {
    fn check(&self) -> Result<(), SandboxError> {
        let refused = |problem: &str| {
            Err(SandboxError::FaultPlan {
                place: "random".to_owned(),
                problem: problem.to_owned(),
            })
        };
        if !(0.0..=1.0).contains(&self.rate) {
            return refused("the rate is not a probability; give one from 0 to 1");
        }
        if self.rate > 0.0 && self.weights.iter().all(|fault| fault.weight == 0) {
            return refused("no fault has a weight; give at least one of 1 or more");
        }
        let mut faults = self.weights.iter().enumerate();
        faults.try_for_each(|(index, weighted)| {
            check_fault(&weighted.fault, format!("random.weights[{index}]"))
        })
    }
}

fn check_fault(fault: &impl FaultKind, place: String) -> Result<(), SandboxError> {
    fault
        .check()
        .map_err(|problem| SandboxError::FaultPlan { place, problem })
}

const fn once() -> u32 {
    1
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::Commit;

    fn from_json(text: &str) -> FaultPlan {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn a_plan_survives_being_written_and_read() {
        for plan in [
            FaultPlan::None,
            FaultPlan::Script(vec![
                ScriptedFault::at(Provider::Tazapay, Fault::DropAfterCommit)
                    .operation("create_refund")
                    .after(2)
                    .times(3),
            ]),
            FaultPlan::random(7, 0.3),
        ] {
            let text = serde_json::to_string(&plan).unwrap();
            assert_eq!(from_json(&text), plan, "{text}");
        }
    }

    #[test]
    fn a_plan_can_be_written_by_hand() {
        let plan = from_json(
            r#"{"script": [{"provider": "optty", "fault": {"kind": "delay", "by_ms": 250, "commit": "after"}}]}"#,
        );
        let delay = Fault::Delay {
            by: Duration::from_millis(250),
            commit: Commit::After,
        };
        assert_eq!(
            plan,
            FaultPlan::Script(vec![ScriptedFault::at(Provider::Optty, delay)])
        );
        let FaultPlan::Random(random) =
            from_json(r#"{"random": {"seed": 7, "rate": 0.5, "weights": [{"kind": "garbage"}]}}"#)
        else {
            panic!("not random");
        };
        assert_eq!(
            random.weights,
            [WeightedFault {
                fault: Fault::Garbage,
                weight: 1
            }]
        );
    }

    #[test]
    fn a_plan_that_cannot_be_followed_is_refused_with_its_place() {
        let unknown = ScriptedFault::at(Provider::Mce, Fault::Nulls).operation("pay");
        let not_5xx = Fault::ServerError {
            status: 404,
            html: false,
            after_commit: false,
        };
        let cases = [
            (FaultPlan::random(1, 1.5), "random of the fault plan"),
            (
                FaultPlan::Random(RandomFaults {
                    seed: 1,
                    rate: 0.5,
                    weights: Vec::new(),
                }),
                "random of the fault plan",
            ),
            (
                FaultPlan::Script(vec![unknown]),
                "script[0] of the fault plan",
            ),
            (
                FaultPlan::Script(vec![ScriptedFault::at(Provider::Mce, not_5xx)]),
                "script[0] of the fault plan",
            ),
        ];
        for (plan, start) in cases {
            let error = plan.check(|_, name| name == "create_crypto_refund");
            let message = error.unwrap_err().to_string();
            assert!(message.starts_with(start), "{message}");
        }
        assert!(FaultPlan::random(1, 1.0).check(|_, _| false).is_ok());
    }
}
