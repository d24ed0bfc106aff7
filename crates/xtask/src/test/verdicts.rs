//! One verdict everywhere: the same made-up passwords judged natively and in WebAssembly, and the reports compared byte by byte.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use super::tally::Tally;
use crate::bootstrap;
use crate::paths::Paths;
use crate::run::{cargo, run as finish, say};

/// Enough for every run of the tests; `cargo xtask verdicts` compares twenty times as many.
pub const IN_TESTS: u64 = 50_000;
/// Printed when they differ, so that the case can be found again.
const SEED: u64 = 20_261_121;

/// `cargo xtask verdicts [COUNT]`: a million unless told.
pub fn command(arguments: &[String]) -> Result<ExitCode> {
    let count = match arguments {
        [] => 1_000_000,
        [count] => count.replace(['_', ','], "").parse().context("COUNT is a number")?,
        _ => bail!("usage: cargo xtask verdicts [COUNT]"),
    };
    compare(&Paths::find()?, count)?;
    println!("{count} reports, each the same natively and in WebAssembly");
    Ok(ExitCode::SUCCESS)
}

/// The comparison as one test.
pub fn test(paths: &Paths) -> Result<Tally> {
    Ok(match compare(paths, IN_TESTS) {
        Ok(()) => Tally { passed: 1, failed: 0 },
        Err(error) => {
            say(format!("one verdict: {error:#}"));
            Tally { passed: 0, failed: 1 }
        }
    })
}

/// Compares so many reports; tells how far it is.
pub fn compare(paths: &Paths, count: u64) -> Result<()> {
    say(format!("one verdict: {count} passwords and policies, natively and in WebAssembly"));
    bootstrap::rust_target(paths, bootstrap::NODE_TARGET)?;
    let mut native = lines_of(&mut program(paths, None, count)?)?;
    let mut in_wasm = lines_of(&mut program(paths, Some(bootstrap::NODE_TARGET), count)?)?;
    let begun = Instant::now();
    for case in 0..count {
        let (one, other) = (next(&mut native)?, next(&mut in_wasm)?);
        if one != other || one.is_empty() {
            bail!("case {case} of seed {SEED} differs:\n  natively       {one}\n  in WebAssembly {other}");
        }
        if (case + 1) % (count / 10).max(1) == 0 {
            say(format!("one verdict: {} of {count} the same after {:.0} s", case + 1, begun.elapsed().as_secs_f32()));
        }
    }
    for mut program in [native, in_wasm] {
        program.child.wait()?;
    }
    Ok(())
}

/// A program and what it prints.
struct Lines {
    child: Child,
    out: BufReader<ChildStdout>,
}

fn lines_of(command: &mut Command) -> Result<Lines> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start the judge")?;
    let out = child.stdout.take().context("the judge has no output")?;
    Ok(Lines { child, out: BufReader::with_capacity(1 << 16, out) })
}

fn next(lines: &mut Lines) -> Result<String> {
    let mut line = String::new();
    lines.out.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

/// Builds the judge for this machine or for another target: as the tests are built, optimised if it has much to do.
fn program(paths: &Paths, target: Option<&str>, count: u64) -> Result<Command> {
    let mut build = cargo(paths);
    build.args(["build", "--quiet", "-p", "rekey-shared", "--features", "strength", "--example", "verdicts"]);
    let release = count > IN_TESTS;
    if release {
        build.arg("--release");
    }
    if let Some(target) = target {
        build.args(["--target", target]);
    }
    finish(&mut build)?;
    let built = paths
        .target
        .join(target.unwrap_or_default())
        .join(if release { "release" } else { "debug" })
        .join("examples/verdicts");
    let mut command = match target {
        None => Command::new(built),
        Some(_) => {
            let mut node = Command::new("node");
            node.arg("--no-warnings")
                .arg(paths.root.join("crates/xtask/src/test/wasi.mjs"))
                .arg(built.with_extension("wasm"));
            node
        }
    };
    command.args([SEED.to_string(), count.to_string()]);
    Ok(command)
}
