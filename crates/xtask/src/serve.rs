//! `cargo xtask serve`: from a fresh checkout to a running server.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::build::{self, Plan};
use crate::paths::Paths;

pub fn serve(arguments: &[String]) -> Result<ExitCode> {
    let paths = Paths::find()?;
    build::build(&paths, Plan::dev())?;
    let arguments = arguments.strip_prefix(&["--".to_owned()][..]).unwrap_or(arguments);
    let mut command = Command::new(paths.server_binary(false));
    command.arg("serve").args(arguments);
    become_it(&mut command)
}

/// Takes the server's place, so that signals reach it and nothing is left behind.
#[cfg(unix)]
fn become_it(command: &mut Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt;
    Err(command.exec()).with_context(|| format!("cannot start {}", command.get_program().display()))
}

#[cfg(not(unix))]
fn become_it(command: &mut Command) -> Result<ExitCode> {
    let status = command.status().with_context(|| format!("cannot start {}", command.get_program().display()))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
