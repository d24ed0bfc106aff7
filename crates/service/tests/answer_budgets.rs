//! Guesses at answers: one budget for each account, gate and method, and nothing that tells whose it is.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::sync::atomic::Ordering;
use std::time::Duration;

use rekey_service::recovery::{self, ProofSource, VerifyError};
use rekey_service::registration::{self, Start};
use rekey_service::setting::RecoveryThrottle;
use rekey_testkit::bench::{BETTER, GOOD, choice, code_in, link_in, meta};
use rekey_testkit::{Bench, assert_matches, on_both_databases};

const ADA: &str = "ada@example.org";
const MINUTE: Duration = Duration::from_secs(60);

fn evaluated(t: &Bench) -> u64 {
    t.cx.answers_evaluated.load(Ordering::SeqCst)
}

/// Ada, where only guesses are limited.
async fn bench(t: Bench) -> Bench {
    t.account_with(ADA, "ada", GOOD).await;
    t.with(|settings| {
        settings.recovery.throttle = RecoveryThrottle::none();
        (settings.sends.per_hour_target, settings.sends.per_hour_address) = (0, 0);
    })
    .await
}

/// Begins a recovery by a name and guesses until it is dead: what was answered each time.
async fn guess(t: &Bench, name: &str) -> Vec<String> {
    let (handle, messages) = t.ask(name).await;
    let wrong = if code_in(&messages).as_deref() == Some("000000") { "000001" } else { "000000" };
    let mut answers = Vec::new();
    for _ in 0..6 {
        answers.push(format!("{:?}", recovery::verify(&t.cx, &meta(), &handle, wrong).await));
    }
    t.advance(Duration::from_secs(2));
    answers
}

async fn guess_at_registration(t: &Bench, name: &str) {
    let start = Start { identifier: name.to_owned(), owner: None, consent: true };
    let handle = registration::start(&t.cx, &meta(), start).await.expect("starts").expose();
    let wrong = if code_in(&t.deliver().await).as_deref() == Some("000000") { "000001" } else { "000000" };
    for _ in 0..6 {
        registration::verify(&t.cx, &meta(), &handle, wrong).await.expect_err("wrong");
    }
}

on_both_databases! {
    async fn all_names_of_an_account_and_all_its_journeys_share_one_budget(t: Bench) {
        let t = bench(t).await;
        let before = evaluated(&t);
        for name in [ADA, "ada", "ADA@example.org", "Ada"] {
            guess(&t, name).await;
        }
        assert_eq!(evaluated(&t) - before, 10, "ten in a row, whatever was typed; then the waits begin");
    }

    async fn an_address_and_a_number_of_one_account_share_one_budget(t: Bench) {
        let t = bench(t).await;
        t.add_identifier(ADA, "+12025550143").await;
        let before = evaluated(&t);
        for name in [ADA, "+12025550143", ADA, "+12025550143"] {
            guess(&t, name).await;
        }
        assert_eq!(evaluated(&t) - before, 10, "by mail and by text message together");
    }

    async fn after_a_hundred_codes_in_a_day_none_is_compared_even_if_right_ones_came_between(t: Bench) {
        let t = bench(t).await;
        let before = evaluated(&t);
        for _ in 0..60 {
            guess(&t, ADA).await;
            let (handle, messages) = t.ask(ADA).await;
            let code = code_in(&messages).expect("a code");
            let answer = recovery::verify(&t.cx, &meta(), &handle, &code).await;
            let is_left = evaluated(&t) - before < 100;
            assert!(answer.is_ok() || !is_left, "a right code clears the waits, not the day");
            // Slowly enough not to raise the alarm over all accounts.
            t.advance(5 * MINUTE);
        }
        assert_eq!(evaluated(&t) - before, 100);
        let (_, messages) = t.ask(ADA).await;
        t.complete_by_link(&link_in(&messages).expect("a link"), BETTER).await.expect("its owner is not kept out");
        t.advance(24 * 60 * MINUTE);
        guess(&t, ADA).await;
        assert!(evaluated(&t) - before > 100, "another day, with what its waits leave");
    }

    async fn a_budget_that_is_used_up_shows_nowhere(t: Bench) {
        let t = bench(t).await;
        // Two names of one account, and two that no account has: were the shared budget told, the third journey would
        // tell that the first two names belong together, and thereby that there is an account.
        let mut of_account = Vec::new();
        for name in [ADA, "ada", ADA] {
            of_account.push(guess(&t, name).await);
        }
        let mut of_none = Vec::new();
        for name in ["eve@example.org", "eve", "eve@example.org"] {
            of_none.push(guess(&t, name).await);
        }
        assert_eq!(of_account, of_none);
        assert!(of_account[2][0].contains("tries_left: 4"), "{of_account:?}");
    }

    async fn what_is_no_account_has_a_budget_of_its_own_by_what_was_typed(t: Bench) {
        let t = bench(t).await;
        let before = evaluated(&t);
        for _ in 0..4 {
            guess_at_registration(&t, "eve@example.org").await;
        }
        assert_eq!(evaluated(&t) - before, 10);
        guess_at_registration(&t, "mallory@example.org").await;
        assert_eq!(evaluated(&t) - before, 15, "another name, another budget");
    }

    async fn nothing_is_compared_where_there_is_nothing_to_guess(t: Bench) {
        let t = bench(t).await;
        let before = evaluated(&t);
        guess(&t, "eve@example.org").await;
        guess_at_registration(&t, ADA).await;
        assert_eq!(evaluated(&t), before);
    }

    async fn while_guesses_wait_the_right_code_is_as_wrong_as_any_and_the_link_goes_on(t: Bench) {
        let t = bench(t).await;
        for _ in 0..2 {
            guess(&t, ADA).await;
            t.advance(MINUTE);
        }
        // Twelve guesses would be allowed by now, if the waits did not double.
        guess(&t, ADA).await;
        t.advance(Duration::from_secs(1));
        let (handle, messages) = t.ask(ADA).await;
        let code = code_in(&messages).expect("a code");
        let answer = recovery::verify(&t.cx, &meta(), &handle, &code).await;
        assert_matches!(answer, Err(VerifyError::Wrong { tries_left: 4 }));
        t.advance(5 * MINUTE);
        recovery::verify(&t.cx, &meta(), &handle, &code).await.expect("the wait is over");
        let done = recovery::complete(&t.cx, &meta(), ProofSource::Journey(&handle), choice(BETTER)).await;
        done.expect("completes");

        t.advance(MINUTE * 60);
        for _ in 0..2 {
            guess(&t, ADA).await;
            t.advance(MINUTE);
        }
        let (_, messages) = t.ask(ADA).await;
        t.complete_by_link(&link_in(&messages).expect("a link"), GOOD).await.expect("a link is not guessed");
    }

    async fn a_right_answer_clears_the_budget(t: Bench) {
        let t = bench(t).await;
        guess(&t, ADA).await;
        t.advance(MINUTE);
        let (handle, messages) = t.ask(ADA).await;
        recovery::verify(&t.cx, &meta(), &handle, &code_in(&messages).expect("a code")).await.expect("right");
        t.advance(MINUTE);
        let before = evaluated(&t);
        for _ in 0..2 {
            guess(&t, ADA).await;
            t.advance(MINUTE);
        }
        assert_eq!(evaluated(&t) - before, 10, "five and then no more would be the old count");
    }
}
