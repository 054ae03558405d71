//! A program that is a campaign and its workers.

use std::{
    env,
    ffi::{OsStr, OsString},
    io::{self, Write},
    path::Path,
    process::{Command, ExitCode},
};

use refunds::custom::Provider;

use super::Campaign;

/// The first argument of a worker.
const WORKER: &str = "--as-worker-of-the-campaign";

impl<P: Provider> Campaign<P> {
    /// The whole of a program: runs the campaign with the program itself as its workers, prints the report, and fails if
    /// money went wrong or the campaign says too little. It reads the program's arguments: `--seed 7` and
    /// `--refunds 2000` stand before what was set, all others are left alone.
    pub fn main(mut self) -> ExitCode {
        let given: Vec<OsString> = env::args_os().skip(1).collect();
        let done = match given.as_slice() {
            [first, post] if first == OsStr::new(WORKER) => self
                .work(Path::new(post))
                .map_err(|error| error.to_string()),
            _ => {
                self.refunds = number(&given, "--refunds").unwrap_or(self.refunds);
                self.seed = number(&given, "--seed").unwrap_or(self.seed);
                self.told()
            }
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(problem) => {
                // Nobody hears it where there is no standard error.
                let _ = writeln!(io::stderr().lock(), "error: {problem}");
                ExitCode::FAILURE
            }
        }
    }

    fn told(&self) -> Result<(), String> {
        let program = env::current_exe()
            .map_err(|error| format!("the campaign cannot find its own program: {error}"))?;
        let worker = |post: &Path| {
            let mut command = Command::new(&program);
            command.arg(WORKER).arg(post);
            command
        };
        let report = self.run(worker).map_err(|error| error.to_string())?;
        let _ = write!(io::stdout().lock(), "{report}");
        report.verdict()
    }
}

fn number(given: &[OsString], name: &str) -> Option<u64> {
    let at = given.iter().position(|argument| argument == name)?;
    given.get(at + 1)?.to_str()?.parse().ok()
}
