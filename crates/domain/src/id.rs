//! Identities and digests.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use rekey_shared::Timestamp;

macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $name:ident;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new identity (UUID version 7, RFC 9562): sorts by time, so that new rows lie together.
            pub fn new(now: Timestamp, random: [u8; 10]) -> Self {
                let millis = u64::try_from(now.as_millis()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }
        }
    )+};
}

ids! {
    /// An account.
    AccountId;
    /// An e-mail address, phone number or user name of an account.
    IdentifierId;
    /// What answers a challenge: an identifier for what is sent to one.
    FactorId;
    /// A registration or recovery under way.
    JourneyId;
    /// One thing that is asked of a person.
    ChallengeId;
    /// One thing that was proven.
    ProofId;
    /// A signed-in browser.
    SessionId;
    /// A browser in which the owner of an account has signed in before.
    KnownDeviceId;
    /// A single-use link outside a journey.
    ActionTokenId;
    /// A group of accounts.
    GroupId;
    /// A role that was given.
    RoleAssignmentId;
    /// A return of the database to an earlier state.
    RestorationId;
    /// A queued message.
    OutboxId;
    /// A job.
    JobId;
    /// An application with credentials of its own.
    ProgramId;
}

/// Which key of the ring something was made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub u32);

impl From<IdentifierId> for FactorId {
    fn from(id: IdentifierId) -> Self {
        Self(id.0)
    }
}

impl KeyId {
    /// Reads what [`std::fmt::Display`] writes; `None` unless it is that.
    pub fn parse(text: &str) -> Option<Self> {
        let is_id = text.len() == 8 && text.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c));
        is_id.then(|| u32::from_str_radix(text, 16).ok().map(Self)).flatten()
    }
}

impl std::fmt::Display for KeyId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

/// 32 bytes that stand for a secret or a key part: compared and stored, never turned back.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digest(…)")
    }
}
