//! A password that is known from a breach is taken by no form.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use rekey_service::password::{self, Change, ChangeError};
use rekey_service::recovery::CompleteError;
use rekey_shared::password::Report;
use rekey_shared::view::ChangeReason;
use rekey_testkit::bench::{BETTER, BREACHED_PASSWORD, GOOD, meta};
use rekey_testkit::{assert_matches, on_both_databases};

const ADA: &str = "ada@example.org";

fn is_for_the_breach(report: &Report) -> bool {
    report.failed_rules() == ["breached"]
}

on_both_databases! {
    async fn a_breached_password_is_not_taken_on_a_change(t: Bench) {
        t.account(ADA).await;
        let caller = t.caller(ADA, GOOD).await;
        let change = |new: &str| Change { current_password: GOOD.into(), new_password: new.into(), confirm_password: new.into() };
        let refused = password::change(&t.cx, &meta(), &caller, change(BREACHED_PASSWORD)).await;
        assert_matches!(refused, Err(ChangeError::Weak(report)) if is_for_the_breach(&report));
        // Too short as well: no list is asked about it.
        let short = password::change(&t.cx, &meta(), &caller, change("seven swans")).await;
        assert_matches!(short, Err(ChangeError::Weak(report)) if report.failed_rules()[0] == "length.min");
    }

    async fn a_breached_password_is_not_taken_on_a_reset(t: Bench) {
        t.account(ADA).await;
        let link = t.recovery_link(ADA).await;
        let refused = t.complete_by_link(&link, BREACHED_PASSWORD).await;
        assert_matches!(refused, Err(CompleteError::Weak(report)) if is_for_the_breach(&report));
        t.complete_by_link(&link, BETTER).await.expect("the link is not spent by it");
    }

    async fn a_password_that_leaked_since_opens_only_the_page_where_it_is_changed(t: Bench) {
        let t = t.with(|settings| settings.policy.breached = false).await;
        t.account_with(ADA, "", BREACHED_PASSWORD).await;
        assert_eq!(t.caller(ADA, BREACHED_PASSWORD).await.must_change, None);
        let t = t.with(|settings| settings.policy.breached = true).await;
        let caller = t.caller(ADA, BREACHED_PASSWORD).await;
        assert_eq!(caller.must_change, Some(ChangeReason::Breached));
        let change = Change {
            current_password: BREACHED_PASSWORD.into(),
            new_password: GOOD.into(),
            confirm_password: GOOD.into(),
        };
        password::change(&t.cx, &meta(), &caller, change).await.expect("changes");
        assert_eq!(t.caller(ADA, GOOD).await.must_change, None);
    }
}
