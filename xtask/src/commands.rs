//! One module per command.

pub mod codegen;
pub mod import;
