//! Browsers that an account's owner has used before: they are not kept out by guesses from elsewhere, and a new one is told.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::time::Duration;

use rekey_service::message::compose::MessageBody;
use rekey_service::password::{self, Change};
use rekey_service::sign_in::SignInError;
use rekey_service::{PlainToken, RequestMeta, recovery, sign_in};
use rekey_shared::Lang;
use rekey_testkit::assert_matches;
use rekey_testkit::bench::{BETTER, GOOD, browser, choice, code_in, meta};
use rekey_testkit::{Bench, on_both_databases};

const ADA: &str = "ada@example.org";
const WRONG: &str = "not the password at all";

/// A request from a browser of that number.
fn from(number: u8) -> RequestMeta {
    RequestMeta { browser: browser(number), ..meta() }
}

async fn sign_in_from(t: &Bench, number: u8, password: &str) -> Result<PlainToken, SignInError> {
    sign_in::sign_in(&t.cx, &from(number), ADA, password.into()).await
}

/// One wrong guess every second by strangers, each of whom claims to be a browser of its own.
async fn besiege(t: &Bench, seconds: u8) {
    for second in 0..seconds {
        t.advance(Duration::from_secs(1));
        let guess = sign_in_from(t, 100 + second, WRONG).await;
        assert_matches!(guess, Err(SignInError::Refused));
    }
}

async fn new_device_notices(t: &Bench) -> usize {
    let told = t.deliver().await;
    told.iter().filter(|message| matches!(message.content, MessageBody::NewDevice { .. })).count()
}

on_both_databases! {
    async fn the_owner_signs_in_during_a_siege_in_a_browser_that_was_used_before(t: Bench) {
        t.account(ADA).await;
        for round in 0..20 {
            besiege(&t, 12).await;
            assert_matches!(sign_in_from(&t, 99, GOOD).await, Err(SignInError::Refused), "an unknown one waits");
            sign_in_from(&t, 1, GOOD).await.unwrap_or_else(|refusal| panic!("round {round}: {refusal}"));
        }
    }

    async fn a_known_browser_has_a_budget_of_its_own_and_not_more(t: Bench) {
        t.account(ADA).await;
        for _ in 0..5 {
            assert_matches!(sign_in_from(&t, 1, WRONG).await, Err(SignInError::Refused));
        }
        assert_matches!(sign_in_from(&t, 1, GOOD).await, Err(SignInError::Refused), "it waits");
        sign_in_from(&t, 2, GOOD).await.expect("the others do not");
    }

    async fn a_sign_in_in_a_known_browser_gives_strangers_no_new_guesses(t: Bench) {
        t.account(ADA).await;
        for _ in 0..5 {
            assert_matches!(sign_in_from(&t, 9, WRONG).await, Err(SignInError::Refused));
        }
        sign_in_from(&t, 1, GOOD).await.expect("known");
        assert_matches!(sign_in_from(&t, 9, GOOD).await, Err(SignInError::Refused), "still waiting");
    }

    async fn a_browser_is_known_to_the_account_that_was_used_in_it_and_to_no_other(t: Bench) {
        t.account(ADA).await;
        t.account("eve@example.org").await;
        let eve = from(7);
        sign_in::sign_in(&t.cx, &eve, "eve@example.org", GOOD.into()).await.expect("her own account");
        besiege(&t, 12).await;
        assert_matches!(sign_in_from(&t, 7, GOOD).await, Err(SignInError::Refused));
    }

    async fn a_recovery_makes_its_browser_known_and_forgets_the_others(t: Bench) {
        t.account(ADA).await;
        let handle = recovery::start(&t.cx, &from(5), ADA).await.expect("begins").expose();
        let code = code_in(&t.deliver().await).expect("a code");
        recovery::verify(&t.cx, &from(5), &handle, &code).await.expect("the right code");
        let source = recovery::ProofSource::Journey(&handle);
        recovery::complete(&t.cx, &from(5), source, choice(BETTER)).await.expect("a new password");
        besiege(&t, 12).await;
        assert_matches!(sign_in_from(&t, 1, BETTER).await, Err(SignInError::Refused), "known before the reset");
        sign_in_from(&t, 5, BETTER).await.expect("where it was reset");
    }

    async fn the_password_is_changed_during_a_siege(t: Bench) {
        t.account(ADA).await;
        let session = sign_in_from(&t, 1, GOOD).await.expect("signs in");
        besiege(&t, 12).await;
        let caller = t.authenticate(&session).await.expect("signed in");
        let change = Change { current_password: GOOD.into(), new_password: BETTER.into(), confirm_password: BETTER.into() };
        password::change(&t.cx, &from(1), &caller, change).await.expect("the current password is right");
        besiege(&t, 12).await;
        sign_in_from(&t, 1, BETTER).await.expect("and the browser is known as before");
    }

    async fn the_owner_is_told_of_a_browser_that_was_not_known(t: Bench) {
        t.account(ADA).await;
        t.deliver().await;
        sign_in_from(&t, 1, GOOD).await.expect("known since the registration");
        assert_eq!(new_device_notices(&t).await, 0);
        let other = RequestMeta { device: "Safari on iPhone".to_owned(), lang: Lang::En, ..from(2) };
        sign_in::sign_in(&t.cx, &other, ADA, GOOD.into()).await.expect("signs in");
        let told = t.deliver().await;
        assert_eq!(told.len(), 1, "{told:?}");
        assert_matches!(&told[0].content, MessageBody::NewDevice { device, .. } if device == "Safari on iPhone");
        sign_in::sign_in(&t.cx, &other, ADA, GOOD.into()).await.expect("signs in again");
        assert_eq!(new_device_notices(&t).await, 0, "once");
    }

    async fn the_first_sign_in_of_an_account_that_no_browser_is_known_to_is_not_told(t: Bench) {
        t.account(ADA).await;
        t.deliver().await;
        t.advance(Duration::from_secs(366 * 24 * 3600));
        t.run_jobs().await;
        sign_in_from(&t, 2, GOOD).await.expect("signs in");
        assert_eq!(new_device_notices(&t).await, 0);
    }

    async fn of_many_browsers_those_used_last_stay_known(t: Bench) {
        t.account(ADA).await;
        for number in 2..=21 {
            t.advance(Duration::from_secs(60));
            sign_in_from(&t, number, GOOD).await.expect("signs in");
        }
        besiege(&t, 12).await;
        assert_matches!(sign_in_from(&t, 1, GOOD).await, Err(SignInError::Refused), "the 21st is one too many");
        sign_in_from(&t, 2, GOOD).await.expect("the oldest of twenty");
    }
}
