//! What was proven, by whom and when: rows that are added and never changed.

use rekey_shared::Timestamp;

use super::Subject;
use super::challenge::Challenge;
use super::method::Method;
use super::owner::Owner;
use crate::{FactorId, IdentifierId, ProofId};

/// One thing that was proven. Where it counts is decided anew whenever it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Proof {
    /// Its identity: that of the challenge it answers, so that none is answered twice; its own where none was asked.
    pub id: ProofId,
    /// What it counts for.
    pub owner: Owner,
    /// The gate that it was given at: 1 is the first.
    pub gate: u8,
    /// How it was given.
    pub method: Method,
    /// By what: one of the account's identifiers for what is sent.
    pub factor: Option<FactorId>,
    /// For whom, at which epoch. A proof never counts for another account, nor for the same one after a change of its
    /// credentials.
    pub subject: Subject,
    /// When.
    pub at: Timestamp,
}

impl Proof {
    /// The address or number that it went through.
    pub fn identifier(&self) -> Option<IdentifierId> {
        self.factor.filter(|_| self.method.is_sent()).map(|factor| IdentifierId(factor.0))
    }
}

/// A proof that the rules grant and that is not written down yet. The store asks for it, so that none can be written
/// unchecked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrantedProof {
    proof: Proof,
    /// Which secret of the challenge was answered; `None` where none was asked.
    generation: Option<i32>,
}

impl GrantedProof {
    /// A proof for an answered challenge.
    pub(super) fn answered(challenge: &Challenge, subject: Subject, at: Timestamp) -> Self {
        let proof = Proof {
            id: ProofId(challenge.id.0),
            owner: challenge.owner,
            gate: challenge.gate,
            method: challenge.method,
            factor: challenge.factor,
            subject,
            at,
        };
        Self { proof, generation: Some(challenge.generation) }
    }

    /// A proof that no challenge was issued for.
    pub(crate) fn unasked(proof: Proof) -> Self {
        Self { proof, generation: None }
    }

    /// The proof.
    pub fn proof(&self) -> &Proof {
        &self.proof
    }

    /// Which secret of the challenge was answered; `None` where none was asked.
    pub fn generation(&self) -> Option<i32> {
        self.generation
    }
}
