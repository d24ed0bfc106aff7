//! Why a journey could not be ended: for the audit log, never for a page.

use rekey_shared::Timestamp;

use super::challenge::Challenge;
use super::{Journey, JourneyState, Subject};
use crate::audit::Reason;
use crate::{Account, Status};

/// Why it was refused. `journey` is the row as it is, not as its browser may see it, and `account` the one it is for.
/// `link` is the challenge whose link was presented, if one was; `awaits_proof` says that a gate is still to be passed.
pub fn refusal(
    journey: Option<&Journey>,
    account: Option<&Account>,
    link: Option<&Challenge>,
    awaits_proof: bool,
    now: Timestamp,
) -> Reason {
    let Some(journey) = journey else { return Reason::Unknown };
    let in_time = now < journey.expires_at && link.is_none_or(|link| link.link_lives(now));
    match journey.state {
        JourneyState::Done => Reason::Spent,
        JourneyState::Revoked => Reason::Revoked,
        JourneyState::Open | JourneyState::Completing { .. } if !in_time => Reason::Expired,
        JourneyState::Open | JourneyState::Completing { .. } if awaits_proof => Reason::NotProven,
        JourneyState::Open | JourneyState::Completing { .. } => of_account(journey, account),
    }
}

/// It is open and in time: then the account stands in the way, or the proof has become too old.
fn of_account(journey: &Journey, account: Option<&Account>) -> Reason {
    let Some(account) = account else { return Reason::Unknown };
    match account.status {
        Status::Disabled => Reason::AccountDisabled,
        Status::Frozen { .. } => Reason::AccountFrozen,
        // Whatever has changed the account since raised its epoch.
        Status::Active if journey.subject != Subject::of(account) => Reason::Revoked,
        Status::Active => Reason::Expired,
    }
}
