//! Policies that are assigned, over real databases.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::time::Duration;

use rekey_domain::GroupId;
use rekey_domain::group::GroupName;
use rekey_domain::password::assignment::PolicyTarget;
use rekey_service::group::{self, GroupError};
use rekey_service::message::compose::MessageBody;
use rekey_service::password::{self, Change, ChangeError};
use rekey_service::policies::{self, AssignError};
use rekey_service::recovery::{CompleteError, ProofSource};
use rekey_service::registration::{self, CompleteError as NotRegistered, Start};
use rekey_service::right::By;
use rekey_service::setting::{self, Edit, Problem, Section, SettingError};
use rekey_service::{operator, owner, recovery};
use rekey_shared::password::{Expiry, History, Policy};
use rekey_shared::view::ChangeReason;
use rekey_testkit::bench::{BETTER, GOOD, code_in, last_segment, meta};
use rekey_testkit::{Bench, assert_matches, on_both_databases};

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The group of that name, made when it is not there.
async fn group(t: &Bench, name: &str) -> GroupId {
    let name = GroupName::parse(name).expect("a name");
    match group::create(&t.cx, By::Operator, name.clone()).await {
        Ok(group) => group.id,
        Err(GroupError::NameTaken) => group::find(&t.cx, &name).await.expect("is there").id,
        Err(error) => panic!("{error:?}"),
    }
}

async fn target(t: &Bench, text: &str) -> PolicyTarget {
    match text.strip_prefix("group:") {
        Some(name) => PolicyTarget::Group(group(t, name).await),
        None => PolicyTarget::parse(text).expect("a target"),
    }
}

async fn assign(t: &Bench, to: &str, policy: Option<Policy>) {
    let target = target(t, to).await;
    policies::assign(&t.cx, By::Operator, target, policy).await.expect("assigns");
}

async fn join(t: &Bench, name: &str, who: &str) {
    let (group, account) = (group(t, name).await, operator::find(&t.cx, who).await.expect("an account").id);
    assert!(group::join(&t.cx, By::Operator, group, account).await.expect("joins"));
}

/// The shortest password that a person may choose, as the page says it.
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
        let (_, view) = recovery::policy(&t.cx, ProofSource::Link(&link)).await.expect("answers").expect("open");
        assert_eq!(view.policy.length.min, 30);
        assert_matches!(t.complete_by_link(&link, BETTER).await, Err(CompleteError::Weak(_)));
        let bob = t.caller(BOB, GOOD).await;
        password::change(&t.cx, &meta(), &bob, change("ten little")).await.expect("nothing else is asked of him");

        let (sales, ada) = (group(&t, "sales").await, operator::find(&t.cx, ADA).await.expect("an account").id);
        assert!(group::leave(&t.cx, By::Operator, sales, ada).await.expect("is in it"));
        t.complete_by_link(&link, BETTER).await.expect("not any more");
    }

    async fn a_newcomer_comes_under_the_default_and_owners_under_theirs(t: Bench) {
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
        let history = policies::history(&t.cx, PolicyTarget::Default).await.expect("answers");
        let versions: Vec<_> = history.iter().map(|one| (one.version, one.policy.is_some())).collect();
        assert_eq!(versions, [(2, false), (1, true)]);
        assert_eq!(history[0].changed_at.since(history[1].changed_at), DAY);
    }

    async fn of_many_that_assign_at_once_none_overwrites_another(t: Bench) {
        let nodes = [t.cx.clone(), t.another_node().await];
        let one = |cx: rekey_service::Services, min| async move {
            match policies::assign(&cx, By::Operator, PolicyTarget::Default, Some(Policy::at_least(min))).await {
                Ok(assignment) => Some(assignment.version),
                Err(AssignError::Overtaken) => None,
                Err(error) => panic!("{error:?}"),
            }
        };
        let tasks: Vec<_> = (0..20_u16).map(|n| tokio::spawn(one(nodes[usize::from(n % 2)].clone(), n + 6))).collect();
        let mut versions = Vec::new();
        for task in tasks {
            versions.extend(task.await.expect("no panic"));
        }
        versions.sort_unstable();
        let expected: Vec<i32> = (1..=i32::try_from(versions.len()).expect("few")).collect();
        assert_eq!(versions, expected, "each version once, none skipped");
    }

    async fn what_no_password_could_meet_beside_another_policy_is_refused(t: Bench) {
        let short = Policy { length: rekey_shared::password::Length { max: 12, ..Policy::at_least(8).length }, ..Policy::at_least(8) };
        let sales = target(&t, "group:sales").await;
        let refused = policies::assign(&t.cx, By::Operator, sales, Some(short.clone())).await;
        assert_matches!(refused, Err(AssignError::BelowFloor(finding)) if finding.code.number() == "F-LENGTHS");
        assign(&t, "default", Some(Policy::at_least(8))).await;
        assign(&t, "group:sales", Some(short)).await;
        let refused = policies::assign(&t.cx, By::Operator, PolicyTarget::Default, Some(Policy::at_least(15))).await;
        assert_matches!(refused, Err(AssignError::BelowFloor(_)), "beside what the group has");
        let refused = policies::assign(&t.cx, By::Operator, PolicyTarget::Default, Some(Policy::at_least(3))).await;
        assert_matches!(refused, Err(AssignError::BelowFloor(finding)) if finding.code.number() == "F-LEN-6");
        let missing = PolicyTarget::Group(GroupId(uuid::Uuid::nil()));
        let refused = policies::assign(&t.cx, By::Operator, missing, Some(Policy::at_least(15))).await;
        assert_matches!(refused, Err(AssignError::NoGroup));
    }

    async fn a_configured_policy_is_held_against_the_assigned_ones(t: Bench) {
        let edit = |preset: &str| [Edit::Set { key: "policy.preset".to_owned(), text: preset.to_owned() }];
        let section = Section::Password;
        setting::change(&t.cx, By::Operator, section, 0, &edit("commerce")).await.expect("sets");
        let short = Policy { length: rekey_shared::password::Length { max: 12, ..Policy::at_least(8).length }, ..Policy::at_least(8) };
        assign(&t, "group:sales", Some(short)).await;
        let refused = setting::change(&t.cx, By::Operator, section, 1, &edit("recommended")).await;
        assert_matches!(
            refused,
            Err(setting::ChangeError::Setting(SettingError::Wrong { key: "policy.preset", problem: Problem::BelowFloor(_) }))
        );
        assert_eq!(t.cx.settings().policy, Policy::commerce());
    }
}
