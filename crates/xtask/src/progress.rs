//! Long steps say that they are alive: a silent minute reads as hung.
//!
//! On a terminal cargo shows its own progress. Elsewhere (a log, a pipe) a line comes every twenty seconds:
//! `server: 120 s so far, 213 of 431 crates`.

use std::io::{self, BufReader, IsTerminal as _, Read as _};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};

use crate::run::{run, say, shown};

/// How long a step is silent at most.
const INTERVAL: Duration = Duration::from_secs(20);

/// The steps under way, outermost first. Only the innermost one speaks.
static UNDER_WAY: Mutex<Vec<usize>> = Mutex::new(Vec::new());

/// Runs a step and says at every interval how long it has taken so far, and how far it is.
pub fn with_heartbeat<T>(what: &str, position: impl Fn() -> String + Send + Sync, step: impl FnOnce() -> T) -> T {
    let (ended, end) = mpsc::channel::<()>();
    let under_way = UnderWay::begin();
    thread::scope(|scope| {
        scope.spawn(|| {
            let end = end;
            #[expect(clippy::disallowed_methods, reason = "the build tool measures itself")]
            let start = Instant::now();
            while end.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                if under_way.is_innermost() {
                    say(format!("{what}: {} s so far{}", start.elapsed().as_secs(), position()));
                }
            }
        });
        let result = step();
        drop(ended);
        result
    })
}

/// Runs a command of cargo that compiles.
pub fn compile(what: &str, command: &mut Command) -> Result<()> {
    if io::stderr().is_terminal() {
        // Cargo draws its own progress there, and lines of ours would break it.
        let _silent = UnderWay::begin();
        return run(command);
    }
    let crates = Crates::default();
    let status = with_heartbeat(what, || crates.position(), || crates.follow(command))?;
    if !status.success() {
        bail!("{} failed ({status})", shown(command));
    }
    Ok(())
}

/// A step's place among the steps under way.
struct UnderWay(usize);

impl UnderWay {
    fn begin() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let this = COUNT.fetch_add(1, Ordering::Relaxed);
        steps().push(this);
        Self(this)
    }

    fn is_innermost(&self) -> bool {
        steps().last() == Some(&self.0)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        steps().retain(|step| *step != self.0);
    }
}

fn steps() -> MutexGuard<'static, Vec<usize>> {
    // A list of numbers is right whatever a thread that panicked was about to do.
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many crates cargo has compiled of how many, as it says itself.
#[derive(Default)]
struct Crates {
    done: AtomicU64,
    all: AtomicU64,
}

impl Crates {
    fn position(&self) -> String {
        match self.all.load(Ordering::Relaxed) {
            0 => String::new(),
            all => format!(", {} of {all} crates", self.done.load(Ordering::Relaxed)),
        }
    }

    /// Runs cargo, keeps what it says about its progress, and passes everything else on.
    fn follow(&self, command: &mut Command) -> Result<std::process::ExitStatus> {
        // Without a terminal cargo draws no progress unless told how wide.
        command.env("CARGO_TERM_PROGRESS_WHEN", "always").env("CARGO_TERM_PROGRESS_WIDTH", "100");
        let mut child =
            command.stderr(Stdio::piped()).spawn().with_context(|| format!("cannot start {}", shown(command)))?;
        self.read(&mut child)?;
        Ok(child.wait()?)
    }

    fn read(&self, child: &mut Child) -> Result<()> {
        let errors = child.stderr.take().ok_or_else(|| anyhow!("cargo has no standard error"))?;
        let mut line = Vec::new();
        for byte in BufReader::new(errors).bytes() {
            match byte? {
                // The bar is drawn over itself: each picture of it ends with a carriage return.
                b'\r' | b'\n' => {
                    self.note(&Line::of(&String::from_utf8_lossy(&line)));
                    line.clear();
                }
                byte => line.push(byte),
            }
        }
        Ok(())
    }

    fn note(&self, line: &Line<'_>) {
        match line {
            Line::Position { done, all } => {
                self.done.store(*done, Ordering::Relaxed);
                self.all.store(*all, Ordering::Relaxed);
            }
            Line::Status => {}
            Line::Other(text) => eprintln!("{text}"),
        }
    }
}

/// What cargo writes on its standard error.
#[derive(Debug, PartialEq, Eq)]
enum Line<'a> {
    /// `    Building [====>      ] 213/431: rekey-app`
    Position { done: u64, all: u64 },
    /// `   Compiling rekey-app v0.1.0`
    Status,
    /// Warnings, errors, and that another cargo is waited for.
    Other(&'a str),
}

impl<'a> Line<'a> {
    fn of(text: &'a str) -> Self {
        let plain = without_colours(text);
        // What clears the bar before another line is written.
        if plain.trim().is_empty() && !text.is_empty() {
            return Line::Status;
        }
        let Some((verb, rest)) = status(&plain) else { return Line::Other(text) };
        let counts = rest.split_once("] ").and_then(|(_, rest)| rest.split([':', ' ']).next()?.split_once('/'));
        match (verb, counts.map(|(done, all)| (done.parse(), all.parse()))) {
            ("Building", Some((Ok(done), Ok(all)))) => Line::Position { done, all },
            ("Blocking", _) => Line::Other(text),
            _ => Line::Status,
        }
    }
}

/// Cargo's own lines begin with a verb that ends in the twelfth column.
fn status(line: &str) -> Option<(&str, &str)> {
    let (verb, rest) = line.split_at_checked(12)?;
    let verb = verb.trim_start();
    let is_verb = verb.starts_with(|letter: char| letter.is_ascii_uppercase())
        && verb.chars().all(|letter| letter.is_ascii_alphabetic() || letter == '-');
    (is_verb && rest.starts_with(' ')).then_some((verb, rest))
}

/// Without the sequences that set colours and clear lines.
fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.trim_start_matches(|letter: char| !letter.is_ascii_alphabetic()).get(1..).unwrap_or_default();
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::{Crates, Line, UnderWay};

    #[test]
    fn the_bar_says_how_far_it_is() {
        let bar = "    Building [=====>          ] 213/431: rekey-app, rekey-store(test)";
        assert_eq!(Line::of(bar), Line::Position { done: 213, all: 431 });
        let coloured = "\u{1b}[1m\u{1b}[96m    Building\u{1b}[0m [=>     ] 7/9: rekey\u{1b}[K";
        assert_eq!(Line::of(coloured), Line::Position { done: 7, all: 9 });
    }

    #[test]
    fn what_is_done_is_counted_and_what_is_wrong_is_shown() {
        for status in [
            "   Compiling rekey-app v0.1.0",
            "    Finished `dev` profile",
            "  Executable tests/it.rs",
            "\u{1b}[K",
            "          ",
        ] {
            assert_eq!(Line::of(status), Line::Status, "{status}");
        }
        for other in
            ["error: no such thing", "12 |     let a = 1;", "", "    Blocking waiting for file lock on build directory"]
        {
            assert_eq!(Line::of(other), Line::Other(other));
        }
    }

    #[test]
    fn only_the_innermost_step_speaks() {
        let outer = UnderWay::begin();
        let inner = UnderWay::begin();
        assert!(inner.is_innermost() && !outer.is_innermost());
        drop(inner);
        assert!(outer.is_innermost());
    }

    #[test]
    fn a_position_is_told_once_it_is_known() {
        let crates = Crates::default();
        assert_eq!(crates.position(), "");
        crates.all.store(9, super::Ordering::Relaxed);
        assert_eq!(crates.position(), ", 0 of 9 crates");
    }
}
