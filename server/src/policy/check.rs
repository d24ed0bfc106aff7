//! Passwords judged, one line of JSON each.

use std::io::{self, BufRead as _, Write as _};
use std::process::ExitCode;

use rekey_shared::password::{Occasion, Personal, Policy};
use serde::Serialize;

use crate::wiring::StartError;

#[derive(Serialize)]
struct Line {
    accepted: bool,
    failed: Vec<&'static str>,
    score: Option<u8>,
}

/// Judges what comes on standard input, as the passwords of new accounts: there is no past to compare them with.
pub fn lines(policy: &Policy, person: &Personal) -> Result<ExitCode, StartError> {
    let policy = policy.on(Occasion::Register);
    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = io::stdin().lock().split(b'\n').try_for_each(|line| {
        let line = line?;
        let text = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(&line)).into_owned();
        writeln!(out, "{}", report(&policy, person, &text))
    });
    written.and_then(|()| out.flush()).map_err(|error| StartError::failed("policy check", &error))?;
    Ok(ExitCode::SUCCESS)
}

/// The verdict without anything of the password in it.
fn report(policy: &Policy, person: &Personal, password: &str) -> String {
    let report = policy.check(password, person);
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
        let judged = |policy: &Policy, password| report(policy, &Personal::default(), password);
        assert!(judged(&Policy::commerce(), "abc").starts_with(r#"{"accepted":false,"failed":["length.min"],"#));
        let fine = judged(&Policy::recommended(), "four quiet words here");
        assert!(fine.starts_with(r#"{"accepted":true,"failed":[],"#), "{fine}");
    }
}
