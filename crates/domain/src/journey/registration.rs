//! Registration: an address or number is proven, then an account is made.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Unresolved: start
//!     Unresolved --> Newcomer: the identifier belongs to no account
//!     Unresolved --> Unresolved: it belongs to one (its owner is told)
//!     Newcomer --> Proven: right code
//!     Proven --> [*]: name and password
//! ```

use super::gate::GatePolicy;
use super::method::{Method, MethodSet};
use super::proof::Proof;
use super::{Journey, Subject};

/// What a registration must prove: what was typed.
pub fn policy() -> GatePolicy {
    GatePolicy::one(MethodSet::of(&[Method::Mail, Method::Text]))
}

pub(super) fn subject_holds(journey: &Journey) -> bool {
    journey.subject == Subject::Newcomer
}

/// There is no account, so there can be nothing but what was sent to the identifier that was typed.
pub(super) fn counts(proof: &Proof) -> bool {
    proof.method.is_sent()
}
