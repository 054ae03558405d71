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
#[cfg(unix)]
pub mod postgres;
mod signatures;
pub mod start;
#[cfg(unix)]
pub mod supervise;
pub mod workspace;
