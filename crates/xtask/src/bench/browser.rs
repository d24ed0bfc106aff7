//! The policy report in Chromium: what a keystroke costs, with the estimator and without.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use super::running::Running;
use crate::bootstrap;
use crate::paths::Paths;
use crate::run::{read, say};

pub fn measure(paths: &Paths, server: &Running) -> Result<Value> {
    bootstrap::npm(paths)?;
    bootstrap::chromium()?;
    say("the policy report in Chromium");
    let text = read(Command::new("node").current_dir(paths.end2end()).args(["support/bench.mjs", &server.url()]))?;
    serde_json::from_str(&text).with_context(|| format!("not JSON: {text}"))
}
