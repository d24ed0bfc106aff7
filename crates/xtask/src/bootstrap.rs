//! Fetching what is missing. Every function may be called any number of times.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::paths::{Paths, on_path};
use crate::postgres_programs;
use crate::progress::with_heartbeat;
use crate::run::{cargo, read, run_quiet, say};

/// The target that pages run on.
pub const BROWSER_TARGET: &str = "wasm32-unknown-unknown";
/// The target on which WebAssembly tests have a standard output, arguments and files.
pub const NODE_TARGET: &str = "wasm32-wasip1";

/// Adds a compilation target if the toolchain in use lacks it.
pub fn rust_target(paths: &Paths, name: &str) -> Result<()> {
    if sysroot(paths)?.join("lib/rustlib").join(name).is_dir() {
        return Ok(());
    }
    if on_path("rustup").is_none() {
        bail!("the Rust toolchain lacks {name} and there is no rustup to add it");
    }
    say(format!("adding the target {name}"));
    fetch("rustup", Command::new("rustup").current_dir(&paths.root).args(["target", "add", name]))
}

fn sysroot(paths: &Paths) -> Result<PathBuf> {
    // The rustc beside the cargo in use, so that the toolchain is the one that will compile.
    let beside = Path::new(cargo(paths).get_program()).with_file_name("rustc");
    let program = if beside.is_file() { beside } else { PathBuf::from("rustc") };
    let text = read(Command::new(program).current_dir(&paths.root).args(["--print", "sysroot"]))?;
    Ok(PathBuf::from(text.trim()))
}

/// Installs what `end2end/package-lock.json` names, if it has changed since the last time.
pub fn npm(paths: &Paths) -> Result<()> {
    let dir = paths.end2end();
    let lock = fs::read(dir.join("package-lock.json")).context("end2end/package-lock.json")?;
    let stamp = dir.join("node_modules/.installed-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    if on_path("node").is_none() || on_path("npm").is_none() {
        bail!("Node.js and npm are needed for this; install Node.js 20 or newer");
    }
    say("npm ci in end2end");
    fetch("npm ci", Command::new("npm").current_dir(&dir).arg("ci").env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))?;
    fs::write(stamp, lock).context("cannot note what npm installed")
}

/// The browser that the tests drive.
pub fn chromium() -> Result<()> {
    if on_path("chromium").is_some() || std::env::var_os("REKEY_CHROMIUM").is_some() {
        return Ok(());
    }
    apt(&["chromium", "fonts-noto-cjk"], "Chromium (or set REKEY_CHROMIUM to its path)")
}

/// The program that asks for pages while taking next to nothing of the processor itself.
pub fn wrk() -> Result<()> {
    if on_path("wrk").is_some() {
        return Ok(());
    }
    apt(&["wrk"], "wrk, which measures pages per second")
}

/// The programs of a PostgreSQL server, which the tests start and stop themselves.
pub fn postgres() -> Result<()> {
    if postgres_programs::find().is_some() {
        return Ok(());
    }
    // Debian's package may start a cluster of its own; it is not used and does no harm.
    apt(&["postgresql"], &format!("PostgreSQL {} or newer", postgres_programs::OLDEST))
}

fn apt(packages: &[&str], otherwise: &str) -> Result<()> {
    if on_path("apt-get").is_none() || !is_root()? {
        bail!("missing: {otherwise}; install it and try again");
    }
    say(format!("apt-get install {}", packages.join(" ")));
    let quiet = |arguments: &[&str]| {
        fetch("apt-get", Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(arguments))
    };
    quiet(&["update"])?;
    quiet(&[&["install", "-y", "--no-install-recommends"], packages].concat())
}

/// Runs a program that downloads: what it says matters only when it fails, but not that it is still at it.
fn fetch(what: &str, command: &mut Command) -> Result<()> {
    with_heartbeat(what, String::new, || run_quiet(command))
}

fn is_root() -> Result<bool> {
    Ok(read(Command::new("id").arg("-u"))?.trim() == "0")
}
