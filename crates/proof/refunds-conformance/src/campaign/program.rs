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
    /// `--refunds 2000` stand before what was set, `--list` names the one test and runs nothing, all others are left alone.
    pub fn main(mut self) -> ExitCode {
        let given: Vec<OsString> = env::args_os().skip(1).collect();
        let done = match given.as_slice() {
            [first, post] if first == OsStr::new(WORKER) => self
                .work(Path::new(post))
                .map_err(|error| error.to_string()),
            _ => Arguments::of(&given).and_then(|arguments| {
                if arguments.lists {
                    let _ = write!(io::stdout().lock(), "{}", arguments.listed());
                    return Ok(());
                }
                self.refunds = arguments.refunds.unwrap_or(self.refunds);
                self.seed = arguments.seed.unwrap_or(self.seed);
                self.told()
            }),
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

/// What a program was given.
#[derive(Debug, Default, PartialEq, Eq)]
struct Arguments {
    seed: Option<u64>,
    refunds: Option<u64>,
    /// Tests are only listed, as those of the standard harness are by `--list`.
    lists: bool,
    is_ignored: bool,
}

impl Arguments {
    fn of(given: &[OsString]) -> Result<Self, String> {
        Ok(Self {
            seed: number(given, "--seed")?,
            refunds: number(given, "--refunds")?,
            lists: given.iter().any(|argument| argument == "--list"),
            is_ignored: given.iter().any(|argument| argument == "--ignored"),
        })
    }

    /// The list of the program's tests: one, and none that is ignored.
    fn listed(&self) -> &'static str {
        match self.is_ignored {
            true => "",
            false => "campaign: test\n",
        }
    }
}

/// What follows a name, or stands behind it and `=`.
fn number(given: &[OsString], name: &str) -> Result<Option<u64>, String> {
    let mut given = given.iter();
    while let Some(argument) = given.next() {
        let argument = argument.to_string_lossy();
        let Some(rest) = argument.strip_prefix(name) else {
            continue;
        };
        let value = match rest.strip_prefix('=') {
            Some(value) => Some(value.to_owned()),
            None if rest.is_empty() => given
                .next()
                .map(|value| value.to_string_lossy().into_owned()),
            None => continue,
        };
        let number = value.as_deref().and_then(|value| value.parse().ok());
        return match number {
            Some(number) => Ok(Some(number)),
            None => Err(format!("{name} wants a whole number, such as `{name} 7`")),
        };
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(arguments: &[&str]) -> Result<Arguments, String> {
        let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
        Arguments::of(&arguments)
    }

    #[test]
    fn numbers_are_read_in_both_ways_and_what_is_for_other_programs_is_left_alone() {
        let both = Ok(Arguments {
            seed: Some(7),
            refunds: Some(600),
            ..Arguments::default()
        });
        assert_eq!(given(&["--seed", "7", "--refunds", "600"]), both);
        assert_eq!(given(&["--nocapture", "--refunds=600", "--seed=7"]), both);
        assert_eq!(given(&["--seeds", "x", "refund"]), Ok(Arguments::default()));
    }

    #[test]
    fn what_is_no_number_is_refused_and_not_run_with_another() {
        for arguments in [
            &["--seed", "x"][..],
            &["--seed"],
            &["--seed="],
            &["--refunds=-1"],
        ] {
            let problem = given(arguments).unwrap_err();
            assert!(problem.contains("wants a whole number"), "{problem}");
        }
    }

    #[test]
    fn a_program_that_is_to_list_its_tests_has_one_and_none_that_is_ignored() {
        let listed = |arguments: &[&str]| {
            let arguments = given(arguments).unwrap();
            arguments.lists.then(|| arguments.listed())
        };
        assert_eq!(
            listed(&["--list", "--format", "terse"]),
            Some("campaign: test\n")
        );
        assert_eq!(
            listed(&["--list", "--format", "terse", "--ignored"]),
            Some("")
        );
        assert_eq!(listed(&["--nocapture"]), None);
    }
}
