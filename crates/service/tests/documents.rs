//! What the documents list is what the program does: log lines, audit events, reasons.
#![allow(clippy::expect_used, reason = "a document that cannot be read must stop the test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rekey_domain::audit::{AuditEvent, Profile, Reason};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn document(name: &str) -> String {
    fs::read_to_string(root().join("docs").join(name)).expect("a document")
}

/// The cells of a table's rows whose first cell is code.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    let rows =
        text.lines().filter(|line| line.starts_with("| `") || line.starts_with("| RISC") || line.starts_with("| CAEP"));
    rows.map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
}

/// What stands between backticks.
fn codes(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Every source file of the product.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && !matches!(name, "tests" | "target" | "testkit" | "xtask" | "zxcvbn" | "fuzz" | "examples") {
            sources(&path, found);
        } else if Path::new(&name).extension().is_some_and(|end| end == "rs") && name != "tests.rs" {
            found.push(path);
        }
    }
}

/// One call of a macro of `tracing`: what it says, how loudly, and with which fields.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    message: String,
    level: String,
    fields: BTreeSet<String>,
}

fn written_by_the_program() -> BTreeSet<Line> {
    let mut files = Vec::new();
    for folder in ["crates", "server/src", "app/src", "shared/src"] {
        sources(&root().join(folder), &mut files);
    }
    assert!(files.len() > 100, "{}", files.len());
    let mut lines = BTreeSet::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a source file");
        for call in text.split("tracing::").skip(1) {
            let level = call.split('!').next().unwrap_or_default();
            if matches!(level, "error" | "warn" | "info" | "debug" | "trace") {
                lines.insert(line_of(level, &arguments(&call[level.len() + 2..])));
            }
        }
    }
    lines
}

/// The arguments of a call whose opening bracket is just before `text`.
fn arguments(text: &str) -> Vec<String> {
    let (mut depth, mut quoted, mut escaped, mut found) = (0, false, false, vec![String::new()]);
    for c in text.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' if !quoted && depth == 0 => break,
            ')' | ']' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 0 => {
                found.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = found.last_mut() {
            last.push(c);
        }
    }
    found.iter().map(|argument| argument.trim().to_owned()).filter(|argument| !argument.is_empty()).collect()
}

fn line_of(level: &str, arguments: &[String]) -> Line {
    let (message, fields) = arguments.split_last().expect("a message");
    let name = |field: &String| field.split('=').next().unwrap_or_default().trim_matches(['%', '?', ' ']).to_owned();
    Line {
        message: message.trim_matches('"').to_owned(),
        level: level.to_owned(),
        fields: fields.iter().map(name).collect(),
    }
}

#[test]
fn every_line_of_the_log_stands_in_its_document_and_no_other() {
    let text = document("LOGGING.md");
    let told: BTreeSet<Line> = rows(&text)
        .filter(|cells| cells.len() == 4)
        .map(|cells| Line {
            message: codes(cells[0]).concat(),
            level: cells[1].to_owned(),
            // A field that always has the same value is told with it.
            fields: cells[2].split(',').filter_map(|field| codes(field).into_iter().next()).collect(),
        })
        .collect();
    let written = written_by_the_program();
    let missing: Vec<_> = written.difference(&told).collect();
    let surplus: Vec<_> = told.difference(&written).collect();
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "not in the document: {missing:#?}\nnot in the program: {surplus:#?}"
    );
    assert!(written.len() > 25, "{}", written.len());
}

#[test]
fn fixed_event_names_of_the_log_stand_in_its_document() {
    let text = document("LOGGING.md");
    let named: BTreeSet<_> = rows(&text).flat_map(|cells| codes(cells.get(2).unwrap_or(&""))).collect();
    for name in ["sys_startup", "sys_shutdown", "malicious_csrf"] {
        assert!(named.contains(name), "{name}");
    }
}

#[test]
fn every_audit_event_stands_in_its_document_with_its_type_and_its_name_in_the_log() {
    let text = document("AUDIT.md");
    let profile = |event: &AuditEvent| match event.profile() {
        Some(Profile::Risc) => "RISC",
        Some(Profile::Caep) => "CAEP",
        None => "–",
    };
    let events =
        AuditEvent::ALL.iter().map(|event| (event.name().to_owned(), profile(event), event.log().1.to_owned()));
    let section = text.split("## Events").nth(1).expect("a section");
    let told = rows(section).filter(|cells| cells.len() == 3);
    let told = told.map(|cells| (codes(cells[0]).concat(), cells[1], codes(cells[2]).concat()));
    assert_eq!(told.collect::<Vec<_>>(), events.collect::<Vec<_>>());
}

/// The mapping is total: each type of the two profiles has an event or a reason why it has none.
#[test]
fn every_type_of_risc_and_caep_is_an_event_or_stands_with_the_reason_why_not() {
    let text = document("AUDIT.md");
    let unmapped: BTreeSet<(String, String)> = rows(&text)
        .filter(|cells| cells[0].starts_with("RISC") || cells[0].starts_with("CAEP"))
        .flat_map(|cells| codes(cells[0]).into_iter().map(move |name| (cells[0][..4].to_owned(), name)))
        .collect();
    let mut all = BTreeSet::new();
    for (profile, name) in [(Profile::Risc, "RISC"), (Profile::Caep, "CAEP")] {
        let without = |kind: &&&str| !AuditEvent::ALL.iter().any(|event| event.name() == **kind);
        all.extend(profile.types().iter().filter(without).map(|kind| (name.to_owned(), (*kind).to_owned())));
    }
    assert_eq!(unmapped, all);
}

#[test]
fn every_reason_stands_in_its_document_and_no_other() {
    let text = document("AUDIT.md");
    let section = text.split("## Reasons").nth(1).expect("a section");
    let told: BTreeSet<_> = rows(section).flat_map(|cells| codes(cells[0])).collect();
    let known: BTreeSet<_> = Reason::ALL.iter().map(|reason| reason.name().to_owned()).collect();
    assert_eq!(told, known);
}
