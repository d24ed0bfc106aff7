//! What the pages of a journey have in common.

use rekey_shared::view::JourneyView;
#[cfg(feature = "ssr")]
use {
    crate::pages::request::{NotShown, PageResult},
    rekey_shared::Problem,
    rekey_shared::view::JourneyStep,
};

/// Minutes that a code still works, rounded up.
pub(super) fn minutes_left(journey: &JourneyView) -> u64 {
    journey.code_expires_at.since(journey.now).as_secs().div_ceil(60)
}

/// Seconds until a code may be sent again, rounded up.
pub(super) fn seconds_to_wait(journey: &JourneyView) -> u64 {
    let wait = journey.resend_at.since(journey.now);
    wait.as_secs() + u64::from(wait.subsec_millis() > 0)
}

/// The journey if it waits for its code; its page for the new password otherwise.
#[cfg(feature = "ssr")]
pub(super) fn at_code(journey: Option<JourneyView>, password: &'static str) -> PageResult<JourneyView> {
    let journey = journey.ok_or(Problem::JourneyOver)?;
    match journey.step {
        JourneyStep::Code => Ok(journey),
        JourneyStep::Password => Err(NotShown::Redirect(password)),
    }
}

/// Nothing if the journey waits for the new password; its page for the code otherwise.
#[cfg(feature = "ssr")]
pub(super) fn at_password(journey: Option<JourneyView>, code: &'static str) -> PageResult<()> {
    match journey.ok_or(Problem::JourneyOver)?.step {
        JourneyStep::Password => Ok(()),
        JourneyStep::Code => Err(NotShown::Redirect(code)),
    }
}
