//! The audit log: who did what to whom, and why.
//!
//! An entry holds ids and words from fixed lists, never what a person typed. It is written in the transaction of the act
//! itself; the chain over all entries ([`chain`]) is made afterwards, so that no request waits for another's turn.

pub mod chain;
mod event;
mod words;

use rekey_shared::Timestamp;

use crate::{AccountId, JourneyId, SessionId};

pub use event::{Attention, AuditEvent, Profile};
pub use words::{Actor, Client, Detail, LinkKind, Method, Reason, RequestKind, Target};

/// One entry of the log, before it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: AuditEvent,
    /// Who did it.
    pub actor: Actor,
    /// Whose account it concerns, when it is known.
    pub account: Option<AccountId>,
    /// What it was done to, where that is not the account itself.
    pub target: Option<Target>,
    /// Why.
    pub reason: Option<Reason>,
    /// What else is worth knowing.
    pub detail: Option<Detail>,
    /// In which journey.
    pub journey: Option<JourneyId>,
    /// In which session.
    pub session: Option<SessionId>,
    /// From where; `None` for what no request has caused.
    pub client: Option<Client>,
}

impl AuditEntry {
    /// Something that no request has caused.
    pub fn new(event: AuditEvent, actor: Actor, at: Timestamp) -> Self {
        Self {
            at,
            event,
            actor,
            account: None,
            target: None,
            reason: None,
            detail: None,
            journey: None,
            session: None,
            client: None,
        }
    }
}
