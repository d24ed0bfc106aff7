//! Journeys in a real browser, by Playwright.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::tally::{Failure, Tally, Time};
use crate::bootstrap;
use crate::paths::Paths;
use crate::run::say;

pub fn run(paths: &Paths) -> Result<Tally> {
    let dir = paths.end2end();
    if !has_config(paths) {
        bail!("end2end has no playwright.config");
    }
    bootstrap::npm(paths)?;
    bootstrap::chromium()?;
    say("tests in the browser");
    let report = paths.target.join("playwright.json");
    let _ = fs::remove_file(&report);
    let status = Command::new(paths.npm_program("playwright"))
        .current_dir(&dir)
        .args(["test", "--reporter=list,json"])
        .env("PLAYWRIGHT_JSON_OUTPUT_NAME", &report)
        .env("REKEY_BIN", paths.server_binary(false))
        // Standard output belongs to the sum at the end.
        .stdout(std::io::stderr())
        .status()
        .context("cannot start Playwright")?;
    let report = fs::read(&report).context("Playwright wrote no report")?;
    let mut tally = tally_of(&serde_json::from_slice(&report)?)?;
    if !status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

fn has_config(paths: &Paths) -> bool {
    ["ts", "js", "mjs"].iter().any(|end| paths.end2end().join(format!("playwright.config.{end}")).is_file())
}

/// A test that failed and then passed has failed.
fn tally_of(report: &Value) -> Result<Tally> {
    let number = |name: &str| report["stats"][name].as_u64().with_context(|| format!("no `{name}` in the report"));
    let mut tally = Tally {
        passed: number("expected")?,
        failed: number("unexpected")? + number("flaky")?,
        ignored: number("skipped")?,
        ..Tally::default()
    };
    read_suites("", report, &mut tally);
    Ok(tally)
}

/// Suites lie in each other: a file, what it describes, its tests.
fn read_suites(above: &str, suite: &Value, tally: &mut Tally) {
    for below in children(suite, "suites") {
        let title = below["title"].as_str().unwrap_or_default();
        read_suites(&format!("{above}{title} › "), below, tally);
    }
    for spec in children(suite, "specs") {
        let name = format!("{above}{}", spec["title"].as_str().unwrap_or_default());
        for result in children(spec, "tests").iter().flat_map(|test| children(test, "results")) {
            read_result(&name, result, tally);
        }
    }
}

fn read_result(name: &str, result: &Value, tally: &mut Tally) {
    let milliseconds = result["duration"].as_f64().unwrap_or_default();
    tally.times.push(Time { seconds: milliseconds / 1000.0, name: name.to_owned() });
    if matches!(result["status"].as_str(), Some("failed" | "timedOut" | "interrupted")) {
        let messages: Vec<_> =
            children(result, "errors").iter().filter_map(|error| error["message"].as_str()).collect();
        tally.failures.push(Failure { name: name.to_owned(), output: messages.join("\n") });
    }
}

fn children<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::tally_of;

    #[test]
    fn a_flaky_test_has_failed() {
        let report = json!({"stats": {"expected": 5, "unexpected": 1, "flaky": 2, "skipped": 4}});
        let tally = tally_of(&report).expect("complete");
        assert_eq!((tally.passed, tally.failed, tally.ignored), (5, 3, 4));
    }

    #[test]
    fn a_failure_is_told_with_its_place_and_its_message() {
        let results = json!([{"status": "failed", "duration": 2500, "errors": [{"message": "expected 1"}]}]);
        let spec = json!({"title": "a person signs in", "tests": [{"results": results}]});
        let file = json!({"title": "sign-in.spec.js", "suites": [{"title": "with scripts", "specs": [spec]}]});
        let stats = json!({"expected": 0, "unexpected": 1, "flaky": 0, "skipped": 0});
        let tally = tally_of(&json!({"stats": stats, "suites": [file]})).expect("complete");
        assert_eq!(tally.failures[0].name, "sign-in.spec.js › with scripts › a person signs in");
        assert_eq!(tally.failures[0].output, "expected 1");
        assert!((tally.times[0].seconds - 2.5).abs() < 1e-9);
    }
}
