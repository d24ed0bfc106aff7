//! `rekey account list|show|unlock`, in processes of their own, beside a program that runs.

use std::process::Stdio;

use rekey_testkit::TestSite;
use rekey_testkit::bench::GOOD;
use rekey_testkit::site::Scripts;

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
