//! One module per command.

pub mod campaign;
pub mod codegen;
pub mod fetch;
pub mod import;
