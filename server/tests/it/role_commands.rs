//! `rekey group …` and `rekey role …`, in processes of their own, beside a program that runs.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use rekey_testkit::bench::GOOD;
use rekey_testkit::{Database, TestSite};

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";
const EVE: &str = "eve@example.org";

/// How a command ends, what it prints, and what it complains of.
fn ended(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("an exit code"), text(&output.stdout), text(&output.stderr))
}

fn command(site: &TestSite, arguments: &[&str]) -> (i32, String, String) {
    let mut command = site.as_program().installation().command();
    ended(&command.args(arguments).stderr(Stdio::piped()).output().expect("runs"))
}

/// What a command prints that does what it is told.
fn run(site: &TestSite, arguments: &[&str]) -> String {
    let (code, said, complaint) = command(site, arguments);
    assert_eq!(code, 0, "{arguments:?}: {complaint}");
    said
}

/// The one line in which a command says why it has done nothing.
fn refused(site: &TestSite, arguments: &[&str]) -> String {
    let (code, said, complaint) = command(site, arguments);
    assert_eq!((code, said.as_str()), (1, ""), "{arguments:?}: {complaint}");
    complaint
}

/// The first columns of every line.
fn columns(listing: &str, columns: usize) -> Vec<String> {
    let first = |line: &str| line.split('\t').take(columns).collect::<Vec<_>>().join(" ");
    listing.lines().map(first).collect()
}

/// Whether the page of a running program asks someone for a password of so many characters.
async fn asks_for(site: &TestSite, identifier: &str, characters: &str) -> bool {
    let page = site.signed_in(identifier, GOOD).await.get("/account/password").await.body;
    page.contains(&format!("{characters} characters"))
}

/// Whether the page of a running program says that someone is an owner.
async fn is_owner(site: &TestSite, identifier: &str) -> bool {
    let page = site.signed_in(identifier, GOOD).await.get("/account").await.body;
    assert!(page.contains(identifier), "{page}");
    page.contains(">Owner</p>")
}

async fn groups_are_created_filled_renamed_and_deleted(site: TestSite) {
    site.register(ADA).await;
    assert_eq!(run(&site, &["group", "create", "Sales"]), "Created: sales.\n");
    assert_eq!(refused(&site, &["group", "create", "SALES"]), "rekey: another group has this name\n");
    assert_eq!(run(&site, &["group", "join", "sales", ADA]), "Added.\n");
    assert_eq!(run(&site, &["group", "join", "sales", ADA]), "Already in the group.\n");
    assert_eq!(columns(&run(&site, &["group", "members", "sales"]), 1), [ADA]);

    std::fs::write(site.as_program().installation().folder().join("long.json"), r#"{"length":{"min":33}}"#)
        .expect("written");
    assert!(run(&site, &["policy", "assign", "group:sales", "long.json"]).starts_with("group:sales\t1\tassigned\t"));
    assert!(asks_for(&site, ADA, "33").await, "it holds for the members at once");
    assert_eq!(run(&site, &["group", "rename", "sales", "field"]), "Renamed: field.\n");
    assert!(run(&site, &["policy", "show"]).starts_with("group:field\t1\t"), "it follows the group, not the name");
    assert!(asks_for(&site, ADA, "33").await);
    assert_eq!(columns(&run(&site, &["group", "list"]), 1), ["field"]);

    assert_eq!(refused(&site, &["group", "delete", "field"]), "rekey: a policy is assigned to the group\n");
    assert!(run(&site, &["policy", "assign", "group:field", "none"]).starts_with("group:field\t2\tnone\t"));
    assert!(!asks_for(&site, ADA, "33").await);
    assert_eq!(run(&site, &["group", "leave", "field", ADA]), "Removed.\n");
    assert_eq!(run(&site, &["group", "leave", "field", ADA]), "Not in the group.\n");
    assert_eq!(run(&site, &["group", "members", "field"]), "");
    assert_eq!(run(&site, &["group", "delete", "field"]), "Deleted.\n");
    assert_eq!(run(&site, &["group", "list"]), "");
    assert_eq!(refused(&site, &["group", "members", "field"]), "rekey: there is no such group\n");
}

async fn roles_are_granted_for_a_while_over_a_group_and_revoked(site: TestSite) {
    for who in [ADA, BOB, EVE] {
        site.register(who).await;
    }
    run(&site, &["group", "create", "field"]);
    assert!(!is_owner(&site, ADA).await);
    assert_eq!(run(&site, &["role", "grant", ADA, "owner"]), "Granted.\n");
    assert!(is_owner(&site, ADA).await, "the running program knows at once");
    assert_eq!(run(&site, &["role", "grant", ADA, "owner"]), "Already granted.\n");
    assert_eq!(refused(&site, &["role", "revoke", ADA, "owner"]), "rekey: the last owner cannot be removed\n");
    assert_eq!(run(&site, &["role", "grant", BOB, "owner", "--for", "8h"]), "Granted.\n");
    assert_eq!(run(&site, &["role", "grant", BOB, "owner", "--for", "9h"]), "Expiry changed.\n");
    assert_eq!(refused(&site, &["role", "revoke", ADA, "owner"]), "rekey: the last owner cannot be removed\n");
    assert_eq!(run(&site, &["role", "grant", EVE, "owner", "--over", "field"]), "Granted.\n");
    assert_eq!(run(&site, &["role", "grant", "group:field", "owner"]), "Granted.\n");

    let listing = run(&site, &["role", "list"]);
    let mut given = columns(&listing, 3);
    given.sort();
    let expected = [
        format!("{ADA} owner everywhere"),
        format!("{BOB} owner everywhere"),
        format!("{EVE} owner group:field"),
        "group:field owner everywhere".to_owned(),
    ];
    assert_eq!(given, expected);
    let permanent = |line: &str| line.split('\t').nth(3) == Some("never expires");
    assert_eq!(listing.lines().filter(|line| permanent(line)).count(), 3, "{listing}");
    assert!(listing.lines().all(|line| line.ends_with("\toperator")), "{listing}");

    assert_eq!(refused(&site, &["group", "delete", "field"]), "rekey: roles depend on the group\n");
    assert_eq!(run(&site, &["group", "join", "field", BOB]), "Added.\n");
    assert_eq!(run(&site, &["role", "revoke", ADA, "owner"]), "Revoked.\n", "Bob is an owner by the group");
    assert!(!is_owner(&site, ADA).await && is_owner(&site, BOB).await);
    assert_eq!(refused(&site, &["role", "revoke", ADA, "owner"]), "rekey: the role is not granted\n");
    assert_eq!(refused(&site, &["role", "revoke", EVE, "owner"]), "rekey: the role is not granted\n", "not everywhere");
    assert_eq!(run(&site, &["role", "revoke", EVE, "owner", "--over", "field"]), "Revoked.\n");
    assert_eq!(refused(&site, &["group", "leave", "field", BOB]), "rekey: the last owner cannot be removed\n");
    assert_eq!(
        refused(&site, &["role", "revoke", "group:field", "owner"]),
        "rekey: the last owner cannot be removed\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_are_created_filled_renamed_and_deleted_on_sqlite() {
    groups_are_created_filled_renamed_and_deleted(TestSite::program().start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_are_created_filled_renamed_and_deleted_on_postgresql() {
    let site = TestSite::program().nodes(2).on(Database::postgres().await).start().await;
    groups_are_created_filled_renamed_and_deleted(site).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_granted_for_a_while_over_a_group_and_revoked_on_sqlite() {
    roles_are_granted_for_a_while_over_a_group_and_revoked(TestSite::program().start().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_granted_for_a_while_over_a_group_and_revoked_on_postgresql() {
    let site = TestSite::program().on(Database::postgres().await).start().await;
    roles_are_granted_for_a_while_over_a_group_and_revoked(site).await;
}

/// A command without a program that runs, over a database of its own.
fn alone(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rekey"));
    command.env_clear().current_dir(folder).env("REKEY_HASHING__INSECURE_TEST_COST", "true").stdin(Stdio::null());
    ended(&command.args(arguments).output().expect("runs"))
}

#[test]
fn what_cannot_be_done_to_groups_and_roles_is_told_in_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(alone(folder.path(), &["group", "create", "sales"]).0, 0);
    for (arguments, code, complaint) in [
        (&["group", "create", "a b"][..], 2, "must be 1 to 64 letters, numbers, dots, hyphens, or underscores"),
        (&["group", "rename", "slaes", "field"], 1, "rekey: there is no such group"),
        (&["group", "join", "slaes", ADA], 1, "rekey: no account found for this identifier"),
        (&["role", "grant", ADA, "owner"], 1, "rekey: no account found for this identifier"),
        (&["role", "grant", "group:slaes", "owner"], 1, "rekey: there is no such group"),
        (&["role", "grant", "group:a b", "owner"], 1, "rekey: group:NAME must be 1 to 64"),
        (&["role", "grant", "group:sales", "owner", "--over", "slaes"], 1, "rekey: there is no such group"),
        (&["role", "grant", "group:sales", "member"], 2, "must be one of: owner"),
        (&["role", "grant", "group:sales", "owner", "--for", "soon"], 2, "must be a duration such as \"8h\" or \"7d\""),
        (&["role", "grant", "group:sales", "owner", "--for", "0s"], 1, "rekey: the role would already have expired"),
        (&["role", "revoke", "group:sales", "owner"], 1, "rekey: the role is not granted"),
    ] {
        let (ended, said, complained) = alone(folder.path(), arguments);
        assert_eq!((ended, said.as_str()), (code, ""), "{arguments:?}: {complained}");
        assert!(complained.contains(complaint), "{arguments:?}: {complained}");
    }
}
