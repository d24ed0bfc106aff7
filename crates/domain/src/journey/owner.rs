//! Who answers a challenge, and for whom a proof counts.

use crate::{FactorId, JourneyId, SessionId};

/// What a challenge asks for, and what a proof counts for.
///
/// A journey has two owners: its mailed link may be opened in another browser than the one that began it, by another
/// person. Were their proofs one heap, anyone could begin a recovery, wait until the account's owner has proven the
/// second gate after a click on the unexpected link, and finish in the first browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A journey, in the browser that began it.
    Journey(JourneyId),
    /// A journey, in the browser that came by its mailed link.
    Link(JourneyId),
    /// A session on its way to being signed in.
    SignIn(SessionId),
    /// A session that must prove itself afresh.
    Reauthentication(SessionId),
    /// A factor that is being added.
    Enrolment(FactorId),
}

impl Owner {
    /// The journey, when it is one.
    pub const fn journey(self) -> Option<JourneyId> {
        match self {
            Self::Journey(id) | Self::Link(id) => Some(id),
            Self::SignIn(_) | Self::Reauthentication(_) | Self::Enrolment(_) => None,
        }
    }

    /// The session, when it is one.
    pub const fn session(self) -> Option<SessionId> {
        match self {
            Self::SignIn(id) | Self::Reauthentication(id) => Some(id),
            Self::Journey(_) | Self::Link(_) | Self::Enrolment(_) => None,
        }
    }
}
