//! What is measured in Chromium: a keystroke in the box for a new password, and the first pages by Lighthouse.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::running::Running;
use crate::bootstrap;
use crate::paths::Paths;
use crate::run::{read, say};

pub fn measure(paths: &Paths, server: &Running) -> Result<Value> {
    say("the policy report in Chromium");
    run(paths, server, "support/bench.mjs")
}

/// Scores and times of the first pages, the median of three runs each.
pub fn lighthouse(paths: &Paths, server: &Running) -> Result<Value> {
    say("Lighthouse, three runs of three pages");
    run(paths, server, "support/lighthouse.mjs")
}

fn run(paths: &Paths, server: &Running, script: &str) -> Result<Value> {
    bootstrap::npm(paths)?;
    bootstrap::chromium()?;
    let text = read(Command::new("node").current_dir(paths.end2end()).args([script, &server.url()]))?;
    serde_json::from_str(&text).with_context(|| format!("not JSON: {text}"))
}
