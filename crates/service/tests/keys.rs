//! The keys of an installation over real databases: first start, rotation, retirement, and nodes that do not have what
//! the others have.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::sync::PoisonError;
use std::time::Duration;

use rekey_domain::KeyId;
use rekey_domain::key::{
    ACTIVATION_DELAY, RETIRE_MARGIN, RetireRefusal, RingKeyState, SHORTEST_DELAY, SealContext, SealedColumn,
};
use rekey_service::audit::{self, Anchor};
use rekey_service::journey::resolve::resolve;
use rekey_service::keys::{self, Freshness, Key, KeyError, Keys, OpenError, RetireError, UnlockError};
use rekey_service::message::compose;
use rekey_service::setting::RecoveryKind;
use rekey_service::sign_in::SignInError;
use rekey_service::{Clock as _, Services, recovery};
use rekey_shared::Timestamp;
use rekey_store::Store;
use rekey_testkit::bench::{BETTER, FixedClock, GOOD, SeededEntropy, meta, not_me_in, temporary_in};
use rekey_testkit::{Bench, Database, assert_matches, on_both_databases};
use uuid::Uuid;

const ADA: &str = "ada@example.org";
const DAY: Duration = Duration::from_secs(24 * 3600);

fn key(n: u8) -> Key {
    Key::new([n; 32], Timestamp::default())
}

/// Adds a key as the operator does, on the first node alone; the others hear of it when they look.
async fn rotate(t: &Bench, n: u8) -> KeyId {
    t.keys_file.lock().unwrap_or_else(PoisonError::into_inner).push(key(n));
    t.refresh_keys(&t.cx).await;
    keys::announce(&t.cx, &key(n), ACTIVATION_DELAY).await.expect("announces").id
}

/// Adds a key and lets its moment come.
async fn rotate_now(t: &Bench, n: u8) -> KeyId {
    let id = rotate(t, n).await;
    t.advance(ACTIVATION_DELAY);
    t.refresh_keys(&t.cx).await;
    id
}

async fn unlock(t: &Bench, file: &[u8]) -> Result<Keys, UnlockError> {
    let (store, entropy) = (t.database.another_store().await, t.cx.entropy.as_ref());
    let file = file.iter().map(|n| key(*n)).collect();
    Keys::unlock(&store, file, entropy, t.clock.now(), Freshness::Once).await
}

/// What a node makes of the one message that waits.
async fn compose_on(node: &Services) -> Result<compose::Prepared, rekey_service::Unexpected> {
    let (now, owner) = (node.clock.now(), Uuid::from_u128(9));
    let leased = node.store.lease_outbox(1, now, now.plus(Duration::from_secs(1)), owner).await.expect("leases");
    let item = leased.first().expect("a message waits");
    resolve(node, item.notification).await?;
    compose::prepare(node, item).await
}

async fn retire(t: &Bench, id: KeyId) -> Result<keys::Retired, RetireError> {
    keys::retire(&t.cx, id, false).await
}

on_both_databases! {
    async fn a_file_of_another_installation_is_refused(t: Bench) {
        assert_matches!(unlock(&t, &[42]).await, Ok(_));
        assert_matches!(unlock(&t, &[7]).await, Err(UnlockError::Foreign));
        assert_eq!(t.cx.store.list_ring_keys().await.expect("lists").len(), 1, "its keys were not taken up");
    }

    async fn a_file_that_lacks_a_key_in_use_is_refused_and_one_to_come_may_be_missing(t: Bench) {
        let first = key(42).id();
        let second = rotate(&t, 2).await;
        assert_matches!(unlock(&t, &[42]).await, Ok(_), "there is time to copy the file");
        t.advance(ACTIVATION_DELAY);
        assert_matches!(unlock(&t, &[42]).await, Err(UnlockError::Lacks(id)) if id == second);
        t.refresh_keys(&t.cx).await;
        assert_matches!(unlock(&t, &[42]).await, Err(UnlockError::Lacks(id)) if id == second, "sealed anew");
        assert_matches!(unlock(&t, &[2]).await, Err(UnlockError::Lacks(id)) if id == first, "still needed");
        assert_matches!(unlock(&t, &[2, 42]).await, Ok(_));
    }

    async fn a_key_that_was_put_into_the_file_by_hand_is_never_used_at_once(t: Bench) {
        assert_matches!(unlock(&t, &[42, 5]).await, Ok(_));
        let known = t.cx.store.list_ring_keys().await.expect("lists");
        let by_hand = known.iter().find(|known| known.id == key(5).id()).expect("taken up");
        assert_eq!(by_hand.not_before, t.clock.now().plus(ACTIVATION_DELAY));
        keys::announce(&t.cx, &key(6), Duration::ZERO).await.expect("announces");
        let known = t.cx.store.list_ring_keys().await.expect("lists");
        let hasty = known.iter().find(|known| known.id == key(6).id()).expect("announced");
        assert_eq!(hasty.not_before, t.clock.now().plus(SHORTEST_DELAY), "no operator is faster than the nodes look");
    }

    async fn a_secret_goes_on_working_when_its_key_is_old(t: Bench) {
        t.account(ADA).await;
        let link = t.recovery_link(ADA).await;
        let (handle, sent) = t.ask("another@example.org").await;
        assert!(sent.is_empty(), "a decoy");
        rotate_now(&t, 2).await;
        t.complete_by_link(&link, BETTER).await.expect("made with the key before");
        assert!(recovery::view(&t.cx, &handle).await.expect("answers").is_some());
        let notice = t.deliver().await;
        rotate_now(&t, 3).await;
        let not_me = not_me_in(&notice).expect("a way to object");
        assert!(rekey_service::freeze::link_is_open(&t.cx, &not_me).await.expect("answers"));
        let fresh = t.recovery_link(ADA).await;
        t.complete_by_link(&fresh, GOOD).await.expect("made with the newest key");
    }

    async fn a_temporary_password_outlives_a_rotation_and_its_row_a_retirement(t: Bench) {
        t.account(ADA).await;
        let t = t.with(|settings| settings.recovery.kind = RecoveryKind::TemporaryPassword).await;
        let temporary = temporary_in(&t.ask(ADA).await.1).expect("a temporary password");
        rotate_now(&t, 2).await;
        t.sign_in(ADA, &temporary).await.expect("made with the key before");
        t.advance(DAY * 8);
        t.refresh_keys(&t.cx).await;
        retire(&t, key(42).id()).await.expect("nothing needs it");
        t.refresh_keys(&t.cx).await;
        assert_matches!(t.sign_in(ADA, &temporary).await, Err(SignInError::Refused), "refused, not broken");
        t.sign_in(ADA, GOOD).await.expect("signs in");
    }

    async fn budgets_outlive_rotation_and_retirement(t: Bench) {
        let t = t.with(|settings| settings.sign_in.lockout.base = DAY * 30).await;
        let t = t.with(|settings| settings.sign_in.lockout.ceiling = DAY * 30).await;
        t.account(ADA).await;
        for who in [ADA, "unknown@example.org"] {
            for _ in 0..5 {
                assert!(t.sign_in(who, "wrong").await.is_err());
            }
        }
        let evaluated = t.cx.hasher.evaluated();
        rotate_now(&t, 2).await;
        t.advance(DAY * 8);
        retire(&t, key(42).id()).await.expect("nothing needs it");
        t.refresh_keys(&t.cx).await;
        assert_matches!(t.sign_in(ADA, GOOD).await, Err(SignInError::Refused), "still waiting");
        assert_eq!(t.cx.hasher.evaluated(), evaluated, "nothing was evaluated");
    }

    async fn a_node_that_lacks_the_key_in_use_makes_no_wrong_secret(t: Bench) {
        t.account(ADA).await;
        let behind = t.another_node().await;
        rotate_now(&t, 2).await;
        let look = async || {
            let (file, now) = (vec![key(42)], t.clock.now());
            behind.keys.refresh(&behind.store, Some(file), behind.entropy.as_ref(), now).await.expect("refreshes");
        };
        look().await;
        assert_eq!(behind.keys.missing().iter().map(|key| key.id).collect::<Vec<_>>(), [key(2).id()]);
        recovery::start(&behind, &meta(), ADA).await.expect("starts");
        assert_matches!(compose_on(&behind).await, Err(_), "left to a node that has the key");
        t.advance(Duration::from_secs(2));
        assert_matches!(compose_on(&t.cx).await, Ok(compose::Prepared::Send(_)));
        // Its own copy of the file arrives.
        t.refresh_keys(&behind).await;
        t.advance(Duration::from_secs(2));
        assert_matches!(compose_on(&behind).await, Ok(compose::Prepared::Send(_)));
    }

    async fn a_key_is_retired_after_its_time_and_not_before(t: Bench) {
        let t = t.with(|settings| settings.recovery.link_ttl = DAY).await;
        t.account(ADA).await;
        let first = key(42).id();
        assert_matches!(retire(&t, KeyId(1)).await, Err(RetireError::Refused(RetireRefusal::Unknown)));
        let refused = retire(&t, first).await;
        assert_matches!(refused, Err(RetireError::Refused(RetireRefusal::Current { next_at: None })));
        let link = t.recovery_link(ADA).await;
        let second = rotate(&t, 2).await;
        let at = t.clock.now().plus(ACTIVATION_DELAY);
        let refused = retire(&t, first).await;
        assert_matches!(refused, Err(RetireError::Refused(RetireRefusal::Current { next_at: Some(next) })) if next == at);
        t.advance(ACTIVATION_DELAY);
        t.refresh_keys(&t.cx).await;
        let link_dies = at.minus(ACTIVATION_DELAY).plus(DAY);
        assert_matches!(retire(&t, first).await, Err(RetireError::Refused(RetireRefusal::Until(at))) if at == link_dies);
        t.complete_by_link(&link, BETTER).await.expect("it was not retired");
        t.advance(link_dies.since(t.clock.now()));
        t.refresh_keys(&t.cx).await;
        retire(&t, first).await.expect("its last link is dead");
        assert_matches!(retire(&t, first).await, Err(RetireError::Refused(RetireRefusal::AlreadyRetired)));
        let listed = keys::list(&t.cx).await.expect("lists");
        assert_eq!(listed.iter().map(|key| key.state).collect::<Vec<_>>(), [RingKeyState::Retired, RingKeyState::Current]);
        assert_eq!(listed[1].key.id, second);
    }

    async fn a_key_without_secrets_stays_for_an_hour_and_one_to_come_can_be_taken_back(t: Bench) {
        let first = key(42).id();
        let overtaken_at = t.clock.now().plus(ACTIVATION_DELAY);
        rotate_now(&t, 2).await;
        let until = overtaken_at.plus(RETIRE_MARGIN);
        assert_matches!(retire(&t, first).await, Err(RetireError::Refused(RetireRefusal::Until(at))) if at == until);
        let third = rotate(&t, 3).await;
        retire(&t, third).await.expect("it was never used");
        t.advance(RETIRE_MARGIN);
        t.refresh_keys(&t.cx).await;
        t.account(ADA).await;
        retire(&t, first).await.expect("an hour is over");
        let listed = keys::list(&t.cx).await.expect("lists");
        let states: Vec<_> = listed.iter().map(|key| key.state).collect();
        assert_eq!(states, [RingKeyState::Retired, RingKeyState::Current, RingKeyState::Cancelled]);
    }

    async fn data_keys_are_sealed_anew_and_can_be_renewed(t: Bench) {
        let sealed = async || {
            let keys = t.cx.store.list_data_keys().await.expect("lists");
            keys.iter().map(|key| t.cx.keys.key_of(&key.sealed).expect("sealed")).collect::<Vec<_>>()
        };
        let first = key(42).id();
        assert_eq!(sealed().await, [first, first]);
        let (old, mac) = t.cx.keys.audit_mac(b"an entry");
        let name = t.cx.keys.budget_key("of", b"whose");
        let second = rotate_now(&t, 2).await;
        assert_eq!(sealed().await, [second, second], "by the node that looked first");
        assert!(t.cx.keys.audit_mac(b"an entry") == (old, mac) && t.cx.keys.budget_key("of", b"whose") == name);

        keys::renew_data_keys(&t.cx, ACTIVATION_DELAY).await.expect("renews");
        t.refresh_keys(&t.cx).await;
        assert!(t.cx.keys.budget_key("of", b"whose") == name, "not before every node has it");
        t.advance(ACTIVATION_DELAY);
        t.refresh_keys(&t.cx).await;
        assert!(t.cx.keys.budget_key("of", b"whose") != name);
        assert_ne!(t.cx.keys.audit_mac(b"an entry").0, old);
        assert!(t.cx.keys.audit_mac_with(old, b"an entry") == Some(mac), "what was sealed before is still verified");
        assert!(t.cx.keys.audit_mac_with(KeyId(1), b"an entry").is_none());
    }

    async fn a_sealed_value_opens_on_every_node_in_its_own_row_until_its_key_is_retired(t: Bench) {
        let at = |row| SealContext { column: SealedColumn::DataKey, row };
        let plain = b"the connector's password";
        let sealed = t.cx.seal(at("names 1"), plain).expect("seals");
        assert_eq!(t.cx.keys.key_of(&sealed), Ok(key(42).id()));
        assert_ne!(t.cx.seal(at("names 1"), plain).expect("seals"), sealed, "a fresh nonce");
        let other = t.another_node().await;
        assert_eq!(other.keys.open(at("names 1"), &sealed).as_deref(), Ok(&plain.to_vec()));
        assert_eq!(other.keys.open(at("names 2"), &sealed).map(drop), Err(OpenError::Broken));

        let second = rotate_now(&t, 2).await;
        t.refresh_keys(&other).await;
        assert_eq!(other.keys.open(at("names 1"), &sealed).as_deref(), Ok(&plain.to_vec()), "with its old key");
        let again = t.cx.seal(at("names 1"), plain).expect("seals");
        assert_eq!(t.cx.keys.key_of(&again), Ok(second));
        t.advance(DAY);
        retire(&t, key(42).id()).await.expect("nothing needs it");
        t.refresh_keys(&other).await;
        let retired = OpenError::Key(KeyError::Retired(key(42).id()));
        assert_eq!(other.keys.open(at("names 1"), &sealed).map(drop), Err(retired));
        assert_eq!(other.keys.open(at("names 1"), &again).as_deref(), Ok(&plain.to_vec()));
    }

    async fn the_audit_log_stays_whole_when_its_keys_are_rotated_renewed_and_retired(t: Bench) {
        t.account(ADA).await;
        t.run_jobs().await;
        let first_seal = audit::verify(&t.cx, None).await.expect("verifies").last;
        rotate_now(&t, 2).await;
        t.sign_in(ADA, GOOD).await.expect("signs in");
        t.run_jobs().await;
        keys::renew_data_keys(&t.cx, ACTIVATION_DELAY).await.expect("renews");
        t.advance(DAY * 8);
        t.refresh_keys(&t.cx).await;
        retire(&t, key(42).id()).await.expect("nothing needs it");
        t.sign_in(ADA, GOOD).await.expect("signs in");
        t.run_jobs().await;

        // A node that never had the key that is retired, on another day.
        *t.keys_file.lock().unwrap_or_else(PoisonError::into_inner) = vec![key(2)];
        let later = t.another_node().await;
        let verdict = audit::verify(&later, Some(Anchor::from(first_seal))).await.expect("verifies");
        assert_eq!((verdict.broken, verdict.unsealed.entries), (None, 0));
        assert!(verdict.last.seq > first_seal.seq && verdict.last.key != first_seal.key, "sealed with the renewed key");

        let told = told_of_keys(&t).await;
        let events: Vec<_> = told.iter().map(|(event, _)| event.as_str()).collect();
        let added = "key-added by operator";
        assert_eq!(events, ["key-added by system", added, added, added, "key-retired by operator"], "{told:?}");
        let ids = [&told[0], &told[1], &told[4]].map(|(_, id)| id.clone());
        assert_eq!(ids, [key(2), key(2), key(42)].map(|key| key.id().to_string()));
    }
}

/// The keys that the audit log tells of: the event, and which key.
async fn told_of_keys(t: &Bench) -> Vec<(String, String)> {
    let mut told = Vec::new();
    let each = |line: &str| {
        let line: serde_json::Value = serde_json::from_str(line)?;
        if line["target"]["kind"] == "key" {
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            told.push((
                text(&line["event"]) + " by " + line["actor"]["kind"].as_str().unwrap_or_default(),
                text(&line["target"]["id"]),
            ));
        }
        Ok::<_, serde_json::Error>(())
    };
    audit::export(&t.cx, audit::Span::default(), each).await.expect("exports").expect("is JSON");
    told
}

/// Many nodes start at the same moment on an empty database, half of them with a file of their own.
async fn begin_at_once(database: Database) {
    database.store().await;
    let mut stores = Vec::new();
    for _ in 0..8 {
        stores.push(database.another_store().await);
    }
    let node = |n: usize, store: Store| async move {
        let (file, entropy) = (vec![key(if n.is_multiple_of(2) { 1 } else { 2 })], SeededEntropy::new(n as u64));
        let now = FixedClock::new().now();
        let unlocked = Keys::unlock(&store, file, &entropy, now, Freshness::Once).await;
        match unlocked {
            Ok(keys) => Some((n % 2, keys.budget_key("of", b"whose"), keys.audit_mac(b"an entry"))),
            Err(UnlockError::Foreign) => None,
            Err(other) => panic!("{other}"),
        }
    };
    let tasks: Vec<_> = stores.into_iter().enumerate().map(|(n, store)| tokio::spawn(node(n, store))).collect();
    let mut begun = Vec::new();
    for task in tasks {
        begun.extend(task.await.expect("no panic"));
    }
    assert_eq!(begun.len(), 4, "all of one file, none of the other");
    assert!(begun.iter().all(|node| *node == begun[0]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_files_at_the_first_start_one_becomes_the_installations_own_sqlite() {
    begin_at_once(Database::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_files_at_the_first_start_one_becomes_the_installations_own_postgres() {
    begin_at_once(Database::postgres().await).await;
}
