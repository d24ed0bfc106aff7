//! `rekey policy assign|show|history|join|leave`, in processes of their own.

use std::path::Path;
use std::process::Command;

/// What a command prints, what it complains of, and how it ends.
fn policy(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    rekey(folder, &[&["policy"], arguments].concat())
}

fn rekey(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rekey"));
    command.env_clear().current_dir(folder).env("REKEY_HASHING__INSECURE_TEST_COST", "true");
    let output = command.args(arguments).output().expect("runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().expect("an exit code"), text(&output.stdout), text(&output.stderr))
}

#[test]
fn policies_are_assigned_shown_and_taken_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| {
        let (code, said, complaint) = policy(folder.path(), arguments);
        assert_eq!(code, 0, "{arguments:?}: {complaint}");
        said
    };
    assert_eq!(run(&["show"]), "");
    assert!(run(&["show", "default"]).contains("\"min\": 15"), "the configured one");
    assert!(run(&["assign", "default", "pci-dss-4"]).starts_with("default\t1\tassigned\t"));
    assert!(run(&["show", "default"]).contains("\"days\": 90"));
    std::fs::write(folder.path().join("sales.json"), r#"{"length":{"min":20}}"#).expect("written");
    assert_eq!(rekey(folder.path(), &["group", "create", "Sales"]).1, "Created: sales.\n");
    assert!(run(&["assign", "group:sales", "sales.json"]).starts_with("group:sales\t1\tassigned\t"));
    assert!(run(&["show", "group:sales"]).contains("\"min\": 20"));
    assert_eq!(run(&["show"]).lines().count(), 2);
    assert!(run(&["assign", "default", "none"]).starts_with("default\t2\tnone\t"));
    let history = run(&["history", "default"]);
    let versions: Vec<_> = history.lines().map(|line| line.split('\t').nth(1).expect("a version")).collect();
    assert_eq!(versions, ["2", "1"], "{history}");
    assert!(history.ends_with("}\n") && history.contains("\toperator\t"), "{history}");
    assert_eq!(run(&["show", "administrators"]), "Nothing is assigned to administrators.\n");
}

#[test]
fn what_cannot_be_done_is_told_in_one_line() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("wrong.json"), r#"{"length":{"min":20},"misspelt":1}"#).expect("written");
    std::fs::write(folder.path().join("short.json"), r#"{"length":{"min":8,"max":12}}"#).expect("written");
    assert_eq!(rekey(folder.path(), &["group", "create", "sales"]).0, 0);
    for (arguments, code, complaint) in [
        (&["assign", "group:slaes", "commerce"][..], 1, "rekey: there is no such group"),
        (&["assign", "group:sales", "short.json"], 2, "rekey: short.json F-LENGTHS"),
        (&["assign", "default", "strongest"], 2, "rekey: strongest"),
        (&["assign", "default", "wrong.json"], 2, "rekey: wrong.json"),
        (&["join", "sales", "nobody@example.org"], 1, "rekey: no account found for this identifier"),
        (&["assign", "everybody", "commerce"], 2, "error: invalid value 'everybody'"),
        (&["join", "a b", "ada@example.org"], 2, "error: invalid value 'a b'"),
    ] {
        let (ended, said, complained) = policy(folder.path(), arguments);
        assert_eq!((ended, said.as_str()), (code, ""), "{arguments:?}: {complained}");
        assert!(complained.contains(complaint), "{arguments:?}: {complained}");
    }
}
