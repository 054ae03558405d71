//! A worker process: it brings its refunds to an end, wherever its predecessor was killed.

mod clients;

use std::path::Path;

pub(crate) use clients::Clients;
use refunds_conformance::campaign::{conclude::Hand, worker};

use crate::{Assignment, CampaignError, Sabotage, case::Case};

/// Brings the refunds of an assignment to an end.
///
/// # Errors
/// The assignment or its journal cannot be used. Trouble with providers is none: it is what the worker is
/// for.
pub fn work(assignment: &Path) -> Result<(), CampaignError> {
    let assignment = Assignment::read(assignment)?;
    let clients = Clients::new(&assignment)?;
    let cases = (assignment.first..assignment.end).map(Case::of);
    let refunds = cases.map(|case| case.refund()).collect::<Result<_, _>>();
    let refunds = refunds.map_err(|error| CampaignError::Process(std::io::Error::other(error)))?;
    let calls_unknown_failed = assignment.sabotage == Some(Sabotage::CallUnknownFailed);
    worker::work(&assignment.journal, refunds, |refund| {
        let case = Case::of(refund.number);
        Hand {
            beginning: clients.beginning(&case).clone(),
            client: clients.of(case.provider).clone(),
            mailbox: None,
            calls_unknown_failed,
        }
    })?;
    Ok(())
}
