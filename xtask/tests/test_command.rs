//! `cargo xtask test`, with a stand-in for cargo: the tests get a server, and it is gone afterwards, however they end.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it reports by failing"
)]

mod shared;

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use shared::{has, read};
use tempfile::TempDir;
use xtask::postgres::{Cluster, Places, PostgresError, Programs};

/// Time for what another process does.
const PATIENCE: Duration = Duration::from_secs(60);

/// The PostgreSQL of this machine; without one, a test that needs it is left out.
#[allow(
    clippy::print_stderr,
    reason = "whoever reads the output is to know what was not looked at"
)]
fn installed() -> Option<Programs> {
    let found = Programs::find(&Places::usual()).unwrap();
    if found.is_none() {
        eprintln!("left out: {}", PostgresError::Missing);
    }
    found
}

/// What a server answers to a client that starts, by PostgreSQL's protocol: the kinds of its messages, up to the one
/// that says that it is ready, or to an error.
fn answer(port: u16, user: &str, database: &str) -> std::io::Result<Vec<u8>> {
    let mut body = 196_608_u32.to_be_bytes().to_vec();
    for text in ["user", user, "database", database, ""] {
        body.extend_from_slice(text.as_bytes());
        body.push(0);
    }
    let length = u32::try_from(body.len() + 4).unwrap();
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(&[&length.to_be_bytes(), body.as_slice()].concat())?;
    let mut kinds = Vec::new();
    while !kinds.ends_with(b"Z") && !kinds.ends_with(b"E") {
        let mut head = [0; 5];
        stream.read_exact(&mut head)?;
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
        let mut rest = vec![0; usize::try_from(length).unwrap() - 4];
        stream.read_exact(&mut rest)?;
        kinds.push(head[0]);
    }
    Ok(kinds)
}

fn is_ready(port: u16, database: &str) -> bool {
    answer(port, "refunds", database).unwrap().ends_with(b"Z")
}

fn eventually(what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < PATIENCE, "not in a minute: {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// A run of the command with a script in the place of cargo, and an empty folder for temporary files.
struct Run {
    folder: TempDir,
    script: PathBuf,
}

impl Run {
    /// The script notes its arguments and the server's URL, line by line in the file `called`, and does this.
    fn new(script: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let everybody = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path(), everybody.clone()).unwrap();
        let temporary = folder.path().join("temporary");
        fs::create_dir(&temporary).unwrap();
        fs::set_permissions(&temporary, everybody.clone()).unwrap();
        let path = folder.path().join("cargo");
        let called = folder.path().join("called");
        let text = format!(
            "#!/bin/sh\nprintf '%s\\n' \"$REFUNDS_TEST_POSTGRES\" \"$REFUNDS_TEST_POSTGRES_BIN\" \"$*\" end \
             > '{}'\n{script}\n",
            called.display()
        );
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, everybody).unwrap();
        Self {
            folder,
            script: path,
        }
    }

    fn start(&self, arguments: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_xtask"))
            .arg("test")
            .args(arguments)
            .env("CARGO", &self.script)
            .env("TMPDIR", self.folder.path().join("temporary"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// What the script noted: URL, folder of programs, arguments.
    fn called(&self) -> [String; 3] {
        let path = self.folder.path().join("called");
        let read = || fs::read_to_string(&path).unwrap_or_default();
        eventually("the script is called", || read().ends_with("end\n"));
        let text = read();
        let mut lines = text.lines().map(str::to_owned);
        [(); 3].map(|()| lines.next().unwrap())
    }

    fn port(&self) -> u16 {
        let [url, ..] = self.called();
        let port = url.strip_prefix("postgres://refunds@127.0.0.1:").unwrap();
        port.strip_suffix("/postgres").unwrap().parse().unwrap()
    }

    /// The process of the server, while it runs.
    fn server(&self) -> String {
        let cluster = only_entry(&self.folder.path().join("temporary")).unwrap();
        let noted = read(&cluster, "data/postmaster.pid");
        noted.lines().next().unwrap().to_owned()
    }

    /// Fails if anything is left of the cluster.
    fn assert_nothing_is_left(&self) {
        assert_eq!(only_entry(&self.folder.path().join("temporary")), None);
        let port = self.port();
        eventually("nobody listens on the port", || {
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err()
        });
    }
}

fn only_entry(folder: &Path) -> Option<PathBuf> {
    let mut entries = fs::read_dir(folder).unwrap();
    let first = entries.next()?.unwrap().path();
    assert!(entries.next().is_none(), "more than one in {folder:?}");
    Some(first)
}

/// Sends a signal; whether there is such a process.
fn send(signal: &str, pid: &str) -> bool {
    let mut kill = Command::new("sh");
    kill.args(["-c", "kill -s \"$1\" \"$2\"", "sh", signal, pid]);
    kill.stderr(Stdio::null()).status().unwrap().success()
}

fn printed(output: &Output) -> String {
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8(text).unwrap()
}

#[test]
fn a_cluster_answers_on_its_port_and_is_gone_afterwards() {
    let Some(programs) = installed() else { return };
    let cluster = Cluster::start(&programs).unwrap();
    let (port, folder) = (cluster.port(), cluster.folder().to_owned());
    assert!(is_ready(port, "postgres") && is_ready(port, "refunds"));
    assert_eq!(
        answer(port, "refunds", "elsewhere").unwrap().last(),
        Some(&b'E')
    );
    let settings = read(&folder, "data/postgresql.conf");
    let set: Vec<&str> = settings
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    assert!(set.contains(&"max_connections = 200"), "{set:?}");
    for careless in ["fsync", "synchronous_commit", "full_page_writes"] {
        assert!(
            !set.iter().any(|line| line.starts_with(careless)),
            "{set:?}"
        );
    }
    cluster.stop().unwrap();
    assert!(!folder.exists());
    eventually("nobody listens on the port", || {
        answer(port, "refunds", "postgres").is_err()
    });
}

#[test]
fn a_cluster_that_is_dropped_is_gone_too() {
    let Some(programs) = installed() else { return };
    let cluster = Cluster::start(&programs).unwrap();
    let (port, folder) = (cluster.port(), cluster.folder().to_owned());
    drop(cluster);
    assert!(!folder.exists());
    eventually("nobody listens on the port", || {
        answer(port, "refunds", "postgres").is_err()
    });
}

#[test]
fn the_whole_workspace_is_tested_with_a_server_and_its_programs() {
    let Some(programs) = installed() else { return };
    let run = Run::new("echo tested");
    let output = run.start(&[]).wait_with_output().unwrap();
    let text = printed(&output);
    assert!(output.status.success(), "{text}");
    let expected = format!(
        "{} of {}, on 127.0.0.1:",
        programs.version,
        programs.folder.display()
    );
    assert!(
        text.starts_with(&expected) && text.ends_with("\ntested\n"),
        "{text}"
    );
    let [_, folder, arguments] = run.called();
    assert_eq!(PathBuf::from(folder), programs.folder);
    assert_eq!(arguments, "test --locked --workspace");
    run.assert_nothing_is_left();
}

#[test]
fn arguments_take_the_place_of_the_workspace() {
    if installed().is_none() {
        return;
    }
    for arguments in [
        &["--", "-p", "a", "name", "--", "--nocapture"][..],
        &["-p", "a", "name", "--", "--nocapture"],
    ] {
        let run = Run::new("");
        let output = run.start(arguments).wait_with_output().unwrap();
        assert!(output.status.success(), "{}", printed(&output));
        let [.., given] = run.called();
        assert_eq!(given, "test --locked -p a name -- --nocapture");
    }
}

#[test]
fn the_code_of_tests_that_fail_is_passed_on_and_nothing_is_left() {
    if installed().is_none() {
        return;
    }
    let run = Run::new("exit 101");
    let output = run.start(&[]).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(101), "{}", printed(&output));
    run.assert_nothing_is_left();
}

#[test]
fn a_cargo_that_cannot_be_started_leaves_nothing() {
    if installed().is_none() {
        return;
    }
    let run = Run::new("");
    fs::remove_file(&run.script).unwrap();
    let output = run.start(&[]).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let text = printed(&output);
    has!(&text, "cargo could not be started");
    assert_eq!(only_entry(&run.folder.path().join("temporary")), None);
}

#[test]
fn a_signal_ends_the_tests_and_the_server() {
    if installed().is_none() {
        return;
    }
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let run = Run::new("sleep 600 & wait");
        let child = run.start(&[]);
        assert!(is_ready(run.port(), "postgres"));
        let server = run.server();
        assert!(send(signal, &child.id().to_string()));
        let output = child.wait_with_output().unwrap();
        let text = printed(&output);
        assert_eq!(output.status.code(), Some(code), "{text}");
        has!(
            &text,
            &format!("SIG{signal} ended the tests; PostgreSQL is gone")
        );
        run.assert_nothing_is_left();
        eventually("the server's process is gone", || !send("0", &server));
    }
}

#[test]
fn a_signal_that_comes_before_the_tests_begin_leaves_nothing() {
    if installed().is_none() {
        return;
    }
    let run = Run::new("");
    let temporary = run.folder.path().join("temporary");
    let child = run.start(&[]);
    eventually("the cluster is begun", || {
        fs::read_dir(&temporary).unwrap().next().is_some()
    });
    assert!(send("INT", &child.id().to_string()));
    let output = child.wait_with_output().unwrap();
    let text = printed(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    has!(&text, "SIGINT came while PostgreSQL was being made ready");
    assert_eq!(only_entry(&temporary), None);
    assert!(!run.folder.path().join("called").exists());
}
