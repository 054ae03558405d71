//! Settling all that can be settled.

use anyhow::Result;
use refunds::ProviderName;
use refunds_journal::{Entry, Filter, JournalError, JournaledRefunds, Place, State};

use super::{ask, find};
use crate::{
    arguments::Subject,
    commands::{desk::Desk, session::Session},
    exit::Exit,
    journal,
    report::{Report, Word},
    terminal::{printable, unread},
};

/// Settles all that is in doubt or pending where calls go, at each provider for which there are credentials.
pub(super) async fn run(desk: &mut Desk<'_>) -> Result<Exit> {
    let opened = desk.journal().await?;
    let filter = Filter {
        states: vec![State::Sending, State::InDoubt, State::Pending],
        limit: Some(u32::MAX),
        ..Filter::default()
    };
    let mut entries = opened.list(&filter).await?;
    // What waits longest comes first.
    entries.reverse();
    let mut sessions: Vec<(ProviderName, Option<Session>)> = Vec::new();
    let mut left: Vec<(ProviderName, Place, usize)> = Vec::new();
    let mut stays_unknown = false;
    let mut looked_at = 0_usize;
    for entry in entries {
        let provider = entry.provider;
        if !sessions.iter().any(|(known, _)| *known == provider) {
            sessions.push((provider, Session::if_any(provider, desk.options)?));
        }
        let session = sessions
            .iter()
            .find_map(|(known, session)| session.as_ref().filter(|_| *known == provider))
            .filter(|session| session.place == entry.place);
        let Some(session) = session else {
            count(&mut left, &entry);
            continue;
        };
        desk.terminal
            .progress(&format!("settling {} with {provider}", entry.reference));
        let report = settle(&session.journaled(&opened), &entry).await?;
        stays_unknown |= report.outcome == Word::Unknown;
        unread(desk.terminal.one_of_many(&report))?;
        looked_at += 1;
    }
    if !desk.terminal.is_json() {
        let journal = printable(desk.terminal.journal().unwrap_or_default());
        unread(desk.terminal.text(&format!(
            "{looked_at} of what is in doubt or pending in the journal {journal} looked at\n"
        )))?;
    }
    for (provider, place, refunds) in left {
        desk.terminal.warn(&format!(
            "{refunds} of {provider} at {place} not looked at: give credentials, and --live or --base-url for that \
             place"
        ));
    }
    Ok(if stays_unknown {
        Exit::Unknown
    } else {
        Exit::Done
    })
}

fn count(left: &mut Vec<(ProviderName, Place, usize)>, entry: &Entry) {
    let same = left
        .iter_mut()
        .find(|(provider, place, _)| *provider == entry.provider && *place == entry.place);
    match same {
        Some((_, _, refunds)) => *refunds += 1,
        None => left.push((entry.provider, entry.place.clone(), 1)),
    }
}

/// Settles one. That one fails keeps no other from being settled, unless the journal fails.
async fn settle(refunds: &JournaledRefunds, entry: &Entry) -> Result<Report> {
    if entry.state == State::Pending {
        return read_back(refunds, entry).await;
    }
    let error = match ask(refunds, &entry.reference).await {
        Ok(report) => return Ok(report),
        Err(error) => error,
    };
    if matches!(error.downcast_ref(), Some(JournalError::Store(_))) {
        return Err(error);
    }
    let subject = Subject {
        provider: Some(entry.provider),
        reference: Some(entry.reference.clone()),
    };
    // What another is at, or what cannot be asked for, is in doubt as before.
    Ok(Report::of_error(&error, Exit::Unknown, subject))
}

/// Reads what became of a refund that the provider has taken on.
async fn read_back(refunds: &JournaledRefunds, entry: &Entry) -> Result<Report> {
    let advanced = refunds.advance(&entry.reference).await;
    let now = find(refunds, &entry.reference).await?;
    let why = match advanced {
        Ok(_) if now.state == State::Pending => "no end of it is known yet".to_owned(),
        Ok(_) => "its end was read".to_owned(),
        Err(error @ JournalError::Store(_)) => return Err(error.into()),
        Err(error) => format!(
            "it could not be read, and is pending as before: {:#}",
            journal::plain(error)
        ),
    };
    Ok(Report {
        why: Some(why),
        ..Report::of_accepted_before(&now)
    })
}
