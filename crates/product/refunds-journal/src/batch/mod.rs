//! Many refunds that are planned, approved and sent together.

mod approval;
mod check;
mod error;
mod line;
mod plan;
mod put_down;
mod report;

pub use approval::{Approval, BatchState};
pub use error::{BatchError, Problem};
pub use line::{Format, Line};
pub use plan::{Plan, PlanOptions, Sum};
pub use report::Tally;

use crate::Journal;

/// A batch of a journal.
#[derive(Clone, Debug)]
pub struct Batch {
    journal: Journal,
    id: String,
}

impl Batch {
    /// Its id: the beginning of a hash of the file's content and of where it is sent.
    pub fn id(&self) -> &str {
        &self.id
    }
}
