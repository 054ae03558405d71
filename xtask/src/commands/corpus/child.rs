//! One document, in a process of its own: its memory is its own, and nothing that it does ends the others.

use std::env;
use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::one::Measured;
use super::outcome::Outcome;

/// How often a process is looked after.
const POLL: Duration = Duration::from_millis(5);
/// How much of what a process says of its end is shown.
const LAST_WORDS: usize = 300;

/// What each process does.
pub(super) struct Task {
    /// After this a document counts as failed.
    pub(super) timeout: Duration,
    /// How often the document is damaged.
    pub(super) mutations: usize,
    /// Where damaging begins.
    pub(super) seed: u64,
    /// Whether the documented examples are kept beside the source.
    pub(super) examples: bool,
}

impl Task {
    /// Generates `file` and keeps the source in `source`.
    pub(super) fn run(&self, file: &Path, source: &Path) -> Outcome {
        let started = Instant::now();
        let measured = self.measure(file, source).unwrap_or_else(|error| Measured {
            error: Some(error),
            seconds: started.elapsed().as_secs_f64(),
            ..Measured::default()
        });
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        Outcome::new(name.into_owned(), measured)
    }

    fn measure(&self, file: &Path, source: &Path) -> Result<Measured, String> {
        let cannot = |error: io::Error| format!("its process could not be run: {error}");
        let mut command = Command::new(env::current_exe().map_err(cannot)?);
        command.args(["corpus", "--one"]).arg(file);
        if self.examples {
            command.arg("--examples");
        }
        let mut child = command
            .arg("--source")
            .arg(source)
            .args(["--mutations", &self.mutations.to_string()])
            .args(["--seed", &self.seed.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(cannot)?;
        let out = collect(child.stdout.take());
        let complaints = collect(child.stderr.take());
        let in_time = wait(&mut child, self.timeout).map_err(cannot)?;
        let status = child.wait().map_err(cannot)?;
        let text = |reader: thread::JoinHandle<Vec<u8>>| {
            String::from_utf8_lossy(&reader.join().unwrap_or_default()).into_owned()
        };
        let (out, complaints) = (text(out), text(complaints));
        if !in_time {
            return Err(format!("not done after {} s", self.timeout.as_secs_f64()));
        }
        let mut measured: Measured = serde_json::from_str(&out)
            .map_err(|_| format!("its process ended with {status}: {}", last(&complaints)))?;
        if let Some(error) = &mut measured.error
            && error.contains("panicked")
            && !complaints.is_empty()
        {
            error.push_str(&format!(": {}", last(&complaints)));
        }
        Ok(measured)
    }
}

/// Waits for the end, or brings it about; says whether it came in time.
fn wait(child: &mut Child, timeout: Duration) -> io::Result<bool> {
    let deadline = Instant::now() + timeout;
    while Instant::now() < deadline {
        if child.try_wait()?.is_some() {
            return Ok(true);
        }
        thread::sleep(POLL);
    }
    child.kill()?;
    Ok(false)
}

fn collect(source: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut source) = source {
            // What was read before a failure is all that there is to show.
            let _ = source.read_to_end(&mut bytes);
        }
        bytes
    })
}

fn last(text: &str) -> String {
    let text = text.trim();
    let skip = text.chars().count().saturating_sub(LAST_WORDS);
    text.chars().skip(skip).collect()
}
