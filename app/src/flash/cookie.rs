//! The cookie that carries a problem and the typed values back to the page of a script-less form post.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rekey_shared::password::Report;
use rekey_shared::{Field, Problem};
use serde::{Deserialize, Serialize};

use super::Flash;
use crate::error::AppError;

/// The longest value, in bytes: a browser keeps 4 kB for a cookie with its name and attributes.
const LONGEST: usize = 3 * 1024;

/// What is in the cookie. Never a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FlashCookie {
    /// The page that it is for.
    pub page: String,
    /// What did not work.
    pub problem: Problem,
    /// What had been typed.
    pub values: Vec<(Field, String)>,
}

impl FlashCookie {
    /// The part that travels on to the browser: the report on a password is drawn on the server already.
    pub(crate) fn into_flash(self) -> Flash {
        let refused_password = matches!(self.problem, Problem::WeakPassword(_));
        let problem = if refused_password { Problem::WeakPassword(Box::default()) } else { self.problem };
        Flash { page: self.page, problem: AppError(problem), values: self.values }
    }

    /// The report on the password that was refused.
    pub(crate) fn into_report(self) -> Option<Report> {
        let Problem::WeakPassword(report) = self.problem else { return None };
        // One that did not fit is none: the page judges by the policy as it would at first.
        (!report.rules.is_empty()).then_some(*report)
    }
}

/// Encodes it. What does not fit is dropped: first the values, then the report on a password. That the password was not taken
/// is said in any case.
pub(crate) fn encode(mut flash: FlashCookie) -> Option<String> {
    loop {
        let text = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&flash).ok()?);
        if text.len() <= LONGEST {
            return Some(text);
        }
        if flash.values.pop().is_none() && !shorten(&mut flash.problem) {
            return None;
        }
    }
}

/// Takes the report out of a problem; `false` when there is none.
fn shorten(problem: &mut Problem) -> bool {
    let Problem::WeakPassword(report) = problem else { return false };
    let is_long = !report.rules.is_empty();
    **report = Report::default();
    is_long
}

/// Reads it back. It comes from a browser, so anything may be in it; a closed type is all that comes out.
pub(crate) fn decode(text: &str) -> Option<FlashCookie> {
    if text.len() > LONGEST {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use rekey_shared::FieldFault;
    use rekey_shared::password::{Personal, Policy};

    use super::*;

    fn flash(value: &str) -> FlashCookie {
        FlashCookie {
            page: "/forgot".to_owned(),
            problem: Problem::field(Field::Identifier, FieldFault::NotAnAddress),
            values: vec![(Field::Identifier, value.to_owned())],
        }
    }

    #[test]
    fn nothing_typed_is_lost() {
        let text = encode(flash("ほげ@例え")).expect("fits");
        assert_eq!(decode(&text), Some(flash("ほげ@例え")));
    }

    #[test]
    fn what_is_far_too_long_is_dropped_and_the_problem_stays() {
        let text = encode(flash(&"x".repeat(100_000))).expect("fits without values");
        assert_eq!(decode(&text), Some(FlashCookie { values: Vec::new(), ..flash("") }));
    }

    #[test]
    fn the_report_on_a_password_fits() {
        let report = Policy::recommended().check("hunter2", &Personal::default());
        let problem = Problem::WeakPassword(Box::new(report));
        assert!(encode(FlashCookie { problem, ..flash("a user name of thirty-two letters") }).is_some());
    }

    #[test]
    fn a_report_that_is_too_long_goes_and_the_problem_stays() {
        let mut report = Policy::recommended().check("hunter2", &Personal::default());
        let first = report.rules.first().expect("a rule").clone();
        report.rules.extend(std::iter::repeat_n(first, 200));
        let problem = Problem::WeakPassword(Box::new(report));
        let text = encode(FlashCookie { problem, ..flash("ada") }).expect("fits");
        let kept = decode(&text).expect("ours");
        assert_eq!(kept.problem, Problem::WeakPassword(Box::default()));
        assert_eq!(kept.clone().into_report(), None, "the page judges anew");
        assert_eq!(kept.into_flash().problem, AppError(Problem::WeakPassword(Box::default())));
    }

    #[test]
    fn what_is_not_ours_is_not_read() {
        for text in ["", "%", "e30", "bnVsbA"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
