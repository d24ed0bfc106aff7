//! `wasm-opt` and `terser`, for releases.

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

/// Modules have no global names: everything that is not exported may be renamed.
const SCRIPT_FLAGS: [&str; 4] = ["--module", "--compress", "passes=2", "--mangle"];

#[derive(Debug)]
pub struct Optimiser {
    program: PathBuf,
    /// Shortens scripts.
    terser: PathBuf,
    #[expect(dead_code, reason = "part of the stamp that says what the files were made with")]
    version: u32,
}

/// The optimisers that npm installed; never one from `PATH`. `None`, with a line that says so, without npm.
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
    Ok(Some(Optimiser { program, terser: paths.npm_program("terser"), version }))
}

/// `wasm-opt version 132 (version_132)`
fn version_of(text: &str) -> Option<u32> {
    text.split_whitespace().find_map(|word| word.parse().ok())
}

impl Optimiser {
    /// Optimises every module and every script in the folder, side by side.
    pub fn run(&self, folder: &Path) -> Result<()> {
        let modules = files_in(folder, "wasm")?;
        for script in files_in(folder, "js")? {
            run_quiet(Command::new(&self.terser).arg(&script).args(SCRIPT_FLAGS).arg("-o").arg(&script))?;
        }
        thread::scope(|scope| {
            let jobs: Vec<_> = modules.iter().map(|module| scope.spawn(|| self.one(module))).collect();
            jobs.into_iter().try_for_each(|job| job.join().map_err(|_| anyhow!("a thread died"))?)
        })
    }

    fn one(&self, module: &Path) -> Result<()> {
        run_quiet(Command::new(&self.program).args(FLAGS).arg(module).arg("-o").arg(module))
    }
}

fn files_in(folder: &Path, kind: &str) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == kind) {
            files.push(path);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_version_is_the_first_number() {
        assert_eq!(super::version_of("wasm-opt version 132 (version_132)\n"), Some(132));
        assert_eq!(super::version_of("wasm-opt"), None);
    }
}
