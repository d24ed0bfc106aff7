//! What tests came to: counts, what failed and why, how long each took.

use std::fmt;
use std::ops::AddAssign;

use crate::run::say;

/// How many of the slowest tests are named.
const SLOWEST: usize = 10;

/// Lines shown of one failure: enough for its assertion, with room for a list of differences.
const LINES: usize = 60;

#[derive(Debug, Default, Clone, PartialEq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    /// Left out: marked as ignored, or skipped by their own condition.
    pub ignored: u64,
    pub failures: Vec<Failure>,
    pub times: Vec<Time>,
}

/// A test that failed, and what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub name: String,
    pub output: String,
}

/// How long a test took.
#[derive(Debug, Clone, PartialEq)]
pub struct Time {
    pub seconds: f64,
    pub name: String,
}

impl Tally {
    /// A failure that no test accounts for.
    pub fn failure(name: &str, output: String) -> Self {
        Self { failed: 1, failures: vec![Failure { name: name.to_owned(), output }], ..Self::default() }
    }

    /// Every test there is, run or left out.
    pub fn tests(&self) -> u64 {
        self.passed + self.failed + self.ignored
    }

    /// Says what is worth reading at the end of a long log: the slowest tests, those left out, the failures.
    pub fn explain(&self) {
        say("the slowest tests");
        for time in self.slowest() {
            say(format!("{:6.1} s  {}", time.seconds, time.name));
        }
        say(format!("{} ignored or skipped", self.ignored));
        for failure in &self.failures {
            eprintln!("\nFAILED {}\n{}", failure.name, beginning(&failure.output));
        }
    }

    fn slowest(&self) -> Vec<&Time> {
        let mut times: Vec<_> = self.times.iter().collect();
        times.sort_by(|left, right| right.seconds.total_cmp(&left.seconds));
        times.truncate(SLOWEST);
        times
    }
}

/// The first [`LINES`] lines.
fn beginning(output: &str) -> String {
    output.lines().take(LINES).collect::<Vec<_>>().join("\n")
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.ignored += other.ignored;
        self.failures.extend(other.failures);
        self.times.extend(other.times);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::{Tally, Time};

    #[test]
    fn the_ten_slowest_come_first() {
        let times = (0..20).map(|n| Time { seconds: f64::from(n), name: format!("test {n}") }).collect();
        let tally = Tally { times, ..Tally::default() };
        let names: Vec<_> = tally.slowest().iter().map(|time| time.name.as_str()).collect();
        assert_eq!((names.len(), names[0], names[9]), (10, "test 19", "test 10"));
    }

    #[test]
    fn a_tally_adds_everything_up() {
        let mut tally = Tally { passed: 2, ignored: 1, ..Tally::default() };
        tally += Tally::failure("build", "why".to_owned());
        assert_eq!((tally.tests(), tally.failures.len(), tally.to_string().as_str()), (4, 1, "2 passed, 1 failed"));
    }
}
