//! `cargo xtask fuzz [SECONDS]`: each fuzz target for a minute, or as long as is said.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::paths::{Paths, on_path};
use crate::progress::compile;
use crate::run::{cargo, run, say};

const FOLDER: &str = "crates/fuzz";
/// The targets in there.
const TARGETS: [&str; 3] = ["policy_json", "checker", "breach_import"];

/// Runs every target; a crash leaves its input under `crates/fuzz/artifacts/`.
pub fn command(arguments: &[String]) -> Result<ExitCode> {
    let seconds: u32 = match arguments {
        [] => 60,
        [seconds] => seconds.parse().context("SECONDS is a number")?,
        _ => bail!("usage: cargo xtask fuzz [SECONDS]"),
    };
    let paths = Paths::find()?;
    install(&paths)?;
    for target in TARGETS {
        say(format!("fuzzing {target} for {seconds} s"));
        let mut command = Command::new("cargo");
        command
            .current_dir(&paths.root)
            // Counters without the sanitizers: those need a nightly compiler, and there is no unsafe code to look at.
            .args(["fuzz", "run", "--fuzz-dir", FOLDER, "--features", "run", "--sanitizer", "none", target, "--"])
            .args([format!("-max_total_time={seconds}"), "-rss_limit_mb=2048".to_owned()])
            .env("CARGO_TARGET_DIR", paths.target.join("fuzz"))
            // The product's release profile is for small binaries; here names in a backtrace matter more.
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_STRIP", "none");
        run(&mut command)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn install(paths: &Paths) -> Result<()> {
    if on_path("cargo-fuzz").is_some() {
        return Ok(());
    }
    say("installing cargo-fuzz");
    compile("cargo-fuzz", cargo(paths).args(["install", "--locked", "cargo-fuzz"]))
}
