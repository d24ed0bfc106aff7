//! Every actor, every action and every target, held against tables that were written by hand.

use std::time::Duration;

use rekey_shared::Timestamp;
use uuid::Uuid;

use super::*;
use crate::RoleAssignmentId;

const NOW: Timestamp = Timestamp::from_millis(1_795_165_505_000);
const ME: AccountId = AccountId(Uuid::from_u128(1));
const OTHER: AccountId = AccountId(Uuid::from_u128(2));
const UNIT: GroupId = GroupId(Uuid::from_u128(10));
const ELSEWHERE: GroupId = GroupId(Uuid::from_u128(11));

/// Actors by what was given to them.
const ACTORS: [&str; 10] = [
    "operator",
    "no role",
    "a member's role",
    "owner",
    "owner for a while",
    "owner until now",
    "owner of the unit",
    "owner of the unit until now",
    "owner of the unit, owner until now",
    "owner elsewhere",
];

fn owner(scope: RoleScope, expires_at: Option<Timestamp>) -> RoleAssignment {
    RoleAssignment {
        id: RoleAssignmentId(Uuid::from_u128(7)),
        holder: RoleHolder::Account(ME),
        role: Role::Owner,
        scope,
        expires_at,
        granted_at: NOW.minus(Duration::from_secs(60)),
        granted_by: None,
    }
}

fn actor(name: &str) -> Actor {
    let soon = Some(NOW.plus(Duration::from_millis(1)));
    let (everywhere, unit) = (RoleScope::Everywhere, RoleScope::Group(UNIT));
    let assignments = match name {
        "operator" => return Actor::Operator,
        "no role" => vec![],
        "a member's role" => vec![RoleAssignment { role: Role::Member, ..owner(everywhere, None) }],
        "owner" => vec![owner(everywhere, None)],
        "owner for a while" => vec![owner(everywhere, soon)],
        "owner until now" => vec![owner(everywhere, Some(NOW))],
        "owner of the unit" => vec![owner(unit, None)],
        "owner of the unit until now" => vec![owner(unit, Some(NOW))],
        "owner of the unit, owner until now" => vec![owner(unit, None), owner(everywhere, Some(NOW))],
        "owner elsewhere" => vec![owner(RoleScope::Group(ELSEWHERE), None)],
        other => panic!("no such actor: {other}"),
    };
    Actor::Person { account: ME, assignments }
}

fn account(id: AccountId, groups: &[GroupId]) -> AccountTarget {
    AccountTarget { id, groups: groups.to_vec() }
}

fn group(id: GroupId, gives_roles: bool) -> GroupTarget {
    GroupTarget { id, gives_roles }
}

/// Targets, and how far each actor of [`ACTORS`] reaches: `yes`, `none` (no role), `far` (not that far), `over` (no more).
fn targets() -> Vec<(&'static str, Target, [&'static str; 10])> {
    let (within, without) = (account(OTHER, &[UNIT]), account(OTHER, &[]));
    let (me_within, me_without) = (account(ME, &[UNIT]), account(ME, &[]));
    let (unit, giving) = (group(UNIT, false), group(UNIT, true));
    let (everywhere, in_unit) = (RoleScope::Everywhere, RoleScope::Group(UNIT));
    let inside = ["yes", "none", "none", "yes", "yes", "over", "yes", "over", "yes", "far"];
    let outside = ["yes", "none", "none", "yes", "yes", "over", "far", "none", "over", "far"];
    vec![
        ("the installation", Target::Installation, outside),
        ("an account of the unit", Target::Account(within.clone()), inside),
        ("an account of no unit", Target::Account(without.clone()), outside),
        ("myself in the unit", Target::Account(me_within.clone()), inside),
        ("myself in no unit", Target::Account(me_without.clone()), outside),
        ("the unit", Target::Group(unit.clone()), inside),
        ("the unit, giving roles", Target::Group(giving.clone()), inside),
        ("a member of the unit", Target::Membership(within.clone(), unit.clone()), inside),
        ("a member of the unit, giving roles", Target::Membership(within.clone(), giving.clone()), inside),
        ("a newcomer to the unit", Target::Membership(without.clone(), unit.clone()), outside),
        ("myself as a member of the unit", Target::Membership(me_within.clone(), unit.clone()), inside),
        ("myself as a member of the unit, giving roles", Target::Membership(me_within.clone(), giving.clone()), inside),
        ("a role in the unit", Target::AccountRole(within.clone(), in_unit), inside),
        ("a role everywhere", Target::AccountRole(within, everywhere), outside),
        ("a role in the unit for an account outside", Target::AccountRole(without, in_unit), outside),
        ("my role in the unit", Target::AccountRole(me_within, in_unit), inside),
        ("my role everywhere", Target::AccountRole(me_without, everywhere), outside),
        ("a role in the unit for the unit", Target::GroupRole(unit.clone(), in_unit), inside),
        ("a role everywhere for the unit", Target::GroupRole(unit, everywhere), outside),
    ]
}

/// Actions, the right that each asks for, the same where the group gives roles, and what comes of it on oneself.
const ACTIONS: [(Action, Right, Right, &str); 18] = [
    (Action::ReadAccount, Right::ReadAccounts, Right::ReadAccounts, "allowed"),
    (Action::DisableAccount, Right::ManageAccounts, Right::ManageAccounts, "oneself"),
    (Action::EnableAccount, Right::ManageAccounts, Right::ManageAccounts, "as any"),
    (Action::ChangePasswordRules, Right::ManageAccounts, Right::ManageAccounts, "as any"),
    (Action::ReadGroup, Right::ReadGroups, Right::ReadGroups, "as any"),
    (Action::CreateGroup, Right::ManageGroups, Right::ManageGroups, "as any"),
    (Action::RenameGroup, Right::ManageGroups, Right::ManageGroups, "as any"),
    (Action::DeleteGroup, Right::ManageGroups, Right::ManageRoles, "as any"),
    (Action::AddMember, Right::ManageGroups, Right::ManageRoles, "oneself where roles are given"),
    (Action::RemoveMember, Right::ManageGroups, Right::ManageRoles, "as any"),
    (Action::ReadRoles, Right::ReadRoles, Right::ReadRoles, "as any"),
    (Action::GrantRole, Right::ManageRoles, Right::ManageRoles, "oneself"),
    (Action::RevokeRole, Right::ManageRoles, Right::ManageRoles, "as any"),
    (Action::ReadPolicies, Right::ReadPolicies, Right::ReadPolicies, "as any"),
    (Action::AssignPolicy, Right::ManagePolicies, Right::ManagePolicies, "as any"),
    (Action::ReadSettings, Right::ReadSettings, Right::ReadSettings, "as any"),
    (Action::ChangeSettings, Right::ManageSettings, Right::ManageSettings, "as any"),
    (Action::ReadAudit, Right::ReadAudit, Right::ReadAudit, "as any"),
];

fn expected(actor: &str, on_self: bool, gives: bool, reach: &str, row: (Right, Right, &str)) -> Result<(), Denied> {
    let (plain, giving, own) = row;
    let right = if gives { giving } else { plain };
    if actor == "operator" {
        return Ok(());
    }
    match (on_self, own, gives) {
        (true, "allowed", _) => return Ok(()),
        (true, "oneself", _) | (true, "oneself where roles are given", true) => return Err(Denied::Oneself),
        _ => {}
    }
    match reach {
        "yes" => Ok(()),
        "none" => Err(Denied::Missing { right }),
        "far" => Err(Denied::OutOfScope { right }),
        "over" => Err(Denied::Expired { right }),
        other => panic!("no such reach: {other}"),
    }
}

#[test]
fn every_actor_may_do_to_every_target_what_the_tables_say_and_nothing_else() {
    assert_eq!(ACTIONS.map(|(action, ..)| action), Action::ALL, "every action has its row");
    let mut allowed = 0;
    for (name, target, reaches) in targets() {
        let (on_self, gives) = (name.contains("my"), name.contains("giving"));
        for (who, reach) in ACTORS.iter().zip(reaches) {
            for (action, plain, giving, own) in ACTIONS {
                let verdict = right(&actor(who), action, &target, NOW);
                let expected = expected(who, on_self, gives, reach, (plain, giving, own));
                assert_eq!(verdict, expected, "{who}: {action:?} on {name}");
                allowed += usize::from(verdict.is_ok());
            }
        }
    }
    assert!(allowed > 500, "some of {} are allowed: {allowed}", 19 * 10 * 18);
}

#[test]
fn roles_have_the_rights_of_this_table() {
    for right in Right::ALL {
        assert!(Role::Owner.has(right), "{right}");
        assert!(!Role::Member.has(right), "{right}");
    }
    assert_eq!(
        (Role::assignable("owner"), Role::assignable("member"), Role::assignable("Owner")),
        (Some(Role::Owner), None, None)
    );
}

#[test]
fn a_route_is_open_only_by_rights_that_reach_everywhere() {
    let rights = |name: &str| match actor(name) {
        Actor::Operator => panic!("has no account"),
        Actor::Person { assignments, .. } => rights_everywhere(&assignments, NOW),
    };
    for (name, expected) in [
        ("no role", &[][..]),
        ("owner", &Right::ALL),
        ("owner for a while", &Right::ALL),
        ("owner until now", &[]),
        ("owner of the unit", &[]),
        ("owner of the unit until now", &[]),
        ("owner of the unit, owner until now", &[]),
    ] {
        assert_eq!(rights(name), expected, "{name}");
    }
}

#[test]
fn a_denial_says_what_is_missing_and_who_has_it() {
    let denied = right(&actor("no role"), Action::AssignPolicy, &Target::Installation, NOW).expect_err("denied");
    assert_eq!(denied.to_string(), "the right \"manage policies\" is missing; owners have it");
}
