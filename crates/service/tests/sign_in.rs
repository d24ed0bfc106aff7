//! Signing in, lock-out, sessions and changing the password over real databases.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use rekey_testkit::assert_matches;
use std::time::Duration;

use rekey_domain::journey::method::{Method, MethodSet};
use rekey_domain::session::assurance::Level;
use rekey_service::message::compose::MessageBody;
use rekey_service::password::{self, Change, ChangeError};
use rekey_service::sign_in::SignInError;
use rekey_service::{Clock as _, operator, sessions, sign_in};
use rekey_shared::{Field, FieldFault, FieldProblem};
use rekey_testkit::bench::{BETTER, GOOD, address_of, meta};
use rekey_testkit::{Bench, on_both_databases};
use sea_orm::ConnectionTrait as _;

const WRONG: &str = "not the password at all";

fn change(current: &str, new: &str) -> Change {
    Change { current_password: current.into(), new_password: new.into(), confirm_password: new.into() }
}

/// What a database that is full or broken would do, at the one moment that matters.
const NO_NEW_PASSWORD: &str =
    "CREATE TRIGGER full BEFORE UPDATE OF password ON account BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";

#[tokio::test]
async fn a_sign_in_whose_password_cannot_be_hashed_anew_goes_on() {
    let t = Bench::sqlite().await;
    t.account("ada@example.org").await;
    let t = t.with(|settings| settings.hashing.pepper = true).await;
    let database = sea_orm::Database::connect(t.database.url()).await.expect("connects");
    database.execute_unprepared(NO_NEW_PASSWORD).await.expect("creates");
    let session = t.sign_in("ada@example.org", GOOD).await.expect("the password is right");
    let caller = t.authenticate(&session).await.expect("signed in");
    assert_eq!(sessions::list(&t.cx, &caller).await.expect("lists").len(), 1, "the one that its browser has");
}

on_both_databases! {
    async fn every_alias_signs_in(t: Bench) {
        t.account_with("Ada.Example@Example.org", "ada-e", GOOD).await;
        for identifier in ["ada.example@example.org", " ADA.EXAMPLE@EXAMPLE.ORG ", "ada-e", "ADA-E"] {
            t.sign_in(identifier, GOOD).await.unwrap_or_else(|refusal| panic!("{identifier}: {refusal}"));
        }
    }

    async fn composed_and_decomposed_letters_are_one_password(t: Bench) {
        t.account_with("ada@example.org", "", "caf\u{e9} au lait, s'il vous pla\u{ee}t 7").await;
        t.sign_in("ada@example.org", "cafe\u{301} au lait, s'il vous plai\u{302}t 7").await.expect("NFC");
    }

    async fn five_failures_pause_silently_and_the_waits_grow(t: Bench) {
        t.account("ada@example.org").await;
        for _ in 0..5 {
            assert_matches!(t.sign_in("ada@example.org", WRONG).await, Err(SignInError::Refused));
        }
        assert_matches!(t.sign_in("ada@example.org", GOOD).await, Err(SignInError::Refused));
        t.advance(Duration::from_secs(30));
        assert_matches!(t.sign_in("ada@example.org", WRONG).await, Err(SignInError::Refused));
        t.advance(Duration::from_secs(59));
        assert_matches!(t.sign_in("ada@example.org", GOOD).await, Err(SignInError::Refused));
        t.advance(Duration::from_secs(1));
        t.sign_in("ada@example.org", GOOD).await.expect("the second wait is over");
        t.sign_in("ada@example.org", WRONG).await.expect_err("wrong");
        t.sign_in("ada@example.org", GOOD).await.expect("success cleared the count");
    }

    async fn aliases_share_one_budget(t: Bench) {
        t.account_with("ada@example.org", "ada", GOOD).await;
        for identifier in ["ada@example.org", "ada", "ADA", "ada@EXAMPLE.org", "ada"] {
            t.sign_in(identifier, WRONG).await.expect_err("wrong");
        }
        let before = t.cx.hasher.evaluated();
        assert_matches!(t.sign_in("ada@example.org", GOOD).await, Err(SignInError::Refused));
        assert_eq!(t.cx.hasher.evaluated(), before, "nothing is compared while the wait lasts");
    }

    async fn the_owner_is_told_of_the_pause_once_an_hour(t: Bench) {
        t.account("ada@example.org").await;
        let mut told = 0;
        for _ in 0..3 {
            for _ in 0..5 {
                t.sign_in("ada@example.org", WRONG).await.expect_err("wrong");
            }
            let messages = t.deliver().await;
            told += messages.iter().filter(|message| matches!(message.content, MessageBody::SignInPaused { .. })).count();
            t.advance(Duration::from_secs(120));
            t.sign_in("ada@example.org", GOOD).await.expect("clears the count");
        }
        assert_eq!(told, 1);
    }

    async fn word_of_a_pause_that_is_over_is_not_sent(t: Bench) {
        t.account("ada@example.org").await;
        for _ in 0..5 {
            t.sign_in("ada@example.org", WRONG).await.expect_err("wrong");
        }
        t.advance(t.cx.settings().sign_in.lockout.ceiling);
        let late = t.deliver().await;
        assert!(!late.iter().any(|message| matches!(message.content, MessageBody::SignInPaused { .. })), "{late:?}");
    }

    async fn disabled_accounts_are_refused_and_their_sessions_end(t: Bench) {
        t.account("ada@example.org").await;
        let session = t.sign_in("ada@example.org", GOOD).await.expect("signs in");
        operator::disable(&t.cx, "ada@example.org").await.expect("disables");
        assert!(t.authenticate(&session).await.is_none());
        assert_matches!(t.sign_in("ada@example.org", GOOD).await, Err(SignInError::Refused));
    }

    async fn a_session_ends_when_idle_and_in_any_case_after_a_day(t: Bench) {
        t.account("ada@example.org").await;
        let idle = t.sign_in("ada@example.org", GOOD).await.expect("signs in");
        t.advance(Duration::from_secs(3599));
        assert!(t.authenticate(&idle).await.is_some());
        t.advance(Duration::from_secs(3600));
        assert!(t.authenticate(&idle).await.is_none());

        let busy = t.sign_in("ada@example.org", GOOD).await.expect("signs in");
        for _ in 0..47 {
            t.advance(Duration::from_secs(1800));
            assert!(t.authenticate(&busy).await.is_some(), "in use");
        }
        t.advance(Duration::from_secs(1800));
        assert!(t.authenticate(&busy).await.is_none(), "a day is a day");
    }

    async fn sessions_are_listed_and_ended(t: Bench) {
        t.account("ada@example.org").await;
        t.account("bob@example.org").await;
        let bob = t.caller("bob@example.org", GOOD).await;
        let others = [t.sign_in("ada@example.org", GOOD).await.expect("in"), t.sign_in("ada@example.org", GOOD).await.expect("in")];
        let ada = t.caller("ada@example.org", GOOD).await;
        let listed = sessions::list(&t.cx, &ada).await.expect("lists");
        assert_eq!(listed.len(), 3);
        assert!(listed[0].current);
        assert_eq!(listed[0].device, "Firefox on Linux");

        let first = t.authenticate(&others[0]).await.expect("live").session.id;
        assert!(!sessions::end(&t.cx, &meta(), &bob, first).await.expect("answers"), "not his");
        assert!(sessions::end(&t.cx, &meta(), &ada, first).await.expect("answers"));
        assert!(t.authenticate(&others[0]).await.is_none());
        assert_eq!(sessions::end_others(&t.cx, &meta(), &ada).await.expect("answers"), 1);
        assert!(t.authenticate(&others[1]).await.is_none());
        assert_eq!(sessions::list(&t.cx, &ada).await.expect("lists").len(), 1);
        assert_eq!(sessions::list(&t.cx, &bob).await.expect("lists").len(), 1);
    }

    async fn a_session_is_worth_what_was_proven_in_it(t: Bench) {
        t.account("ada@example.org").await;
        let token = t.sign_in("ada@example.org", GOOD).await.expect("signs in");
        let caller = t.authenticate(&token).await.expect("live");
        assert_eq!(caller.assurance.level(), Level::SignedIn);
        let (now, after) = (t.clock.now(), t.clock.now().plus(Duration::from_millis(300_001)));
        assert!(caller.assurance.fresh_at(now) && !caller.assurance.fresh_at(after));
        t.advance(Duration::from_secs(600));
        let new = password::change(&t.cx, &meta(), &caller, change(GOOD, BETTER)).await.expect("changes");
        let renewed = t.authenticate(&new).await.expect("goes on");
        assert!(renewed.assurance.fresh_at(t.clock.now()), "the new password was typed just now");
        assert_eq!(renewed.session.created_at, caller.session.created_at);
    }

    async fn a_policy_of_two_gates_leaves_the_password_with_half_a_session(t: Bench) {
        t.account("ada@example.org").await;
        let before = t.sign_in("ada@example.org", GOOD).await.expect("signs in");
        let t = t
            .with(|settings| {
                settings.sign_in.gates.gates.push(MethodSet::of(&[Method::Authenticator, Method::Passkey]));
            })
            .await;
        let half = t.caller("ada@example.org", GOOD).await;
        assert!(half.assurance.is_half() && !half.assurance.fresh_at(t.clock.now()));
        let older = t.authenticate(&before).await.expect("live");
        assert!(older.assurance.is_half(), "by the policy as it is now, whenever it was opened");
        t.advance(Duration::from_secs(1800));
        assert!(t.authenticate(&before).await.is_none(), "what is not finished ends soon");
    }

    async fn signing_out_ends_the_session(t: Bench) {
        t.account("ada@example.org").await;
        let token = t.sign_in("ada@example.org", GOOD).await.expect("signs in");
        let caller = t.authenticate(&token).await.expect("live");
        sign_in::sign_out(&t.cx, &meta(), &caller).await.expect("signs out");
        assert!(t.authenticate(&token).await.is_none());
    }

    async fn changing_the_password_ends_all_other_sessions_and_tells_the_owner(t: Bench) {
        t.account("ada@example.org").await;
        let elsewhere = t.sign_in("ada@example.org", GOOD).await.expect("signs in");
        let old = t.sign_in("ada@example.org", GOOD).await.expect("signs in");
        let caller = t.authenticate(&old).await.expect("live");
        let new = password::change(&t.cx, &meta(), &caller, change(GOOD, BETTER)).await.expect("changes");
        assert!(t.authenticate(&new).await.is_some(), "this browser goes on");
        assert!(t.authenticate(&old).await.is_none(), "under a new secret");
        assert!(t.authenticate(&elsewhere).await.is_none());
        let messages = t.deliver().await;
        assert_eq!(messages.iter().map(address_of).collect::<Vec<_>>(), ["ada@example.org"]);
        t.sign_in("ada@example.org", BETTER).await.expect("the new password signs in");
    }

    async fn wrong_current_passwords_count_toward_the_lock(t: Bench) {
        t.account("ada@example.org").await;
        let caller = t.caller("ada@example.org", GOOD).await;
        for _ in 0..5 {
            let answer = password::change(&t.cx, &meta(), &caller, change(WRONG, BETTER)).await;
            let fault = FieldProblem { field: Field::CurrentPassword, fault: FieldFault::NotRight };
            assert_matches!(answer, Err(ChangeError::Fields(fields)) if fields == [fault]);
        }
        password::change(&t.cx, &meta(), &caller, change(GOOD, BETTER)).await.expect_err("must wait");
        assert_matches!(t.sign_in("ada@example.org", GOOD).await, Err(SignInError::Refused));
    }

    async fn a_link_dies_when_the_password_changes(t: Bench) {
        t.account("ada@example.org").await;
        let link = t.recovery_link("ada@example.org").await;
        let caller = t.caller("ada@example.org", GOOD).await;
        password::change(&t.cx, &meta(), &caller, change(GOOD, BETTER)).await.expect("changes");
        t.complete_by_link(&link, GOOD).await.expect_err("dead");
    }

    async fn hashes_rise_with_the_parameters(t: Bench) {
        t.account("ada@example.org").await;
        let t = t.with(|settings| settings.hashing.memory_kib = 128).await;
        t.sign_in("ada@example.org", GOOD).await.expect("signs in");
        let account = t.caller("ada@example.org", GOOD).await.account;
        assert!(account.password.expect("a hash").0.contains("m=128"), "hashed anew at sign-in");
    }
}

#[tokio::test]
async fn hostile_input_is_refused_like_any_other() {
    let t = Bench::sqlite().await;
    t.account("ada@example.org").await;
    let long = "x".repeat(1 << 20);
    for identifier in ["' OR 1=1 --", "ada@example.org\0", "\u{202e}ada", "ada@example.org,bob@example.org", &long] {
        assert_matches!(t.sign_in(identifier, GOOD).await, Err(SignInError::Refused), "{:.40}", identifier);
    }
    assert_matches!(t.sign_in("ada@example.org", &long).await, Err(SignInError::Refused));
    assert_matches!(t.sign_in("", "").await, Err(SignInError::Fields(fields)) if fields.len() == 2);
}
