//! Passwords that grow old, and accounts that are marked, over real databases.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::time::Duration;

use rekey_domain::password::expiry::PasswordAge;
use rekey_service::job::Runner;
use rekey_service::message::compose::{Message, MessageBody};
use rekey_service::password::{self, Change};
use rekey_service::{operator, sign_in};
use rekey_shared::password::Expiry;
use rekey_shared::view::ChangeReason;
use rekey_testkit::bench::{BETTER, GOOD, address_of, meta};
use rekey_testkit::{Bench, assert_matches, on_both_databases};

const ADA: &str = "ada@example.org";
const DAY: Duration = Duration::from_secs(24 * 3600);
/// The warnings are looked for again after so long.
const NEXT_RUN: Duration = Duration::from_secs(600);

fn change() -> Change {
    Change { current_password: GOOD.into(), new_password: BETTER.into(), confirm_password: BETTER.into() }
}

/// A person whose password lives for thirty days.
async fn expiring(t: Bench) -> Bench {
    t.account(ADA).await;
    t.with(|settings| settings.policy.expiry = Some(Expiry::after(30))).await
}

/// As if the accounts had come from another system, which did not tell when their passwords were set.
async fn carry_over(t: &Bench) {
    use sea_orm::ConnectionTrait as _;

    let database = sea_orm::Database::connect(t.database.url()).await.expect("connects");
    database.execute_unprepared("UPDATE account SET password_changed_at = NULL").await.expect("forgets");
    database.close().await.expect("closes");
}

/// Tells those who are due, and gives how many days were left in each message.
async fn warned(t: &Bench) -> Vec<(String, u64)> {
    t.run_jobs().await;
    let days = |message: &Message| match &message.content {
        MessageBody::PasswordExpires { ends_at, .. } => {
            Some((address_of(message).to_owned(), ends_at.since(message.created_at).as_secs().div_ceil(86_400)))
        }
        _ => None,
    };
    t.deliver().await.iter().filter_map(days).collect()
}

on_both_databases! {
    async fn an_expired_password_opens_only_its_own_change(t: Bench) {
        let t = expiring(t).await;
        t.advance(30 * DAY);
        let expired = t.caller(ADA, GOOD).await;
        assert_eq!((expired.must_change, expired.age), (Some(ChangeReason::Expired), PasswordAge::Expired));
        let token = password::change(&t.cx, &meta(), &expired, change()).await.expect("changes");
        let after = t.authenticate(&token).await.expect("goes on");
        assert_eq!((after.must_change, after.age), (None, PasswordAge::Fresh));
    }

    async fn a_password_expires_under_an_open_session(t: Bench) {
        let t = expiring(t).await;
        t.advance(Duration::from_secs(30 * 86_400 - 600));
        let token = t.sign_in(ADA, GOOD).await.expect("signs in");
        let before = t.authenticate(&token).await.expect("signed in");
        assert_eq!((before.must_change, before.age), (None, PasswordAge::Warn { days_left: 1 }));
        let person = sign_in::person(&t.cx, &before).await.expect("answers");
        assert_eq!(person.password_ends_in_days, Some(1));
        t.advance(Duration::from_secs(600));
        assert_eq!(t.authenticate(&token).await.expect("signed in").must_change, Some(ChangeReason::Expired));
    }

    async fn a_marked_account_is_open_again_after_a_change_or_a_recovery(t: Bench) {
        t.account(ADA).await;
        let t = t.with(|settings| settings.policy.min_age_hours = 24).await;
        let token = t.sign_in(ADA, GOOD).await.expect("signs in");
        operator::require_change(&t.cx, ADA).await.expect("marks");
        let marked = t.authenticate(&token).await.expect("still signed in");
        assert_eq!(marked.must_change, Some(ChangeReason::Marked));
        password::change(&t.cx, &meta(), &marked, change()).await.expect("never too young to go");
        assert_eq!(t.caller(ADA, BETTER).await.must_change, None);

        operator::require_change(&t.cx, ADA).await.expect("marks");
        let link = t.recovery_link(ADA).await;
        t.complete_by_link(&link, GOOD).await.expect("recovers");
        assert_eq!(t.caller(ADA, GOOD).await.must_change, None);
    }

    async fn some_accounts_never_expire(t: Bench) {
        let t = expiring(t).await;
        operator::set_never_expires(&t.cx, ADA, true).await.expect("lifts");
        t.advance(23 * DAY);
        assert_eq!(warned(&t).await, []);
        t.advance(300 * DAY);
        assert_eq!(t.caller(ADA, GOOD).await.must_change, None);
        operator::set_never_expires(&t.cx, ADA, false).await.expect("sets");
        assert_eq!(t.caller(ADA, GOOD).await.must_change, Some(ChangeReason::Expired));
    }

    async fn three_warnings_come_once_each(t: Bench) {
        let t = expiring(t).await;
        t.add_identifier(ADA, "+1 202 555 0123").await;
        let mut told = Vec::new();
        for _ in 0..40 {
            t.advance(DAY);
            told.extend(warned(&t).await);
            t.advance(NEXT_RUN);
            told.extend(warned(&t).await);
        }
        let expected = [14, 7, 1].map(|days| (ADA.to_owned(), days));
        assert_eq!(told, expected, "by mail where there is an address");
    }

    async fn one_whose_password_is_of_unknown_age_is_warned_as_if_it_came_with_the_account(t: Bench) {
        let t = expiring(t).await;
        carry_over(&t).await;
        t.advance(16 * DAY);
        assert_eq!(warned(&t).await, [(ADA.to_owned(), 14)]);
        t.advance(NEXT_RUN);
        assert_eq!(warned(&t).await, [], "once");
        let age = t.caller(ADA, GOOD).await.age;
        assert_eq!(age, PasswordAge::Warn { days_left: 14 }, "what the page says");
        t.advance(13 * DAY);
        assert_eq!(warned(&t).await, [(ADA.to_owned(), 1)]);
    }

    async fn a_rule_that_is_new_warns_of_the_nearest_end_alone(t: Bench) {
        t.account(ADA).await;
        t.account("+1 202 555 0124").await;
        t.advance(25 * DAY);
        assert_eq!(warned(&t).await, [], "no rule, no warning");
        t.advance(NEXT_RUN);
        let t = t.with(|settings| settings.policy.expiry = Some(Expiry::after(30))).await;
        let mut told = warned(&t).await;
        told.sort();
        assert_eq!(told, [("+12025550124".to_owned(), 5), (ADA.to_owned(), 5)]);
        t.advance(NEXT_RUN);
        assert_eq!(warned(&t).await, []);
    }

    async fn one_who_changes_it_in_time_is_not_told(t: Bench) {
        let t = expiring(t).await;
        t.advance(16 * DAY);
        assert_eq!(warned(&t).await, [(ADA.to_owned(), 14)]);
        t.advance(NEXT_RUN);
        let caller = t.caller(ADA, GOOD).await;
        assert_matches!(caller.age, PasswordAge::Warn { days_left: 14 });
        t.advance(Duration::from_secs(1));
        password::change(&t.cx, &meta(), &caller, change()).await.expect("changes");
        let messages = t.deliver().await;
        assert!(messages.iter().all(|message| matches!(message.content, MessageBody::PasswordChanged { .. })), "{messages:?}");
    }

    async fn several_nodes_tell_once(t: Bench) {
        let t = expiring(t).await;
        t.advance(16 * DAY);
        let nodes = [t.cx.clone(), t.another_node().await, t.another_node().await];
        let tasks: Vec<_> = nodes
            .into_iter()
            .map(|cx| tokio::spawn(async move { Runner::new(cx).drain().await.expect("works") }))
            .collect();
        for task in tasks {
            task.await.expect("no panic");
        }
        assert_eq!(t.deliver().await.len(), 1);
    }
}
