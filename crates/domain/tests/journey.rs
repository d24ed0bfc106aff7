//! What counts in a journey and what does not, one fact at a time. Every order of actions is walked in `walk/`.

use std::time::Duration;

use rekey_domain::journey::challenge::{self, CODE_LIFETIME, CODE_TRIES, Challenge, Event, NewChallenge};
use rekey_domain::journey::gate::{Distinct, GatePolicy, PROOF_LIFETIME};
use rekey_domain::journey::method::{Method, MethodSet};
use rekey_domain::journey::owner::Owner;
use rekey_domain::journey::proof::Proof;
use rekey_domain::journey::{
    self, Facts, Journey, JourneyKind, JourneyState, Refusal, Step, Subject, gate_for, recovery, step,
};
use rekey_domain::{
    Account, AccountId, ChallengeId, Digest, Epoch, FactorId, IdentifierId, JourneyId, ProofId, SessionId, Status,
};
use rekey_shared::identifier::IdentifierKind;
use rekey_shared::{Lang, Timestamp};
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

fn account() -> Account {
    Account { epoch: Epoch(3), ..Account::new(AccountId(Uuid::from_u128(1)), Lang::En, NOW) }
}

fn journey(kind: JourneyKind, subject: Subject) -> Journey {
    Journey {
        id: JourneyId(Uuid::from_u128(10)),
        kind,
        state: JourneyState::Open,
        handle: Digest([1; 32]),
        target_kind: IdentifierKind::Email,
        target: "ada@example.org".to_owned(),
        target_shown: "ada@example.org".to_owned(),
        lang: Lang::En,
        subject,
        action_token: None,
        terms: None,
        created_at: NOW,
        expires_at: NOW.plus(HOUR),
    }
}

fn recovery_of(account: &Account) -> Journey {
    journey(JourneyKind::Recovery, Subject::of(account))
}

fn address() -> IdentifierId {
    IdentifierId(Uuid::from_u128(20))
}

fn owner(journey: &Journey) -> Owner {
    Owner::Journey(journey.id)
}

fn challenge(journey: &Journey, method: Method) -> Challenge {
    let new = NewChallenge {
        id: ChallengeId(Uuid::from_u128(30)),
        owner: owner(journey),
        gate: 1,
        method,
        link_expires_at: Some(NOW.plus(HOUR)),
        until: journey.expires_at,
    };
    Challenge { factor: Some(FactorId::from(address())), ..Challenge::issue(new, NOW) }
}

fn proof(journey: &Journey) -> Proof {
    Proof {
        id: ProofId(Uuid::from_u128(30)),
        owner: owner(journey),
        gate: 1,
        method: Method::Mail,
        factor: Some(FactorId::from(address())),
        subject: journey.subject,
        at: NOW,
    }
}

fn next(journey: &Journey, account: &Account, proof: Proof, now: Timestamp) -> Result<Step, Refusal> {
    let policy = recovery::recommended_policy();
    let facts = Facts { account: Some(account), proofs: &[proof], presented: None, policy: &policy };
    step(journey, owner(journey), &facts, now)
}

fn completes(journey: &Journey, account: &Account, proof: Proof) -> bool {
    matches!(next(journey, account, proof, NOW), Ok(Step::Complete(_)))
}

#[test]
fn a_proof_counts_for_its_own_owner_gate_account_and_epoch_alone() {
    let account = account();
    let journey = recovery_of(&account);
    let own = proof(&journey);
    assert!(completes(&journey, &account, own));
    let Subject::Account { id, epoch } = own.subject else { panic!("an account") };
    let other_journey = JourneyId(Uuid::from_u128(11));
    for foreign in [
        Proof { owner: Owner::Journey(other_journey), ..own },
        Proof { owner: Owner::Link(journey.id), ..own },
        Proof { owner: Owner::SignIn(SessionId(journey.id.0)), ..own },
        Proof { owner: Owner::Enrolment(FactorId(journey.id.0)), ..own },
        Proof { gate: 0, ..own },
        Proof { gate: 2, ..own },
        Proof { method: Method::Password, ..own },
        Proof { subject: Subject::Account { id: AccountId(Uuid::from_u128(2)), epoch }, ..own },
        Proof { subject: Subject::Account { id, epoch: Epoch(epoch.0 - 1) }, ..own },
        Proof { subject: Subject::Newcomer, ..own },
        Proof { subject: Subject::Unresolved, ..own },
    ] {
        assert!(!completes(&journey, &account, foreign), "{foreign:?}");
    }
}

#[test]
fn nothing_counts_once_the_account_is_another_or_has_changed() {
    let account = account();
    let journey = recovery_of(&account);
    let own = proof(&journey);
    let other = Account { id: AccountId(Uuid::from_u128(2)), ..account.clone() };
    let changed = Account { epoch: Epoch(4), ..account.clone() };
    let disabled = Account { status: Status::Disabled, ..account.clone() };
    for now_is in [&other, &changed] {
        assert_eq!(next(&journey, now_is, own, NOW), Err(Refusal::Over));
    }
    assert!(!completes(&journey, &disabled, own));
    for (disputed, counts) in [(Some(address()), false), (Some(IdentifierId(Uuid::from_u128(21))), true), (None, true)]
    {
        let frozen = Account { status: Status::Frozen { at: NOW, disputed }, ..account.clone() };
        assert_eq!(completes(&journey, &frozen, own), counts, "{disputed:?}");
    }
}

#[test]
fn a_subject_that_is_not_known_proves_nothing_whatever_is_written() {
    let account = account();
    for kind in [JourneyKind::Recovery, JourneyKind::Registration] {
        let decoy = journey(kind, Subject::Unresolved);
        assert!(!completes(&decoy, &account, proof(&decoy)));
        let judged = journey::prove(&decoy, &challenge(&decoy, Method::Mail), Some(&account), true, NOW);
        assert_eq!(judged, Err(challenge::Refusal::Wrong), "even its own code");
    }
    let wrong_kind = journey(JourneyKind::Recovery, Subject::Newcomer);
    assert!(!completes(&wrong_kind, &account, proof(&wrong_kind)));
    let wrong_kind = journey(JourneyKind::Registration, Subject::of(&account));
    assert!(!completes(&wrong_kind, &account, proof(&wrong_kind)));
}

#[test]
fn a_journey_that_is_over_or_being_completed_goes_nowhere() {
    let account = account();
    let journey = recovery_of(&account);
    let own = proof(&journey);
    let until = NOW.plus(SECOND);
    for (state, refusal) in [
        (JourneyState::Done, Refusal::Over),
        (JourneyState::Revoked, Refusal::Over),
        (JourneyState::Completing { until }, Refusal::Completing),
    ] {
        assert_eq!(next(&Journey { state, ..journey.clone() }, &account, own, NOW), Err(refusal));
    }
    let left_behind = Journey { state: JourneyState::Completing { until }, ..journey.clone() };
    assert!(
        matches!(next(&left_behind, &account, own, until), Ok(Step::Complete(ready)) if ready.from() == left_behind.state)
    );
    let aged = |span| next(&journey, &account, own, NOW.plus(span));
    assert!(matches!(aged(PROOF_LIFETIME.saturating_sub(SECOND)), Ok(Step::Complete(_))));
    assert_eq!(aged(PROOF_LIFETIME), Err(Refusal::Over));
}

#[test]
fn of_an_end_before_any_proof_the_first_browser_sees_nothing() {
    let journey = recovery_of(&account());
    let own = proof(&journey);
    let until = NOW.plus(SECOND);
    for state in [JourneyState::Done, JourneyState::Revoked, JourneyState::Completing { until }] {
        let ended = Journey { state, ..journey.clone() };
        for (proofs, shows) in
            [(vec![], false), (vec![Proof { owner: Owner::Link(journey.id), ..own }], false), (vec![own], true)]
        {
            let shown = ended.clone().as_shown_to_initiator(&proofs, NOW);
            let expected = if shows { (state, journey.subject) } else { (JourneyState::Open, Subject::Unresolved) };
            assert_eq!((shown.state, shown.subject), expected, "{proofs:?}");
        }
    }
}

#[test]
fn a_link_is_a_proof_while_it_lives_and_only_its_own_token() {
    let account = account();
    let journey = recovery_of(&account);
    let mail = Challenge { link: Some(Digest([9; 32])), ..challenge(&journey, Method::Mail) };
    let id = ProofId(Uuid::from_u128(40));
    let present =
        |journey: &Journey, mail: &Challenge, token, now| journey::present_link(journey, mail, token, id, now);
    let granted = present(&journey, &mail, Digest([9; 32]), NOW).expect("it lives");
    assert_eq!((granted.proof().owner, granted.proof().gate), (Owner::Link(journey.id), 1));
    assert!(present(&journey, &mail, Digest([8; 32]), NOW).is_none(), "another token");
    assert!(present(&journey, &mail, Digest([9; 32]), NOW.plus(HOUR)).is_none(), "too late");
    assert!(present(&journey, &Challenge { link: None, ..mail }, Digest([9; 32]), NOW).is_none(), "none was sent");
    let decoy = Journey { subject: Subject::Unresolved, ..journey.clone() };
    assert!(present(&decoy, &mail, Digest([9; 32]), NOW).is_none(), "for no account");
    let other = Journey { id: JourneyId(Uuid::from_u128(11)), ..journey.clone() };
    assert!(present(&other, &mail, Digest([9; 32]), NOW).is_none(), "another journey's");

    let policy = recovery::recommended_policy();
    let facts = Facts { account: Some(&account), proofs: &[], presented: Some(granted), policy: &policy };
    match step(&journey, Owner::Link(journey.id), &facts, NOW) {
        Ok(Step::Complete(ready)) => assert_eq!((ready.presented(), ready.channel()), (Some(granted), Some(address()))),
        other => panic!("{other:?}"),
    }
    assert!(!matches!(step(&journey, owner(&journey), &facts, NOW), Ok(Step::Complete(_))), "in the other browser");
}

#[test]
fn a_method_is_asked_for_only_where_the_policy_takes_it_now() {
    let account = account();
    let journey = recovery_of(&account);
    let policy = GatePolicy {
        gates: vec![MethodSet::of(&[Method::Mail]), MethodSet::of(&[Method::Text, Method::Passkey])],
        distinct: Distinct::Classes,
        lifetime: PROOF_LIFETIME,
    };
    let ask = |proofs: &[Proof], method| {
        let facts = Facts { account: Some(&account), proofs, presented: None, policy: &policy };
        gate_for(&journey, owner(&journey), method, &facts, NOW)
    };
    assert_eq!(ask(&[], Method::Mail), Ok(1));
    assert_eq!(ask(&[], Method::Passkey), Err(Refusal::NotAsked), "the second gate is not open");
    let first = [proof(&journey)];
    assert_eq!(ask(&first, Method::Passkey), Ok(2));
    assert_eq!(ask(&first, Method::Text), Err(Refusal::NotAsked), "of the same class as the mail");
}

#[test]
fn a_challenge_counts_tries_over_all_its_secrets_and_is_answered_once() {
    let account = account();
    let mut asked = challenge(&recovery_of(&account), Method::Mail);
    for left in (1..CODE_TRIES).rev() {
        asked = challenge::step(&asked, Event::Try, NOW).expect("a try");
        assert_eq!(asked.tries_left(), left);
        assert_eq!(challenge::step(&asked, Event::Answer { fits: false }, NOW), Err(challenge::Refusal::Wrong));
    }
    let (later, until) = (NOW.plus(CODE_LIFETIME), NOW.plus(HOUR));
    assert_eq!(challenge::step(&asked, Event::Try, later), Err(challenge::Refusal::Dead), "lapsed");
    let anew = challenge::step(&asked, Event::Resend { until }, later).expect("a new secret");
    assert_eq!((anew.generation, anew.tries), (1, CODE_TRIES - 1));
    let last = challenge::step(&anew, Event::Try, later).expect("the last try");
    assert_eq!(challenge::step(&last, Event::Try, later), Err(challenge::Refusal::Dead));
    let right = challenge::step(&last, Event::Answer { fits: true }, later).expect("right");
    for event in [Event::Try, Event::Answer { fits: true }, Event::Resend { until }] {
        assert_eq!(challenge::step(&right, event, later), Err(challenge::Refusal::Proven));
    }
}

#[test]
fn an_answer_that_is_compared_too_late_is_not_taken() {
    let asked = challenge(&recovery_of(&account()), Method::Mail);
    let begun = challenge::step(&asked, Event::Try, asked.expires_at.minus(SECOND)).expect("in time");
    let answer = |at| challenge::step(&begun, Event::Answer { fits: true }, at);
    assert!(answer(asked.expires_at.minus(SECOND)).is_ok());
    assert_eq!(answer(asked.expires_at), Err(challenge::Refusal::Dead));
    let unclaimed = Challenge { tries: CODE_TRIES + 1, ..asked };
    let beyond = challenge::step(&unclaimed, Event::Answer { fits: true }, NOW);
    assert_eq!(beyond, Err(challenge::Refusal::Dead), "no try was claimed for it");
}

#[test]
fn a_message_is_sent_again_after_a_minute_and_lives_no_longer_than_its_journey() {
    let journey = recovery_of(&account());
    let mail = challenge(&journey, Method::Mail);
    let resend = |at| challenge::step(&mail, Event::Resend { until: journey.expires_at }, at);
    assert_eq!(resend(NOW.plus(SECOND * 59)), Err(challenge::Refusal::TooSoon));
    let same = resend(NOW.plus(SECOND * 60)).expect("a minute has passed");
    assert_eq!((same.generation, same.expires_at), (0, mail.expires_at), "the same secret, no longer life");
    let end = journey.expires_at;
    let anew = resend(end.minus(SECOND)).expect("it has lapsed");
    assert_eq!((anew.generation, anew.expires_at), (1, end));
    let app = challenge(&journey, Method::Authenticator);
    let asked = challenge::step(&app, Event::Resend { until: end }, NOW.plus(HOUR));
    assert_eq!(asked, Err(challenge::Refusal::NotSent));
}
