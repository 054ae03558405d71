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
    child: Child,
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
pub fn supervise(
    program: &Program<'_>,
    posts: Vec<Post>,
    seed: u64,
    clock: &Clock,
) -> Result<(u64, Passed), CampaignError> {
    let mut calendar = Calendar::new(posts.iter().map(|post| post.refunds).sum());
    let mut passed = Passed::default();
    let mut rng = Rng::with_seed(seed);
    let mut workers = Vec::new();
    for post in posts {
        let lines = post.refunds * LINES_PER_REFUND;
        let kills = (post.refunds / REFUNDS_PER_KILL).clamp(LEAST_KILLS, MOST_KILLS);
        let mut deaths: Vec<_> = (0..kills).map(|_| rng.u64(0..lines.max(1))).collect();
        deaths.sort_unstable_by(|one, other| other.cmp(one));
        workers.push(Worker {
            child: start(program, &post.assignment)?,
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
        in_time(began)?;
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
    let mut running: Vec<_> = workers.iter_mut().filter(|worker| !worker.done).collect();
    for worker in &mut running {
        worker.stop()?;
    }
    clock.advance(day);
    for worker in &mut running {
        // The machine's own clock cannot be moved: what was written down becomes older instead.
        journal::age(&worker.journal, day).map_err(CampaignError::file(&worker.journal))?;
        (worker.reader, worker.lines) = (None, 0);
        worker.child = start(program, &worker.assignment)?;
    }
    Ok(running.len() as u64)
}

/// Starts a worker of each assignment, and waits until all have come to their ends.
///
/// # Errors
/// One could not be started, failed, or did not come to its end.
pub fn finish(program: &Program<'_>, assignments: &[PathBuf]) -> Result<(), CampaignError> {
    let mut workers = Vec::new();
    for assignment in assignments {
        workers.push(LastLook {
            child: start(program, assignment)?,
            done: false,
        });
    }
    let began = Instant::now();
    while workers.iter().any(|worker| !worker.done) {
        for (number, worker) in workers.iter_mut().enumerate() {
            worker.done = worker.done || is_done(&mut worker.child, number)?;
        }
        in_time(began)?;
        thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

/// A worker that looks once more; it does not outlive this.
struct LastLook {
    child: Child,
    done: bool,
}

impl Drop for LastLook {
    fn drop(&mut self) {
        if !self.done {
            // It may have ended by itself; then there is nothing to kill.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// Whether a worker has come to its end.
fn is_done(child: &mut Child, worker: usize) -> Result<bool, CampaignError> {
    match child.try_wait().map_err(CampaignError::Process)? {
        None => Ok(false),
        Some(status) if status.success() => Ok(true),
        Some(status) => Err(CampaignError::WorkerFailed {
            worker,
            status: status.to_string(),
        }),
    }
}

fn in_time(began: Instant) -> Result<(), CampaignError> {
    let seconds = PATIENCE.as_secs();
    match began.elapsed() > PATIENCE {
        true => Err(CampaignError::TooLong { seconds }),
        false => Ok(()),
    }
}

fn start(program: &Program<'_>, assignment: &Path) -> Result<Child, CampaignError> {
    program(assignment)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .map_err(CampaignError::Process)
}

impl Worker {
    /// Kills the worker if its time has come; tells whether it did.
    fn look_after(&mut self, number: usize, program: &Program<'_>) -> Result<bool, CampaignError> {
        if self.done {
            return Ok(false);
        }
        if is_done(&mut self.child, number)? {
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
        self.stop()?;
        self.child = start(program, &self.assignment)?;
        Ok(true)
    }

    fn stop(&mut self) -> Result<(), CampaignError> {
        self.child.kill().map_err(CampaignError::Process)?;
        self.child.wait().map_err(CampaignError::Process)?;
        Ok(())
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

impl Drop for Worker {
    fn drop(&mut self) {
        if !self.done {
            // It may have ended by itself; then there is nothing to kill.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn no_worker_is_left_where_another_has_failed_at_the_last_look() {
        let directory = tempfile::tempdir().unwrap();
        let noted = directory.path().join("number");
        let (first, second) = (
            directory.path().join("first"),
            directory.path().join("second"),
        );
        let program = |assignment: &Path| {
            let mut command = Command::new("sh");
            let script = match assignment == second {
                true => "echo $$ > \"$0.new\"; mv \"$0.new\" \"$0\"; exec sleep 60",
                false => "while [ ! -e \"$0\" ]; do sleep 0.01; done; exit 3",
            };
            command.args(["-c", script]).arg(&noted);
            command
        };
        let failed = finish(&program, &[first, second.clone()]);
        assert!(
            matches!(failed, Err(CampaignError::WorkerFailed { worker: 0, .. })),
            "{failed:?}"
        );
        let number = std::fs::read_to_string(&noted).unwrap();
        let process = Path::new("/proc").join(number.trim());
        assert!(!process.exists(), "{} still runs", process.display());
    }
}
