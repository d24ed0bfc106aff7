//! One verdict everywhere: the same made-up passwords judged natively and in WebAssembly, and the reports compared byte by byte.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};

use super::tally::Tally;
use crate::bootstrap;
use crate::paths::Paths;
use crate::progress::compile;
use crate::run::{cargo, say};

/// Enough for every run of the tests; `cargo xtask verdicts` compares twenty times as many.
const IN_TESTS: u64 = 50_000;
/// Cases in one run of a judge.
const PORTION: u64 = 10_000;
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
    compare(paths, IN_TESTS).map(|()| Tally { passed: 1, ..Tally::default() })
}

/// Compares so many reports, ten thousand at a time; tells how far it is and how long the rest takes.
fn compare(paths: &Paths, count: u64) -> Result<()> {
    say(format!("one verdict: {count} passwords and policies, natively and in WebAssembly"));
    bootstrap::rust_target(paths, bootstrap::NODE_TARGET)?;
    let judges = [built(paths, None, count)?, built(paths, Some(bootstrap::NODE_TARGET), count)?];
    // Files, not pipes: under WASI a full pipe is an error, not a wait.
    let folder = paths.target.join("verdicts");
    fs::create_dir_all(&folder)?;
    #[expect(clippy::disallowed_methods, reason = "the build tool measures itself")]
    let begun = Instant::now();
    let mut start = 0;
    while start < count {
        let portion = PORTION.min(count - start);
        judge(&judges, &folder, SEED + start, portion)?;
        start += portion;
        let (done, seconds) = (start, begun.elapsed().as_secs());
        let left = seconds * (count - done) / done;
        say(format!("one verdict: {done} of {count} the same after {seconds} s, {left} s to go"));
    }
    Ok(())
}

/// Both judges at once on the same cases.
fn judge(judges: &[Vec<OsString>; 2], folder: &Path, seed: u64, count: u64) -> Result<()> {
    let files = [folder.join("native"), folder.join("wasm")];
    let mut running = Vec::new();
    for (judge, file) in judges.iter().zip(&files) {
        let (program, arguments) = judge.split_first().context("a judge is a program")?;
        let mut command = Command::new(program);
        command.args(arguments).args([seed.to_string(), count.to_string()]).stdout(File::create(file)?);
        running.push(command.spawn().context("cannot start a judge")?);
    }
    for mut child in running {
        let status = child.wait()?;
        if !status.success() {
            bail!("a judge of seed {seed} ended with {status}");
        }
    }
    let [mut native, mut in_wasm] = [BufReader::new(File::open(&files[0])?), BufReader::new(File::open(&files[1])?)];
    for case in 0..count {
        let (one, other) = (line(&mut native)?, line(&mut in_wasm)?);
        if one != other || one.is_empty() {
            bail!("case {case} of seed {seed} differs:\n  natively       {one}\n  in WebAssembly {other}");
        }
    }
    Ok(())
}

fn line(reader: &mut BufReader<File>) -> Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

/// Builds the judge for this machine or for another target: as the tests are built, optimised if it has much to do.
/// Answers with the program and its first arguments.
fn built(paths: &Paths, target: Option<&str>, count: u64) -> Result<Vec<OsString>> {
    let mut build = cargo(paths);
    build.args(["build", "-p", "rekey-shared", "--features", "strength", "--example", "verdicts"]);
    let release = count > IN_TESTS;
    if release {
        build.arg("--release");
    }
    if let Some(target) = target {
        build.args(["--target", target]);
    }
    compile("verdicts", &mut build)?;
    let folder = paths.target.join(target.unwrap_or_default()).join(if release { "release" } else { "debug" });
    let program = folder.join("examples/verdicts");
    if target.is_none() {
        return Ok(vec![program.into()]);
    }
    let runner = paths.root.join("crates/xtask/src/test/wasi.mjs");
    Ok(vec!["node".into(), "--no-warnings".into(), runner.into(), program.with_extension("wasm").into()])
}
