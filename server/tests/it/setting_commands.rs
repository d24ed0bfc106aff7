//! `rekey setting …` and what running programs make of it, in processes of their own.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rekey_service::right::By;
use rekey_testkit::{Database, TestSite};

/// A command that knows nothing of the settings of those who run the tests.
fn rekey(folder: &Path, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rekey"));
    command.env_clear().current_dir(folder).env("REKEY_HASHING__INSECURE_TEST_COST", "true");
    command.envs(variables.iter().copied()).stdin(Stdio::null());
    command
}

/// How a command ends, what it prints, and what it complains of.
fn setting(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> (i32, String, String) {
    let output = rekey(folder, variables).arg("setting").args(arguments).output().expect("runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("an exit code"), text(&output.stdout), text(&output.stderr))
}

fn line_of<'a>(listing: &'a str, key: &str) -> &'a str {
    let begin = format!("{key}\t");
    listing.lines().find_map(|line| line.strip_prefix(&begin)).unwrap_or_else(|| panic!("{key} in {listing}"))
}

#[test]
fn settings_are_listed_with_their_source_changed_and_restored() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("rekey.toml"), "[session]\nidle = \"30m\"\n").expect("written");
    let variables = [("REKEY_SENDS__PER_HOUR_TARGET", "7"), ("REKEY_MAIL__URL", "smtp://user:hunter2@localhost")];
    let run = |arguments: &[&str]| {
        let (code, said, complaint) = setting(folder.path(), &variables, arguments);
        assert_eq!(code, 0, "{arguments:?}: {complaint}");
        assert!(!said.contains("hunter2"), "{said}");
        said
    };
    assert_eq!(run(&["set", "organisation", "Hinode"]), "site\tversion 1\n");
    assert_eq!(run(&["set", "registration.open", "false", "--based-on", "0"]), "registration\tversion 1\n");
    let listing = run(&["list"]);
    assert_eq!(line_of(&listing, "organisation"), "Hinode\tdocument, version 1");
    assert_eq!(line_of(&listing, "registration.open"), "false\tdocument, version 1");
    assert_eq!(line_of(&listing, "session.idle"), "30m\tpinned by the file");
    assert_eq!(line_of(&listing, "sends.per_hour_target"), "7\tpinned by REKEY_SENDS__PER_HOUR_TARGET");
    assert_eq!(line_of(&listing, "session.absolute"), "24h\tdefault");
    assert_eq!(line_of(&listing, "help_url"), "–\tdefault");
    assert_eq!(line_of(&listing, "mail.url"), "(not shown)\tread at the start from REKEY_MAIL__URL");
    assert_eq!(line_of(&listing, "listen"), "–\tread at the start; default");
    let shown = run(&["show", "session.idle"]);
    assert_eq!(shown, "value\t30m\nsource\tpinned by the file\ndefault\t1h\nrange\t1m to 29d\ndocument\tsession\n");

    assert_eq!(run(&["set", "organisation", "Asahi"]), "site\tversion 2\n");
    assert_eq!(run(&["unset", "organisation"]), "site\tversion 3\n");
    assert_eq!(run(&["restore", "site", "1"]), "site\tversion 4\n");
    let history = run(&["history", "site"]);
    let differences: Vec<_> = history.lines().map(|line| line.split('\t').nth(3).expect("a difference")).collect();
    let expected = [
        "organisation: – → Hinode",
        "organisation: Asahi → –",
        "organisation: Hinode → Asahi",
        "organisation: – → Hinode",
    ];
    assert_eq!(differences, expected);
    assert!(history.lines().all(|line| line.split('\t').nth(2) == Some("operator")), "{history}");
}

#[test]
fn what_cannot_be_set_is_told_in_one_line_that_names_the_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let variables = [("REKEY_SESSION__IDLE", "30m")];
    for (arguments, code, complaint) in [
        (&["set", "session.idel", "1h"][..], 2, "rekey: session.idel is not a known setting\n"),
        (&["set", "session.idle", "1h"], 2, "rekey: session.idle is pinned by REKEY_SESSION__IDLE: change it there\n"),
        (&["set", "session.absolute", "366d"], 2, "rekey: session.absolute must be from 1m to 365d\n"),
        (&["set", "session.absolute", "10m"], 2, "rekey: session.absolute must not be shorter than session.idle\n"),
        (&["set", "registration.open", "perhaps"], 2, "rekey: registration.open must be true or false\n"),
        (&["set", "listen", "x"], 2, "rekey: listen is read at the start: set it in the file or the environment\n"),
        (&["unset", "sms.token"], 2, "rekey: sms.token is read at the start: set it in the file or the environment\n"),
        (&["show", "colour"], 2, "rekey: colour is not a known setting\n"),
        (&["restore", "site", "1"], 1, "rekey: site has no version 1\n"),
        (
            &["set", "organisation", "A", "--based-on", "3"],
            1,
            "rekey: site has been changed meanwhile: it is at version 0\n",
        ),
    ] {
        let (ended, said, complained) = setting(folder.path(), &variables, arguments);
        assert_eq!((ended, said.as_str(), complained.as_str()), (code, "", complaint), "{arguments:?}");
    }
    let (code, _, complaint) = setting(folder.path(), &[], &["history", "colours"]);
    assert!(code == 2 && complaint.contains("must be one of: site, registration,"), "{complaint}");
}

#[test]
fn a_program_whose_pins_contradict_a_document_does_not_start_and_can_be_mended() {
    let folder = tempfile::tempdir().expect("a folder");
    let pinned = [("REKEY_SESSION__ABSOLUTE", "1h")];
    assert_eq!(setting(folder.path(), &[], &["set", "session.idle", "2h"]).0, 0);
    let output = rekey(folder.path(), &pinned).arg("owner-link").output().expect("runs");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{complaint}");
    assert!(complaint.ends_with("session.absolute must not be shorter than session.idle\n"), "{complaint}");
    let (code, said, complaint) = setting(folder.path(), &pinned, &["unset", "session.idle"]);
    assert_eq!((code, said.as_str()), (0, "session\tversion 2\n"), "{complaint}");
    assert!(rekey(folder.path(), &pinned).arg("owner-link").output().expect("runs").status.success());
}

#[tokio::test]
async fn pages_follow_the_settings_of_the_moment() {
    let site = TestSite::router().start().await;
    assert!(!site.get("/register").await.body.contains("https://example.org/terms"));
    let cx = site.app().services();
    let edit = |key: &str, text: &str| rekey_service::setting::Edit::Set { key: key.to_owned(), text: text.to_owned() };
    let terms = [edit("registration.terms_url", "https://example.org/terms")];
    let section = rekey_service::setting::Section::Registration;
    rekey_service::setting::change(cx, By::Operator, section, 0, &terms).await.expect("sets");
    assert!(site.get("/register").await.body.contains("https://example.org/terms"));
}

#[expect(clippy::disallowed_methods, reason = "how long it takes is what is promised")]
fn now() -> Instant {
    Instant::now()
}

#[tokio::test(flavor = "multi_thread")]
async fn three_programs_on_postgresql_take_a_change_up_within_two_seconds() {
    let site = TestSite::program().nodes(3).on(Database::postgres().await).start().await;
    let shows = async |node: usize, text: &str| site.browser(node).get("/").await.body.contains(text);
    let mut took = Vec::new();
    for name in ["Hinode", "Asahi", "Yuhi", "Hoshi", "Tsuki"] {
        for node in 0..3 {
            assert!(!shows(node, name).await);
        }
        let mut command = site.as_program().installation().command();
        let changed = command.args(["setting", "set", "organisation", name]).output().expect("runs");
        assert!(changed.status.success(), "{changed:?}");
        let begun = now();
        for node in 0..3 {
            while !shows(node, name).await {
                assert!(begun.elapsed() < Duration::from_secs(60), "{name} never shows");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        took.push(begun.elapsed());
    }
    // Of a machine that does other things at the same time no single one says much.
    took.sort();
    assert!(took[2] < Duration::from_secs(2), "took {took:?}");
}
