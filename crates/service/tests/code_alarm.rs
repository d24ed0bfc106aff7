//! A few codes at each of many accounts: seen, slowed down, and no one is kept out.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::time::Duration;

use rekey_domain::audit::AuditEvent;
use rekey_service::recovery::{self, ProofSource, VerifyError};
use rekey_service::setting::RecoveryThrottle;
use rekey_testkit::bench::{BETTER, choice, code_in, link_in, meta};
use rekey_testkit::row_count::rows_by_table;
use rekey_testkit::{Bench, assert_matches, on_both_databases};

const ADA: &str = "ada@example.org";
const NUMBER: &str = "+12025550143";

/// Where only guesses are limited.
async fn bench(t: Bench) -> Bench {
    t.account(ADA).await;
    t.account(NUMBER).await;
    t.with(|settings| {
        settings.recovery.throttle = RecoveryThrottle::none();
        (settings.sends.per_hour_target, settings.sends.per_hour_address) = (0, 0);
    })
    .await
}

/// Tries one wrong code at each of so many accounts that there may be.
async fn spray(t: &Bench, accounts: usize) {
    for nth in 0..accounts {
        let handle = recovery::start(&t.cx, &meta(), &format!("victim{nth}@example.org")).await.expect("starts");
        recovery::verify(&t.cx, &meta(), &handle.expose(), "000000").await.expect_err("is wrong");
    }
}

fn is_raised(t: &Bench) -> bool {
    t.cx.code_alarm.is_raised(t.cx.clock.now())
}

on_both_databases! {
    async fn a_hundred_wrong_codes_raise_the_alarm_once(t: Bench) {
        let t = bench(t).await;
        spray(&t, 99).await;
        assert!(!is_raised(&t));
        assert_eq!(t.cx.store.last_audit(AuditEvent::CodeAlarm).await.expect("reads"), None);
        spray(&t, 101).await;
        assert!(is_raised(&t));
        let told = t.cx.store.last_audit(AuditEvent::CodeAlarm).await.expect("reads");
        assert_eq!(told, Some(t.cx.clock.now()));
        let before = rows_by_table(t.database.url()).await["audit"];
        spray(&t, 50).await;
        let after = rows_by_table(t.database.url()).await["audit"];
        assert_eq!(after - before, 50, "the starts alone: no code is compared, and the alarm is not told again");
        t.advance(Duration::from_secs(600));
        assert!(!is_raised(&t), "it ends by itself");
    }

    async fn while_it_lasts_a_mailed_recovery_goes_on_by_its_link_and_takes_no_code(t: Bench) {
        let t = bench(t).await;
        let (handle, messages) = t.ask(ADA).await;
        let (code, link) = (code_in(&messages).expect("a code"), link_in(&messages).expect("a link"));
        spray(&t, 100).await;
        for name in [ADA, "ada", "stranger@example.org"] {
            let handle = recovery::start(&t.cx, &meta(), name).await.expect("starts").expose();
            let answer = recovery::verify(&t.cx, &meta(), &handle, "000000").await;
            assert_matches!(answer, Err(VerifyError::LinkFirst), "with and without an account");
        }
        t.deliver().await;
        assert_matches!(recovery::verify(&t.cx, &meta(), &handle, &code).await, Err(VerifyError::LinkFirst));
        let link = link_in(&t.ask(ADA).await.1).unwrap_or(link);
        t.complete_by_link(&link, BETTER).await.expect("its owner is not kept out");
    }

    async fn while_it_lasts_a_number_has_two_codes_free_of_waits_and_its_owner_gets_in(t: Bench) {
        let t = bench(t).await;
        spray(&t, 100).await;
        let (handle, messages) = t.ask(NUMBER).await;
        let code = code_in(&messages).expect("a code");
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..2 {
            recovery::verify(&t.cx, &meta(), &handle, wrong).await.expect_err("is wrong");
        }
        recovery::verify(&t.cx, &meta(), &handle, &code).await.expect("the third is right");
        let done = recovery::complete(&t.cx, &meta(), ProofSource::Journey(&handle), choice(BETTER)).await;
        done.expect("its owner is not kept out");

        let (handle, messages) = t.ask(NUMBER).await;
        let code = code_in(&messages).expect("a code");
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..3 {
            recovery::verify(&t.cx, &meta(), &handle, wrong).await.expect_err("is wrong");
        }
        recovery::verify(&t.cx, &meta(), &handle, &code).await.expect_err("the waits have begun");
        t.advance(Duration::from_secs(60));
        recovery::verify(&t.cx, &meta(), &handle, &code).await.expect("and are over");
    }
}
