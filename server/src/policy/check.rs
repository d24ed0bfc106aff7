//! Passwords judged, one line of JSON each.

use std::io::{self, BufRead as _, Write as _};
use std::path::Path;
use std::process::ExitCode;

use rekey_breach::{File, builtin};
use rekey_shared::password::{Occasion, Personal, Policy, RuleId, Verdict, normalise};
use serde::Serialize;

use crate::config::ConfigError;
use crate::wiring::StartError;

#[derive(Serialize)]
struct Line {
    accepted: bool,
    failed: Vec<&'static str>,
    score: Option<u8>,
}

/// Judges what comes on standard input, as the passwords of new accounts: there is no past to compare them with.
///
/// Breached passwords are those of the file, or else of the built-in list.
pub fn lines(policy: &Policy, person: &Personal, breached: Option<&Path>) -> Result<ExitCode, StartError> {
    let file = breached.map(open).transpose()?;
    let known = file.as_ref().or_else(|| builtin::common());
    let policy = policy.on(Occasion::Register);
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = io::stdin().lock().split(b'\n').try_for_each(|line| {
        let line = line?;
        let text = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(&line)).into_owned();
        writeln!(out, "{}", report(&policy, person, known, &text))
    });
    written.and_then(|()| out.flush()).map_err(|error| StartError::failed("policy check", &error))?;
    Ok(ExitCode::SUCCESS)
}

fn open(path: &Path) -> Result<File, ConfigError> {
    let file = File::open(path).and_then(|file| file.verify().map(|()| file));
    file.map_err(|damage| ConfigError::new(&path.display().to_string(), damage.to_string()))
}

/// The verdict without anything of the password in it.
fn report(policy: &Policy, person: &Personal, known: Option<&File>, password: &str) -> String {
    let mut report = policy.check(password, person);
    if report.rule(RuleId::Breached).is_some_and(|rule| rule.verdict == Verdict::Server) {
        let found = known.is_some_and(|file| file.contains(&normalise(password)));
        report.settle(RuleId::Breached, !found);
    }
    let line = Line {
        accepted: report.accepted(),
        failed: report.failed_rules(),
        score: report.strength.as_ref().map(|strength| strength.score),
    };
    serde_json::to_string(&line).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_failed_and_how_strong_it_is() {
        let judged = |policy: &Policy, password| report(policy, &Personal::default(), builtin::common(), password);
        assert!(judged(&Policy::commerce(), "abc").starts_with(r#"{"accepted":false,"failed":["length.min"],"#));
        let fine = judged(&Policy::recommended(), "four quiet words here");
        assert!(fine.starts_with(r#"{"accepted":true,"failed":[],"#), "{fine}");
        let strict = Policy { breached: true, ..Policy::at_least(6) };
        assert!(judged(&strict, "trustno1").starts_with(r#"{"accepted":false,"failed":["breached"],"#));
    }
}
