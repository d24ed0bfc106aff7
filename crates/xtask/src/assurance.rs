//! `cargo xtask assurance`: the promises P1–P12 measured, as a table and as `docs/assurance.md`.
//!
//! The proofs are tests that run small with every `cargo xtask test`; here they run as large as their promise says.
//! It takes up to two hours; named promises alone take less, and leave the others' rows as they were.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use crate::bootstrap;
use crate::check::advisories::{self, Looked};
use crate::paths::Paths;
use crate::progress::{compile, with_heartbeat};
use crate::run::{cargo, read, say};

/// The variable that makes the proofs large.
const FULL: &str = "REKEY_ASSURANCE";

/// Tests of one package: its test program, and which of them.
struct Proof {
    package: &'static str,
    program: &'static str,
    filters: &'static [&'static str],
}

/// A promise, and what proves it here.
struct Promise {
    id: &'static str,
    says: &'static str,
    /// None for the one that the advisories prove.
    proofs: &'static [Proof],
    /// What is not measured by these, in a sentence.
    beside: &'static str,
}

const fn proof(package: &'static str, program: &'static str, filters: &'static [&'static str]) -> Proof {
    Proof { package, program, filters }
}

const PROMISES: [Promise; 10] = [
    Promise {
        id: "P1",
        says: "One secret, one use",
        proofs: &[
            proof(
                "rekey-service",
                "races",
                &["redeemed_once", "one_password", "one_account", "one_owner", "freezes_once"],
            ),
            proof("rekey", "assurance", &["redeemed_once"]),
        ],
        beside: "",
    },
    Promise {
        id: "P2",
        says: "The guess budget is exact on all nodes",
        proofs: &[
            proof("rekey-service", "races", &["within_the_budget", "without_end"]),
            proof("rekey-service", "answer_budgets", &[]),
        ],
        beside: "",
    },
    Promise {
        id: "P3",
        says: "Silence about who exists",
        proofs: &[proof("rekey", "silence", &[]), proof("rekey", "timing", &[])],
        beside: "",
    },
    Promise {
        id: "P4",
        says: "Recovery never lowers assurance",
        proofs: &[proof("rekey-domain", "walk", &[]), proof("rekey-service", "walk", &[])],
        beside: "",
    },
    Promise {
        id: "P5",
        says: "A reset evicts",
        proofs: &[proof("rekey", "assurance", &["evicts"])],
        beside: "App passwords and programs' tokens do not exist yet.",
    },
    Promise { id: "P6", says: "Crash-proof", proofs: &[proof("rekey", "crash", &[])], beside: "" },
    Promise {
        id: "P8",
        says: "Bounded memory and time under floods",
        proofs: &[proof("rekey", "overload", &[])],
        beside: "The program is built for tests here, and light requests beside the flood are not judged: `cargo xtask bench` measures a release.",
    },
    Promise {
        id: "P9",
        says: "No secret in logs, errors or metrics",
        proofs: &[proof("rekey", "canary", &[])],
        beside: "",
    },
    Promise {
        id: "P11",
        says: "The authorisation matrix is total",
        proofs: &[proof("rekey", "it", &["matrix"])],
        beside: "",
    },
    Promise {
        id: "P12",
        says: "No known vulnerability in what is built on",
        proofs: &[],
        beside: "The program does not carry a list of what it is built from yet.",
    },
];

/// What came of one promise.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
struct Outcome {
    holds: bool,
    tests: u64,
    seconds: u64,
    date: String,
    figures: Vec<String>,
}

/// `cargo xtask assurance [P1 P5 …]`
pub fn command(arguments: &[String]) -> Result<ExitCode> {
    let paths = Paths::find()?;
    let wanted = wanted(arguments)?;
    bootstrap::postgres()?;
    let kept = paths.target.join("assurance.json");
    let mut outcomes: BTreeMap<String, Outcome> =
        fs::read(&kept).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
    for promise in &wanted {
        let outcome = measure(&paths, promise)?;
        say(format!("{} {}: {}", promise.id, promise.says, word(&outcome)));
        outcomes.insert(promise.id.to_owned(), outcome);
        fs::write(&kept, serde_json::to_vec_pretty(&outcomes)?)?;
    }
    let table = table(&paths, &outcomes)?;
    println!("{table}");
    fs::write(paths.root.join("docs/assurance.md"), table).context("cannot write docs/assurance.md")?;
    let failed = wanted.iter().any(|promise| outcomes.get(promise.id).is_some_and(|outcome| !outcome.holds));
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn wanted(arguments: &[String]) -> Result<Vec<&'static Promise>> {
    if arguments.is_empty() {
        return Ok(PROMISES.iter().collect());
    }
    let named = |name: &String| match PROMISES.iter().find(|promise| promise.id.eq_ignore_ascii_case(name)) {
        Some(promise) => Ok(promise),
        None => bail!("no promise `{name}` is measured here"),
    };
    arguments.iter().map(named).collect()
}

fn measure(paths: &Paths, promise: &Promise) -> Result<Outcome> {
    #[expect(clippy::disallowed_methods, reason = "the build tool measures itself")]
    let begun = Instant::now();
    let mut outcome =
        Outcome { holds: true, date: read(Command::new("date").arg("-u").arg("+%F"))?, ..Outcome::default() };
    outcome.date = outcome.date.trim().to_owned();
    if promise.proofs.is_empty() {
        outcome.note_advisories(&advisories::look(paths)?);
    }
    for proof in promise.proofs {
        let test = |words: &[&str]| -> Command {
            let mut command = cargo(paths);
            command.args(["test", "-p", proof.package, "--test", proof.program]).args(words).env(FULL, "1");
            command
        };
        compile(&format!("compiling {}", proof.program), &mut test(&["--no-run"]))?;
        let words = [&["--", "--nocapture", "--test-threads=1"], proof.filters].concat();
        let output = with_heartbeat(promise.says, String::new, || test(&words).output())?;
        outcome.holds &= output.status.success();
        outcome.note(promise.id, &String::from_utf8_lossy(&output.stdout));
    }
    outcome.seconds = begun.elapsed().as_secs();
    Ok(outcome)
}

impl Outcome {
    fn note_advisories(&mut self, looked: &Looked) {
        self.holds = looked.findings.is_empty();
        self.tests = 1;
        let (crates, advisories, found) = (looked.crates, looked.advisories, looked.findings.len());
        self.figures.push(format!("{crates} crates of two lock files against {advisories} advisories: {found} found"));
        self.figures.extend(looked.findings.iter().cloned());
    }

    fn note(&mut self, id: &str, output: &str) {
        let mark = format!("measured {id}: ");
        self.figures.extend(output.lines().filter_map(|line| Some(line.split_once(&mark)?.1.to_owned())));
        let passed = output
            .lines()
            .filter_map(|line| line.strip_prefix("test result: ok. ")?.split(' ').next()?.parse::<u64>().ok());
        self.tests += passed.sum::<u64>();
    }
}

fn word(outcome: &Outcome) -> &'static str {
    if outcome.holds { "holds" } else { "DOES NOT HOLD" }
}

fn table(paths: &Paths, outcomes: &BTreeMap<String, Outcome>) -> Result<String> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut text = String::from("# Assurance\n\n");
    writeln!(text, "The promises of this project, measured by `cargo xtask assurance` on {cores} cores.")?;
    writeln!(
        text,
        "Each proof is a test that runs smaller with every `cargo xtask test`. P7 is about directories, which are not connected yet; P10 stands in the tests in the browser.\n"
    )?;
    writeln!(text, "| Promise | Verdict | Tests | Seconds | Date |\n|---|---|---|---|---|")?;
    for promise in &PROMISES {
        let row = match outcomes.get(promise.id) {
            Some(outcome) => {
                format!("{} | {} | {} | {}", word(outcome), outcome.tests, outcome.seconds, outcome.date)
            }
            None => "not measured | – | – | –".to_owned(),
        };
        writeln!(text, "| {} {} | {row} |", promise.id, promise.says)?;
    }
    for promise in &PROMISES {
        let figures = outcomes.get(promise.id).map(|outcome| outcome.figures.as_slice()).unwrap_or_default();
        if figures.is_empty() && promise.beside.is_empty() {
            continue;
        }
        writeln!(text, "\n## {} {}\n", promise.id, promise.says)?;
        figures.iter().try_for_each(|figure| writeln!(text, "- {figure}"))?;
        if !promise.beside.is_empty() {
            writeln!(text, "- {}", promise.beside)?;
        }
    }
    let lock = paths.root.join("Cargo.lock");
    let crates = fs::read_to_string(lock)?.matches("[[package]]").count();
    writeln!(text, "\nBuilt from {crates} crates with the lock file of this tree.")?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{Outcome, wanted};

    #[test]
    fn figures_of_a_promise_are_read_and_those_of_others_are_not() {
        let mut outcome = Outcome::default();
        let output = "test a ... measured P1: 1 of 200\nok\nmeasured P11: all\nmeasured P1: 1 of 9\ntest result: ok. 4 passed; 0 failed";
        outcome.note("P1", output);
        assert_eq!((outcome.figures, outcome.tests), (vec!["1 of 200".to_owned(), "1 of 9".to_owned()], 4));
    }

    #[test]
    fn promises_are_named_by_their_ids() {
        let ids = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            wanted(&names).map(|found| found.iter().map(|promise| promise.id).collect::<Vec<_>>())
        };
        assert_eq!(ids(&["p5", "P1"]).expect("known"), ["P5", "P1"]);
        assert!(ids(&["P77"]).is_err());
    }
}
