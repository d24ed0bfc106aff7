//! The build tool: `cargo xtask serve | build | test | verdicts | check | fuzz | assurance | bench`.
//!
//! The one place that knows how to build the WebAssembly. Needs rustup and cargo; everything else is
//! fetched on the way, or named in one clear line when it cannot be.

mod assurance;
mod bench;
mod bootstrap;
mod build;
mod check;
mod fuzz;
mod paths;
#[path = "../../testkit/src/postgres_programs.rs"]
mod postgres_programs;
mod progress;
mod run;
mod serve;
mod style;
mod test;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask <command>
  serve [arguments of `rekey serve`]   build and run
  build [--release] [--portable]       the page's files, then the server
  test [rust|wasm|browser]             every test, or one kind
  verdicts [COUNT]                     passwords judged natively and in WebAssembly, compared
  check                                format, lints, dependencies, tidiness
  fuzz [SECONDS]                       hostile input, a minute for each target unless told
  assurance [P1 P5 …]                  the promises, measured as they are stated; up to two hours
  bench [--portable] [--as-built]      the budgets, measured on a release build";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(error) => {
            // The chain on one line: what failed, and because of what.
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Result<ExitCode> {
    let Some((command, rest)) = arguments.split_first() else {
        bail!("no command given\n{USAGE}");
    };
    match command.as_str() {
        "serve" => serve::serve(rest),
        "build" => build::command(rest).map(|()| ExitCode::SUCCESS),
        "test" => test::command(rest),
        "verdicts" => test::verdicts(rest),
        "check" => check::command(rest),
        "fuzz" => fuzz::command(rest),
        "assurance" => assurance::command(rest),
        "bench" => bench::command(rest),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        other => bail!("unknown command `{other}`\n{USAGE}"),
    }
}
