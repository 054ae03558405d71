//! The providers, from their documents alone. Each may do whatever its documents do not exclude; none shares a
//! line with the clients.

mod kotanipay;
mod mce;
mod optty;
mod tazapay;

pub(crate) use kotanipay::{Kotanipay, OFFRAMP, SECRET as KOTANIPAY_SECRET};
pub(crate) use mce::{Mce, TRANSACTION};
pub(crate) use optty::{ORDER, Optty};
pub(crate) use refunds_conformance::models::{
    Entry, Event, Fate, Key, Ledger, Model, Served, Standing, read, write,
};
pub(crate) use tazapay::{ATTEMPT, PAYIN, SECRET as TAZAPAY_SECRET, Tazapay};
