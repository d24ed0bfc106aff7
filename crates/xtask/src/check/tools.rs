//! cargo-deny and cargo-audit, where they are installed.
//!
//! `REKEY_CHECK_INSTALL=1` installs them (minutes). `REKEY_ADVISORY_DB` names a copy of the advisory database;
//! without it cargo-audit fetches the public one.

use std::env;

use anyhow::Result;

use crate::paths::{Paths, on_path};
use crate::progress::compile;
use crate::run::{cargo, run, say};

pub fn tools(paths: &Paths) -> Result<()> {
    let mut skipped = Vec::new();
    for tool in ["deny", "audit"] {
        let name = format!("cargo-{tool}");
        if on_path(&name).is_none() && env::var_os("REKEY_CHECK_INSTALL").is_some_and(|value| value == "1") {
            say(format!("cargo install {name}"));
            compile(&name, cargo(paths).args(["install", "--locked", &name]))?;
        }
        if on_path(&name).is_none() {
            skipped.push(name);
        } else if tool == "deny" {
            deny(paths)?;
        } else {
            audit(paths)?;
        }
    }
    if !skipped.is_empty() {
        say(format!("skipped, not installed: {} (REKEY_CHECK_INSTALL=1 installs)", skipped.join(", ")));
    }
    Ok(())
}

/// Advisories are cargo-audit's part.
fn deny(paths: &Paths) -> Result<()> {
    run(cargo(paths).args(["deny", "--log-level", "error", "check", "bans", "licenses", "sources"]))
}

fn audit(paths: &Paths) -> Result<()> {
    let mut command = cargo(paths);
    command.args(["audit", "--quiet"]);
    if let Some(database) = env::var_os("REKEY_ADVISORY_DB") {
        command.arg("--no-fetch").arg("--db").arg(database);
    }
    run(&mut command)
}
