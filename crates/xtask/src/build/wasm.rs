//! From Rust to the files a browser loads: compile, split into chunks, bind.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use super::optimise::{self, Optimiser};
use crate::bootstrap::BROWSER_TARGET;
use crate::paths::Paths;
use crate::progress::compile;
use crate::run::{cargo, timed};

/// The name under which Leptos looks for the file that knows the chunks (22 underscores: room for a hash).
pub const LINK_FILE: &str = "__wasm_split.______________________.js";
pub const CHUNK_MANIFEST: &str = "__wasm_split_manifest.json";

/// Builds the frontend and returns the linked module.
///
/// Its own target folder: splitting needs relocations, and a switch of flags would rebuild everything else.
pub fn build(paths: &Paths, release: bool) -> Result<PathBuf> {
    let profile = if release { "wasm-release" } else { "wasm-dev" };
    let target = paths.target.join("wasm");
    let mut command = cargo(paths);
    command
        .args(["build", "-p", "rekey-frontend", "--lib", "--target", BROWSER_TARGET, "--profile", profile])
        .arg("--target-dir")
        .arg(&target)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Clink-args=--emit-relocs")
        // wasm-bindgen reads the list of processor features that stripping would remove, and strips by itself.
        .env("CARGO_PROFILE_WASM_RELEASE_STRIP", "none");
    compile("WebAssembly", &mut command)?;
    Ok(target.join(BROWSER_TARGET).join(profile).join("rekey_frontend.wasm"))
}

/// Turns the linked module into a folder of files, or finds that it has done so before.
pub fn package(paths: &Paths, linked: &Path, release: bool) -> Result<PathBuf> {
    let module = fs::read(linked).with_context(|| linked.display().to_string())?;
    let optimiser = if release { optimise::find(paths)? } else { None };
    let staging = paths.staging(release);
    let folder = staging.join("pkg");
    let stamp = staging.join("stamp");
    let made_from = format!("{:x?} {optimiser:?} v2", Sha256::digest(&module));
    if fs::read_to_string(&stamp).is_ok_and(|earlier| earlier == made_from) {
        return Ok(folder);
    }
    let _ = fs::remove_file(&stamp);
    make_package(&module, &staging, &folder, optimiser.as_ref(), release)?;
    fs::write(stamp, made_from)?;
    Ok(folder)
}

fn make_package(
    module: &[u8],
    staging: &Path,
    folder: &Path,
    optimiser: Option<&Optimiser>,
    release: bool,
) -> Result<()> {
    let _ = fs::remove_dir_all(staging);
    fs::create_dir_all(folder)?;
    let main = staging.join("main.wasm");
    timed("split", || split(module, folder, &main))?;
    timed("bindgen", || bind(&main, folder, release))?;
    if let Some(optimiser) = optimiser {
        timed("wasm-opt", || optimiser.run(folder))?;
    }
    Ok(())
}

/// Cuts the module at its lazy functions and writes chunks, the file that loads them, and their list.
fn split(module: &[u8], folder: &Path, main: &Path) -> Result<()> {
    let mut options = wasm_split_cli_support::Options::new(module);
    options.output_dir = folder;
    options.main_out_path = main;
    let link_file = format!("./{LINK_FILE}");
    options.link_name = &link_file;
    options.main_module = "./rekey.js";
    let split = wasm_split_cli_support::transform(options).map_err(|error| anyhow!("{error:#}"))?;
    let chunks: BTreeMap<_, _> = split.prefetch_map.into_iter().collect();
    fs::write(folder.join(CHUNK_MANIFEST), serde_json::to_vec(&chunks)?)?;
    Ok(())
}

/// Writes `rekey.js` and `rekey_bg.wasm`. What the linker exported is kept: the chunks import it.
fn bind(main: &Path, folder: &Path, release: bool) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(main)
        .out_name("rekey")
        .web(true)?
        .typescript(false)
        .demangle(false)
        .keep_lld_exports(true)
        .remove_name_section(release)
        .remove_producers_section(release);
    bindgen.generate(folder)
}
