//! The workers, which are killed and started again.

use std::{
    ffi::OsString,
    fs,
    ops::Range,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use fastrand::Rng;

use super::WORKERS;
use crate::CampaignError;

/// A worker lives for so long, at random.
const LIFE: Range<u64> = 400..3_000;
/// So many of 256 workers of a file find its disk full.
const FULL_IN_256: u8 = 32;

/// The workers, which are killed and started again.
pub(super) struct Crew {
    program: PathBuf,
    argument: OsString,
    post: PathBuf,
    /// The journal's file, for which a disk can be too small.
    file: Option<PathBuf>,
    rng: Rng,
    workers: Vec<(Child, Instant)>,
    pub(super) kills: u64,
}

impl Crew {
    pub(super) fn new(
        program: &Path,
        argument: OsString,
        post: PathBuf,
        file: Option<PathBuf>,
        seed: u64,
    ) -> Result<Self, CampaignError> {
        let mut crew = Self {
            program: program.to_owned(),
            argument,
            post,
            file,
            rng: Rng::with_seed(seed),
            workers: Vec::new(),
            kills: 0,
        };
        for _ in 0..WORKERS {
            let worker = crew.start()?;
            crew.workers.push(worker);
        }
        Ok(crew)
    }

    fn start(&mut self) -> Result<(Child, Instant), CampaignError> {
        let child = self
            .command()
            .arg(&self.argument)
            .arg(&self.post)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(CampaignError::Process)?;
        let life = Duration::from_millis(self.rng.u64(LIFE));
        Ok((child, Instant::now() + life))
    }

    /// The worker's program, on a disk that is full from somewhere on, now and then.
    fn command(&mut self) -> Command {
        let size = self
            .file
            .as_ref()
            .and_then(|file| fs::metadata(file).ok())
            .map(|found| found.len());
        let Some(size) = size.filter(|_| self.rng.u8(..) < FULL_IN_256) else {
            return Command::new(&self.program);
        };
        // In blocks of 512 bytes; a write beyond is refused, and does not end the process.
        let blocks = self.rng.u64(0..=size / 512);
        let mut command = Command::new("sh");
        command
            .arg("-c")
            .arg(format!(
                "trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""
            ))
            .arg(&self.program);
        command
    }

    /// A moment within a range of milliseconds from now.
    pub(super) fn at_random(&mut self, millis: Range<u64>) -> Instant {
        Instant::now() + Duration::from_millis(self.rng.u64(millis))
    }

    /// Kills those whose time has come, and starts others.
    pub(super) fn kill_at_random(&mut self) -> Result<(), CampaignError> {
        for index in 0..self.workers.len() {
            let Some((child, death)) = self.workers.get_mut(index) else {
                continue;
            };
            if Instant::now() > *death {
                child.kill().map_err(CampaignError::Process)?;
                child.wait().map_err(CampaignError::Process)?;
                self.kills += 1;
                let new = self.start()?;
                if let Some(worker) = self.workers.get_mut(index) {
                    *worker = new;
                }
            }
        }
        self.restart_ended()
    }

    /// A worker ends by itself where its database was cut off when it began.
    pub(super) fn restart_ended(&mut self) -> Result<(), CampaignError> {
        for index in 0..self.workers.len() {
            let Some((child, _)) = self.workers.get_mut(index) else {
                continue;
            };
            if child.try_wait().map_err(CampaignError::Process)?.is_some() {
                let new = self.start()?;
                if let Some(worker) = self.workers.get_mut(index) {
                    *worker = new;
                }
            }
        }
        Ok(())
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        for (child, _) in &mut self.workers {
            // It may have ended by itself; then there is nothing to kill.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
