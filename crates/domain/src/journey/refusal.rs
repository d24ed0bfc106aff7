//! Why a journey could not be ended: for the audit log, never for a page.

use rekey_shared::Timestamp;

use super::{Journey, JourneyState};
use crate::audit::Reason;
use crate::{Account, Status};

/// What was presented to end a journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presented {
    /// The token of its mailed link.
    Link,
    /// The cookie of the browser that began it.
    Handle,
}

/// Why it was refused. `journey` is the row as it is, not as its browser may see it, and `account` the one it is bound to.
pub fn refusal(journey: Option<&Journey>, account: Option<&Account>, by: Presented, now: Timestamp) -> Reason {
    let Some(journey) = journey else { return Reason::Unknown };
    let in_time = now < journey.expires_at && (by == Presented::Handle || now < journey.link_expires_at);
    match journey.state {
        JourneyState::Done => Reason::Spent,
        JourneyState::Revoked => Reason::Revoked,
        JourneyState::Waiting | JourneyState::Proven if !in_time => Reason::Expired,
        JourneyState::Waiting if by == Presented::Handle => Reason::NotProven,
        JourneyState::Waiting | JourneyState::Proven => of_account(journey, account),
    }
}

/// It is open and in time: then the account stands in the way, or the proof has become too old.
fn of_account(journey: &Journey, account: Option<&Account>) -> Reason {
    let Some(account) = account else { return Reason::Unknown };
    match account.status {
        Status::Disabled => Reason::AccountDisabled,
        Status::Frozen { .. } => Reason::AccountFrozen,
        // Whatever has changed the account since raised its epoch.
        Status::Active if journey.bound.is_some_and(|bound| bound.epoch != Some(account.epoch)) => Reason::Revoked,
        Status::Active => Reason::Expired,
    }
}
