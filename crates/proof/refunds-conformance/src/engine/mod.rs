//! Tells every story there is: by running a tale again for each list of choices, and by going on from each
//! place once, however many stories lead to it.

mod chooser;
mod search;
#[cfg(test)]
mod tests;

pub use chooser::Chooser;
pub use search::{Budget, Findings, Path, Tale, Turn, search};
