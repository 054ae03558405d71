//! Settling all that can be settled.

use anyhow::Result;
use refunds::{ProviderName, Reference};
use refunds_journal::{Filter, JournalError, JournaledRefunds, Place, State};

use super::{ask, find};
use crate::{
    arguments::Subject,
    commands::{desk::Desk, pages::Pages, session::Session},
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
        ..Filter::default()
    };
    let mut sessions: Vec<(ProviderName, Option<Session>)> = Vec::new();
    let mut left: Vec<(ProviderName, Place, usize)> = Vec::new();
    // All are found before any is settled, since a list of what has just changed would not end.
    let mut found = Vec::new();
    let mut pages = Pages::new(opened.clone(), filter);
    while let Some(page) = pages.next().await? {
        for entry in page {
            let provider = entry.provider;
            if !sessions.iter().any(|(known, _)| *known == provider) {
                sessions.push((provider, Session::if_any(provider, desk.options)?));
            }
            match session_of(&sessions, provider).filter(|session| session.place == entry.place) {
                Some(_) => found.push((provider, entry.reference, entry.state)),
                None => count(&mut left, provider, &entry.place),
            }
        }
    }
    let mut stays_unknown = false;
    let looked_at = found.len();
    // What waits longest comes first.
    for (provider, reference, state) in found.into_iter().rev() {
        let Some(session) = session_of(&sessions, provider) else {
            continue;
        };
        desk.terminal
            .progress(&format!("settling {reference} with {provider}"));
        let report = settle(&session.journaled(&opened), provider, &reference, state).await?;
        stays_unknown |= report.outcome == Word::Unknown;
        unread(desk.terminal.one_of_many(&report))?;
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

fn session_of(
    sessions: &[(ProviderName, Option<Session>)],
    provider: ProviderName,
) -> Option<&Session> {
    sessions
        .iter()
        .find_map(|(known, session)| session.as_ref().filter(|_| *known == provider))
}

fn count(left: &mut Vec<(ProviderName, Place, usize)>, provider: ProviderName, place: &Place) {
    let same = left
        .iter_mut()
        .find(|(known, known_place, _)| *known == provider && known_place == place);
    match same {
        Some((_, _, refunds)) => *refunds += 1,
        None => left.push((provider, place.clone(), 1)),
    }
}

/// Settles one. That one fails keeps no other from being settled, unless the journal fails.
async fn settle(
    refunds: &JournaledRefunds,
    provider: ProviderName,
    reference: &Reference,
    state: State,
) -> Result<Report> {
    if state == State::Pending {
        return read_back(refunds, reference).await;
    }
    let error = match ask(refunds, reference).await {
        Ok(report) => return Ok(report),
        Err(error) => error,
    };
    if matches!(error.downcast_ref(), Some(JournalError::Store(_))) {
        return Err(error);
    }
    let subject = Subject {
        provider: Some(provider),
        reference: Some(reference.clone()),
    };
    // What another is at, or what cannot be asked for, is in doubt as before.
    Ok(Report::of_error(&error, Exit::Unknown, subject))
}

/// Reads what became of a refund that the provider has taken on.
async fn read_back(refunds: &JournaledRefunds, reference: &Reference) -> Result<Report> {
    let advanced = refunds.advance(reference).await;
    let now = find(refunds, reference).await?;
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
