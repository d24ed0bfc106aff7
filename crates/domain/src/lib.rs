//! The rules: journeys as state machines, lock-out, throttles, sessions.
//!
//! Every function is one of (state, event, facts, now). **Knows nothing of** I/O, async, SQL, HTTP,
//! the clock or randomness: the same call serves production, the tests and the exhaustive walk.
#![deny(missing_docs)]

pub mod access;
pub mod account;
pub mod audit;
pub mod backup;
pub mod group;
pub mod id;
pub mod job;
pub mod journey;
pub mod key;
pub mod message;
pub mod password;
pub mod right;
pub mod session;
pub mod setting;
pub mod throttle;

pub use account::{Account, AccountIdentifier, Authority, ChangeCause, Consent, Epoch, PasswordHash, Status};
pub use id::{
    AccountId, ActionTokenId, ChallengeId, Digest, FactorId, GroupId, IdentifierId, JobId, JourneyId, KeyId,
    KnownDeviceId, OutboxId, ProgramId, ProofId, RestorationId, RoleAssignmentId, SessionId,
};
pub use right::Role;
