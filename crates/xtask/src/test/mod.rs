//! `cargo xtask test`: every test there is, or one kind of them.

mod browser;
mod libtest;
mod rust;
mod tally;
mod verdicts;
mod wasm;

pub use verdicts::command as verdicts;

use std::process::ExitCode;

use anyhow::{Result, bail};

use self::tally::Tally;
use crate::build::{self, Plan};
use crate::paths::Paths;
use crate::run::say;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rust,
    Wasm,
    Browser,
}

const ALL: [(&str, Kind); 3] = [("rust", Kind::Rust), ("wasm", Kind::Wasm), ("browser", Kind::Browser)];

/// Tests that there are at least. Raised with the number of tests, lowered only in a change that says which went and why.
const FLOOR: u64 = 2_090;

/// Runs the tests. The last line on standard output is `N passed, N failed`, whatever happens.
pub fn command(arguments: &[String]) -> Result<ExitCode> {
    let kinds = parse(arguments)?;
    let paths = Paths::find()?;
    let mut tally = Tally::default();
    let with_wasm = kinds.contains(&Kind::Wasm);
    // The server's own tests look at the page's files too.
    if kinds != [Kind::Wasm] {
        tally += counted("build", build::build(&paths, Plan::dev()).map(|()| Tally::default()));
    }
    for kind in &kinds {
        tally += match kind {
            Kind::Rust => counted("rust", rust::run(&paths)),
            Kind::Wasm => counted("wasm", wasm::run(&paths)),
            Kind::Browser => counted("browser", browser::run(&paths)),
        };
    }
    if with_wasm {
        tally += counted("verdicts", verdicts::test(&paths));
    }
    if kinds.len() == ALL.len() {
        tally += floor(tally.tests());
    }
    tally.explain();
    println!("{tally}");
    Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Tests that could not even start are a failure, not an absence.
fn counted(what: &str, outcome: Result<Tally>) -> Tally {
    outcome.unwrap_or_else(|error| {
        say(format!("{what}: {error:#}"));
        Tally::failure(what, format!("{error:#}"))
    })
}

/// Tests do not vanish unnoticed: fewer than the floor are a failure.
fn floor(tests: u64) -> Tally {
    if tests >= FLOOR {
        return Tally::default();
    }
    Tally::failure("the number of tests", format!("{tests} tests are fewer than the {FLOOR} that there were"))
}

fn parse(arguments: &[String]) -> Result<Vec<Kind>> {
    if arguments.is_empty() {
        return Ok(ALL.iter().map(|(_, kind)| *kind).collect());
    }
    let named = |argument: &String| match ALL.iter().find(|(name, _)| name == argument) {
        Some((_, kind)) => Ok(*kind),
        None => bail!("test knows rust, wasm and browser, not `{argument}`"),
    };
    arguments.iter().map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::{FLOOR, floor};

    #[test]
    fn fewer_tests_than_the_floor_are_a_failure() {
        assert_eq!(floor(FLOOR).failed, 0);
        assert_eq!(floor(FLOOR - 1).failed, 1);
    }
}
