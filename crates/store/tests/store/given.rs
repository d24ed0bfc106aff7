//! What tests begin with, and how they race.

use std::future::Future;
use std::time::Duration;

use rekey_domain::account::action_token::{ActionToken, ActionTokenKind};
use rekey_domain::group::{Group, GroupName};
use rekey_domain::journey::challenge::{Challenge, NewChallenge};
use rekey_domain::journey::method::Method;
use rekey_domain::journey::owner::Owner;
use rekey_domain::journey::proof::GrantedProof;
use rekey_domain::journey::{
    self, Facts, JOURNEY_LIFETIME, Journey, JourneyKind, JourneyState, Ready, Step, Subject, step,
};
use rekey_domain::password::set::{SetOccasion, SetPermit};
use rekey_domain::right::{Role, RoleAssignment, RoleHolder, RoleScope};
use rekey_domain::session::Session;
use rekey_domain::{
    Account, AccountId, AccountIdentifier, ActionTokenId, ChallengeId, Digest, Epoch, FactorId, GroupId, IdentifierId,
    JourneyId, PasswordHash, ProofId, RoleAssignmentId, SessionId,
};
use rekey_shared::identifier::IdentifierKind;
use rekey_shared::{Lang, Timestamp};
use rekey_store::{Granted, Inserted, Store, Write};
use uuid::Uuid;

use crate::database::Database;

/// Tasks of a race.
pub const PARALLEL: usize = 200;

/// The moment tests begin at, and later ones.
pub fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000).plus(Duration::from_secs(seconds))
}

pub fn id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

pub fn digest(n: u8) -> Digest {
    Digest([n; 32])
}

pub fn account(n: u128) -> Account {
    Account {
        given_name: "Ada".to_owned(),
        family_name: "ラブレス".to_owned(),
        password: Some(PasswordHash("$argon2id$first".to_owned())),
        password_changed_at: Some(at(0)),
        epoch: Epoch(3),
        ..Account::new(AccountId(id(n)), Lang::Ja, at(0))
    }
}

pub fn address(n: u128, of: u128, canonical: &str) -> AccountIdentifier {
    AccountIdentifier {
        id: IdentifierId(id(n)),
        account: AccountId(id(of)),
        kind: IdentifierKind::Email,
        canonical: canonical.to_owned(),
        shown: canonical.to_uppercase(),
        verified_at: Some(at(0)),
    }
}

/// Group `n`, written down.
pub async fn with_group(store: &Store, n: u128, name: &str) -> Group {
    let name = GroupName::parse(name).expect("a name");
    let group = Group { id: GroupId(id(n)), name, created_at: at(0) };
    let tx = store.begin_write().await.expect("begins");
    assert!(tx.insert_group(&group).await.expect("inserts"));
    tx.commit().await.expect("commits");
    group
}

/// Puts an account into a group.
pub async fn join(store: &Store, group: &Group, account: &Account) {
    let tx = store.begin_write().await.expect("begins");
    assert!(tx.insert_member(group.id, account.id, at(1)).await.expect("inserts"));
    tx.commit().await.expect("commits");
}

/// The owner's role for a holder, everywhere and for good.
pub fn owner(n: u128, holder: RoleHolder) -> RoleAssignment {
    RoleAssignment {
        id: RoleAssignmentId(id(n)),
        holder,
        role: Role::Owner,
        scope: RoleScope::Everywhere,
        expires_at: None,
        granted_at: at(0),
        granted_by: Some(AccountId(id(77))),
    }
}

/// Gives a role.
pub async fn grant(store: &Store, assignment: &RoleAssignment) -> Granted {
    let tx = store.begin_write().await.expect("begins");
    tx.lock_roles().await.expect("locks");
    let granted = tx.grant_role(assignment).await.expect("grants");
    tx.commit().await.expect("commits");
    granted
}

/// Account `n`, known by one address.
pub async fn with_account(store: &Store, n: u128) -> Account {
    let account = account(n);
    let tx = store.begin_write().await.expect("begins");
    insert(&tx, &account, &[address(n, n, &format!("ada{n}@example.org"))]).await;
    tx.commit().await.expect("commits");
    account
}

/// Writes an account down, with its password.
pub async fn insert(tx: &Write, account: &Account, identifiers: &[AccountIdentifier]) {
    assert_eq!(tx.insert_account(account, identifiers).await.expect("inserts"), Inserted::Done);
    let (Some(password), Some(set_at)) = (&account.password, account.password_changed_at) else { return };
    let set = tx.set_password(permit(SetOccasion::Registration, account), password, 0, set_at).await;
    assert_eq!(set.expect("sets"), Some(account.epoch));
}

/// Permission to set the password of an account as it is given.
pub fn permit(occasion: SetOccasion, account: &Account) -> SetPermit {
    occasion.permit(account).expect("its password is kept here")
}

/// A recovery that is not resolved. Its secrets follow from its number.
pub fn recovery(n: u8) -> Journey {
    Journey {
        id: JourneyId(id(n.into())),
        kind: JourneyKind::Recovery,
        state: JourneyState::Open,
        handle: digest(n),
        target_kind: IdentifierKind::Email,
        target: "ada@example.org".to_owned(),
        target_shown: "Ada@example.org".to_owned(),
        lang: Lang::En,
        subject: Subject::Unresolved,
        action_token: None,
        terms: None,
        created_at: at(0),
        expires_at: at(0).plus(JOURNEY_LIFETIME),
    }
}

/// What it asks for first.
pub fn mail(journey: &Journey) -> Challenge {
    let new = NewChallenge {
        id: ChallengeId(journey.id.0),
        owner: Owner::Journey(journey.id),
        gate: 1,
        method: Method::Mail,
        link_expires_at: Some(at(3600)),
        until: journey.expires_at,
    };
    Challenge::issue(new, at(0))
}

/// A recovery of that account, resolved, with what it asks for.
pub fn recovery_of(account: &Account, n: u8) -> (Journey, Challenge) {
    let journey = Journey { subject: Subject::of(account), ..recovery(n) };
    let (factor, link) = (Some(FactorId(account.id.0)), Some(digest(n + 100)));
    let asked = Challenge { factor, link, ..mail(&journey) };
    (journey, asked)
}

/// The same, written down.
pub async fn with_recovery(store: &Store, n: u8, account: &Account) -> (Journey, Challenge) {
    let (journey, asked) = recovery_of(account, n);
    let tx = store.begin_write().await.expect("begins");
    tx.insert_journey(&journey).await.expect("inserts");
    assert!(tx.insert_challenge(&asked).await.expect("inserts"));
    tx.commit().await.expect("commits");
    (journey, asked)
}

/// What the right answer proves.
pub fn granted((journey, asked): &(Journey, Challenge), account: &Account) -> GrantedProof {
    journey::prove(journey, asked, Some(account), true, at(1)).expect("granted")
}

/// Permission to end a journey by its link.
pub fn ready((journey, asked): &(Journey, Challenge), account: &Account) -> Ready {
    let token = asked.link.expect("a link");
    let presented = journey::present_link(journey, asked, token, ProofId(id(900)), at(1));
    let policy = journey::recovery::recommended_policy();
    let facts = Facts { account: Some(account), proofs: &[], presented, policy: &policy };
    match step(journey, Owner::Link(journey.id), &facts, at(1)) {
        Ok(Step::Complete(ready)) => ready,
        other => panic!("{other:?}"),
    }
}

pub fn session(n: u128, of: &Account) -> Session {
    Session {
        id: SessionId(id(n)),
        account: of.id,
        epoch: of.epoch,
        device: "Firefox, Linux".to_owned(),
        created_at: at(u64::try_from(n).expect("small")),
        last_used_at: at(u64::try_from(n).expect("small")),
        ended_at: None,
    }
}

pub fn action_token(n: u8, kind: ActionTokenKind, account: Option<AccountId>) -> ActionToken {
    ActionToken {
        id: ActionTokenId(id(n.into())),
        kind,
        digest: digest(n),
        account,
        disputed: None,
        created_at: at(0),
        expires_at: at(3600),
        spent_at: None,
    }
}

/// Three nodes on one migrated database.
pub async fn nodes(db: &Database) -> [Store; 3] {
    [db.store().await, db.another_store().await, db.another_store().await]
}

/// Runs `act` [`PARALLEL`] times at once, spread over the nodes.
pub async fn in_parallel<T, F>(nodes: &[Store; 3], act: impl Fn(Store, usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let tasks: Vec<_> = (0..PARALLEL).map(|n| tokio::spawn(act(nodes[n % 3].clone(), n))).collect();
    let mut results = Vec::with_capacity(PARALLEL);
    for task in tasks {
        results.push(task.await.expect("no panic"));
    }
    results
}
