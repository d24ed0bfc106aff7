//! How much must be proven: gates in order, what each takes, and in what the proofs must differ.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::method::{Method, MethodSet};
use super::proof::Proof;

/// How long a proof waits for what it is given for.
pub const PROOF_LIFETIME: Duration = Duration::from_secs(1800);

/// In what the proofs of different gates must differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distinct {
    /// No method twice (SP-34).
    Methods,
    /// No class twice, and each of a class (SP 800-63B-4 §4.2.2.2): codes by mail and by text message are of one.
    Classes,
}

/// What must be proven. Read whenever it is asked; never remembered with a journey.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct GatePolicy {
    /// The gates in order, each with the methods it takes. With none, nothing is ever enough.
    pub gates: Vec<MethodSet>,
    /// In what their proofs must differ.
    pub distinct: Distinct,
    /// How long a proof counts.
    pub lifetime: Duration,
}

/// How far a set of proofs has come through the gates of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GateProgress {
    /// A gate is to be passed.
    Open(OpenGate),
    /// All gates are passed: the proof for each, in order.
    Met(Vec<Proof>),
}

/// The first gate that is not passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OpenGate {
    /// Which: 1 is the first.
    pub number: u8,
    /// The methods that would pass it, beside the proofs that are there.
    pub methods: MethodSet,
}

impl GatePolicy {
    /// One gate.
    pub fn one(methods: MethodSet) -> Self {
        Self { gates: vec![methods], distinct: Distinct::Methods, lifetime: PROOF_LIFETIME }
    }

    /// How far proofs have come. Whether they count at all was found out before; those of other gates than the policy has,
    /// and by methods that their gate does not take, are passed over.
    pub fn progress(&self, proofs: &[Proof]) -> GateProgress {
        let all = self.gates.len();
        if let Some(chosen) = self.pick(all, proofs).filter(|chosen| !chosen.is_empty()) {
            return GateProgress::Met(chosen);
        }
        let passed = (0..all).rev().find(|count| self.pick(*count, proofs).is_some()).unwrap_or(0);
        let methods = self.methods_at(passed, proofs);
        let open = (passed, methods);
        // What was proven at an earlier gate may leave no way through this one: then another proof is asked for there.
        let (at, methods) = if methods.is_empty() { self.detour(passed, proofs).unwrap_or(open) } else { open };
        GateProgress::Open(OpenGate { number: gate_number(at), methods })
    }

    /// A proof for each of the first `count` gates, so that all differ.
    fn pick(&self, count: usize, proofs: &[Proof]) -> Option<Vec<Proof>> {
        let Some(before) = count.checked_sub(1) else { return Some(Vec::new()) };
        let (number, methods) = (gate_number(before), self.gates[before]);
        let given = proofs.iter().filter(|proof| proof.gate == number && methods.contains(proof.method));
        given.into_iter().find_map(|proof| {
            let others = self.beside(proof.method, proofs);
            let mut chosen = self.pick(before, &others)?;
            chosen.push(*proof);
            Some(chosen)
        })
    }

    /// The methods that would pass the gate after `passed` ones.
    fn methods_at(&self, passed: usize, proofs: &[Proof]) -> MethodSet {
        let methods = self.gates.get(passed).copied().unwrap_or_default();
        methods.iter().filter(|method| self.pick(passed, &self.beside(*method, proofs)).is_some()).collect()
    }

    /// An earlier gate, and the methods that would open a way through the one after `passed` gates.
    fn detour(&self, passed: usize, proofs: &[Proof]) -> Option<(usize, MethodSet)> {
        let sample = proofs.first()?;
        let opens = |at: usize, method: Method| {
            let given = Proof { gate: gate_number(at), method, ..*sample };
            !proofs.iter().any(|proof| proof.gate == given.gate && proof.method == method)
                && !self.methods_at(passed, &[proofs, &[given]].concat()).is_empty()
        };
        let helpful = |at: usize| self.gates[at].iter().filter(|method| opens(at, *method)).collect::<MethodSet>();
        (0..passed).rev().map(|at| (at, helpful(at))).find(|(_, methods)| !methods.is_empty())
    }

    /// The proofs that may stand beside one by `method`.
    fn beside(&self, method: Method, proofs: &[Proof]) -> Vec<Proof> {
        proofs.iter().filter(|proof| self.differ(proof.method, method)).copied().collect()
    }

    fn differ(&self, one: Method, other: Method) -> bool {
        match self.distinct {
            Distinct::Methods => one != other,
            Distinct::Classes => match (one.class(), other.class()) {
                (Some(one), Some(other)) => one != other,
                (None, _) | (_, None) => false,
            },
        }
    }
}

fn gate_number(before: usize) -> u8 {
    u8::try_from(before + 1).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use rekey_shared::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::journey::Subject;
    use crate::journey::owner::Owner;
    use crate::{JourneyId, ProofId};

    fn proof(gate: u8, method: Method) -> Proof {
        Proof {
            id: ProofId(Uuid::nil()),
            owner: Owner::Journey(JourneyId(Uuid::nil())),
            gate,
            method,
            factor: None,
            subject: Subject::Newcomer,
            at: Timestamp::default(),
        }
    }

    fn two(first: &[Method], second: &[Method], distinct: Distinct) -> GatePolicy {
        GatePolicy { gates: vec![MethodSet::of(first), MethodSet::of(second)], distinct, lifetime: PROOF_LIFETIME }
    }

    fn open(policy: &GatePolicy, proofs: &[Proof]) -> Option<(u8, Vec<Method>)> {
        match policy.progress(proofs) {
            GateProgress::Open(gate) => Some((gate.number, gate.methods.iter().collect())),
            GateProgress::Met(_) => None,
        }
    }

    #[test]
    fn a_policy_without_gates_is_never_met() {
        let none = GatePolicy { gates: Vec::new(), ..GatePolicy::one(MethodSet::default()) };
        assert_eq!(open(&none, &[proof(1, Method::Mail)]), Some((1, vec![])));
    }

    #[test]
    fn a_proof_counts_at_its_own_gate_alone() {
        let policy = two(&[Method::Mail, Method::Text], &[Method::Mail, Method::Text], Distinct::Methods);
        assert_eq!(open(&policy, &[proof(2, Method::Mail)]), Some((1, vec![Method::Mail, Method::Text])));
        assert_eq!(open(&policy, &[proof(1, Method::Mail)]), Some((2, vec![Method::Text])));
        assert_eq!(open(&policy, &[proof(1, Method::Mail), proof(2, Method::Mail)]), Some((2, vec![Method::Text])));
        assert_eq!(open(&policy, &[proof(1, Method::Mail), proof(2, Method::Text)]), None);
        assert_eq!(open(&policy, &[proof(1, Method::Mail), proof(3, Method::Text)]), Some((2, vec![Method::Text])));
    }

    #[test]
    fn two_methods_of_one_class_are_one_class() {
        let (mail, text, app) = (Method::Mail, Method::Text, Method::Authenticator);
        let by_method = two(&[mail], &[text, app], Distinct::Methods);
        let by_class = two(&[mail], &[text, app], Distinct::Classes);
        let both = [proof(1, mail), proof(2, text)];
        assert_eq!(open(&by_method, &both), None);
        assert_eq!(open(&by_class, &both), Some((2, vec![app])));
        assert_eq!(open(&by_class, &[both[0], proof(2, app)]), None);
    }

    #[test]
    fn what_has_no_class_never_counts_where_classes_are_asked_for() {
        let policy = two(&[Method::Mail], &[Method::Questions, Method::Passkey], Distinct::Classes);
        let answered = [proof(1, Method::Mail), proof(2, Method::Questions)];
        assert_eq!(open(&policy, &answered), Some((2, vec![Method::Passkey])));
    }

    #[test]
    fn of_two_proofs_at_one_gate_the_one_that_fits_is_taken() {
        let (app, mail) = (Method::Authenticator, Method::Mail);
        let policy = two(&[app, mail], &[app], Distinct::Methods);
        for first in [[proof(1, app), proof(1, mail)], [proof(1, mail), proof(1, app)]] {
            assert_eq!(open(&policy, &first), Some((2, vec![app])));
            assert_eq!(open(&policy, &[first[0], first[1], proof(2, app)]), None);
        }
    }

    #[test]
    fn a_proof_that_leaves_no_way_on_leads_back_to_its_gate() {
        let (app, mail, passkey) = (Method::Authenticator, Method::Mail, Method::Passkey);
        let policy = two(&[app, mail], &[app, passkey], Distinct::Classes);
        assert_eq!(open(&policy, &[proof(1, app)]), Some((1, vec![mail])), "both ways on are of its class");
        let hopeless = two(&[app], &[passkey], Distinct::Classes);
        assert_eq!(open(&hopeless, &[proof(1, app)]), Some((2, vec![])));
    }

    /// Every set of up to four proofs against a search that tries every choice.
    #[test]
    fn it_is_met_exactly_when_some_choice_of_proofs_differs_everywhere() {
        let methods = [Method::Mail, Method::Text, Method::Authenticator, Method::Questions];
        let all: Vec<_> = [1, 2, 3].into_iter().flat_map(|gate| methods.map(|method| proof(gate, method))).collect();
        for distinct in [Distinct::Methods, Distinct::Classes] {
            let any = MethodSet::of(&methods);
            let policy = GatePolicy { gates: vec![any; 3], distinct, lifetime: PROOF_LIFETIME };
            for bits in (0..1_u32 << all.len()).filter(|bits| bits.count_ones() <= 4) {
                let given: Vec<_> = (0..all.len()).filter(|n| bits & (1 << n) != 0).map(|n| all[n]).collect();
                let of = |gate| given.iter().filter(move |proof| proof.gate == gate);
                let differ = |one: &Proof, other: &Proof| match distinct {
                    Distinct::Methods => one.method != other.method,
                    Distinct::Classes => {
                        one.method.class().is_some_and(|class| other.method.class().is_some_and(|other| other != class))
                    }
                };
                let met = of(1).any(|a| of(2).any(|b| of(3).any(|c| differ(a, b) && differ(b, c) && differ(a, c))));
                assert_eq!(open(&policy, &given).is_none(), met, "{given:?}");
            }
        }
    }
}
