//! A key in the hashes of passwords: off and on, old and new keys, over real databases.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::sync::PoisonError;
use std::time::Duration;

use rekey_domain::key::{ACTIVATION_DELAY, RETIRE_MARGIN, RetireRefusal};
use rekey_domain::{Account, KeyId};
use rekey_service::keys::{self, Key, RetireError};
use rekey_service::password::{self, Change, ChangeError};
use rekey_service::sign_in::{self, SignInError};
use rekey_shared::identifier::IdentifierKind;
use rekey_shared::password::History;
use rekey_shared::{Secret, Timestamp};
use rekey_testkit::bench::{BETTER, GOOD, meta};
use rekey_testkit::{Bench, assert_matches, on_both_databases};

const ADA: &str = "ada@example.org";
const DAY: Duration = Duration::from_secs(24 * 3600);

fn key(n: u8) -> Key {
    Key::new([n; 32], Timestamp::default())
}

async fn rotate(t: &Bench, n: u8) {
    t.keys_file.lock().unwrap_or_else(PoisonError::into_inner).push(key(n));
    t.refresh_keys(&t.cx).await;
    keys::announce(&t.cx, &key(n), ACTIVATION_DELAY).await.expect("announces");
    t.advance(ACTIVATION_DELAY);
    t.refresh_keys(&t.cx).await;
}

async fn account(t: &Bench) -> Account {
    let found = t.cx.store.find_account_by(IdentifierKind::Email, ADA).await.expect("answers");
    found.expect("an account").0
}

/// What stands in the PHC string of a key's hashes.
fn mark(n: u8) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let KeyId(id) = key(n).id();
    let bits = u64::from(id) << 4;
    let digit = |n: u32| usize::try_from((bits >> (6 * n)) & 63).expect("six bits");
    let text: String = (0..6).rev().map(|n| char::from(ALPHABET[digit(n)])).collect();
    format!(",p=1,keyid={text}$")
}

async fn assert_peppered_with(t: &Bench, pepper: Option<u8>, why: &str) {
    let hash = account(t).await.password.expect("a password").0;
    match pepper {
        Some(n) => assert!(hash.contains(&mark(n)), "{why}: {hash}"),
        None => assert!(!hash.contains("keyid"), "{why}: {hash}"),
    }
}

async fn with_pepper(t: Bench, on: bool) -> Bench {
    t.with(|settings| settings.hashing.pepper = on).await
}

async fn change(t: &Bench, current: &str, new: &str) -> Result<(), ChangeError> {
    let caller = t.caller(ADA, current).await;
    let input = Change { current_password: current.into(), new_password: new.into(), confirm_password: new.into() };
    password::change(&t.cx, &meta(), &caller, input).await.map(drop)
}

on_both_databases! {
    /// Every form that a hash can have, under every setting: it verifies, and the sign-in brings it up to date.
    async fn every_hash_verifies_under_every_setting_and_rises_to_it(t: Bench) {
        t.account(ADA).await;
        assert_peppered_with(&t, None, "off by default").await;
        let t = with_pepper(t, true).await;
        t.sign_in(ADA, GOOD).await.expect("none before, on now");
        assert_peppered_with(&t, Some(42), "raised").await;
        t.sign_in(ADA, GOOD).await.expect("the same again");
        rotate(&t, 2).await;
        assert_peppered_with(&t, Some(42), "until the next sign-in").await;
        assert_matches!(t.sign_in(ADA, BETTER).await, Err(SignInError::Refused), "a wrong one raises nothing");
        assert_peppered_with(&t, Some(42), "until the next sign-in").await;
        t.sign_in(ADA, GOOD).await.expect("an old key before, a new one now");
        assert_peppered_with(&t, Some(2), "raised").await;
        let t = with_pepper(t, false).await;
        t.sign_in(ADA, GOOD).await.expect("on before, off now");
        assert_peppered_with(&t, None, "taken away").await;
        t.sign_in(ADA, GOOD).await.expect("signs in");
        assert_matches!(t.sign_in(ADA, BETTER).await, Err(SignInError::Refused));
    }

    async fn every_new_password_has_the_pepper_of_its_day(t: Bench) {
        let t = with_pepper(t, true).await;
        t.account(ADA).await;
        assert_peppered_with(&t, Some(42), "registered").await;
        rotate(&t, 2).await;
        change(&t, GOOD, BETTER).await.expect("changes");
        assert_peppered_with(&t, Some(2), "changed").await;
        rotate(&t, 3).await;
        let link = t.recovery_link(ADA).await;
        t.complete_by_link(&link, GOOD).await.expect("recovers");
        assert_peppered_with(&t, Some(3), "recovered").await;
        t.sign_in(ADA, GOOD).await.expect("signs in");
    }

    async fn past_passwords_are_told_with_every_pepper(t: Bench) {
        let t = t.with(|settings| settings.policy.history = History { on_change: 4, on_reset: 4 }).await;
        t.account(ADA).await;
        let t = with_pepper(t, true).await;
        change(&t, GOOD, "first of all-words7here").await.expect("changes");
        rotate(&t, 2).await;
        change(&t, "first of all-words7here", BETTER).await.expect("changes");
        for past in [GOOD, "first of all-words7here"] {
            assert_matches!(change(&t, BETTER, past).await, Err(ChangeError::Weak(_)), "{past}");
        }
    }

    async fn a_key_stays_for_its_passwords_until_they_are_hashed_anew_or_given_up(t: Bench) {
        let t = with_pepper(t, true).await;
        t.account(ADA).await;
        rotate(&t, 2).await;
        t.advance(DAY * 8);
        t.refresh_keys(&t.cx).await;
        let first = key(42).id();
        let refused = keys::retire(&t.cx, first, false).await;
        assert_matches!(refused, Err(RetireError::Refused(RetireRefusal::Passwords { count: 1 })));
        t.sign_in(ADA, GOOD).await.expect("is hashed anew");
        assert_eq!(keys::retire(&t.cx, first, false).await.expect("nothing needs it").passwords, 0);
        t.refresh_keys(&t.cx).await;
        t.sign_in(ADA, GOOD).await.expect("with the new key");

        rotate(&t, 3).await;
        t.advance(RETIRE_MARGIN * 24 * 8);
        t.refresh_keys(&t.cx).await;
        assert_eq!(keys::retire(&t.cx, key(2).id(), true).await.expect("given up").passwords, 1);
        t.refresh_keys(&t.cx).await;
        assert_matches!(t.sign_in(ADA, GOOD).await, Err(SignInError::Refused), "like a wrong password");
        let link = t.recovery_link(ADA).await;
        t.complete_by_link(&link, GOOD).await.expect("the owner recovers");
        t.sign_in(ADA, GOOD).await.expect("signs in");
    }

    async fn a_node_that_lacks_the_key_of_a_password_calls_it_not_wrong(t: Bench) {
        let t = with_pepper(t, true).await;
        t.account(ADA).await;
        let behind = t.another_node().await;
        rotate(&t, 2).await;
        t.sign_in(ADA, GOOD).await.expect("is hashed anew");
        let (file, now) = (vec![key(42)], rekey_service::Clock::now(t.clock.as_ref()));
        behind.keys.refresh(&behind.store, Some(file), behind.entropy.as_ref(), now).await.expect("refreshes");
        let there = sign_in::sign_in(&behind, &meta(), ADA, Secret::new(GOOD)).await;
        assert_matches!(there, Err(SignInError::Unexpected(_)));
        t.sign_in(ADA, GOOD).await.expect("elsewhere it is right");
    }
}
