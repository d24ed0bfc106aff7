//! Tests of everything that runs on the server, and of the build tool.

use std::process::Command;

use anyhow::Result;

use super::counted;
use super::libtest::{RUNNER, WITH_TIMES, cargo_test};
use super::tally::Tally;
use crate::bootstrap;
use crate::paths::Paths;
use crate::progress::compile;
use crate::run::{ON_THIS_MACHINE, cargo, say};

/// What has tests of its own. Examples are compiled by the lints.
const OF_THE_WORKSPACE: [&str; 3] = ["--lib", "--bins", "--tests"];

pub fn run(paths: &Paths) -> Result<Tally> {
    bootstrap::postgres()?;
    say("tests on this machine");
    let workspace = [&ON_THIS_MACHINE[..], &OF_THE_WORKSPACE].concat();
    let mut tally = counted("rust", tests(paths, "tests", &workspace));
    tally += counted("documentation", documentation(paths));
    let own = ["--locked", "--manifest-path", "crates/xtask/Cargo.toml", "--bins"];
    tally += counted("xtask", tests(paths, "tests of the build tool", &own));
    Ok(tally)
}

/// Compiles and then runs, so that the one tells how far it is and the other only what it finds.
fn tests(paths: &Paths, what: &str, which: &[&str]) -> Result<Tally> {
    let test = |words: &[&str]| -> Command {
        let mut command = cargo(paths);
        command.arg("test").args(RUNNER).args(which).args(words);
        command
    };
    compile(&format!("compiling {what}"), &mut test(&["--no-run"]))?;
    cargo_test(what, &mut test(&[&["--no-fail-fast", "--"], &WITH_TIMES[..]].concat()))
}

/// Examples in the documentation. They are run by another program, which is not to be told of times.
fn documentation(paths: &Paths) -> Result<Tally> {
    let mut command = cargo(paths);
    command.args(["test", "--doc", "--no-fail-fast"]).args(ON_THIS_MACHINE);
    cargo_test("examples in the documentation", &mut command)
}
