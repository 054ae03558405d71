//! What the user can do next, and what can happen to him.

use std::time::Duration;

use super::{Stage, State, Story};
use crate::{client::Client, models::Model};

/// What happens next.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    End,
    Write,
    /// The records are lost, or there is a second machine.
    Lose,
    /// After a wait.
    Reconcile(Duration),
    TryAgain(Duration),
    Fetch,
    /// An event comes, of any kind.
    Event,
    /// Nothing goes wrong any more, and the user reconciles a last time.
    Calm {
        with_event: bool,
    },
}

impl<M: Model, C: Client<M>> Story<M, C> {
    pub(super) fn steps(&self, state: &State<M>) -> Vec<Step> {
        let may_go_on = state.rounds > 0;
        // An honest provider is asked in the calm.
        let is_free = may_go_on && state.left > 0;
        let waits = || self.plot.waits.iter().copied();
        let mut steps = Vec::new();
        match &state.stage {
            Stage::Begins => steps.push(Step::Write),
            Stage::Nothing { correct } => {
                steps.push(Step::End);
                if may_go_on && !(*correct && state.is_corrected) {
                    steps.push(Step::Write);
                }
            }
            Stage::Doubt { .. } => {
                steps.push(Step::Calm { with_event: false });
                steps.push(Step::Calm { with_event: true });
                if is_free {
                    steps.extend(waits().map(Step::Reconcile));
                }
                if may_go_on {
                    steps.push(Step::Event);
                }
            }
            Stage::Accepted(receipt) => {
                steps.push(Step::End);
                if is_free && self.plot.can_fetch {
                    steps.push(Step::Fetch);
                }
                if may_go_on && self.plot.can_try_again && receipt.mark.is_some() {
                    steps.extend(waits().map(Step::TryAgain));
                }
            }
        }
        let has_something = matches!(state.stage, Stage::Doubt { .. } | Stage::Accepted(_));
        if has_something && may_go_on && state.life == 0 {
            steps.push(Step::Lose);
        }
        steps
    }
}
