//! rustfmt and clippy. Clippy also counts the lines of functions and refuses `unwrap`, ambient time and
//! ambient randomness (`clippy.toml`, `[workspace.lints]`).

use anyhow::Result;

use crate::bootstrap::BROWSER_TARGET;
use crate::paths::Paths;
use crate::progress::compile;
use crate::run::{ON_THIS_MACHINE, cargo, run};

const DENY: [&str; 3] = ["--", "-D", "warnings"];
const XTASK: &str = "crates/xtask/Cargo.toml";

pub fn format(paths: &Paths) -> Result<()> {
    run(cargo(paths).args(["fmt", "--all", "--check"]))?;
    run(cargo(paths).args(["fmt", "--check", "--manifest-path", XTASK]))
}

pub fn clippy_xtask(paths: &Paths) -> Result<()> {
    compile("clippy-xtask", cargo(paths).args(["clippy", "--all-targets", "--manifest-path", XTASK]).args(DENY))
}

pub fn clippy_host(paths: &Paths) -> Result<()> {
    compile("clippy-host", cargo(paths).args(["clippy", "--all-targets"]).args(ON_THIS_MACHINE).args(DENY))
}

/// By itself: libFuzzer's build tool would switch on features that compile the product's C libraries once more.
pub fn clippy_fuzz(paths: &Paths) -> Result<()> {
    compile("clippy-fuzz", cargo(paths).args(["clippy", "-p", "rekey-fuzz", "--all-targets"]).args(DENY))
}

pub fn clippy_browser(paths: &Paths) -> Result<()> {
    let what = ["-p", "rekey-frontend", "--lib", "--target", BROWSER_TARGET];
    compile("clippy-wasm", cargo(paths).args(["clippy"]).args(what).args(DENY))
}
