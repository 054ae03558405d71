//! The command in a real pseudo-terminal.

use rexpect::session::spawn_command;

use crate::support::refund;

const PATIENCE_MS: u64 = 60_000;

fn on_a_terminal(environment: &[(&str, &str)]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let mut command = refund(directory.path(), &["demo"]);
    command
        .env("TERM", "xterm-256color")
        .envs(environment.iter().copied());
    let mut session = spawn_command(command, Some(PATIENCE_MS)).unwrap();
    session.exp_eof().unwrap()
}

#[test]
fn a_person_sees_progress_and_colours() {
    let shown = on_a_terminal(&[]);
    assert!(shown.contains("refunding at optty"), "{shown}");
    // Bold green.
    assert!(
        shown.contains("\x1b[1m\x1b[32maccepted\x1b[0m"),
        "{shown:?}"
    );
    assert!(shown.contains("none of them twice"), "{shown}");
    // Progress is wiped away before the table.
    let table = shown.find("Refunds at the four providers").unwrap();
    assert!(shown[..table].ends_with("\r\x1b[2K"), "{shown:?}");
}

#[test]
fn a_person_who_wants_no_colours_gets_none() {
    let shown = on_a_terminal(&[("NO_COLOR", "1")]);
    assert!(!shown.contains("\x1b[32m"), "{shown:?}");
    assert!(shown.contains("accepted"), "{shown}");
}
