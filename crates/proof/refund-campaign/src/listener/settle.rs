//! Settles what is in doubt by what was proven.

use std::collections::BTreeMap;

use refunds::{
    InDoubt, Refunds,
    webhooks::{RefundKey, RefundProgress, RefundUpdate},
};
use refunds_conformance::campaign::journal::{End, Event, Found, Line};
use refunds_sandbox::Provider;

use super::known::Known;
use crate::{case::Case, worker::Clients};

/// What each refund came to that was in doubt, where an event settles it.
pub(super) fn all(open: &BTreeMap<u64, InDoubt>, known: &Known, clients: &Clients) -> Vec<Line> {
    let lines = open.iter().filter_map(|(number, record)| {
        let case = Case::of(*number);
        let subject = match case.provider {
            Provider::Kotanipay => case.reference_text(),
            Provider::Mce | Provider::Optty | Provider::Tazapay => case.subject(),
        };
        let updates = known.proven(record.provider(), &subject);
        Some(Line {
            refund: *number,
            event: Event::Accepted {
                by: Found::Event,
                end: settled(record, clients.of(case.provider), &updates)?,
            },
        })
    });
    lines.collect()
}

/// The end that events tell of a refund in doubt: those that prove to be about it, in the order that its
/// progress gives them.
fn settled(record: &InDoubt, client: &Refunds, updates: &[RefundUpdate]) -> Option<End> {
    let mut progress: Option<RefundProgress> = None;
    for update in updates {
        // An event that cannot be used for this record settles nothing.
        let Ok(reconciled) = client.reconcile_with_event(record, update) else {
            continue;
        };
        let Some(key) = reconciled.accepted().and_then(RefundKey::of) else {
            continue;
        };
        let progress = progress.get_or_insert_with(|| RefundProgress::new(key));
        // Whatever it changes: the last state counts.
        let _ = progress.apply(update);
    }
    progress.map(|progress| End::told(progress.status()))
}
