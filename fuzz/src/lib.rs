//! What the fuzz targets run, as functions.

pub mod readers;
pub mod webhooks;
