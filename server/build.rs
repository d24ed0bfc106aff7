//! Tells the compiler where the page's files are: `REKEY_SITE_DIR`, the folder that rust-embed embeds in a
//! release and reads from disk in a dev build. `cargo xtask build` says what lies in it.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let site = match env::var_os("REKEY_SITE_DIR") {
        Some(dir) if !dir.is_empty() => PathBuf::from(dir),
        _ => beside_the_build(is_release)?,
    };
    // rust-embed wants the folder to exist, even before the first page was built.
    fs::create_dir_all(&site)?;
    println!("cargo::rustc-env=REKEY_SITE_DIR={}", site.display());
    println!("cargo::rerun-if-env-changed=REKEY_SITE_DIR");
    println!("cargo::rerun-if-changed=build.rs");
    if is_release {
        // A dev build reads the files when asked for them, so it need not follow their changes.
        println!("cargo::rerun-if-changed={}", site.join("manifest.json").display());
    }
    Ok(())
}

/// `<target>/site`, found from `<target>[/<triple>]/<profile>/build/rekey-…/out`: right for any target folder.
fn beside_the_build(is_release: bool) -> io::Result<PathBuf> {
    let out = env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    let build = out.ancestors().find(|dir| dir.ends_with("build"));
    let above = build.and_then(Path::parent).and_then(Path::parent).ok_or_else(|| io::Error::other("no target"))?;
    let triple = env::var_os("TARGET").unwrap_or_default();
    let target = if above.file_name() == Some(&triple) { above.parent().unwrap_or(above) } else { above };
    Ok(target.join(if is_release { "site-release" } else { "site" }))
}
