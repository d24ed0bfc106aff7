//! Recovery over real databases: what a person does, what an attacker tries.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use rekey_testkit::assert_matches;
use std::time::Duration;

use rekey_domain::journey::JourneyKind;
use rekey_domain::throttle;
use rekey_service::journey::resolve::resolve;
use rekey_service::message::compose::{self, MessageBody, Prepared};
use rekey_service::recovery::{self, CompleteError, ProofSource, StartError, VerifyError};
use rekey_service::setting::RecoveryThrottle;
use rekey_service::sign_in::SignInError;
use rekey_service::{freeze, operator};
use rekey_shared::view::JourneyStep;
use rekey_testkit::bench::{
    BETTER, GOOD, address_of, choice, code_in, link_in, meta, meta_from, not_me_in, quick_settings,
};
use rekey_testkit::{Bench, Database, on_both_databases};

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);

on_both_databases! {
    async fn another_request_does_not_stop_a_recovery_that_is_proven(t: Bench) {
        t.account("ada@example.org").await;
        t.add_identifier("ada@example.org", "+12025550123").await;
        let (handle, messages) = t.ask("+12025550123").await;
        let code = code_in(&messages).expect("a code");
        recovery::verify(&t.cx, &meta(), &handle, &code).await.expect("the right code");
        t.advance(Duration::from_secs(61));
        let (second, messages) = t.ask("+12025550123").await;
        assert!(code_in(&messages).is_some(), "a stranger asks, and a message is sent");
        let source = recovery::ProofSource::Journey(&handle);
        recovery::complete(&t.cx, &meta(), source, choice(BETTER)).await.expect("it was proven before");
        let code = code_in(&messages).expect("a code");
        recovery::verify(&t.cx, &meta(), &second, &code).await.expect_err("the new password ended it");
    }

    async fn another_request_ends_a_recovery_in_which_nothing_is_proven(t: Bench) {
        t.account("ada@example.org").await;
        let (handle, messages) = t.ask("ada@example.org").await;
        let code = code_in(&messages).expect("a code");
        t.advance(Duration::from_secs(61));
        t.ask("ada@example.org").await;
        recovery::verify(&t.cx, &meta(), &handle, &code).await.expect_err("a newer message has come");
    }

    async fn a_link_works_once(t: Bench) {
        t.account("ada@example.org").await;
        let link = t.recovery_link("ada@example.org").await;
        t.complete_by_link(&link, BETTER).await.expect("first use");
        assert_matches!(t.complete_by_link(&link, GOOD).await, Err(CompleteError::NotValid));
        t.sign_in("ada@example.org", BETTER).await.expect("the new password signs in");
        assert_matches!(t.sign_in("ada@example.org", GOOD).await, Err(SignInError::Refused));
    }

    async fn looking_at_a_link_changes_nothing(t: Bench) {
        t.account("ada@example.org").await;
        let link = t.recovery_link("ada@example.org").await;
        for _ in 0..50 {
            assert!(recovery::link_is_open(&t.cx, &link).await.expect("answers"));
        }
        t.complete_by_link(&link, BETTER).await.expect("still works");
        assert!(!recovery::link_is_open(&t.cx, &link).await.expect("answers"));
    }

    async fn the_typed_code_does_the_same_job(t: Bench) {
        t.account("ada@example.org").await;
        let (handle, messages) = t.ask("ada@example.org").await;
        let code = code_in(&messages).expect("a code");
        let spaced: String = code.chars().flat_map(|digit| [digit, ' ']).collect();
        recovery::verify(&t.cx, &meta(), &handle, &spaced).await.expect("right, however it is typed");
        let view = recovery::view(&t.cx, &handle).await.expect("answers").expect("open");
        assert_eq!(view.step, JourneyStep::Password);
        recovery::complete(&t.cx, &meta(), ProofSource::Journey(&handle), choice(BETTER)).await.expect("completes");
        t.sign_in("ada@example.org", BETTER).await.expect("signs in");
    }

    async fn a_code_alone_opens_only_the_browser_that_asked(t: Bench) {
        t.account("ada@example.org").await;
        let (_, messages) = t.ask("ada@example.org").await;
        t.advance(2 * MINUTE);
        let (other, _) = t.ask("bob@example.org").await;
        let code = code_in(&messages).expect("a code");
        assert_matches!(recovery::verify(&t.cx, &meta(), &other, &code).await, Err(VerifyError::Wrong { tries_left: 4 }));
        assert_matches!(
            recovery::complete(&t.cx, &meta(), ProofSource::Journey(&other), choice(BETTER)).await,
            Err(CompleteError::NotValid)
        );
    }

    async fn a_newer_link_kills_the_older(t: Bench) {
        t.account("ada@example.org").await;
        let older = t.recovery_link("ada@example.org").await;
        t.advance(2 * MINUTE);
        let newer = t.recovery_link("ada@example.org").await;
        assert_matches!(t.complete_by_link(&older, BETTER).await, Err(CompleteError::NotValid));
        t.complete_by_link(&newer, BETTER).await.expect("the newer works");
    }

    async fn the_browser_that_began_a_recovery_does_not_see_it_end(t: Bench) {
        let t = t.with(|settings| settings.recovery.link_ttl = 24 * HOUR).await;
        t.account("ada@example.org").await;
        t.advance(HOUR); // the code of the registration counts as a send, too
        let (stranger, _) = t.ask("ada@example.org").await;
        t.advance(2 * MINUTE);
        let newer = t.recovery_link("ada@example.org").await;
        let (clicked, messages) = {
            t.advance(2 * MINUTE);
            t.ask("ada@example.org").await
        };
        assert!(!recovery::link_is_open(&t.cx, &newer).await.expect("answers"));
        t.complete_by_link(&link_in(&messages).expect("a link"), BETTER).await.expect("completes");
        let (decoy, _) = t.ask("nobody@example.org").await;
        let code = code_in(&messages).expect("a code");
        for handle in [&stranger, &clicked, &decoy] {
            let view = recovery::view(&t.cx, handle).await.expect("answers").expect("looks open");
            assert_eq!((view.step, view.tries_left), (JourneyStep::Code, 5));
            assert_matches!(
                recovery::verify(&t.cx, &meta(), handle, &code).await,
                Err(VerifyError::Wrong { tries_left: 4 })
            );
        }
        t.advance(HOUR);
        for handle in [&stranger, &clicked, &decoy] {
            recovery::resend(&t.cx, &meta(), handle).await.expect("looks like any other");
            t.advance(MINUTE);
        }
        let messages = t.deliver().await;
        assert!(messages.iter().all(|message| code_in(std::slice::from_ref(message)).is_none()), "and sends nothing");
    }

    async fn a_link_dies_with_its_time_and_not_a_moment_sooner(t: Bench) {
        t.account("ada@example.org").await;
        let link = t.recovery_link("ada@example.org").await;
        t.advance(t.cx.settings().recovery.link_ttl.checked_sub(Duration::from_millis(1)).expect("longer"));
        assert!(recovery::link_is_open(&t.cx, &link).await.expect("answers"));
        t.advance(Duration::from_millis(1));
        assert_matches!(t.complete_by_link(&link, BETTER).await, Err(CompleteError::NotValid));
    }

    async fn a_link_dies_when_the_account_is_disabled(t: Bench) {
        t.account("ada@example.org").await;
        let link = t.recovery_link("ada@example.org").await;
        operator::disable(&t.cx, "ada@example.org").await.expect("disables");
        assert_matches!(t.complete_by_link(&link, BETTER).await, Err(CompleteError::NotValid));
        operator::enable(&t.cx, "ada@example.org").await.expect("enables");
        assert_matches!(t.complete_by_link(&link, BETTER).await, Err(CompleteError::NotValid));
    }

    async fn resending_sends_the_same_code_and_the_same_link(t: Bench) {
        t.account("ada@example.org").await;
        let (handle, first) = t.ask("ada@example.org").await;
        assert_matches!(recovery::resend(&t.cx, &meta(), &handle).await, Err(recovery::ResendError::TooSoon));
        t.advance(MINUTE);
        recovery::resend(&t.cx, &meta(), &handle).await.expect("a minute has passed");
        let second = t.deliver().await;
        assert_eq!(code_in(&first), code_in(&second));
        assert_eq!(link_in(&first), link_in(&second));
    }

    async fn a_dead_code_is_replaced_but_its_tries_are_not(t: Bench) {
        t.account("ada@example.org").await;
        let (handle, first) = t.ask("ada@example.org").await;
        let wrong = if code_in(&first).as_deref() == Some("000000") { "000001" } else { "000000" };
        for tries_left in [4, 3] {
            let answer = recovery::verify(&t.cx, &meta(), &handle, wrong).await;
            assert_matches!(answer, Err(VerifyError::Wrong { tries_left: left }) if left == tries_left);
        }
        t.advance(11 * MINUTE);
        assert_matches!(recovery::verify(&t.cx, &meta(), &handle, wrong).await, Err(VerifyError::Dead));
        recovery::resend(&t.cx, &meta(), &handle).await.expect("resends");
        let second = t.deliver().await;
        assert_ne!(code_in(&first), code_in(&second), "a dead code is not sent again");
        assert_matches!(recovery::verify(&t.cx, &meta(), &handle, wrong).await, Err(VerifyError::Wrong { tries_left: 2 }));
    }

    async fn five_wrong_codes_end_the_code_but_not_the_link(t: Bench) {
        t.account("ada@example.org").await;
        let (handle, messages) = t.ask("ada@example.org").await;
        let code = code_in(&messages).expect("a code");
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            recovery::verify(&t.cx, &meta(), &handle, wrong).await.expect_err("wrong");
        }
        assert_matches!(recovery::verify(&t.cx, &meta(), &handle, &code).await, Err(VerifyError::Dead));
        t.complete_by_link(&link_in(&messages).expect("a link"), BETTER).await.expect("the link is its own proof");
    }

    async fn completing_ends_every_session_and_every_other_secret_and_unlocks(t: Bench) {
        t.account("ada@example.org").await;
        let session = t.sign_in("ada@example.org", GOOD).await.expect("signs in");
        for _ in 0..5 {
            t.sign_in("ada@example.org", "wrong wrong wrong").await.expect_err("wrong");
        }
        assert_matches!(t.sign_in("ada@example.org", GOOD).await, Err(SignInError::Refused));
        let link = t.recovery_link("ada@example.org").await;
        t.complete_by_link(&link, BETTER).await.expect("completes");
        assert!(t.authenticate(&session).await.is_none(), "the old session is dead");
        t.sign_in("ada@example.org", BETTER).await.expect("the lock-out is cleared");
    }

    async fn completing_tells_every_verified_address(t: Bench) {
        t.account("ada@example.org").await;
        let link = t.recovery_link("ada@example.org").await;
        t.complete_by_link(&link, BETTER).await.expect("completes");
        let messages = t.deliver().await;
        assert_eq!(messages.iter().map(address_of).collect::<Vec<_>>(), ["ada@example.org"]);
        assert_matches!(messages[0].content, MessageBody::PasswordChanged { days: 7, .. });
    }

    async fn not_me_lives_seven_days(t: Bench) {
        t.account("ada@example.org").await;
        let link = t.recovery_link("ada@example.org").await;
        t.complete_by_link(&link, BETTER).await.expect("completes");
        let token = not_me_in(&t.deliver().await).expect("a way to object");
        t.advance(Duration::from_secs(7 * 24 * 3600 - 1));
        assert!(freeze::link_is_open(&t.cx, &token).await.expect("answers"));
        t.advance(Duration::from_secs(1));
        assert!(!freeze::link_is_open(&t.cx, &token).await.expect("answers"));
    }

    async fn a_user_name_recovers_by_the_address_on_file_only(t: Bench) {
        t.account_with("ada@example.org", "ada", GOOD).await;
        let (_, messages) = t.ask("ada").await;
        assert_eq!(messages.iter().map(address_of).collect::<Vec<_>>(), ["ada@example.org"]);
    }

    async fn a_phone_recovers_by_code_without_a_link(t: Bench) {
        let t = t.with(|settings| settings.texts.countries = vec!["JP".to_owned()]).await;
        t.account("+81 90-1234-5678").await;
        let (handle, messages) = t.ask("+819012345678").await;
        assert_eq!(messages.iter().map(address_of).collect::<Vec<_>>(), ["+819012345678"]);
        assert!(link_in(&messages).is_none());
        let code = code_in(&messages).expect("a code");
        recovery::verify(&t.cx, &meta(), &handle, &code).await.expect("right");
        recovery::complete(&t.cx, &meta(), ProofSource::Journey(&handle), choice(BETTER)).await.expect("completes");
        t.sign_in("090-1234-5678", BETTER).await.expect_err("a national spelling of another region");
        t.sign_in("+81 (0)90 1234 5678", BETTER).await.expect("any spelling of the same number");
    }

    async fn unknown_accounts_get_a_journey_and_no_mail(t: Bench) {
        let (handle, messages) = t.ask("nobody@example.org").await;
        assert!(messages.is_empty());
        let view = recovery::view(&t.cx, &handle).await.expect("answers").expect("a decoy looks open");
        assert_eq!((view.step, view.tries_left), (JourneyStep::Code, 5));
        for left in [4, 3, 2, 1] {
            let answer = recovery::verify(&t.cx, &meta(), &handle, "123456").await;
            assert_matches!(answer, Err(VerifyError::Wrong { tries_left }) if tries_left == left);
        }
        assert_matches!(recovery::verify(&t.cx, &meta(), &handle, "123456").await, Err(VerifyError::Dead));
    }

    async fn a_decoy_proves_nothing_even_with_its_own_code(t: Bench) {
        let (handle, _) = t.ask("nobody@example.org").await;
        let digest = rekey_service::PlainToken::parse(&handle).expect("a handle").digest();
        let kind = rekey_domain::journey::JourneyKind::Recovery;
        let journey = t.cx.store.find_journey(kind, digest).await.expect("answers").expect("exists");
        let asked = t.cx.store.list_challenges(journey.id).await.expect("answers");
        let code = t.cx.keys.code_of(asked.first().expect("a challenge")).expect("a key").expose().to_owned();
        assert_matches!(recovery::verify(&t.cx, &meta(), &handle, &code).await, Err(VerifyError::Wrong { .. }));
    }

    async fn composing_a_message_writes_nothing(t: Bench) {
        t.account("ada@example.org").await;
        let handle = recovery::start(&t.cx, &meta(), "ada@example.org").await.expect("starts").expose();
        let (now, worker) = (t.cx.clock.now(), uuid::Uuid::from_u128(1));
        let leased = t.cx.store.lease_outbox(9, now, now.plus(MINUTE), worker).await.expect("leases");
        let item = leased.first().expect("a message is owed");
        let journey = || async {
            let digest = rekey_service::PlainToken::parse(&handle).expect("a handle").digest();
            let found = t.cx.store.find_journey(JourneyKind::Recovery, digest).await.expect("reads");
            let journey = found.expect("a journey");
            (format!("{journey:?}"), t.cx.store.list_challenges(journey.id).await.expect("reads"))
        };
        let begun = journey().await;
        assert_matches!(compose::prepare(&t.cx, item).await, Ok(Prepared::Drop), "it is not known whom it is for");
        assert_eq!(journey().await, begun);
        resolve(&t.cx, item.notification).await.expect("resolves");
        let resolved = journey().await;
        assert_ne!(resolved, begun);
        for _ in 0..2 {
            assert_matches!(compose::prepare(&t.cx, item).await, Ok(Prepared::Send(_)));
            resolve(&t.cx, item.notification).await.expect("a second time changes nothing");
            assert_eq!(journey().await, resolved);
        }
    }

    async fn a_weak_password_spends_nothing(t: Bench) {
        t.account("ada@example.org").await;
        let link = t.recovery_link("ada@example.org").await;
        assert_matches!(t.complete_by_link(&link, "short").await, Err(CompleteError::Weak(_)));
        assert_matches!(t.complete_by_link(&link, "ada@example.org").await, Err(CompleteError::Weak(_)));
        let differs = recovery::Complete { confirm_password: GOOD.into(), ..choice(BETTER) };
        assert_matches!(
            recovery::complete(&t.cx, &meta(), ProofSource::Link(&link), differs).await,
            Err(CompleteError::Fields(_))
        );
        t.complete_by_link(&link, BETTER).await.expect("nothing was spent");
    }

    async fn the_recommended_throttle_is_silent(t: Bench) {
        t.account("ada@example.org").await;
        t.advance(HOUR); // the code of the registration counts as a send, too
        let mut sent = 0;
        for _ in 0..8 {
            sent += t.ask("ada@example.org").await.1.len();
            t.advance(2 * MINUTE);
        }
        assert_eq!(sent, 3, "three an hour to one address, and the others look accepted");
    }
}

async fn commerce() -> Bench {
    let mut settings = quick_settings();
    settings.recovery.throttle = RecoveryThrottle::commerce();
    Bench::over(Database::sqlite().await, settings).await
}

#[tokio::test]
async fn the_commerce_throttle_tells_which_limit_it_was() {
    let t = commerce().await;
    t.ask("nobody@example.org").await;
    let again = recovery::start(&t.cx, &meta(), "nobody@example.org").await;
    assert_matches!(again, Err(StartError::Throttled(throttle::Refusal::TooFrequent)));
    for _ in 0..4 {
        t.advance(Duration::from_secs(600));
        recovery::start(&t.cx, &meta(), "nobody@example.org").await.expect("at exactly ten minutes it passes");
    }
    t.advance(Duration::from_secs(600));
    let sixth = recovery::start(&t.cx, &meta(), "nobody@example.org").await;
    assert_matches!(sixth, Err(StartError::Throttled(throttle::Refusal::TooMany)));
}

#[tokio::test]
async fn the_commerce_throttle_counts_the_address_or_the_account() {
    let t = commerce().await;
    t.ask("one@example.org").await;
    let same_address = recovery::start(&t.cx, &meta(), "two@example.org").await;
    assert_matches!(same_address, Err(StartError::Throttled(throttle::Refusal::TooFrequent)));
    let elsewhere = meta_from([198, 51, 100, 7].into());
    let same_account = recovery::start(&t.cx, &elsewhere, "ONE@example.org").await;
    assert_matches!(same_account, Err(StartError::Throttled(throttle::Refusal::TooFrequent)));
    recovery::start(&t.cx, &elsewhere, "two@example.org").await.expect("neither matches");
}

#[tokio::test]
async fn an_office_behind_one_address_is_not_shut_out() {
    let t = Bench::sqlite().await;
    let office: Vec<_> = (0..50).map(|person| format!("person{person}@example.org")).collect();
    for person in &office {
        t.account(person).await;
    }
    t.advance(HOUR);
    for person in &office {
        assert_eq!(t.ask(person).await.1.len(), 1, "{person}");
    }
}

#[tokio::test]
async fn an_older_request_that_is_handled_late_does_not_outlive_the_newer() {
    let t = Bench::sqlite().await;
    t.account("ada@example.org").await;
    recovery::start(&t.cx, &meta(), "ada@example.org").await.expect("starts");
    let (now, lost) = (t.cx.clock.now(), uuid::Uuid::from_u128(1));
    let leased = t.cx.store.lease_outbox(1, now, now.plus(MINUTE * 10), lost).await.expect("leases");
    assert_eq!(leased.len(), 1, "a worker took the first request and died");
    t.advance(2 * MINUTE);
    let newer = t.recovery_link("ada@example.org").await;
    t.advance(10 * MINUTE);
    assert!(t.deliver().await.is_empty(), "the first request is handled now, and is the dead one");
    t.complete_by_link(&newer, BETTER).await.expect("the newer link works");
}
