//! Journeys in a real browser, by Playwright.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::tally::Tally;
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
    Ok(Tally { passed: number("expected")?, failed: number("unexpected")? + number("flaky")? })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Tally, tally_of};

    #[test]
    fn a_flaky_test_has_failed() {
        let report = json!({"stats": {"expected": 5, "unexpected": 1, "flaky": 2, "skipped": 0}});
        assert_eq!(tally_of(&report).expect("complete"), Tally { passed: 5, failed: 3 });
    }
}
