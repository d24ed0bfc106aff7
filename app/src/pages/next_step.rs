//! Where to go on after a problem.

use rekey_shared::{MessageId, Problem};

use super::PageRoute as _;
use super::account::AccountPassword;
use super::public::{Forgot, Recover, Register, RegisterOwner, SignIn};

/// The page that helps with a problem met on `page`, and what the link to it says.
pub(crate) fn next_step(problem: &Problem, page: &str) -> Option<(&'static str, MessageId)> {
    match problem {
        Problem::NotSignedIn => Some((SignIn::PATH, MessageId::SIGN_IN)),
        Problem::ChangePasswordFirst if page == AccountPassword::PATH => None,
        Problem::ChangePasswordFirst => Some((AccountPassword::PATH, MessageId::CHANGE_PASSWORD)),
        // A new one is printed by the program, which its operator runs.
        Problem::LinkNotValid if page == RegisterOwner::PATH => Some((SignIn::PATH, MessageId::BACK_TO_SIGN_IN)),
        Problem::LinkNotValid => Some((Forgot::PATH, MessageId::GET_NEW_CODE)),
        Problem::JourneyOver | Problem::CodeDead => Some((beginning(page), MessageId::START_AGAIN)),
        Problem::RegistrationClosed => Some((SignIn::PATH, MessageId::BACK_TO_SIGN_IN)),
        Problem::Fields(_)
        | Problem::WeakPassword(_)
        | Problem::SignInRefused
        | Problem::CodeWrong { .. }
        | Problem::ResendTooSoon
        | Problem::TooManyRequests
        | Problem::TooFrequent
        | Problem::SlowDown
        | Problem::Busy
        | Problem::Forbidden
        | Problem::BadRequest
        | Problem::Offline
        | Problem::Unexpected(_) => None,
    }
}

/// The first page of the journey that a page belongs to.
fn beginning(page: &str) -> &'static str {
    if page.starts_with(Register::PATH) {
        Register::PATH
    } else if page.starts_with(Recover::PATH) {
        Forgot::PATH
    } else {
        SignIn::PATH
    }
}
