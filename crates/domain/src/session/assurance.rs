//! What a session has proven, worked out from its proofs whenever it is asked.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Half: the first of two proofs
//!     [*] --> SignedIn: all that the policy asks for
//!     [*] --> TemporaryPassword: a temporary password in place of the password
//!     Half --> SignedIn: the other proof
//!     SignedIn --> Fresh: all of it within five minutes
//!     Fresh --> SignedIn: five minutes are over
//!     TemporaryPassword --> [*]: a permanent password (another session)
//! ```

use std::time::Duration;

use rekey_shared::Timestamp;
use rekey_shared::view::ChangeReason;

use super::Session;
use crate::access::FRESH_FOR;
use crate::journey::Subject;
use crate::journey::gate::{GatePolicy, GateProgress, PROOF_LIFETIME};
use crate::journey::method::{Method, MethodSet};
use crate::journey::owner::Owner;
use crate::journey::proof::{GrantedProof, Proof};
use crate::password::expiry::PasswordAge;
use crate::{Account, ChangeCause, FactorId, ProofId};

/// What a sign-in must prove where nothing else is set.
pub fn recommended_policy() -> GatePolicy {
    GatePolicy::one(MethodSet::of(&[Method::Password, Method::TemporaryPassword]))
}

/// How much a session has proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Level {
    /// Something, but not all that the policy asks for: it opens the rest of the sign-in and nothing else.
    Half,
    /// All that the policy asks for, with a temporary password: it opens the page for a permanent one.
    TemporaryPassword,
    /// All that the policy asks for.
    SignedIn,
}

/// What a session has proven, by the policy as it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assurance {
    level: Level,
    proven_at: Option<Timestamp>,
}

impl Assurance {
    /// Judges the proofs of a session. `None` when none of them counts: such a session opens nothing.
    pub fn of(session: &Session, proofs: &[Proof], policy: &GatePolicy) -> Option<Self> {
        let own: Vec<_> = proofs.iter().filter(|proof| counts(session, proof)).copied().collect();
        let lasting: Vec<_> = own.iter().filter(|proof| proof.method != Method::TemporaryPassword).copied().collect();
        let meets = |proofs: &[Proof]| matches!(policy.progress(proofs), GateProgress::Met(_));
        let level = match (own.is_empty(), meets(&lasting), meets(&own)) {
            (true, _, _) => return None,
            (false, true, _) => Level::SignedIn,
            (false, false, true) => Level::TemporaryPassword,
            (false, false, false) => Level::Half,
        };
        let since = |at: Timestamp| lasting.iter().filter(|proof| proof.at >= at).copied().collect::<Vec<_>>();
        let proven_at = lasting.iter().map(|proof| proof.at).filter(|at| meets(&since(*at))).max();
        Some(Self { level, proven_at })
    }

    /// How much was proven.
    pub fn level(self) -> Level {
        self.level
    }

    /// Whether something is still asked for before it is signed in.
    pub fn is_half(self) -> bool {
        self.level == Level::Half
    }

    /// Since when all that the policy asks for is proven: the oldest of the latest proofs that do. `None` unless it is
    /// signed in.
    pub fn proven_at(self) -> Option<Timestamp> {
        self.proven_at
    }

    /// Whether all that the policy asks for was proven within the last five minutes (SE-7).
    pub fn fresh_at(self, now: Timestamp) -> bool {
        self.proven_at.is_some_and(|at| now.since(at) <= FRESH_FOR)
    }

    /// Why the session may do nothing but choose a new password; `None` when it may do whatever its level allows.
    /// Asked at every request: a password grows old, and an account is marked, while sessions are open.
    pub fn must_change(self, account: &Account, age: PasswordAge) -> Option<ChangeReason> {
        match self.level {
            Level::TemporaryPassword => Some(ChangeReason::Temporary),
            Level::SignedIn => match account.must_change {
                Some(ChangeCause::Breached) => Some(ChangeReason::Breached),
                Some(ChangeCause::Operator) => Some(ChangeReason::Marked),
                None => (age == PasswordAge::Expired).then_some(ChangeReason::Expired),
            },
            Level::Half => None,
        }
    }

    /// The longest that such a session may last, whatever the limit on sessions: a sign-in that is not finished, and
    /// the time to choose a permanent password, take no longer than a journey's last step.
    pub fn longest(self, absolute: Duration) -> Duration {
        match self.level {
            Level::Half | Level::TemporaryPassword => absolute.min(PROOF_LIFETIME),
            Level::SignedIn => absolute,
        }
    }
}

/// Of this session, and of the account as the session knew it.
fn counts(session: &Session, proof: &Proof) -> bool {
    proof.owner.session() == Some(session.id)
        && proof.subject == (Subject::Account { id: session.account, epoch: session.epoch })
}

/// What a secret that was right at sign-in proves for the session it opens.
pub fn sign_in_proof(
    session: &Session,
    method: Method,
    factor: Option<FactorId>,
    id: ProofId,
    at: Timestamp,
) -> GrantedProof {
    GrantedProof::unasked(Proof {
        id,
        owner: Owner::SignIn(session.id),
        gate: 1,
        method,
        factor,
        subject: Subject::Account { id: session.account, epoch: session.epoch },
        at,
    })
}

#[cfg(test)]
mod tests {
    use rekey_shared::Lang;
    use uuid::Uuid;

    use super::*;
    use crate::journey::gate::Distinct;
    use crate::session::SessionLimits;
    use crate::{AccountId, Epoch, JourneyId, SessionId};

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);
    const MINUTE: Duration = Duration::from_secs(60);
    const HOUR: Duration = Duration::from_secs(3600);

    fn account() -> Account {
        Account { epoch: Epoch(3), ..Account::new(AccountId(Uuid::from_u128(1)), Lang::En, NOW) }
    }

    fn session() -> Session {
        Session {
            id: SessionId(Uuid::from_u128(2)),
            account: account().id,
            epoch: account().epoch,
            device: String::new(),
            created_at: NOW,
            last_used_at: NOW,
            ended_at: None,
        }
    }

    fn proof(gate: u8, method: Method, at: Timestamp) -> Proof {
        let id = ProofId(Uuid::nil());
        Proof { gate, ..*sign_in_proof(&session(), method, None, id, at).proof() }
    }

    fn with_second_factor() -> GatePolicy {
        GatePolicy {
            gates: vec![recommended_policy().gates[0], MethodSet::of(&[Method::Authenticator, Method::Passkey])],
            distinct: Distinct::Methods,
            lifetime: PROOF_LIFETIME,
        }
    }

    fn level(policy: &GatePolicy, proofs: &[Proof]) -> Option<Level> {
        Assurance::of(&session(), proofs, policy).map(Assurance::level)
    }

    #[test]
    fn what_is_proven_decides_what_a_session_is_worth() {
        let (password, app) = (proof(1, Method::Password, NOW), proof(2, Method::Authenticator, NOW));
        let temporary = proof(1, Method::TemporaryPassword, NOW);
        let one = recommended_policy();
        let two = with_second_factor();
        assert_eq!(level(&one, &[]), None);
        assert_eq!(level(&one, &[password]), Some(Level::SignedIn));
        assert_eq!(level(&one, &[temporary]), Some(Level::TemporaryPassword));
        assert_eq!(level(&two, &[password]), Some(Level::Half));
        assert_eq!(level(&two, &[app]), Some(Level::Half), "the second alone");
        assert_eq!(level(&two, &[temporary]), Some(Level::Half));
        assert_eq!(level(&two, &[password, app]), Some(Level::SignedIn));
        assert_eq!(level(&two, &[temporary, app]), Some(Level::TemporaryPassword));
    }

    #[test]
    fn proofs_of_others_and_of_another_epoch_are_worth_nothing() {
        let own = proof(1, Method::Password, NOW);
        let other = SessionId(Uuid::from_u128(9));
        let subject = Subject::Account { id: account().id, epoch: Epoch(2) };
        for foreign in [
            Proof { owner: Owner::SignIn(other), ..own },
            Proof { owner: Owner::Reauthentication(other), ..own },
            Proof { owner: Owner::Journey(JourneyId(session().id.0)), ..own },
            Proof { owner: Owner::Enrolment(FactorId(session().id.0)), ..own },
            Proof { subject, ..own },
            Proof { subject: Subject::Account { id: AccountId(Uuid::from_u128(8)), epoch: account().epoch }, ..own },
        ] {
            assert_eq!(level(&recommended_policy(), &[foreign]), None, "{foreign:?}");
        }
    }

    #[test]
    fn fresh_is_all_of_it_within_five_minutes() {
        let policy = with_second_factor();
        let session = session();
        let later = NOW.plus(HOUR);
        let fresh = |proofs: &[Proof], now| Assurance::of(&session, proofs, &policy).is_some_and(|a| a.fresh_at(now));
        let first = [proof(1, Method::Password, NOW), proof(2, Method::Authenticator, NOW.plus(MINUTE))];
        assert!(fresh(&first, NOW.plus(5 * MINUTE)));
        assert!(!fresh(&first, NOW.plus(5 * MINUTE + Duration::from_millis(1))), "since the older of the two");
        let again = Proof { owner: Owner::Reauthentication(session.id), ..proof(1, Method::Password, later) };
        assert!(!fresh(&[first[0], first[1], again], later), "the password alone");
        let both = [first[0], first[1], again, Proof { owner: again.owner, ..proof(2, Method::Passkey, later) }];
        assert!(fresh(&both, later));
        let temporary = [proof(1, Method::TemporaryPassword, NOW), first[1]];
        assert!(!fresh(&temporary, NOW.plus(MINUTE)), "it changes the password and nothing else");
    }

    #[test]
    fn only_a_whole_sign_in_lasts_as_long_as_sessions_may() {
        let limits = SessionLimits { idle: 24 * HOUR, absolute: 24 * HOUR };
        let live = |policy: &GatePolicy, proofs: &[Proof], now| {
            let assurance = Assurance::of(&session(), proofs, policy).expect("something is proven");
            session().is_live(&account(), assurance, limits, now)
        };
        let whole = [proof(1, Method::Password, NOW)];
        let temporary = [proof(1, Method::TemporaryPassword, NOW)];
        for (policy, proofs) in [(recommended_policy(), temporary), (with_second_factor(), whole)] {
            assert!(live(&policy, &proofs, NOW.plus(PROOF_LIFETIME).minus(Duration::from_millis(1))));
            assert!(!live(&policy, &proofs, NOW.plus(PROOF_LIFETIME)));
        }
        assert!(live(&recommended_policy(), &whole, NOW.plus(23 * HOUR)));
        assert!(!live(&recommended_policy(), &whole, NOW.plus(24 * HOUR)));
    }

    #[test]
    fn a_temporary_password_a_mark_and_age_lead_to_the_change() {
        let [marked, breached] = [ChangeCause::Operator, ChangeCause::Breached]
            .map(|cause| Account { must_change: Some(cause), ..account() });
        let must_change = |method, account: &Account, age| {
            let assurance = Assurance::of(&session(), &[proof(1, method, NOW)], &recommended_policy());
            assurance.and_then(|assurance| assurance.must_change(account, age))
        };
        let (fresh, expired) = (PasswordAge::Fresh, PasswordAge::Expired);
        assert_eq!(must_change(Method::Password, &account(), fresh), None);
        assert_eq!(must_change(Method::Password, &account(), expired), Some(ChangeReason::Expired));
        assert_eq!(must_change(Method::Password, &marked, expired), Some(ChangeReason::Marked));
        assert_eq!(must_change(Method::Password, &breached, expired), Some(ChangeReason::Breached));
        assert_eq!(must_change(Method::TemporaryPassword, &marked, expired), Some(ChangeReason::Temporary));
    }
}
