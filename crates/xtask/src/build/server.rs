//! The server's binary.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Plan;
use crate::paths::Paths;
use crate::run::{cargo, run, say};

/// Processors since about 2013 (Haswell, Excavator). Argon2 is nearly twice as fast with their wide registers.
const WIDE: &str = "-Ctarget-cpu=x86-64-v3";

pub fn build(paths: &Paths, plan: Plan) -> Result<()> {
    if !plan.release {
        return run(cargo(paths).args(["build", "--quiet", "-p", "rekey"]));
    }
    let wide = cfg!(target_arch = "x86_64") && !plan.portable;
    // A folder for each set of flags, or they would throw away each other's work.
    let target = paths.target.join(if wide { "v3" } else { "portable" });
    let mut command = cargo(paths);
    command
        .args(["build", "--quiet", "--release", "-p", "rekey", "--target-dir"])
        .arg(&target)
        .env("REKEY_SITE_DIR", paths.site(true));
    if wide {
        command.env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS", WIDE);
    }
    run(&mut command)?;
    let binary = paths.server_binary(true);
    install(&target.join("release/rekey"), &binary)?;
    let size = fs::metadata(&binary)?.len() / 1_000_000;
    let kind = if wide { "for x86-64-v3" } else { "for any processor" };
    say(format!("{} ({kind}, {size} MB)", binary.display()));
    Ok(())
}

/// Replaces the binary even while an earlier one runs.
fn install(built: &Path, binary: &Path) -> Result<()> {
    let parent = binary.parent().context("a binary lies in a folder")?;
    fs::create_dir_all(parent)?;
    let _ = fs::remove_file(binary);
    fs::copy(built, binary).with_context(|| built.display().to_string())?;
    Ok(())
}
