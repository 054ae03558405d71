//! The commands of this workspace: thin, over the libraries that do the work.

pub mod cli;
pub mod commands;
pub mod drift;
pub mod fetch;
pub mod files;
mod plain;
#[cfg(unix)]
pub mod postgres;
#[cfg(unix)]
pub mod supervise;
pub mod workspace;
