//! Every new password costs a hash, so an account and a registration have so many of them an hour.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::time::Duration;

use rekey_service::password::{self, Change, ChangeError};
use rekey_testkit::bench::{GOOD, meta};
use rekey_testkit::{Bench, assert_matches, on_both_databases};

const ADA: &str = "ada@example.org";

fn nth(n: usize) -> String {
    format!("Quiet{n} harbours-watch7the{n} lanterns")
}

async fn change(t: &Bench, current: &str, new: &str) -> Result<(), ChangeError> {
    let caller = t.caller(ADA, current).await;
    let input = Change { current_password: current.into(), new_password: new.into(), confirm_password: new.into() };
    password::change(&t.cx, &meta(), &caller, input).await.map(drop)
}

on_both_databases! {
    async fn an_account_has_ten_new_passwords_an_hour_from_any_number_of_addresses(t: Bench) {
        t.account(ADA).await;
        let mut current = GOOD.to_owned();
        for n in 0..10 {
            change(&t, &current, &nth(n)).await.expect("changes");
            current = nth(n);
        }
        assert_matches!(change(&t, &current, &nth(10)).await, Err(ChangeError::TooMany));
        t.advance(Duration::from_secs(3600));
        change(&t, &current, &nth(10)).await.expect("another hour");
    }

    async fn a_weak_password_takes_nothing_from_the_budget(t: Bench) {
        t.account(ADA).await;
        for _ in 0..20 {
            assert_matches!(change(&t, GOOD, "short").await, Err(ChangeError::Weak(_)));
        }
        change(&t, GOOD, &nth(0)).await.expect("changes");
    }
}
