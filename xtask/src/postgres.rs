//! A PostgreSQL for the tests: the programs of an installed one, and a cluster of theirs that is thrown away.

mod account;
pub mod cluster;
mod error;
pub mod install;
pub mod programs;
mod step;

pub use cluster::Cluster;
pub use error::PostgresError;
pub use programs::{Places, Programs};
