//! The tests of `shared`, `domain` and `breach` again, compiled to WebAssembly and run under Node: the browser must judge as the server does.
//!
//! They run on `wasm32-wasip1`, not on the browser's own target. The compiler back end and the pointer size are
//! the same, and there libtest has arguments, files and a standard output, so the very same test files run
//! unchanged. A runner for `wasm-bindgen-test` would need a second version of each test and a second tool.

use std::process::Command;

use anyhow::{Result, bail};

use super::libtest::cargo_test;
use super::tally::Tally;
use crate::bootstrap;
use crate::paths::{Paths, on_path};
use crate::progress::compile;
use crate::run::{cargo, say};

pub fn run(paths: &Paths) -> Result<Tally> {
    if on_path("node").is_none() {
        bail!("Node.js 20 or newer is needed to run WebAssembly");
    }
    bootstrap::rust_target(paths, bootstrap::NODE_TARGET)?;
    say("tests of shared, domain and breach in WebAssembly");
    let runner = paths.root.join("crates/xtask/src/test/wasi.mjs");
    let test = |words: &[&str]| -> Command {
        let mut command = cargo(paths);
        command
            .args(["test", "-p", "rekey-shared", "-p", "rekey-domain", "-p", "rekey-breach"])
            .args(["--features", "rekey-shared/strength", "--lib", "--tests"])
            .args(["--target", bootstrap::NODE_TARGET])
            .args(words)
            .env("CARGO_TARGET_WASM32_WASIP1_RUNNER", format!("node --no-warnings {}", runner.display()));
        command
    };
    compile("compiling tests for WebAssembly", &mut test(&["--no-run"]))?;
    // A panic ends the whole program here: its name and message must be out before.
    cargo_test("tests in WebAssembly", &mut test(&["--no-fail-fast", "--", "--nocapture"]))
}
