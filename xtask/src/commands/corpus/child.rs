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

/// Generates `file` and keeps the source in `source`; after `timeout` it counts as failed.
pub(super) fn run(file: &Path, source: &Path, timeout: Duration) -> Outcome {
    let started = Instant::now();
    let measured = measure(file, source, timeout).unwrap_or_else(|error| Measured {
        error: Some(error),
        seconds: started.elapsed().as_secs_f64(),
        ..Measured::default()
    });
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    Outcome::new(name.into_owned(), measured)
}

fn measure(file: &Path, source: &Path, timeout: Duration) -> Result<Measured, String> {
    let cannot = |error: io::Error| format!("its process could not be run: {error}");
    let mut child = Command::new(env::current_exe().map_err(cannot)?)
        .args(["corpus", "--one"])
        .arg(file)
        .arg("--source")
        .arg(source)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(cannot)?;
    let out = collect(child.stdout.take());
    let complaints = collect(child.stderr.take());
    let in_time = wait(&mut child, timeout).map_err(cannot)?;
    let status = child.wait().map_err(cannot)?;
    let text = |reader: thread::JoinHandle<Vec<u8>>| {
        String::from_utf8_lossy(&reader.join().unwrap_or_default()).into_owned()
    };
    let (out, complaints) = (text(out), text(complaints));
    if !in_time {
        return Err(format!("not done after {} s", timeout.as_secs_f64()));
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
