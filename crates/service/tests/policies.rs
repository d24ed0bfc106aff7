//! Policies that are assigned, over real databases.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::time::Duration;

use rekey_domain::password::assignment::{GroupName, Scope};
use rekey_service::message::compose::MessageBody;
use rekey_service::password::{self, Change, ChangeError};
use rekey_service::policies::{self, AssignError};
use rekey_service::recovery::{CompleteError, ProofSource};
use rekey_service::registration::{self, CompleteError as NotRegistered, Start};
use rekey_service::{owner, recovery};
use rekey_shared::password::{Expiry, History, Policy};
use rekey_shared::view::ChangeReason;
use rekey_testkit::bench::{BETTER, GOOD, code_in, last_segment, meta};
use rekey_testkit::{Bench, assert_matches, on_both_databases};

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";
const DAY: Duration = Duration::from_secs(24 * 3600);

async fn assign(t: &Bench, scope: &str, policy: Option<Policy>) {
    let scope = Scope::parse(scope).expect("a scope");
    policies::assign(&t.cx, scope, policy, None).await.expect("assigns");
}

async fn join(t: &Bench, group: &str, who: &str) {
    let group = GroupName::parse(group).expect("a name");
    assert!(policies::join(&t.cx, &group, who).await.expect("there is such an account"));
}

/// The shortest password that somebody may choose, as the page says it.
async fn shortest(t: &Bench, who: &str) -> u16 {
    let caller = t.caller(who, GOOD).await;
    password::policy(&t.cx, &caller).await.expect("answers").policy.length.min
}

fn change(new: &str) -> Change {
    Change { current_password: GOOD.into(), new_password: new.into(), confirm_password: new.into() }
}

on_both_databases! {
    async fn the_strictest_of_all_holds_on_the_page_and_when_it_counts(t: Bench) {
        t.account(ADA).await;
        t.account(BOB).await;
        assert_eq!(shortest(&t, ADA).await, 15, "the configured one");
        assign(&t, "default", Some(Policy::at_least(10))).await;
        assign(&t, "group:sales", Some(Policy::at_least(30))).await;
        assert_eq!(shortest(&t, ADA).await, 10);
        join(&t, "sales", ADA).await;
        assert_eq!((shortest(&t, ADA).await, shortest(&t, BOB).await), (30, 10));

        let ada = t.caller(ADA, GOOD).await;
        let refused = password::change(&t.cx, &meta(), &ada, change(BETTER)).await;
        assert_matches!(refused, Err(ChangeError::Weak(report)) if report.failed_rules() == ["length.min"]);
        let link = t.recovery_link(ADA).await;
        let view = recovery::policy(&t.cx, ProofSource::Link(&link)).await.expect("answers").expect("open");
        assert_eq!(view.policy.length.min, 30);
        assert_matches!(t.complete_by_link(&link, BETTER).await, Err(CompleteError::Weak(_)));
        let bob = t.caller(BOB, GOOD).await;
        password::change(&t.cx, &meta(), &bob, change("ten little")).await.expect("nothing else is asked of him");

        let group = GroupName::parse("sales").expect("a name");
        assert!(policies::leave(&t.cx, &group, ADA).await.expect("is in it"));
        t.complete_by_link(&link, BETTER).await.expect("not any more");
    }

    async fn whoever_registers_comes_under_the_default_and_owners_under_theirs(t: Bench) {
        assign(&t, "default", Some(Policy::at_least(16))).await;
        assign(&t, "administrators", Some(Policy::at_least(40))).await;
        t.account(ADA).await;
        let token = last_segment(&owner::make_link(&t.cx).await.expect("makes")).expect("a token");
        let start = Start { identifier: BOB.to_owned(), owner: Some(token), consent: true };
        let handle = registration::start(&t.cx, &meta(), start).await.expect("starts").expose();
        let code = code_in(&t.deliver().await).expect("a code");
        registration::verify(&t.cx, &meta(), &handle, &code).await.expect("right");
        let view = registration::policy(&t.cx, &handle).await.expect("answers").expect("open");
        assert_eq!(view.policy.length.min, 40);
        let details = registration::Complete {
            new_password: GOOD.into(),
            confirm_password: GOOD.into(),
            ..registration::Complete::default()
        };
        let refused = registration::complete(&t.cx, &meta(), &handle, details).await;
        assert_matches!(refused, Err(NotRegistered::Weak(report)) if report.failed_rules() == ["length.min"]);
    }

    async fn a_group_may_bring_an_end_and_a_past(t: Bench) {
        t.account(ADA).await;
        t.account(BOB).await;
        let strict = Policy { expiry: Some(Expiry::after(30)), history: History::of(3), ..Policy::at_least(8) };
        assign(&t, "group:vault", Some(strict)).await;
        let ada = t.caller(ADA, GOOD).await;
        password::change(&t.cx, &meta(), &ada, change(BETTER)).await.expect("changes");
        join(&t, "vault", ADA).await;
        let link = t.recovery_link(ADA).await;
        let back = t.complete_by_link(&link, GOOD).await;
        assert_matches!(back, Err(CompleteError::Weak(report)) if report.failed_rules() == ["history"], "remembered before");
        t.deliver().await;
        t.advance(16 * DAY);
        t.run_jobs().await;
        let messages = t.deliver().await;
        assert_eq!(messages.len(), 1, "the group's member");
        assert_matches!(messages[0].content, MessageBody::PasswordExpires { .. });
        t.advance(14 * DAY);
        assert_eq!(t.caller(ADA, BETTER).await.must_change, Some(ChangeReason::Expired));
        assert_eq!(t.caller(BOB, GOOD).await.must_change, None);
    }

    async fn every_version_is_kept_and_a_policy_can_be_taken_away(t: Bench) {
        t.account(ADA).await;
        assign(&t, "default", Some(Policy::at_least(10))).await;
        t.advance(DAY);
        assign(&t, "default", None).await;
        assert_eq!(shortest(&t, ADA).await, 15, "the configured one again");
        assert!(policies::assigned(&t.cx).await.expect("answers").is_empty());
        let history = policies::history(&t.cx, &Scope::Default).await.expect("answers");
        let versions: Vec<_> = history.iter().map(|one| (one.version, one.policy.is_some())).collect();
        assert_eq!(versions, [(2, false), (1, true)]);
        assert_eq!(history[0].changed_at.since(history[1].changed_at), DAY);
    }

    async fn of_a_crowd_that_assigns_at_once_nobody_overwrites_another(t: Bench) {
        let nodes = [t.cx.clone(), t.another_node().await];
        let one = |cx: rekey_service::Services, min| async move {
            match policies::assign(&cx, Scope::Default, Some(Policy::at_least(min)), None).await {
                Ok(assignment) => Some(assignment.version),
                Err(AssignError::Overtaken) => None,
                Err(AssignError::Unexpected(failure)) => panic!("{failure:?}"),
            }
        };
        let tasks: Vec<_> = (0..20_u16).map(|n| tokio::spawn(one(nodes[usize::from(n % 2)].clone(), n + 1))).collect();
        let mut versions = Vec::new();
        for task in tasks {
            versions.extend(task.await.expect("no panic"));
        }
        versions.sort_unstable();
        let expected: Vec<i32> = (1..=i32::try_from(versions.len()).expect("few")).collect();
        assert_eq!(versions, expected, "each version once, none skipped");
    }
}
