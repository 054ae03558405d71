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
            _ => self.set(&given).and_then(|()| self.told()),
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

    fn set(&mut self, given: &[OsString]) -> Result<(), String> {
        self.refunds = number(given, "--refunds")?.unwrap_or(self.refunds);
        self.seed = number(given, "--seed")?.unwrap_or(self.seed);
        Ok(())
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

/// What is given as `--seed 7` or `--seed=7`; what cannot be read is not passed over.
fn number(given: &[OsString], name: &str) -> Result<Option<u64>, String> {
    let mut given = given.iter().map(|argument| argument.to_string_lossy());
    while let Some(argument) = given.next() {
        let value = match argument.split_once('=') {
            Some((own, value)) if own == name => Some(value.to_owned()),
            None if argument == name => given.next().map(|value| value.into_owned()),
            _ => continue,
        };
        let number = value.and_then(|value| value.parse().ok());
        return match number {
            Some(number) => Ok(Some(number)),
            None => Err(format!("{name} takes a number, as in `{name} 7`")),
        };
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seed(given: &[&str]) -> Result<Option<u64>, String> {
        let given: Vec<OsString> = given.iter().map(Into::into).collect();
        number(&given, "--seed")
    }

    #[test]
    fn a_number_is_read_in_either_way_and_others_are_left_alone() {
        for given in [
            &["--seed", "7"][..],
            &["--seed=7"],
            &["--nocapture", "--seed", "7", "x"],
        ] {
            assert_eq!(seed(given), Ok(Some(7)), "{given:?}");
        }
        for given in [&[][..], &["7"], &["--refunds", "7"], &["--seeds=7"]] {
            assert_eq!(seed(given), Ok(None), "{given:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for given in [
            &["--seed"][..],
            &["--seed", "seven"],
            &["--seed="],
            &["--seed", "-1"],
        ] {
            let told = seed(given).unwrap_err();
            assert_eq!(told, "--seed takes a number, as in `--seed 7`");
        }
    }
}
