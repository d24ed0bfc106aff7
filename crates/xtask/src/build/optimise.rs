//! `wasm-opt`, for releases.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, thread};

use anyhow::{Context, Result, anyhow, bail};

use crate::bootstrap;
use crate::paths::{Paths, on_path};
use crate::run::{read, run_quiet, say};

/// Binaryen before this writes modules that browsers refuse; Debian's 108 does.
const OLDEST: u32 = 116;

const FLAGS: [&str; 7] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

#[derive(Debug)]
pub struct Optimiser {
    program: PathBuf,
    #[expect(dead_code, reason = "part of the stamp that says what the files were made with")]
    version: u32,
}

/// The optimiser that npm installed; never one from `PATH`. `None`, with a line that says so, without npm.
pub fn find(paths: &Paths) -> Result<Option<Optimiser>> {
    if on_path("npm").is_none() || on_path("node").is_none() {
        say("no npm: wasm-opt is left out, and pages load half as much again");
        return Ok(None);
    }
    bootstrap::npm(paths)?;
    let program = paths.npm_program("wasm-opt");
    let text = read(Command::new(&program).arg("--version"))?;
    let version = version_of(&text).with_context(|| format!("wasm-opt calls itself {:?}", text.trim()))?;
    if version < OLDEST {
        bail!("wasm-opt {version} writes broken modules; at least {OLDEST} is needed");
    }
    Ok(Some(Optimiser { program, version }))
}

/// `wasm-opt version 132 (version_132)`
fn version_of(text: &str) -> Option<u32> {
    text.split_whitespace().find_map(|word| word.parse().ok())
}

impl Optimiser {
    /// Optimises every module in the folder, side by side.
    pub fn run(&self, folder: &Path) -> Result<()> {
        let modules = modules_in(folder)?;
        thread::scope(|scope| {
            let jobs: Vec<_> = modules.iter().map(|module| scope.spawn(|| self.one(module))).collect();
            jobs.into_iter().try_for_each(|job| job.join().map_err(|_| anyhow!("a thread died"))?)
        })
    }

    fn one(&self, module: &Path) -> Result<()> {
        run_quiet(Command::new(&self.program).args(FLAGS).arg(module).arg("-o").arg(module))
    }
}

fn modules_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut modules = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            modules.push(path);
        }
    }
    Ok(modules)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_version_is_the_first_number() {
        assert_eq!(super::version_of("wasm-opt version 132 (version_132)\n"), Some(132));
        assert_eq!(super::version_of("wasm-opt"), None);
    }
}
