//! A policy as a file of JSON, and what is wrong with one in a line.

use std::path::Path;

use rekey_shared::password::{Finding, OutOfRange, Policy};
use rekey_shared::{Lang, text};

use super::ConfigError;

/// A policy with the most terms that are allowed fits many times over.
const MAX_BYTES: u64 = 1 << 20;

/// Reads a policy file. Whatever is wrong is told in one line that names the key.
pub fn read(path: &Path) -> Result<Policy, ConfigError> {
    let name = path.display().to_string();
    let wrong = |problem: String| ConfigError::new(&name, problem);
    let size = std::fs::metadata(path).map_err(|error| wrong(format!("cannot be read: {error}")))?.len();
    if size > MAX_BYTES {
        return Err(wrong("is too long for a policy: more than 1 MiB".to_owned()));
    }
    let text = std::fs::read_to_string(path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    parse(&text).map_err(wrong)
}

/// Reads a policy.
pub fn parse(text: &str) -> Result<Policy, String> {
    let mut reader = serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}'));
    let policy: Policy = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let what = error.into_inner();
        if path == "." { format!("is no policy: {what}") } else { format!("is wrong at {path}: {what}") }
    })?;
    reader.end().map_err(|error| format!("is no policy: {error}"))?;
    policy.check_ranges().map_err(|range| format!("is wrong at {}: {}", range.path, explained(&range)))?;
    Ok(policy)
}

/// A range in words.
pub fn explained(range: &OutOfRange) -> String {
    let OutOfRange { found, least, most, path } = range;
    let what = if path.starts_with("banned.terms[") { "characters" } else { "" };
    format!("{found} {what} must be from {least} to {most}").replace("  ", " ")
}

/// One finding: number, setting, what it means, and the requirement.
pub fn line(finding: Finding) -> String {
    let (number, text) = (finding.code.number(), text::finding(finding.code, Lang::En));
    let key = if finding.key.is_empty() { String::new() } else { format!(" {}:", finding.key) };
    match finding.code.requirement() {
        "" => format!("{number}{key} {text}"),
        requirement => format!("{number}{key} {text} ({requirement})"),
    }
}

/// The JSON schema of a policy file.
pub fn schema() -> String {
    let mut schema = schemars::schema_for!(Policy);
    schema.insert("title".to_owned(), "Rekey password policy".into());
    serde_json::to_string_pretty(&schema).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_named_by_its_path() {
        let length = r#""length":{"min":8}"#;
        for (text, expected) in [
            ("", "is no policy: EOF while parsing"),
            ("[]", "is no policy: "),
            ("{}", "is no policy: missing field `length`"),
            (r#"{"length":{"min":8,"mox":9}}"#, "is wrong at length.mox: unknown field `mox`"),
            (r#"{"length":{"min":"8"}}"#, "is wrong at length.min: invalid type: string"),
            (r#"{"length":{"min":-1}}"#, "is wrong at length.min: invalid value"),
            (r#"{"length":{"min":0}}"#, "is wrong at length.min: 0 must be from 1 to 256"),
            (&format!(r#"{{{length},"guessability":7}}"#), "is wrong at guessability: 7 must be from 1 to 4"),
            (&format!(r#"{{{length},"charset":"greek"}}"#), "is wrong at charset: unknown variant `greek`"),
            (
                &format!(r#"{{{length},"history":{{"on_change":99}}}}"#),
                "is wrong at history.on_change: 99 must be from 0 to 24",
            ),
            (
                &format!(r#"{{{length},"banned":{{"terms":["abc"]}}}}"#),
                "is wrong at banned.terms[0]: 3 characters must be from 4 to 16",
            ),
            (&format!("{{{length}}} x"), "is no policy: trailing characters"),
        ] {
            let problem = parse(text).expect_err(text);
            assert!(problem.starts_with(expected), "{text}: {problem}");
            assert!(!problem.contains('\n'), "{problem}");
        }
    }

    #[test]
    fn every_preset_is_a_policy_file() {
        for name in Policy::PRESETS {
            let policy = Policy::preset(name).expect("a preset");
            let written = serde_json::to_string(&policy).expect("serialises");
            assert_eq!(parse(&written).as_ref(), Ok(&policy), "{name}");
        }
        assert_eq!(parse("\u{feff}{\"length\":{\"min\":8}}"), Ok(Policy::at_least(8)));
    }

    #[test]
    fn the_schema_names_every_key_and_its_range() {
        let schema: serde_json::Value = serde_json::from_str(&schema()).expect("JSON");
        let keys = serde_json::to_value(Policy::recommended()).expect("serialises");
        for key in keys.as_object().expect("an object").keys() {
            assert!(schema["properties"].get(key).is_some(), "{key}");
        }
        assert_eq!(schema["$defs"]["Length"]["properties"]["min"]["maximum"], 256);
        assert_eq!(schema["additionalProperties"], false);
    }
}
