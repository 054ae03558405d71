//! The client under search, as the user of stories sees it.

use std::time::Duration;

use crate::{
    models::{Event, Model},
    scene::Scene,
};

/// A call of the client.
#[derive(Clone, Debug)]
pub enum Call {
    /// The refund is created, tried again or given an invoice, as the plot has it.
    Write {
        reference: String,
    },
    /// Another try after an accepted one, whose mark is known.
    TryAgain {
        reference: String,
        mark: String,
    },
    Reconcile {
        record: String,
    },
    ReconcileWithEvent {
        record: String,
        event: Event,
    },
    /// A plain read.
    Fetch {
        id: Option<String>,
    },
}

/// What the client says.
#[derive(Clone, Debug)]
pub enum Belief {
    Pending(Receipt),
    Succeeded(Receipt),
    Failed(Receipt),
    Rejected {
        /// Something has to be corrected first; otherwise the same call may be made again.
        correct: bool,
    },
    /// It may have happened: what to store.
    Doubt {
        record: String,
    },
    /// What the provider shows, from which no outcome is concluded.
    Shown(Option<Shown>),
    /// An error. Of a write it says that nothing was sent.
    Error(String),
}

/// What the user keeps of an accepted refund.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Receipt {
    pub id: Option<String>,
    pub mark: Option<String>,
    /// The mark tells both how often it was tried and when last.
    pub is_mark_whole: bool,
}

/// How a shown refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Open,
    Succeeded,
    Failed,
}

/// The client under search.
pub trait Client<M: Model> {
    /// Makes a call; `None` if the process was killed meanwhile.
    fn call(&self, scene: Scene<M>, call: &Call) -> (Scene<M>, Option<Belief>);

    /// The record of a write that the journal has without an outcome.
    fn interrupted(&self, reference: &str, begun: Duration, now: Duration) -> String;

    /// A record that is stored now, by when none of its attempts is under way at the client any more.
    fn stored(&self, record: &str, now: Duration) -> String;

    /// A record after the process was killed that worked at it.
    fn restarted(&self, record: &str, now: Duration) -> String;

    /// What a record says of its doubt, for the story.
    fn describe(&self, record: &str) -> String;
}
