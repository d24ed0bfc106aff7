//! What services answer and routes refuse, as far as people may learn it. The one place where it is decided.

use rekey_domain::access::Denial;
use rekey_domain::throttle::Refusal;
use rekey_service::freeze::FreezeError;
use rekey_service::hasher::Busy;
use rekey_service::password::ChangeError;
use rekey_service::registration::{self, ResendError, VerifyError};
use rekey_service::sign_in::SignInError;
use rekey_service::{Services, Unexpected, recovery};
use rekey_shared::Problem;

/// A service's error as the public may learn it.
pub enum PublicError {
    /// A decision, told as it is.
    Problem(Problem),
    /// A failure: it is logged once, and the person gets a reference; or the database was busy for too long.
    Unexpected(Unexpected),
}

impl PublicError {
    /// The problem to show. Logs a failure.
    pub fn into_problem(self, cx: &Services) -> Problem {
        match self {
            Self::Problem(problem) => problem,
            // Others were in the way, or the database takes no connections: the log tells which.
            Self::Unexpected(failure) if failure.is_busy() => {
                cx.report(&failure);
                Problem::Busy
            }
            Self::Unexpected(failure) => Problem::Unexpected(cx.report(&failure)),
        }
    }
}

impl From<Problem> for PublicError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Denial> for PublicError {
    fn from(denial: Denial) -> Self {
        Self::Problem(match denial {
            // Signing in is where the second factor is asked for, and where a session becomes fresh.
            Denial::NotSignedIn
            | Denial::SecondFactorFirst
            | Denial::NotFresh
            | Denial::ProgramsOnly
            | Denial::CredentialsRefused => Problem::NotSignedIn,
            Denial::ChangePasswordFirst => Problem::ChangePasswordFirst,
            Denial::NoJourney(_) => Problem::JourneyOver,
            Denial::AlreadySignedIn
            | Denial::RightMissing(_)
            | Denial::BrowsersOnly
            | Denial::ScopeMissing(_)
            | Denial::NotMetricsReader => Problem::Forbidden,
        })
    }
}

impl From<Unexpected> for PublicError {
    fn from(failure: Unexpected) -> Self {
        Self::Unexpected(failure)
    }
}

impl From<registration::StartError> for PublicError {
    fn from(error: registration::StartError) -> Self {
        match error {
            registration::StartError::Fields(fields) => Problem::Fields(fields).into(),
            registration::StartError::Closed => Problem::RegistrationClosed.into(),
            registration::StartError::LinkNotValid => Problem::LinkNotValid.into(),
            registration::StartError::Throttled => Problem::SlowDown.into(),
            registration::StartError::TextsStopped => Problem::TextsStopped.into(),
            registration::StartError::Unexpected(failure) => failure.into(),
        }
    }
}

impl From<registration::CompleteError> for PublicError {
    fn from(error: registration::CompleteError) -> Self {
        match error {
            registration::CompleteError::Fields(fields) => Problem::Fields(fields).into(),
            registration::CompleteError::Weak(report) => Problem::WeakPassword(report).into(),
            registration::CompleteError::Over => Problem::JourneyOver.into(),
            registration::CompleteError::Closed => Problem::RegistrationClosed.into(),
            registration::CompleteError::TooMany => Problem::TooManyRequests.into(),
            registration::CompleteError::Busy(Busy) => Problem::Busy.into(),
            registration::CompleteError::Unexpected(failure) => failure.into(),
        }
    }
}

impl From<VerifyError> for PublicError {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::NotACode(field) => Problem::Fields(vec![field]).into(),
            VerifyError::Over => Problem::JourneyOver.into(),
            VerifyError::Wrong { tries_left } => Problem::CodeWrong { tries_left }.into(),
            VerifyError::Dead => Problem::CodeDead.into(),
            VerifyError::LinkFirst => Problem::LinkFirst.into(),
            VerifyError::Unexpected(failure) => failure.into(),
        }
    }
}

impl From<ResendError> for PublicError {
    fn from(error: ResendError) -> Self {
        match error {
            ResendError::Over => Problem::JourneyOver.into(),
            ResendError::TooSoon => Problem::ResendTooSoon.into(),
            ResendError::Throttled(refusal) => throttled(refusal).into(),
            ResendError::Dead => Problem::CodeDead.into(),
            ResendError::Unexpected(failure) => failure.into(),
        }
    }
}

/// Which limit of the throttle of recoveries it was (AC-56).
const fn throttled(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::TooMany => Problem::TooManyRequests,
        Refusal::TooFrequent => Problem::TooFrequent,
    }
}

impl From<recovery::StartError> for PublicError {
    fn from(error: recovery::StartError) -> Self {
        match error {
            recovery::StartError::Field(field) => Problem::Fields(vec![field]).into(),
            recovery::StartError::Throttled(refusal) => throttled(refusal).into(),
            recovery::StartError::SlowDown => Problem::SlowDown.into(),
            recovery::StartError::Unexpected(failure) => failure.into(),
        }
    }
}

impl From<recovery::CompleteError> for PublicError {
    fn from(error: recovery::CompleteError) -> Self {
        match error {
            recovery::CompleteError::Fields(fields) => Problem::Fields(fields).into(),
            recovery::CompleteError::Weak(report) => Problem::WeakPassword(report).into(),
            recovery::CompleteError::TooMany => Problem::TooManyRequests.into(),
            recovery::CompleteError::OtherJourney => Problem::OtherJourney.into(),
            recovery::CompleteError::NotValid => Problem::JourneyOver.into(),
            recovery::CompleteError::Busy(Busy) => Problem::Busy.into(),
            recovery::CompleteError::Unexpected(failure) => failure.into(),
        }
    }
}

impl From<SignInError> for PublicError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Fields(fields) => Problem::Fields(fields).into(),
            SignInError::Refused => Problem::SignInRefused.into(),
            SignInError::Busy(Busy) => Problem::Busy.into(),
            SignInError::Unexpected(failure) => failure.into(),
        }
    }
}

impl From<ChangeError> for PublicError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Fields(fields) => Problem::Fields(fields).into(),
            ChangeError::Weak(report) => Problem::WeakPassword(report).into(),
            ChangeError::TooMany => Problem::TooManyRequests.into(),
            ChangeError::NotSignedIn => Problem::NotSignedIn.into(),
            ChangeError::Busy(Busy) => Problem::Busy.into(),
            ChangeError::Unexpected(failure) => failure.into(),
        }
    }
}

impl From<FreezeError> for PublicError {
    fn from(error: FreezeError) -> Self {
        match error {
            FreezeError::NotValid => Problem::LinkNotValid.into(),
            FreezeError::Unexpected(failure) => failure.into(),
        }
    }
}
