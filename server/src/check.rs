//! One password judged, as one line of JSON.

use rekey_shared::password::{Personal, Policy};
use serde::Serialize;

#[derive(Serialize)]
struct Line {
    accepted: bool,
    failed: Vec<&'static str>,
    score: Option<u8>,
}

/// The verdict without anything of the password in it.
pub(crate) fn report(policy: &Policy, password: &str) -> String {
    let report = policy.check(password, &Personal::default());
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
        let commerce = Policy::commerce();
        assert!(report(&commerce, "abc").starts_with(r#"{"accepted":false,"failed":["length.min"],"#));
        assert!(
            report(&Policy::recommended(), "four quiet words here").starts_with(r#"{"accepted":true,"failed":[],"#)
        );
    }
}
