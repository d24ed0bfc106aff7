//! Tests of everything that runs on the server, and of the build tool.

use anyhow::Result;

use super::tally::{Tally, cargo_test};
use crate::bootstrap;
use crate::paths::Paths;
use crate::run::{ON_THIS_MACHINE, cargo, say};

pub fn run(paths: &Paths) -> Result<Tally> {
    bootstrap::postgres()?;
    say("tests on this machine");
    let mut command = cargo(paths);
    command.args(["test", "--quiet", "--no-fail-fast"]).args(ON_THIS_MACHINE);
    let mut tally = cargo_test(&mut command)?;
    let mut command = cargo(paths);
    command.args(["test", "--quiet", "--locked", "--manifest-path", "crates/xtask/Cargo.toml"]);
    tally += cargo_test(&mut command)?;
    Ok(tally)
}
