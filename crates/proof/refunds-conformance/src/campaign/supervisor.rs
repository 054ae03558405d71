//! Starts workers, kills them in the middle of their work and starts them again.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use fastrand::Rng;
use refunds_sandbox::Clock;

use super::{
    CampaignError,
    calendar::{Calendar, Passing},
    journal,
};

/// What makes a worker of its assignment.
pub type Program<'a> = dyn Fn(&Path) -> Command + 'a;

/// A worker is killed once for so many of its refunds …
const REFUNDS_PER_KILL: u64 = 20;
/// … but neither less often …
const LEAST_KILLS: u64 = 2;
/// … nor more often than this.
const MOST_KILLS: u64 = 10;
/// A journal has about this many lines for each refund.
const LINES_PER_REFUND: u64 = 2;
const LOOK_EVERY: Duration = Duration::from_millis(5);
const PATIENCE: Duration = Duration::from_secs(900);

/// A worker and when it is killed.
struct Worker {
    assignment: PathBuf,
    journal: PathBuf,
    child: Running,
    reader: Option<File>,
    lines: u64,
    /// Numbers of lines in the journal at which it is killed, the next one last.
    deaths: Vec<u64>,
    done: bool,
}

/// The files of a worker, and how many refunds it makes.
pub struct Post {
    pub assignment: PathBuf,
    pub journal: PathBuf,
    pub refunds: u64,
}

/// How often time has passed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Passed {
    pub hours: u64,
    pub days: u64,
}

/// Runs the workers to their end and tells how often one was killed, and how often time passed.
///
/// # Errors
/// One could not be started, failed, or did not come to its end. None is left running.
pub fn supervise(
    program: &Program<'_>,
    posts: Vec<Post>,
    seed: u64,
    clock: &Clock,
    mut calendar: Calendar,
) -> Result<(u64, Passed), CampaignError> {
    let mut passed = Passed::default();
    let mut rng = Rng::with_seed(seed);
    let mut workers = Vec::new();
    for post in posts {
        let lines = post.refunds * LINES_PER_REFUND;
        let kills = (post.refunds / REFUNDS_PER_KILL).clamp(LEAST_KILLS, MOST_KILLS);
        let mut deaths: Vec<_> = (0..kills).map(|_| rng.u64(0..lines.max(1))).collect();
        deaths.sort_unstable_by(|one, other| other.cmp(one));
        workers.push(Worker {
            child: Running::start(program, &post.assignment)?,
            assignment: post.assignment,
            journal: post.journal,
            reader: None,
            lines: 0,
            deaths,
            done: false,
        });
    }
    let began = Instant::now();
    let mut kills = 0;
    while workers.iter().any(|worker| !worker.done) {
        for (number, worker) in workers.iter_mut().enumerate() {
            kills += u64::from(worker.look_after(number, program)?);
        }
        match calendar.due(workers.iter().map(|worker| worker.lines).sum()) {
            Some(Passing::Hours(hours)) => {
                clock.advance(hours);
                passed.hours += 1;
            }
            Some(Passing::Day(day)) => {
                kills += let_a_day_pass(&mut workers, program, clock, day)?;
                passed.days += 1;
            }
            None => {}
        }
        if began.elapsed() > PATIENCE {
            let seconds = PATIENCE.as_secs();
            return Err(CampaignError::TooLong { seconds });
        }
        thread::sleep(LOOK_EVERY);
    }
    Ok((kills, passed))
}

/// All workers are killed, a day passes, and they are started again; tells how many were.
fn let_a_day_pass(
    workers: &mut [Worker],
    program: &Program<'_>,
    clock: &Clock,
    day: Duration,
) -> Result<u64, CampaignError> {
    let mut stopped = 0;
    for worker in workers.iter_mut().filter(|worker| !worker.done) {
        worker.child.stop()?;
        stopped += 1;
    }
    clock.advance(day);
    for worker in workers {
        // The machine's own clock cannot be moved: what was written down becomes older instead, also of workers that are
        // done, since what they left in doubt is looked at once more.
        journal::age(&worker.journal, day).map_err(CampaignError::file(&worker.journal))?;
        if !worker.done {
            (worker.reader, worker.lines) = (None, 0);
            worker.child = Running::start(program, &worker.assignment)?;
        }
    }
    Ok(stopped)
}

/// Starts a worker of each assignment, and waits until all have come to their ends.
///
/// # Errors
/// One could not be started, failed, or did not come to its end. None is left running.
pub fn finish(program: &Program<'_>, assignments: &[PathBuf]) -> Result<(), CampaignError> {
    finish_within(PATIENCE, program, assignments)
}

fn finish_within(
    patience: Duration,
    program: &Program<'_>,
    assignments: &[PathBuf],
) -> Result<(), CampaignError> {
    let mut running = Vec::new();
    for (number, assignment) in assignments.iter().enumerate() {
        running.push((number, Running::start(program, assignment)?));
    }
    let began = Instant::now();
    while !running.is_empty() {
        let mut left = Vec::new();
        for (number, mut worker) in running {
            if !worker.is_done(number)? {
                left.push((number, worker));
            }
        }
        running = left;
        if began.elapsed() > patience {
            let seconds = patience.as_secs();
            return Err(CampaignError::TooLong { seconds });
        }
        thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

/// A worker's process, which does not outlive this.
struct Running(Child);

impl Running {
    fn start(program: &Program<'_>, assignment: &Path) -> Result<Self, CampaignError> {
        let mut command = program(assignment);
        let command = command.stdin(Stdio::null()).stdout(Stdio::null());
        command.spawn().map(Self).map_err(CampaignError::Process)
    }

    /// Whether it has ended, which it does when its work is done.
    fn is_done(&mut self, worker: usize) -> Result<bool, CampaignError> {
        match self.0.try_wait().map_err(CampaignError::Process)? {
            None => Ok(false),
            Some(status) if status.success() => Ok(true),
            Some(status) => Err(CampaignError::WorkerFailed {
                worker,
                status: status.to_string(),
            }),
        }
    }

    fn stop(&mut self) -> Result<(), CampaignError> {
        self.0.kill().map_err(CampaignError::Process)?;
        self.0.wait().map_err(CampaignError::Process)?;
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to kill.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Worker {
    /// Kills the worker if its time has come; tells whether it did.
    fn look_after(&mut self, number: usize, program: &Program<'_>) -> Result<bool, CampaignError> {
        if self.done {
            return Ok(false);
        }
        if self.child.is_done(number)? {
            self.done = true;
            return Ok(false);
        }
        self.count_lines()?;
        let is_due = self.deaths.last().is_some_and(|death| self.lines > *death);
        if !is_due {
            return Ok(false);
        }
        // Deaths that came too close together are one.
        while self.deaths.last().is_some_and(|death| self.lines > *death) {
            self.deaths.pop();
        }
        self.child.stop()?;
        self.child = Running::start(program, &self.assignment)?;
        Ok(true)
    }

    fn count_lines(&mut self) -> Result<(), CampaignError> {
        if self.reader.is_none() {
            // Not there until the worker has begun.
            self.reader = File::open(&self.journal).ok();
        }
        if let Some(reader) = &mut self.reader {
            let mut new = Vec::new();
            reader
                .read_to_end(&mut new)
                .map_err(CampaignError::file(&self.journal))?;
            self.lines += new.iter().filter(|byte| **byte == b'\n').count() as u64;
        }
        Ok(())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::campaign::journal::{Event, Journal};
    use std::{fs, time::SystemTime};

    /// A shell whose script has the assignment as its `$0`.
    fn shell(script: &'static str) -> impl Fn(&Path) -> Command {
        move |assignment| {
            let mut command = Command::new("sh");
            command.arg("-c").arg(script).arg(assignment);
            command
        }
    }

    fn post(directory: &Path, name: &str) -> Post {
        Post {
            assignment: directory.join(name),
            journal: directory.join(format!("{name}.journal")),
            refunds: 1,
        }
    }

    /// Whether the process whose number is in a file is there.
    fn is_there(pid: &Path) -> std::io::Result<bool> {
        let pid = fs::read_to_string(pid)?;
        let mut probe = Command::new("kill");
        let probe = probe.arg("-0").arg(pid.trim()).stderr(Stdio::null());
        Ok(probe.status()?.success())
    }

    /// The first one fails as soon as the other runs.
    const ONE_FAILS: &str = r#"
        case $0 in
            *bad) while [ ! -s "${0%bad}good.pid" ]; do sleep 0.01; done; exit 7;;
            *) echo $$ > "$0.pid"; exec sleep 600;;
        esac"#;

    #[test]
    fn where_a_worker_fails_none_is_left_running() {
        let directory = tempfile::tempdir().unwrap();
        let (bad, good) = (directory.path().join("bad"), directory.path().join("good"));
        let pid = directory.path().join("good.pid");
        let told = finish(&shell(ONE_FAILS), &[bad, good]).unwrap_err();
        assert!(
            matches!(told, CampaignError::WorkerFailed { worker: 0, .. }),
            "{told}"
        );
        assert!(!is_there(&pid).unwrap());
        fs::remove_file(&pid).unwrap();
        let posts = ["bad", "good"].map(|name| post(directory.path(), name));
        let (clock, calendar) = (Clock::system(), Calendar::new(2));
        let told = supervise(&shell(ONE_FAILS), posts.into(), 1, &clock, calendar).unwrap_err();
        assert!(
            matches!(told, CampaignError::WorkerFailed { worker: 0, .. }),
            "{told}"
        );
        assert!(!is_there(&pid).unwrap());
    }

    #[test]
    fn nobody_waits_for_ever_for_a_last_look() {
        let directory = tempfile::tempdir().unwrap();
        let good = directory.path().join("good");
        let soon = Duration::from_secs(2);
        let told = finish_within(soon, &shell(ONE_FAILS), &[good]).unwrap_err();
        assert!(matches!(told, CampaignError::TooLong { .. }), "{told}");
        assert!(!is_there(&directory.path().join("good.pid")).unwrap());
    }

    /// Writes a line after the other, wherever one before it was killed.
    const WRITES: &str = r#"
        while [ "$(cat "$0.journal" 2>/dev/null | wc -l)" -lt 200 ]; do
            cat "${0%/*}/line" >> "$0.journal"; sleep 0.002
        done"#;

    #[test]
    fn workers_are_killed_and_begin_again_while_hours_and_a_day_pass() {
        let directory = tempfile::tempdir().unwrap();
        let line = directory.path().join("line");
        let at = SystemTime::UNIX_EPOCH + 2 * super::super::calendar::ALL;
        let (written, _) = Journal::open(&line).unwrap();
        written.append(0, Event::Started { at }).unwrap();
        let posts = ["one", "other"].map(|name| Post {
            refunds: 100,
            ..post(directory.path(), name)
        });
        let journals = posts.each_ref().map(|post| post.journal.clone());
        let (clock, calendar) = (Clock::system(), Calendar::new(200));
        let before = clock.now();
        let (kills, passed) = supervise(&shell(WRITES), posts.into(), 1, &clock, calendar).unwrap();
        // Each of them by its lines five times at most, and both for the day.
        assert!((3..=12).contains(&kills), "{kills}");
        assert_eq!((passed.hours, passed.days), (2, 1));
        let ahead = (clock.now() - before).to_std().unwrap();
        assert!(ahead >= super::super::calendar::ALL, "{ahead:?}");
        let day = Duration::from_secs(25 * 3600);
        let lines = journals.map(|journal| Journal::open(&journal).unwrap().1);
        for event in lines.into_iter().flatten().map(|line| line.event) {
            let aged = Event::Started { at: at - day };
            assert!(event == aged || event == Event::Started { at }, "{event:?}");
        }
    }

    #[test]
    fn a_day_passes_for_what_was_written_by_a_worker_that_is_done() {
        let directory = tempfile::tempdir().unwrap();
        let day = Duration::from_secs(25 * 3600);
        let at = SystemTime::UNIX_EPOCH + 2 * day;
        let post = post(directory.path(), "good");
        let (journal, _) = Journal::open(&post.journal).unwrap();
        journal.append(0, Event::Started { at }).unwrap();
        let program = shell("exit 0");
        let mut workers = [Worker {
            child: Running::start(&program, &post.assignment).unwrap(),
            assignment: post.assignment,
            journal: post.journal.clone(),
            reader: None,
            lines: 0,
            deaths: Vec::new(),
            done: true,
        }];
        let stopped = let_a_day_pass(&mut workers, &program, &Clock::system(), day).unwrap();
        let (_, lines) = Journal::open(&post.journal).unwrap();
        assert_eq!((stopped, lines.len()), (0, 1));
        assert_eq!(lines[0].event, Event::Started { at: at - day });
    }
}
