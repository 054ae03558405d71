//! From each provider's events to updates.

#[cfg(feature = "kotanipay")]
mod kotanipay;
#[cfg(feature = "mce")]
mod mce;
#[cfg(feature = "optty")]
mod optty;
#[cfg(feature = "tazapay")]
mod tazapay;
