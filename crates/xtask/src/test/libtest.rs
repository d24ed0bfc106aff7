//! Runs `cargo test` and reads what libtest prints.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::mem;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, Result, anyhow};

use super::tally::{Failure, Tally, Time};
use crate::progress::with_heartbeat;

/// Lines kept of a test program that dies without a result.
const LAST_LINES: usize = 40;

/// Has each test's time printed. On a stable toolchain libtest does so only where it is told that it may, which the
/// compiler need not be: a changed environment would compile everything again.
pub const WITH_TIMES: [&str; 3] = ["-Z", "unstable-options", "--report-time"];

/// The runner that lets [`WITH_TIMES`] be said.
pub const RUNNER: [&str; 2] = ["--config", "target.'cfg(unix)'.runner = ['env', 'RUSTC_BOOTSTRAP=1']"];

/// Runs a `cargo test`, shows what it says of other than passing tests, and adds up its results.
///
/// A failure that no test accounts for (something does not compile, a test process dies) counts as one.
pub fn cargo_test(what: &str, command: &mut Command) -> Result<Tally> {
    let passed = AtomicU64::new(0);
    let position = || format!(", {} passed", passed.load(Ordering::Relaxed));
    with_heartbeat(what, position, || follow(what, command, &passed))
}

fn follow(what: &str, command: &mut Command, passed: &AtomicU64) -> Result<Tally> {
    let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
    let output = child.stdout.take().ok_or_else(|| anyhow!("cargo has no output"))?;
    let mut reader = Reader::default();
    for line in BufReader::new(output).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        if reader.read(&line) == Worth::Showing {
            // Not on standard output: there, only the last line is ours to write.
            eprintln!("{line}");
        }
        passed.store(reader.tally.passed, Ordering::Relaxed);
    }
    let (mut tally, last) = reader.end();
    if !child.wait()?.success() && tally.failed == 0 {
        tally += Tally::failure(what, last);
    }
    Ok(tally)
}

#[derive(Debug, PartialEq, Eq)]
enum Worth {
    Showing,
    Nothing,
}

/// Reads line by line.
#[derive(Default)]
struct Reader {
    tally: Tally,
    /// The failure whose output is being read.
    failure: Option<Failure>,
    last: VecDeque<String>,
}

impl Reader {
    fn read(&mut self, line: &str) -> Worth {
        self.remember(line);
        if let Some(counts) = result_of(line) {
            self.close();
            self.tally += counts;
        } else if let Some(name) = line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" stdout ----")) {
            self.close();
            self.failure = Some(Failure { name: name.to_owned(), output: String::new() });
        } else if line == "failures:" {
            self.close();
        } else if let Some(failure) = &mut self.failure {
            failure.output.push_str(line);
            failure.output.push('\n');
        } else if let Some(test) = Test::of(line) {
            self.tally.times.extend(test.time());
            return if test.failed { Worth::Showing } else { Worth::Nothing };
        }
        if line.is_empty() || line.starts_with("running ") { Worth::Nothing } else { Worth::Showing }
    }

    fn remember(&mut self, line: &str) {
        if self.last.len() == LAST_LINES {
            self.last.pop_front();
        }
        self.last.push_back(line.to_owned());
    }

    fn close(&mut self) {
        self.tally.failures.extend(self.failure.take());
    }

    /// The results, and the last lines of all.
    fn end(mut self) -> (Tally, String) {
        self.close();
        let last: Vec<_> = mem::take(&mut self.last).into();
        (self.tally, last.join("\n"))
    }
}

/// `test folder::name ... ok <0.012s>`
struct Test<'a> {
    name: &'a str,
    failed: bool,
    seconds: Option<f64>,
}

impl<'a> Test<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let (name, outcome) = line.strip_prefix("test ")?.split_once(" ... ")?;
        let seconds = outcome.split_once('<').and_then(|(_, rest)| rest.strip_suffix("s>")?.parse().ok());
        Some(Self { name, failed: outcome.starts_with("FAILED"), seconds })
    }

    fn time(&self) -> Option<Time> {
        Some(Time { seconds: self.seconds?, name: self.name.to_owned() })
    }
}

/// `test result: FAILED. 12 passed; 1 failed; 0 ignored; …`
fn result_of(line: &str) -> Option<Tally> {
    let rest = line.strip_prefix("test result: ")?;
    let number_before = |word: &str| {
        let (before, _) = rest.split_once(word)?;
        before.trim_end().rsplit(' ').next()?.parse().ok()
    };
    Some(Tally {
        passed: number_before(" passed")?,
        failed: number_before(" failed")?,
        ignored: number_before(" ignored")?,
        ..Tally::default()
    })
}

#[cfg(test)]
mod tests {
    use super::{Reader, Test, Worth, result_of};

    const OUTPUT: &str = "\
running 3 tests
test races::one_wins ... ok <1.250s>
test races::the_other_loses ... FAILED <0.500s>
test races::by_hand ... ignored

failures:

---- races::the_other_loses stdout ----

thread 'races::the_other_loses' panicked at tests/races.rs:7:5:
left: 2


failures:
    races::the_other_loses

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 1.75s";

    #[test]
    fn counts_times_and_failures_are_read() {
        let mut reader = Reader::default();
        for line in OUTPUT.lines() {
            reader.read(line);
        }
        let (tally, _) = reader.end();
        assert_eq!((tally.passed, tally.failed, tally.ignored), (1, 1, 1));
        assert_eq!(tally.failures.len(), 1);
        assert_eq!(tally.failures[0].name, "races::the_other_loses");
        assert!(tally.failures[0].output.contains("left: 2"), "{}", tally.failures[0].output);
        let times: Vec<_> = tally.times.iter().map(|time| (time.seconds, time.name.as_str())).collect();
        assert_eq!(times, [(1.25, "races::one_wins"), (0.5, "races::the_other_loses")]);
    }

    #[test]
    fn only_what_did_not_pass_is_shown() {
        let mut reader = Reader::default();
        assert_eq!(reader.read("test races::one_wins ... ok <1.250s>"), Worth::Nothing);
        assert_eq!(reader.read("test races::one_wins ... FAILED"), Worth::Showing);
        assert_eq!(reader.read("a panic of a program without captured output"), Worth::Showing);
    }

    #[test]
    fn other_lines_are_no_results() {
        assert_eq!(result_of("test policy::vectors ... ok"), None);
        assert!(Test::of("testing ... ok").is_none());
    }
}
