//! Recovery: gates are passed, then a forgotten password is replaced.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Unresolved: start
//!     Unresolved --> Resolved: an account with a usable address or number is found
//!     Unresolved --> Unresolved: none is, for ever
//!     [*] --> Resolved: an operator begins it for a frozen account
//!     Resolved --> Gate2: right code, or a link is presented
//!     Gate2 --> Proven: another method, or another class
//!     Resolved --> Proven: where one gate is enough
//!     Proven --> [*]: new password
//! ```

use super::gate::GatePolicy;
use super::method::{Method, MethodSet};
use super::proof::Proof;
use super::{Journey, Subject};
use crate::{Account, Status};

/// What a recovery must prove where nothing else is set: one message to a verified address or number.
pub fn recommended_policy() -> GatePolicy {
    GatePolicy::one(MethodSet::of(&[Method::Mail, Method::Text]))
}

/// What the browser that came by a link must prove. A link that an operator handed over passes the first gate, by
/// whatever methods that is passed otherwise: the operator has made sure of the person. Gates after it stay shut.
pub fn policy_for_link(policy: &GatePolicy, link: Method) -> GatePolicy {
    let mut policy = policy.clone();
    if let Some(first) = policy.gates.first_mut().filter(|_| link == Method::Clerk) {
        *first = first.iter().chain([Method::Clerk]).collect();
    }
    policy
}

pub(super) fn subject_holds(journey: &Journey, account: Option<&Account>) -> bool {
    match journey.subject {
        Subject::Account { id, epoch } => account.is_some_and(|account| account.id == id && account.epoch == epoch),
        Subject::Newcomer | Subject::Unresolved => false,
    }
}

/// What went through an address that the account's owner has objected to does not count, whatever it proves.
pub(super) fn counts(account: Option<&Account>, proof: &Proof) -> bool {
    let Some(account) = account else { return false };
    let by_identifier = proof.identifier().is_none_or(|identifier| account.may_recover_by(identifier));
    account.status != Status::Disabled && by_identifier
}
