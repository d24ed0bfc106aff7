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
        if let Problem::WeakPassword(report) = self.problem { Some(*report) } else { None }
    }
}

/// Encodes it. What does not fit is dropped: first the values, then everything.
pub(crate) fn encode(mut flash: FlashCookie) -> Option<String> {
    loop {
        let text = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&flash).ok()?);
        if text.len() <= LONGEST {
            return Some(text);
        }
        flash.values.pop()?;
    }
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
    fn what_is_not_ours_is_not_read() {
        for text in ["", "%", "e30", "bnVsbA"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
