//! The server's binary.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::Plan;
use crate::paths::Paths;
use crate::progress::compile;
use crate::run::{cargo, say};

/// Processors since about 2013 (Haswell, Excavator). Argon2 is nearly twice as fast with their wide registers.
const WIDE: &str = "-Ctarget-cpu=x86-64-v3";

pub fn build(paths: &Paths, plan: Plan) -> Result<()> {
    if !plan.release {
        return compile("server", cargo(paths).args(["build", "-p", "rekey"]));
    }
    let target = target(paths, plan);
    compile("server", released(paths, plan).args(["-p", "rekey"]))?;
    let binary = paths.server_binary(true);
    install(&target.join("release/rekey"), &binary)?;
    let size = fs::metadata(&binary)?.len() / 1_000_000;
    let kind = if is_wide(plan) { "for x86-64-v3" } else { "for any processor" };
    say(format!("{} ({kind}, {size} MB)", binary.display()));
    Ok(())
}

pub fn build_examples(paths: &Paths, plan: Plan) -> Result<()> {
    compile("measuring programs", released(paths, plan).args(["-p", "rekey-testkit", "--examples"]))
}

/// A folder for each set of flags, or they would throw away each other's work.
pub fn target(paths: &Paths, plan: Plan) -> PathBuf {
    paths.target.join(if is_wide(plan) { "v3" } else { "portable" })
}

fn is_wide(plan: Plan) -> bool {
    cfg!(target_arch = "x86_64") && !plan.portable
}

fn released(paths: &Paths, plan: Plan) -> Command {
    let mut command = cargo(paths);
    command.args(["build", "--release", "--target-dir"]).arg(target(paths, plan));
    command.env("REKEY_SITE_DIR", paths.site(true));
    if is_wide(plan) {
        command.env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS", WIDE);
    }
    command
}

/// Replaces the binary even while an earlier one runs.
fn install(built: &Path, binary: &Path) -> Result<()> {
    let parent = binary.parent().context("a binary lies in a folder")?;
    fs::create_dir_all(parent)?;
    let _ = fs::remove_file(binary);
    fs::copy(built, binary).with_context(|| built.display().to_string())?;
    Ok(())
}
