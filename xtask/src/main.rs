//! The commands of this workspace.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use xtask::{cli, workspace};

fn main() -> ExitCode {
    let line: Vec<OsString> = std::env::args_os().collect();
    let code = cli::start(
        &line,
        workspace::root,
        &mut io::stdout().lock(),
        &mut io::stderr(),
    );
    ExitCode::from(code)
}
