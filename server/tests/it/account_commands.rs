//! `rekey account list|show|unlock|enable|release`, in processes of their own, beside a program that runs.

use std::process::Stdio;

use rekey_testkit::TestSite;
use rekey_testkit::bench::{BETTER, GOOD};
use rekey_testkit::site::{Scripts, paths};

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";

/// What a command prints, or complains of.
fn run(site: &TestSite, arguments: &[&str]) -> String {
    let mut command = site.as_program().installation().command();
    let output = command.args(arguments).stderr(Stdio::piped()).output().expect("runs");
    String::from_utf8_lossy(if output.status.success() { &output.stdout } else { &output.stderr }).into_owned()
}

/// Whether a sign-in works.
async fn signs_in(site: &TestSite, password: &str) -> bool {
    let mut browser = site.browser(0);
    let form = [("identifier", ADA), ("password", password)];
    browser.post(Scripts::On, "/api/session/sign-in", &form).await.status.is_success()
}

#[tokio::test]
async fn accounts_are_listed_shown_and_unlocked() {
    let site = TestSite::program().start().await;
    for identifier in [ADA, BOB] {
        site.register(identifier).await;
    }
    let listed = run(&site, &["account", "list"]);
    let lines: Vec<_> = listed.lines().map(|line| line.split('\t').take(2).collect::<Vec<_>>()).collect();
    assert_eq!(lines, [[ADA, "active"], [BOB, "active"]]);

    assert!(signs_in(&site, GOOD).await);
    for _ in 0..5 {
        assert!(!signs_in(&site, "not the password").await);
    }
    assert!(!signs_in(&site, GOOD).await, "it waits");
    let shown = run(&site, &["account", "show", ADA]);
    assert!(shown.contains("\nstate\tlocked\n") && shown.contains("\nstatus\tactive\n"), "{shown}");
    assert!(shown.contains("\nemail\tada@example.org (verified ") && shown.contains("\npassword\tset "), "{shown}");
    assert!(shown.ends_with("\ndevices\t1\n"), "{shown}");
    assert!(!shown.contains("argon2"), "{shown}");

    assert_eq!(run(&site, &["account", "unlock", "ADA@example.org"]), "The account is unlocked.\n");
    assert!(run(&site, &["account", "show", ADA]).contains("\nstate\tactive\n"));
    assert!(signs_in(&site, GOOD).await);
    assert_eq!(run(&site, &["account", "show", "eve@example.org"]), "rekey: no account found for this identifier\n");
}

#[tokio::test]
async fn an_account_that_an_operator_creates_gets_its_password_from_its_owner() {
    let site = TestSite::program().start().await;
    let created = run(&site, &["account", "create", ADA, "--given-name", "Ada", "--username", "ada-e", "--lang", "ja"]);
    let token = created.trim_end().rsplit('/').next().expect("a link").to_owned();
    assert!(!signs_in(&site, GOOD).await, "there is no password yet");
    site.reset(&token, GOOD).await;
    assert!(signs_in(&site, GOOD).await);
    let shown = run(&site, &["account", "show", "ada-e"]);
    assert!(shown.contains("\nemail\tada@example.org (verified ") && shown.contains("\nname\tAda\n"), "{shown}");
    for (arguments, complaint) in [
        (&[ADA][..], "rekey: an account with this email exists already\n"),
        (&[BOB, "--username", "ADA-e"], "rekey: an account with this username exists already\n"),
        (&["bob"], "rekey: the identifier must be an email address or a phone number\n"),
    ] {
        assert_eq!(run(&site, &[&["account", "create"], arguments].concat()), complaint);
    }
    assert_eq!(run(&site, &["account", "list"]).lines().count(), 1, "nothing is left of those that were refused");
}

#[tokio::test]
async fn a_frozen_account_is_released_by_a_link_and_a_new_password_alone() {
    const THIRD: &str = "Six softer-words9nowhere";
    let not_frozen = "rekey: the account is not frozen. If it is disabled, use: rekey account enable\n";
    let not_disabled = "rekey: the account is not disabled. If it is frozen, use: rekey account release\n";
    let site = TestSite::program().start().await;
    site.register(ADA).await;
    assert_eq!(run(&site, &["account", "release", ADA]), not_frozen);
    assert_eq!(run(&site, &["account", "enable", ADA]), not_disabled);
    run(&site, &["account", "disable", ADA]);
    assert_eq!(run(&site, &["account", "release", ADA]), not_frozen, "it is disabled");
    assert!(!signs_in(&site, GOOD).await);
    assert_eq!(run(&site, &["account", "enable", ADA]), "The account is enabled.\n");

    site.freeze(ADA).await;
    assert_eq!(run(&site, &["account", "enable", ADA]), not_disabled, "it is frozen");
    let shown = run(&site, &["account", "show", ADA]);
    assert!(shown.contains("\nstatus\tfrozen\n") && shown.contains("\npassword\tnone\n"), "{shown}");

    let printed = run(&site, &["account", "release", ADA]);
    let beginning = format!("{}{}", site.as_program().installation().origin(), paths::RECOVERY_LINK);
    let token = printed.strip_prefix(&beginning).and_then(|rest| rest.strip_suffix('\n')).expect("one line, a link");
    assert!(!signs_in(&site, BETTER).await, "the password that was objected to stays dead");
    site.reset(token, THIRD).await;
    assert!(signs_in(&site, THIRD).await);
    assert!(run(&site, &["account", "show", ADA]).contains("\nstatus\tactive\n"));
    assert_eq!(run(&site, &["account", "release", "eve@example.org"]), "rekey: no account found for this identifier\n");
}
