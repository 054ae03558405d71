//! The state of a refund, as a provider tells it.

use refunds::{Answer, Fetched, Money, Reference, RefundState, RefundStatus};
use schemars::JsonSchema;
use serde::Serialize;

/// The state of a refund as the provider tells it.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct State {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refund_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<String>,
    #[serde(rename = "final")]
    pub(super) is_final: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub(super) amount: Option<Money>,
    /// The reference in its description (Optty), where the reference travelled in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) reference: Option<String>,
    /// Its description (Optty).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    /// When it was made, in the provider's own words (Optty).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) created_at: Option<String>,
}

impl From<&RefundState> for State {
    fn from(state: &RefundState) -> Self {
        Self {
            refund_id: state.refund_id.clone(),
            status: state.status.as_ref().map(ToString::to_string),
            is_final: state.status.as_ref().is_some_and(RefundStatus::is_final),
            amount: state.amount.clone(),
            ..Self::default()
        }
    }
}

/// The refunds that a read found. Those of an order at Optty have nothing else in common with what was sent but their
/// description, by which they are told apart.
pub(super) fn states(fetched: &Fetched) -> Vec<State> {
    let mut states: Vec<_> = fetched.refunds().iter().map(State::from).collect();
    if let Answer::OpttyOrder(order) = fetched.answer() {
        let listed = order.refunds.iter().flatten();
        for (state, refund) in states.iter_mut().zip(listed) {
            state.description = refund.refund_reason.clone();
            state.created_at = refund.created_at.as_ref().map(ToString::to_string);
            state.reference = state.description.as_deref().and_then(reference_in);
        }
    }
    states
}

/// The reference with which the command ends a description: `Damaged [r-1]`.
fn reference_in(description: &str) -> Option<String> {
    let (_, reference) = description.strip_suffix(']')?.rsplit_once('[')?;
    Reference::new(reference).ok()?;
    Some(reference.to_owned())
}
