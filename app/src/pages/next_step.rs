//! Where to go on after a problem.

use rekey_shared::{MessageId, Problem};

use crate::paths;

/// The page that helps with a problem met on `page`, and what the link to it says.
pub(crate) fn next_step(problem: &Problem, page: &str) -> Option<(&'static str, MessageId)> {
    match problem {
        Problem::NotSignedIn => Some((paths::SIGN_IN, MessageId::SIGN_IN)),
        Problem::ChangePasswordFirst if page == paths::ACCOUNT_PASSWORD => None,
        Problem::ChangePasswordFirst => Some((paths::ACCOUNT_PASSWORD, MessageId::CHANGE_PASSWORD)),
        // A new one is printed by the program, which its operator runs.
        Problem::LinkNotValid if page == paths::REGISTER_OWNER => Some((paths::SIGN_IN, MessageId::BACK_TO_SIGN_IN)),
        Problem::LinkNotValid => Some((paths::FORGOT, MessageId::GET_NEW_CODE)),
        Problem::JourneyOver | Problem::CodeDead => Some((beginning(page), MessageId::START_AGAIN)),
        Problem::RegistrationClosed => Some((paths::SIGN_IN, MessageId::BACK_TO_SIGN_IN)),
        Problem::Fields(_)
        | Problem::WeakPassword(_)
        | Problem::SignInRefused
        | Problem::CodeWrong { .. }
        | Problem::OtherJourney
        | Problem::LinkFirst
        | Problem::ResendTooSoon
        | Problem::TooManyRequests
        | Problem::TooFrequent
        | Problem::SlowDown
        | Problem::TextsStopped
        | Problem::Busy
        | Problem::Forbidden
        | Problem::BadRequest
        | Problem::Offline
        | Problem::Unexpected(_) => None,
    }
}

/// The first page of the journey that a page belongs to.
fn beginning(page: &str) -> &'static str {
    if page.starts_with(paths::REGISTER) {
        paths::REGISTER
    } else if page.starts_with(paths::RECOVER) {
        paths::FORGOT
    } else {
        paths::SIGN_IN
    }
}
