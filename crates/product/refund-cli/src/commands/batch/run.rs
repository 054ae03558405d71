//! Sending what is approved or queued.

use std::{
    cell::Cell,
    io::Write as _,
    time::{Duration, Instant, SystemTime},
};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use refunds::ProviderName;
use refunds_journal::{Batch, Journal, Ran, State, Worker};

use super::told;
use crate::{
    arguments::batch::Work,
    commands::{desk::Desk, interrupted::interrupted, session::Session},
    credentials::CredentialsError,
    exit::Exit,
    providers::known,
};

/// How often a log gets a line.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Sends a batch.
pub(super) async fn batch(id: &str, work: &Work, desk: &mut Desk<'_>) -> Result<Exit> {
    let journal = desk.journal().await?;
    let batch = Batch::find(&journal, id).await?;
    if let Some(from) = batch.check_approved().await?
        && let Ok(wait) = from.duration_since(SystemTime::now())
    {
        let text = format!("waiting {} s, while it can be cancelled", wait.as_secs());
        match desk.terminal.shows_progress() {
            true => desk.terminal.progress(&text),
            false => desk
                .terminal
                .tell(&format!("{text}; Ctrl-C ends the wait\n")),
        }
    }
    let worker = worker_of(&journal, work, desk)?.of_batch(id);
    let open = batch.tally().await?.count(State::NotSent);
    let mut progress = Progress::new(Some(open), desk);
    let is_stopped = Cell::new(false);
    let stop = async {
        told_to_stop().await;
        is_stopped.set(true);
    };
    let drained = worker.drain(stop, |ran| progress.tell(ran)).await;
    progress.end();
    let tally = batch.tally().await?;
    let exit = told(&tally, id, desk)?;
    let left = tally.count(State::NotSent);
    if let Err(error) = &drained {
        // How the batch stands is told all the same: some of it may be sent, or in doubt.
        desk.terminal.warn(&format!("it ended early: {error}"));
    }
    if left > 0 {
        let next = match is_stopped.get() {
            true => "run it again to go on",
            false => "run it again, with credentials of every provider in it",
        };
        desk.terminal
            .warn(&format!("{left} are not sent yet: {next}"));
    }
    Ok(match exit {
        Exit::Done if left > 0 || drained.is_err() => Exit::Failed,
        exit => exit,
    })
}

/// Works until it is interrupted.
pub(super) async fn worker(work: &Work, desk: &mut Desk<'_>) -> Result<Exit> {
    let journal = desk.journal().await?;
    let worker = worker_of(&journal, work, desk)?;
    let mut progress = Progress::new(None, desk);
    worker.run(told_to_stop(), |ran| progress.tell(ran)).await?;
    progress.end();
    Ok(Exit::Done)
}

/// Ends when it is told to stop, after which what is in the air is finished. Told a second time, the process ends: the
/// journal has what was being sent.
async fn told_to_stop() {
    interrupted().await;
    // That nobody looks on is no reason to fail.
    let _ = writeln!(
        anstream::stderr(),
        "\nfinishing what is in the air; told again, it ends at once, and that is in doubt until it is looked into"
    );
    tokio::spawn(async {
        interrupted().await;
        std::process::exit(i32::from(Exit::Unknown.code()));
    });
}

/// With a client of each provider for which there are credentials.
fn worker_of(journal: &Journal, work: &Work, desk: &Desk<'_>) -> Result<Worker> {
    let mut worker = Worker::new(journal).with_in_the_air(work.in_the_air);
    let mut any = false;
    for provider in ProviderName::BUILT_IN {
        let options = work.places.of(provider, desk.options);
        let Some(session) = Session::if_any(provider, &options)? else {
            continue;
        };
        any = true;
        let asked = work.rate.iter().find(|(name, _)| *name == provider);
        let rate = asked
            .map(|(_, rate)| *rate)
            .or_else(|| known(provider)?.rate);
        worker = worker.with_client(session.journaled(journal), rate);
    }
    if !any {
        return Err(CredentialsError::None.into());
    }
    Ok(worker)
}

/// A bar on a terminal, lines elsewhere.
struct Progress {
    bar: Option<ProgressBar>,
    told_at: Instant,
    told: u64,
}

impl Progress {
    fn new(lines: Option<u64>, desk: &Desk<'_>) -> Self {
        let bar = desk.terminal.shows_progress().then(|| {
            let bar = match lines {
                Some(lines) => ProgressBar::new(lines),
                None => ProgressBar::new_spinner(),
            };
            bar.set_draw_target(ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} {eta}")
                && lines.is_some()
            {
                bar.set_style(style);
            }
            bar
        });
        Self {
            bar,
            told_at: Instant::now(),
            told: 0,
        }
    }

    fn tell(&mut self, ran: &Ran) {
        match &self.bar {
            Some(bar) => bar.set_position(ran.ended),
            None if self.told_at.elapsed() >= LINE_EVERY && ran.steps > self.told => {
                self.told_at = Instant::now();
                self.told = ran.steps;
                // That nobody looks on is no reason to fail.
                let _ = writeln!(
                    anstream::stderr(),
                    "{} steps, {} refunds at an end, {} failed",
                    ran.steps,
                    ran.ended,
                    ran.failed
                );
            }
            None => {}
        }
    }

    fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
