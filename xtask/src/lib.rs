//! The commands of this workspace: thin, over the libraries that do the work.

pub mod cli;
pub mod commands;
pub mod document;
pub mod drift;
pub mod fetch;
pub mod files;
pub mod generator;
pub mod mend;
pub mod pipeline;
mod signatures;
pub mod start;
pub mod workspace;
