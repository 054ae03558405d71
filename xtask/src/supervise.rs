//! A program that ends with this one: in a group of its own, which is told of every signal that this one gets.

use std::future;
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};

/// How often a program is asked whether it has ended.
const PAUSE: Duration = Duration::from_millis(20);

/// Time that a program has to end after a signal; then it is killed.
const GRACE: Duration = Duration::from_secs(10);

/// A request to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// What `kill` sends.
    Terminate,
    /// The terminal was closed.
    HangUp,
}

impl Signal {
    const ALL: [Self; 3] = [Self::Interrupt, Self::Terminate, Self::HangUp];

    /// Its name, as `kill -s` takes it.
    fn name(self) -> &'static str {
        match self {
            Self::Interrupt => "INT",
            Self::Terminate => "TERM",
            Self::HangUp => "HUP",
        }
    }

    fn kind(self) -> SignalKind {
        match self {
            Self::Interrupt => SignalKind::interrupt(),
            Self::Terminate => SignalKind::terminate(),
            Self::HangUp => SignalKind::hangup(),
        }
    }
}

impl std::fmt::Display for Signal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SIG{}", self.name())
    }
}

/// The signals that this process gets; from now on they do not end it.
#[derive(Debug)]
pub struct Signals {
    received: Receiver<Signal>,
}

impl Signals {
    /// Takes the signals for the rest of the process's life.
    ///
    /// # Errors
    ///
    /// The system gives no thread or no handler.
    pub fn listen() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (sender, received) = mpsc::channel();
        let inside = runtime.enter();
        for one in Signal::ALL {
            let mut arriving = signal(one.kind())?;
            let sender = sender.clone();
            runtime.spawn(async move {
                while arriving.recv().await.is_some() && sender.send(one).is_ok() {}
            });
        }
        drop(inside);
        thread::Builder::new()
            .name("signals".to_owned())
            .spawn(move || runtime.block_on(future::pending::<()>()))?;
        Ok(Self { received })
    }

    /// Signals that a test sends.
    #[cfg(test)]
    pub(crate) fn sent_by_test() -> (mpsc::Sender<Signal>, Self) {
        let (sender, received) = mpsc::channel();
        (sender, Self { received })
    }

    /// The first signal that came and was not told to a program.
    pub fn waiting(&self) -> Option<Signal> {
        self.received.try_recv().ok()
    }

    /// The next signal, if one comes in this time.
    fn within(&self, time: Duration) -> Option<Signal> {
        let started = Instant::now();
        self.received.recv_timeout(time).ok().or_else(|| {
            // Nobody sends any more: the time still has to pass.
            thread::sleep(time.saturating_sub(started.elapsed()));
            None
        })
    }
}

/// How a supervised program ended.
#[derive(Debug, Clone, Copy)]
pub struct Ended {
    /// Its own status.
    pub status: ExitStatus,
    /// The signal that it was told of.
    pub signal: Option<Signal>,
}

impl Ended {
    /// The exit code for whoever passes it on, as a shell counts it: 128 and the signal's number for one that was killed.
    pub fn code(&self) -> u8 {
        let killed = self.status.signal().map(|signal| 128 + signal);
        let code = self.status.code().or(killed);
        code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1)
    }
}

/// Runs a program to its end; without input, since only the terminal's own group may read from it. A signal goes on to
/// the program and all that it started; the next one, or ten seconds, kill them, and so does the end of this process.
///
/// # Errors
///
/// It could not be started or waited for; it does not run then.
pub fn run(command: &mut Command, signals: &Signals) -> io::Result<Ended> {
    let mut child = command.stdin(Stdio::null()).process_group(0).spawn()?;
    let Ok(_watch) = Watch::over(&child) else {
        tell(&child, "KILL");
        child.wait()?;
        return Err(io::Error::other("nobody could be had to watch over it"));
    };
    let mut told: Option<(Signal, Instant)> = None;
    loop {
        match child.try_wait() {
            Ok(None) => {}
            Ok(Some(status)) => {
                let signal = told.map(|(signal, _)| signal);
                if signal.is_some() {
                    // What the program started may have outlived it.
                    tell(&child, "KILL");
                }
                return Ok(Ended { status, signal });
            }
            Err(error) => {
                tell(&child, "KILL");
                return Err(error);
            }
        }
        match (signals.within(PAUSE), told) {
            (Some(signal), None) => {
                tell(&child, signal.name());
                told = Some((signal, Instant::now()));
            }
            (Some(_), Some(_)) => tell(&child, "KILL"),
            (None, Some((_, since))) if since.elapsed() > GRACE => tell(&child, "KILL"),
            (None, _) => {}
        }
    }
}

/// Kills the group of a program once this process is no more: no handler runs at a SIGKILL.
struct Watch(Child);

impl Watch {
    /// A shell that waits for the end of its input, which nobody but this process holds open.
    fn over(child: &Child) -> io::Result<Self> {
        let script = "read -r _; kill -s KILL -- \"-$1\"";
        let mut shell = Command::new("sh");
        shell
            .args(["-c", script, "sh", &child.id().to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0);
        shell.spawn().map(Self)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // It has to end before its input does.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sends a signal to the group of a program. That nobody is left in it is no failure.
fn tell(child: &Child, signal: &str) {
    send(signal, &format!("-{}", child.id()));
}

/// Sends a signal to a process, or to a group with a minus in front, by the shell's own `kill`; whether there was one.
pub(crate) fn send(signal: &str, to: &str) -> bool {
    Command::new("sh")
        .args(["-c", "kill -s \"$1\" -- \"$2\"", "sh", signal, to])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    /// A shell script, whose `$1` is a folder.
    fn shell(script: &str, folder: &Path) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh"]).arg(folder);
        command
    }

    fn wait_for(path: &Path) -> String {
        let started = Instant::now();
        loop {
            match fs::read_to_string(path) {
                Ok(text) if text.ends_with('\n') => return text,
                _ if started.elapsed() > Duration::from_secs(30) => {
                    panic!("{} was not written", path.display())
                }
                _ => thread::sleep(PAUSE),
            }
        }
    }

    /// Waits until a process is no more.
    fn ends(pid: &str) {
        // One that nobody has waited for is still known by its number, as a zombie.
        let state = || fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let is_there = || send("0", pid) && !state().contains(") Z ");
        let started = Instant::now();
        while is_there() && started.elapsed() < Duration::from_secs(10) {
            thread::sleep(PAUSE);
        }
        assert!(!is_there(), "{pid} is still there: {}", state());
    }

    #[test]
    fn the_code_of_a_program_is_passed_on() {
        let folder = tempfile::tempdir().unwrap();
        let (_sender, signals) = Signals::sent_by_test();
        let ended = run(&mut shell("exit 101", folder.path()), &signals).unwrap();
        assert_eq!((ended.code(), ended.signal), (101, None));
        let ended = run(&mut shell("kill -s TERM $$", folder.path()), &signals).unwrap();
        assert_eq!((ended.code(), ended.signal), (143, None));
    }

    #[test]
    fn a_signal_ends_the_program_and_what_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let (sender, signals) = Signals::sent_by_test();
        let script = "sleep 600 & echo $! > \"$1/pid\"; wait";
        let path = folder.path();
        let pid = thread::scope(|scope| {
            let running = scope.spawn(move || run(&mut shell(script, path), &signals));
            let pid = wait_for(&folder.path().join("pid"));
            sender.send(Signal::Terminate).unwrap();
            let ended = running.join().unwrap().unwrap();
            assert_eq!((ended.code(), ended.signal), (143, Some(Signal::Terminate)));
            pid
        });
        ends(pid.trim());
    }

    /// The folder for [`a_program_that_is_run_by_a_test`].
    const FOLDER: &str = "XTASK_SUPERVISED_IN";

    #[test]
    fn a_program_that_is_run_by_a_test() {
        let Ok(folder) = std::env::var(FOLDER) else {
            return;
        };
        let (_sender, signals) = Signals::sent_by_test();
        let script = "sleep 600 & echo $! > \"$1/pid\"; wait";
        run(&mut shell(script, Path::new(&folder)), &signals).unwrap();
    }

    #[test]
    fn a_kill_of_this_process_ends_the_program_and_what_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let mut outer = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "supervise::tests::a_program_that_is_run_by_a_test",
            ])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let pid = wait_for(&folder.path().join("pid"));
        outer.kill().unwrap();
        outer.wait().unwrap();
        ends(pid.trim());
    }

    #[test]
    fn a_second_signal_kills_a_program_that_ignores_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let (sender, signals) = Signals::sent_by_test();
        let script = "trap '' INT; echo > \"$1/ready\"; while :; do sleep 1; done";
        let path = folder.path();
        thread::scope(|scope| {
            let running = scope.spawn(move || run(&mut shell(script, path), &signals));
            wait_for(&folder.path().join("ready"));
            sender.send(Signal::Interrupt).unwrap();
            sender.send(Signal::Interrupt).unwrap();
            let ended = running.join().unwrap().unwrap();
            assert_eq!((ended.code(), ended.signal), (137, Some(Signal::Interrupt)));
        });
    }
}
