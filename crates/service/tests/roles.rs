//! Roles and rights, over real databases.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::time::Duration;

use rekey_domain::group::{Group, GroupName};
use rekey_domain::password::assignment::PolicyTarget;
use rekey_domain::right::{Denied, Right, Role, RoleHolder, RoleScope};
use rekey_domain::{AccountId, GroupId};
use rekey_service::group::{self, GroupError};
use rekey_service::policies::{self, AssignError};
use rekey_service::registration::{self, Start};
use rekey_service::right::By;
use rekey_service::role::{self, RoleError};
use rekey_service::setting::{self, ChangeError, Edit, Section};
use rekey_service::{Services, operator, owner, right, sign_in};
use rekey_shared::password::Policy;
use rekey_store::Granted;
use rekey_testkit::bench::{GOOD, code_in, last_segment, meta};
use rekey_testkit::{Bench, assert_matches, on_both_databases};

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";
const EVE: &str = "eve@example.org";
const HOUR: Duration = Duration::from_secs(3600);
/// Long enough for anything that does not wait.
const A_WHILE: Duration = Duration::from_millis(300);

async fn account(t: &Bench, identifier: &str) -> AccountId {
    t.account(identifier).await;
    operator::find(&t.cx, identifier).await.expect("an account").id
}

/// An account that registers by the operator's link.
async fn owner_by_link(t: &Bench, identifier: &str) -> AccountId {
    let token = last_segment(&owner::make_link(&t.cx).await.expect("makes")).expect("a token");
    let start = Start { identifier: identifier.to_owned(), owner: Some(token), consent: true };
    let handle = registration::start(&t.cx, &meta(), start).await.expect("starts").expose();
    let code = code_in(&t.deliver().await).expect("a code");
    registration::verify(&t.cx, &meta(), &handle, &code).await.expect("right");
    let details = registration::Complete {
        new_password: GOOD.into(),
        confirm_password: GOOD.into(),
        ..registration::Complete::default()
    };
    registration::complete(&t.cx, &meta(), &handle, details).await.expect("registers");
    operator::find(&t.cx, identifier).await.expect("an account").id
}

/// What the audit log says of roles and groups: what, by whom, whose account, which group, what else.
async fn audited(t: &Bench) -> Vec<(String, String, Option<AccountId>, Option<String>, Option<String>)> {
    rekey_service::audit::seal(&t.cx, uuid::Uuid::from_u128(1)).await.expect("seals");
    let sealed = t.cx.store.list_audit(0, None, None, 1_000).await.expect("reads");
    let of_interest = |event: &str| event.starts_with("group-") || event.starts_with("role-");
    let entries = sealed.into_iter().map(|sealed| sealed.entry).filter(|entry| of_interest(&entry.event));
    entries
        .map(|entry| {
            let by = entry.actor_id.map_or(entry.actor, |id| id.to_string());
            (entry.event, by, entry.account.map(AccountId), entry.target_id, entry.detail)
        })
        .collect()
}

async fn make_group(t: &Bench, name: &str) -> Group {
    group::create(&t.cx, By::Operator, GroupName::parse(name).expect("a name")).await.expect("makes")
}

async fn grant(t: &Bench, holder: RoleHolder, scope: RoleScope, hours: Option<u32>) -> Granted {
    let expires_at = hours.map(|hours| t.cx.clock.now().plus(HOUR * hours));
    role::grant(&t.cx, By::Operator, holder, Role::Owner, scope, expires_at).await.expect("grants")
}

async fn revoke(t: &Bench, holder: RoleHolder) -> Result<(), RoleError> {
    role::revoke(&t.cx, By::Operator, holder, Role::Owner, RoleScope::Everywhere).await
}

async fn is_owner(t: &Bench, identifier: &str) -> bool {
    let caller = t.caller(identifier, GOOD).await;
    sign_in::person(&t.cx, &caller).await.expect("answers").is_owner
}

async fn change_settings(cx: &Services, by: By) -> Result<(), ChangeError> {
    let based_on = setting::documents::document(cx, Section::Site).await?.version;
    let edit = Edit::Set { key: "organisation".to_owned(), text: format!("Hinode {based_on}") };
    setting::change(cx, by, Section::Site, based_on, &[edit]).await.map(drop)
}

on_both_databases! {
    async fn an_operators_link_makes_an_owner_and_nothing_else_does(t: Bench) {
        let (ada, bob) = (owner_by_link(&t, ADA).await, account(&t, BOB).await);
        assert!(is_owner(&t, ADA).await && !is_owner(&t, BOB).await);
        assert!(t.cx.store.has_owner().await.expect("answers"));
        assert_eq!(right::rights_of(&t.cx, ada).await.expect("answers"), Right::ALL);
        assert!(right::rights_of(&t.cx, bob).await.expect("answers").is_empty());
    }

    async fn a_role_lasts_until_its_moment_and_can_be_prolonged(t: Bench) {
        let bob = RoleHolder::Account(account(&t, BOB).await);
        assert_eq!(grant(&t, bob, RoleScope::Everywhere, Some(1)).await, Granted::New);
        assert!(is_owner(&t, BOB).await);
        t.advance(HOUR);
        assert!(!is_owner(&t, BOB).await);
        assert_eq!(grant(&t, bob, RoleScope::Everywhere, Some(2)).await, Granted::Changed);
        assert!(is_owner(&t, BOB).await);
        assert_eq!(grant(&t, bob, RoleScope::Everywhere, Some(2)).await, Granted::Already);
        let now = t.cx.clock.now();
        let over = role::grant(&t.cx, By::Operator, bob, Role::Owner, RoleScope::Everywhere, Some(now)).await;
        assert_matches!(over, Err(RoleError::AlreadyExpired));
        let member = role::grant(&t.cx, By::Operator, bob, Role::Member, RoleScope::Everywhere, None).await;
        assert_matches!(member, Err(RoleError::NotAssignable(Role::Member)));
        let missing = RoleHolder::Account(AccountId(uuid::Uuid::nil()));
        let refused = role::grant(&t.cx, By::Operator, missing, Role::Owner, RoleScope::Everywhere, None).await;
        assert_matches!(refused, Err(RoleError::NotFound));
        let missing = RoleScope::Group(GroupId(uuid::Uuid::nil()));
        let refused = role::grant(&t.cx, By::Operator, bob, Role::Owner, missing, None).await;
        assert_matches!(refused, Err(RoleError::NotFound));
        revoke(&t, bob).await.expect("takes");
        assert_matches!(revoke(&t, bob).await, Err(RoleError::NotHeld));
        assert!(!is_owner(&t, BOB).await);
    }

    async fn the_last_owner_stays(t: Bench) {
        let (ada, bob) = (account(&t, ADA).await, account(&t, BOB).await);
        let owners = make_group(&t, "owners").await;
        grant(&t, RoleHolder::Account(ada), RoleScope::Everywhere, None).await;
        assert_matches!(revoke(&t, RoleHolder::Account(ada)).await, Err(RoleError::LastOwner));
        let for_a_while = Some(t.cx.clock.now().plus(HOUR));
        let refused =
            role::grant(&t.cx, By::Operator, RoleHolder::Account(ada), Role::Owner, RoleScope::Everywhere, for_a_while)
                .await;
        assert_matches!(refused, Err(RoleError::LastOwner), "an end would be the last owner's");
        grant(&t, RoleHolder::Account(bob), RoleScope::Everywhere, Some(1)).await;
        assert_matches!(revoke(&t, RoleHolder::Account(ada)).await, Err(RoleError::LastOwner), "Bob is one for an hour");
        grant(&t, RoleHolder::Group(owners.id), RoleScope::Everywhere, None).await;
        assert_matches!(revoke(&t, RoleHolder::Account(ada)).await, Err(RoleError::LastOwner), "the group is empty");
        assert!(group::join(&t.cx, By::Operator, owners.id, bob).await.expect("joins"));
        revoke(&t, RoleHolder::Account(ada)).await.expect("Bob is one by the group");
        assert_matches!(group::leave(&t.cx, By::Operator, owners.id, bob).await, Err(GroupError::LastOwner));
        assert_matches!(revoke(&t, RoleHolder::Group(owners.id)).await, Err(RoleError::LastOwner));
        grant(&t, RoleHolder::Account(ada), RoleScope::Everywhere, None).await;
        operator::disable(&t.cx, ADA).await.expect("disables");
        assert_matches!(group::leave(&t.cx, By::Operator, owners.id, bob).await, Err(GroupError::LastOwner), "Ada cannot sign in");
        operator::enable(&t.cx, ADA).await.expect("enables");
        assert!(group::leave(&t.cx, By::Operator, owners.id, bob).await.expect("leaves"));
    }

    async fn of_two_owners_who_remove_each_other_at_once_one_stays(t: Bench) {
        let nodes = [t.cx.clone(), t.another_node().await];
        let (ada, bob) = (account(&t, ADA).await, account(&t, BOB).await);
        for round in 0..10 {
            for who in [ada, bob] {
                grant(&t, RoleHolder::Account(who), RoleScope::Everywhere, None).await;
            }
            let one = |cx: Services, by: AccountId, whom: AccountId| async move {
                role::revoke(&cx, By::Person(by), RoleHolder::Account(whom), Role::Owner, RoleScope::Everywhere).await
            };
            let tasks = [
                tokio::spawn(one(nodes[0].clone(), ada, bob)),
                tokio::spawn(one(nodes[1].clone(), bob, ada)),
            ];
            let mut done = 0;
            for task in tasks {
                match task.await.expect("no panic") {
                    Ok(()) => done += 1,
                    // The other one was faster: either the right is gone, or this one is the last.
                    Err(RoleError::Denied(Denied::Missing { right: Right::ManageRoles }) | RoleError::LastOwner) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
            assert_eq!(done, 1, "round {round}");
            assert!(t.cx.store.has_active_owner().await.expect("answers"), "round {round}");
        }
    }

    async fn of_many_grants_of_one_role_one_is_new(t: Bench) {
        let nodes = [t.cx.clone(), t.another_node().await, t.another_node().await];
        let bob = RoleHolder::Account(account(&t, BOB).await);
        let one = |cx: Services| async move {
            role::grant(&cx, By::Operator, bob, Role::Owner, RoleScope::Everywhere, None).await.expect("grants")
        };
        let tasks: Vec<_> = (0..30).map(|n| tokio::spawn(one(nodes[n % 3].clone()))).collect();
        let mut granted = Vec::new();
        for task in tasks {
            granted.push(task.await.expect("no panic"));
        }
        assert_eq!(granted.iter().filter(|one| **one == Granted::New).count(), 1);
        assert_eq!(granted.iter().filter(|one| **one == Granted::Already).count(), 29);
        assert_eq!(role::list(&t.cx).await.expect("lists").len(), 1);
    }

    async fn the_write_asks_again(t: Bench) {
        let (ada, bob, eve) = (account(&t, ADA).await, account(&t, BOB).await, account(&t, EVE).await);
        let sales = make_group(&t, "sales").await;
        grant(&t, RoleHolder::Account(ada), RoleScope::Everywhere, None).await;
        grant(&t, RoleHolder::Account(bob), RoleScope::Group(sales.id), None).await;
        let (ada, bob, outsider) = (By::Person(ada), By::Person(bob), By::Person(eve));
        let policy = || Some(Policy::at_least(20));

        change_settings(&t.cx, ada).await.expect("owns the installation");
        let denied = Denied::Missing { right: Right::ManageSettings };
        assert_matches!(change_settings(&t.cx, outsider).await, Err(ChangeError::Denied(why)) if why == denied);
        let denied = Denied::OutOfScope { right: Right::ManageSettings };
        assert_matches!(change_settings(&t.cx, bob).await, Err(ChangeError::Denied(why)) if why == denied);
        assert_eq!(setting::documents::document(&t.cx, Section::Site).await.expect("answers").version, 1);

        let (everyone, his) = (PolicyTarget::Default, PolicyTarget::Group(sales.id));
        policies::assign(&t.cx, bob, his, policy()).await.expect("it is his group");
        assert_matches!(policies::assign(&t.cx, bob, everyone, policy()).await, Err(AssignError::Denied(_)));
        assert_matches!(policies::assign(&t.cx, outsider, his, policy()).await, Err(AssignError::Denied(_)));

        let name = GroupName::parse("field").expect("a name");
        group::rename(&t.cx, bob, sales.id, &name).await.expect("it is his group");
        assert_matches!(group::create(&t.cx, bob, name.clone()).await, Err(GroupError::Denied(_)));
        assert_matches!(group::rename(&t.cx, outsider, sales.id, &name).await, Err(GroupError::Denied(_)));
        assert_matches!(group::join(&t.cx, bob, sales.id, eve).await, Err(GroupError::Denied(_)), "she is not his to take");
        group::join(&t.cx, ada, sales.id, eve).await.expect("joins");
        assert!(group::leave(&t.cx, bob, sales.id, eve).await.expect("leaves"));

        let to = RoleHolder::Account(eve);
        let give = |by, scope| role::grant(&t.cx, by, to, Role::Owner, scope, None);
        assert_matches!(give(outsider, RoleScope::Everywhere).await, Err(RoleError::Denied(Denied::Oneself)));
        assert_matches!(give(bob, RoleScope::Everywhere).await, Err(RoleError::Denied(Denied::OutOfScope { .. })));
        give(ada, RoleScope::Everywhere).await.expect("grants");
        let history = policies::history(&t.cx, his).await.expect("lists");
        assert_eq!(history[0].changed_by, bob.account(), "by whom is remembered");
    }

    async fn an_act_waits_for_the_end_of_its_role_and_is_refused(t: Bench) {
        let ada = account(&t, ADA).await;
        let holder = RoleHolder::Account(ada);
        grant(&t, holder, RoleScope::Everywhere, None).await;
        let node = t.another_node().await;
        let end = node.store.begin_write().await.expect("begins");
        end.lock_roles().await.expect("locks");
        assert!(end.revoke_role(holder, Role::Owner, RoleScope::Everywhere).await.expect("takes"));
        let cx = t.cx.clone();
        let mut act = tokio::spawn(async move { change_settings(&cx, By::Person(ada)).await });
        assert!(tokio::time::timeout(A_WHILE, &mut act).await.is_err(), "it neither sees the role nor its end");
        end.commit().await.expect("commits");
        let denied = Denied::Missing { right: Right::ManageSettings };
        assert_matches!(act.await.expect("no panic"), Err(ChangeError::Denied(why)) if why == denied);
    }

    async fn the_end_of_a_role_waits_for_the_acts_under_way(t: Bench) {
        let (ada, bob) = (account(&t, ADA).await, account(&t, BOB).await);
        for who in [ada, bob] {
            grant(&t, RoleHolder::Account(who), RoleScope::Everywhere, None).await;
        }
        let node = t.another_node().await;
        let act = node.store.begin_write().await.expect("begins");
        act.share_roles().await.expect("locks");
        let cx = t.cx.clone();
        let mut end = tokio::spawn(async move {
            role::revoke(&cx, By::Person(ada), RoleHolder::Account(bob), Role::Owner, RoleScope::Everywhere).await
        });
        assert!(tokio::time::timeout(A_WHILE, &mut end).await.is_err(), "what the role allowed is not done yet");
        act.commit().await.expect("commits");
        end.await.expect("no panic").expect("takes");
    }

    async fn who_gave_what_to_whom_stands_in_the_audit_log(t: Bench) {
        // The chain has a first seal from here on.
        t.run_jobs().await;
        let ada = owner_by_link(&t, ADA).await;
        let bob = account(&t, BOB).await;
        let by = By::Person(ada);
        let name = |name| GroupName::parse(name).expect("a name");
        let sales = group::create(&t.cx, by, name("sales")).await.expect("makes").id;
        group::rename(&t.cx, By::Operator, sales, &name("field")).await.expect("renames");
        assert!(group::join(&t.cx, by, sales, bob).await.expect("joins"));
        assert!(!group::join(&t.cx, by, sales, bob).await.expect("is in it"));
        let over = RoleScope::Group(sales);
        let ends = t.cx.clock.now().plus(HOUR);
        let (account, group) = (RoleHolder::Account(bob), RoleHolder::Group(sales));
        for _ in 0..2 {
            // The second time nothing changes, and nothing is said.
            role::grant(&t.cx, by, account, Role::Owner, over, Some(ends)).await.expect("grants");
        }
        role::grant(&t.cx, By::Operator, group, Role::Owner, RoleScope::Everywhere, None).await.expect("grants");
        let denied = role::revoke(&t.cx, By::Person(AccountId(uuid::Uuid::nil())), group, Role::Owner, over).await;
        assert_matches!(denied, Err(RoleError::Denied(_)));
        role::revoke(&t.cx, by, group, Role::Owner, RoleScope::Everywhere).await.expect("takes");
        role::revoke(&t.cx, by, account, Role::Owner, over).await.expect("takes");
        assert!(group::leave(&t.cx, by, sales, bob).await.expect("leaves"));
        group::delete(&t.cx, by, sales).await.expect("removes");

        let (ada_id, operator) = (ada.0.to_string(), "operator".to_owned());
        let of_group = Some(sales.0.to_string());
        let owner = Some(r#"{"role":{"role":"owner"}}"#.to_owned());
        let over = format!(r#"{{"role":{{"role":"owner","over":"{}"}}}}"#, sales.0);
        let until = format!(r#"{{"role":{{"role":"owner","over":"{}","expires_at":{}}}}}"#, sales.0, ends.as_millis());
        let said = |event: &str, by: &String, account, group: &Option<String>, detail: &Option<String>| {
            (event.to_owned(), by.clone(), account, group.clone(), detail.clone())
        };
        let expected = [
            said("role-granted", &ada_id, Some(ada), &None, &owner),
            said("group-created", &ada_id, None, &of_group, &None),
            said("group-renamed", &operator, None, &of_group, &None),
            said("group-joined", &ada_id, Some(bob), &of_group, &None),
            said("role-granted", &ada_id, Some(bob), &None, &Some(until)),
            said("role-granted", &operator, None, &of_group, &owner),
            said("role-revoked", &ada_id, None, &of_group, &owner),
            said("role-revoked", &ada_id, Some(bob), &None, &Some(over)),
            said("group-left", &ada_id, Some(bob), &of_group, &None),
            said("group-deleted", &ada_id, None, &of_group, &None),
        ];
        assert_eq!(audited(&t).await, expected);
    }

    async fn a_policy_and_the_removal_of_its_group_come_one_after_the_other(t: Bench) {
        let nodes = [t.cx.clone(), t.another_node().await];
        for round in 0..10 {
            let group = make_group(&t, &format!("group-{round}")).await.id;
            let assign = tokio::spawn({
                let cx = nodes[0].clone();
                let target = PolicyTarget::Group(group);
                async move { policies::assign(&cx, By::Operator, target, Some(Policy::at_least(20))).await }
            });
            let delete = tokio::spawn({
                let cx = nodes[1].clone();
                async move { group::delete(&cx, By::Operator, group).await }
            });
            let outcomes = (assign.await.expect("no panic"), delete.await.expect("no panic"));
            match outcomes {
                (Ok(_), Err(GroupError::InUse(found))) => assert!(found.has_policy, "round {round}"),
                (Err(AssignError::NoGroup), Ok(())) => {}
                other => panic!("round {round}: {other:?}"),
            }
        }
    }

    async fn a_group_goes_when_nothing_depends_on_it(t: Bench) {
        let bob = account(&t, BOB).await;
        let sales = make_group(&t, "sales").await;
        let taken = group::create(&t.cx, By::Operator, sales.name.clone()).await;
        assert_matches!(taken, Err(GroupError::NameTaken));
        group::join(&t.cx, By::Operator, sales.id, bob).await.expect("joins");
        assert!(!group::join(&t.cx, By::Operator, sales.id, bob).await.expect("is in it"));
        assert_eq!(group::members(&t.cx, sales.id, None, 9).await.expect("lists"), [bob]);
        let target = PolicyTarget::Group(sales.id);
        policies::assign(&t.cx, By::Operator, target, Some(Policy::at_least(20))).await.expect("assigns");
        grant(&t, RoleHolder::Account(bob), RoleScope::Group(sales.id), None).await;
        let refused = group::delete(&t.cx, By::Operator, sales.id).await;
        assert_matches!(refused, Err(GroupError::InUse(found)) if found.has_policy && found.roles == 1);
        policies::assign(&t.cx, By::Operator, target, None).await.expect("takes away");
        assert_matches!(group::delete(&t.cx, By::Operator, sales.id).await, Err(GroupError::InUse(_)));
        let scope = RoleScope::Group(sales.id);
        role::revoke(&t.cx, By::Operator, RoleHolder::Account(bob), Role::Owner, scope).await.expect("takes");
        group::delete(&t.cx, By::Operator, sales.id).await.expect("removes");
        assert_matches!(group::delete(&t.cx, By::Operator, sales.id).await, Err(GroupError::NotFound));
        assert!(t.cx.store.list_groups_of(bob).await.expect("answers").is_empty());
        assert_eq!(policies::history(&t.cx, target).await.expect("lists").len(), 2, "what was assigned is remembered");
    }
}
