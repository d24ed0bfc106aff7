//! What clippy does not see: long files, forgotten marks, one machine's paths.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::report;
use super::source::{collect, is_test};
use crate::paths::Paths;

const LONGEST: usize = 400;
const SOURCES: [&str; 7] = ["rs", "css", "js", "mjs", "ts", "html", "svg"];

/// Not in what ships; put together here so that this file does not find itself.
const FORBIDDEN: [(&str, &str); 9] = [
    (concat!("todo", "!("), "unfinished"),
    (concat!("unimplemented", "!("), "unfinished"),
    (concat!("dbg", "!("), "left over"),
    (concat!(".unw", "rap()"), "say what may fail, or why it cannot"),
    (concat!("\"/wo", "rk"), "a path of one machine"),
    (concat!("\"/ro", "ot"), "a path of one machine"),
    (concat!("\"/t", "mp"), "a path of one machine"),
    (concat!("crates", ".io"), "a registry's host"),
    (concat!("registry.", "npmjs"), "a registry's host"),
];

/// Words that our comments do not use: "anyone", "the account's owner", "no account" say who is meant.
const VAGUE: [&str; 5] = [
    concat!("some", "body"),
    concat!("who", "ever"),
    concat!("no", "body"),
    concat!("any", "body"),
    concat!("every", "body"),
];

pub fn tidy(paths: &Paths) -> Result<()> {
    let mut files = Vec::new();
    collect(&paths.root, &SOURCES, &mut files)?;
    files.sort();
    let mut findings = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let name = file.strip_prefix(&paths.root).unwrap_or(&file).display().to_string();
        findings.extend(findings_in(&name, &text));
    }
    report(&findings)
}

fn findings_in(name: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    let is_test = is_test(name);
    let is_rust = Path::new(name).extension().is_some_and(|end| end == "rs");
    let length = text.lines().count();
    if is_rust && !is_test && !is_table(name) && length > LONGEST {
        findings.push(format!("{name}: {length} lines, at most {LONGEST}: split it by behaviour"));
    }
    if is_rust {
        findings.extend(bare_attributes(name, text));
    }
    findings.extend(vague_comments(name, text));
    if is_test {
        return findings;
    }
    for (number, line) in text.lines().enumerate() {
        if line.trim() == "#[cfg(test)]" {
            break;
        }
        let code = if is_rust { without_comment(line) } else { line };
        for (mark, why) in FORBIDDEN.iter().filter(|(mark, _)| code.contains(mark)) {
            findings.push(format!("{name}:{}: `{mark}`: {why}", number + 1));
        }
    }
    findings
}

/// Tables of texts are long by nature.
fn is_table(name: &str) -> bool {
    name.contains("/text/") || name.ends_with("/text.rs")
}

/// An `allow` or `expect` without a reason, and tests that are switched off.
fn bare_attributes(name: &str, text: &str) -> Vec<String> {
    let mut findings = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let code = line.trim_start();
        let starts = |mark: &str| code.starts_with(&format!("#[{mark}")) || code.starts_with(&format!("#![{mark}"));
        if starts("ignore") {
            findings.push(format!("{name}:{}: a test that does not run", number + 1));
        }
        if starts("allow(") || starts("expect(") {
            // rustfmt puts the reason on a line of its own when the attribute is long.
            let attribute: String = text.lines().skip(number).take(12).collect();
            let attribute = attribute.split(")]").next().unwrap_or_default();
            if !attribute.contains("reason") {
                findings.push(format!("{name}:{}: an exception without its reason", number + 1));
            }
        }
    }
    findings
}

fn vague_comments(name: &str, text: &str) -> Vec<String> {
    // Lists of words and a published crate are not ours to word.
    if is_table(name) || name.contains("zxcvbn") {
        return Vec::new();
    }
    let comments = text.lines().enumerate().filter(|(_, line)| without_comment(line).is_empty());
    let vague = |line: &str| {
        let words = line.to_ascii_lowercase();
        words.split(|c: char| !c.is_alphanumeric()).any(|word| VAGUE.contains(&word))
    };
    let found = comments.filter(|(_, line)| vague(line));
    found.map(|(number, _)| format!("{name}:{}: a comment that does not say who is meant", number + 1)).collect()
}

fn without_comment(line: &str) -> &str {
    let code = line.trim_start();
    if code.starts_with("//") { "" } else { code }
}

#[cfg(test)]
mod tests {
    use super::findings_in;

    #[test]
    fn an_unfinished_line_is_found_outside_tests() {
        assert_eq!(findings_in("app/src/a.rs", "fn a() { todo!() }").len(), 1);
        assert_eq!(findings_in("app/tests/a.rs", "fn a() { todo!() }").len(), 0);
        assert_eq!(findings_in("app/src/a.rs", "#[cfg(test)]\nmod tests { fn a() { todo!() } }").len(), 0);
    }

    #[test]
    fn a_comment_says_who_is_meant() {
        assert_eq!(findings_in("app/src/a.rs", concat!("// As Some", "body asked.\n// As anyone asked.")).len(), 1);
        assert_eq!(findings_in("app/src/a.rs", concat!("let some", "body = 1;")).len(), 0);
    }

    #[test]
    fn an_exception_needs_a_reason() {
        assert_eq!(findings_in("a.rs", "#[allow(dead_code)]\nfn a() {}").len(), 1);
        assert_eq!(findings_in("a.rs", "#[expect(\n    dead_code,\n    reason = \"x\"\n)]\nfn a() {}").len(), 0);
    }

    #[test]
    fn a_long_file_is_found_unless_it_is_a_table() {
        let long = "//\n".repeat(401);
        assert_eq!(findings_in("app/src/a.rs", &long).len(), 1);
        assert_eq!(findings_in("shared/src/text/en.rs", &long).len(), 0);
    }
}
