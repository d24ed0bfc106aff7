//! `rekey keys rotate|renew|list|retire`, in processes of their own.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

fn rekey(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rekey"));
    command.env_clear().current_dir(folder).env("REKEY_HASHING__INSECURE_TEST_COST", "true").stdin(Stdio::null());
    let output = command.args(arguments).output().expect("runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("an exit code"), text(&output.stdout), text(&output.stderr))
}

fn said(folder: &Path, arguments: &[&str]) -> String {
    let (code, said, complaint) = rekey(folder, arguments);
    assert_eq!(code, 0, "{arguments:?}: {complaint}");
    said
}

/// The columns of each line of the list.
fn list(folder: &Path) -> Vec<Vec<String>> {
    let said = said(folder, &["keys", "list"]);
    said.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn keys_in_file(folder: &Path) -> usize {
    let text = fs::read_to_string(folder.join("data/keys.json")).expect("there");
    text.matches("\"since\"").count()
}

#[test]
fn a_key_is_added_listed_and_taken_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let first = list(folder);
    assert_eq!(first.len(), 1);
    assert_eq!(first[0][1..], ["the start", "in use", "–", "in the keys file"]);

    let added = said(folder, &["keys", "rotate"]);
    let both = list(folder);
    assert_eq!(both[0], first[0]);
    assert_eq!(both[1][2..], ["not used yet", "–", "in the keys file"]);
    assert!(added.contains(&format!("Key {} is used from {}.", both[1][0], both[1][1])), "{added}");
    assert_eq!(keys_in_file(folder), 2);

    let (code, _, complaint) = rekey(folder, &["keys", "retire", &first[0][0]]);
    assert_eq!(code, 1);
    assert_eq!(complaint, format!("rekey: key {} is in use until {}\n", first[0][0], both[1][1]));
    assert_eq!(keys_in_file(folder), 2, "what is refused changes nothing");

    assert!(said(folder, &["keys", "retire", &both[1][0]]).starts_with(&format!("Key {} is retired", both[1][0])));
    assert_eq!(list(folder)[1][2..], ["retired, never used", "–", "not in the keys file"]);
    assert_eq!(keys_in_file(folder), 1);
    assert!(said(folder, &["keys", "renew", "--delay", "1h"]).contains("in 1h"));
}

#[test]
fn a_file_of_another_installation_ends_every_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    said(folder, &["keys", "list"]);
    fs::remove_file(folder.join("data/keys.json")).expect("removed");
    for command in [&["keys", "list"][..], &["owner-link"]] {
        let (code, said, complaint) = rekey(folder, command);
        assert_eq!((code, said.as_str()), (2, ""), "{complaint}");
        assert!(complaint.contains("keys_file does not belong to this database"), "{complaint}");
    }
}

#[test]
fn the_doctor_names_a_key_that_the_file_lacks() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let first = fs::read(folder.join("data/keys.json")).or_else(|_| {
        said(folder, &["keys", "list"]);
        fs::read(folder.join("data/keys.json"))
    });
    said(folder, &["keys", "rotate"]);
    let second = &list(folder)[1][0];
    assert!(rekey(folder, &["doctor"]).1.contains("ok    keys_file holds every key of this installation"));
    fs::write(folder.join("data/keys.json"), first.expect("there")).expect("written");
    let found = rekey(folder, &["doctor"]).1;
    assert!(found.contains(&format!("warn  keys_file lacks {second}: copy it from another node")), "{found}");
}

#[test]
fn what_cannot_be_done_is_told_in_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    for (arguments, code, complaint) in [
        (&["keys", "rotate", "--delay", "29s"][..], 2, "must be a time span from 30s to 30d"),
        (&["keys", "retire", "nonsense"], 2, "must be a key as rekey keys list shows it"),
        (&["keys", "retire", "0123abcd"], 1, "rekey: there is no key 0123abcd"),
        (&["account", "set-password", "ada@example.org"], 1, "rekey: no account found for this identifier"),
    ] {
        let (ended, said, complained) = rekey(folder.path(), arguments);
        assert_eq!((ended, said.as_str()), (code, ""), "{arguments:?}: {complained}");
        assert!(complained.contains(complaint), "{arguments:?}: {complained}");
    }
}
