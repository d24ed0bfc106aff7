//! `cargo xtask check`: what a reviewer should not have to look for.

pub mod advisories;
mod arrows;
mod lints;
mod source;
mod supply;
mod tidy;
mod unused;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::bootstrap;
use crate::paths::Paths;
use crate::run::{say, timed};

/// A check fails with one line for each thing it found.
type Check = fn(&Paths) -> Result<()>;

/// The quick ones first.
const CHECKS: [(&str, Check); 11] = [
    ("format", lints::format),
    ("tidy", tidy::tidy),
    ("arrows", arrows::arrows),
    ("unused-dependencies", unused::dependencies),
    ("unused-items", unused::items),
    ("supply", supply::supply),
    ("advisories", advisories::advisories),
    ("clippy-xtask", lints::clippy_xtask),
    ("clippy-host", lints::clippy_host),
    ("clippy-fuzz", lints::clippy_fuzz),
    ("clippy-wasm", lints::clippy_browser),
];

/// `cargo xtask check [NAME …]`, or all `--without NAME`.
pub fn command(arguments: &[String]) -> Result<ExitCode> {
    let (without, arguments) = match arguments {
        [flag, names @ ..] if flag == "--without" => (true, names),
        names => (false, names),
    };
    if let Some(unknown) = arguments.iter().find(|name| !CHECKS.iter().any(|(known, _)| known == name)) {
        let known: Vec<_> = CHECKS.iter().map(|(name, _)| *name).collect();
        bail!("check knows {}, not `{unknown}`", known.join(" · "));
    }
    let paths = Paths::find()?;
    bootstrap::rust_target(&paths, bootstrap::BROWSER_TARGET)?;
    let mut failed = 0;
    for (name, check) in CHECKS {
        let is_named = arguments.iter().any(|named| named == name);
        if without && is_named {
            say(format!("left out: {name}"));
        }
        if !arguments.is_empty() && is_named == without {
            continue;
        }
        if let Err(error) = timed(name, || check(&paths)) {
            eprintln!("{error:#}");
            failed += 1;
        }
    }
    say(if failed == 0 { "all checks passed".to_owned() } else { format!("{failed} checks failed") });
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Fails with the findings, a line each, if there are any.
fn report(findings: &[String]) -> Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    bail!("{} to mend\n  {}", findings.len(), findings.join("\n  "))
}
