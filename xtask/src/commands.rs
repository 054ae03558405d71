//! One module per command.

pub mod add_provider;
pub mod campaign;
pub mod codegen;
pub mod corpus;
pub mod drift;
pub mod fetch;
pub mod import;
mod program;
pub mod release;
pub mod search;
#[cfg(unix)]
pub mod test;
