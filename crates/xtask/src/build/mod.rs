//! `cargo xtask build`: the page's files, then the server that carries them.
//!
//! ```text
//! cargo (wasm32) -> split into chunks -> wasm-bindgen -> wasm-opt, terser   ┐
//! style/*.css ──────────────────────────────────────────────────────────────┼-> site/pkg/<hash>/ + manifest.json -> cargo (server)
//! style/static/* ───────────────────────────────────────────────────────────┘
//! ```
//!
//! ## What the server must serve
//!
//! The folder `REKEY_SITE_DIR` (set for the server's compilation by its `build.rs`) holds `manifest.json`
//! and one folder `pkg/<hash>/`, where `<hash>` is a digest of everything in it. So `/pkg/<hash>/<file>` may be
//! cached for ever, and any other `/pkg/…` is 404. Beside a file lie `<file>.br` and `<file>.gz`.
//!
//! * Leptos' script imports `/{site_pkg_dir}/{output_name}.js` and hands it `/{site_pkg_dir}/{output_name}_bg.wasm`,
//!   so `LeptosOptions` has `site_pkg_dir = "pkg/<hash>"`, `output_name = "rekey"`, `hash_files = false`. The `_bg` is
//!   there because `LEPTOS_OUTPUT_NAME` is unset when the server is compiled; it must stay unset.
//! * The module imports `./__wasm_split.______________________.js` and that one fetches each chunk by
//!   `new URL("./<chunk>.wasm", import.meta.url)`: all relative to the folder, so a folder per build needs nothing more.
//!   Chunks are compiled while they stream in, so they must come as `application/wasm`.
//! * For preloading the chunks of a lazy route, `HydrationScripts` reads
//!   `{site_root}/{site_pkg_dir}/__wasm_split_manifest.json` from disk. A server with embedded files provides the
//!   context `leptos::WasmSplitManifest` itself, from `chunks` in `manifest.json`. Without it pages work and only
//!   the preload is missing.

mod compress;
mod optimise;
mod pack;
mod server;
mod wasm;

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::paths::Paths;
use crate::run::timed;
use crate::{bootstrap, style};

#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub release: bool,
    /// For any processor of the architecture, not only those of the last ten years.
    pub portable: bool,
}

impl Plan {
    pub fn dev() -> Self {
        Self { release: false, portable: false }
    }
}

pub fn command(arguments: &[String]) -> Result<()> {
    let mut plan = Plan::dev();
    for argument in arguments {
        match argument.as_str() {
            "--release" => plan.release = true,
            "--portable" => plan.portable = true,
            other => bail!("build does not know `{other}`"),
        }
    }
    build(&Paths::find()?, plan)
}

pub fn build(paths: &Paths, plan: Plan) -> Result<()> {
    bootstrap::rust_target(paths, bootstrap::BROWSER_TARGET)?;
    site(paths, plan.release)?;
    timed("server", || server::build(paths, plan))
}

/// The measuring programs of `crates/testkit/examples`, with the server's own flags.
pub fn examples(paths: &Paths, plan: Plan) -> Result<()> {
    timed("measuring programs", || server::build_examples(paths, plan))
}

/// Where a measuring program lies.
pub fn example(paths: &Paths, plan: Plan, name: &str) -> PathBuf {
    server::target(paths, plan).join("release/examples").join(name)
}

/// Everything a browser is sent apart from pages.
fn site(paths: &Paths, release: bool) -> Result<()> {
    let linked = timed("WebAssembly", || wasm::build(paths, release))?;
    let package = wasm::package(paths, &linked, release)?;
    let css = style::bundle(&paths.root.join("style"))?;
    timed("site", || pack::pack(paths, &package, &css, release))
}
