//! Puts everything into `site/pkg/<hash>/` and writes `site/manifest.json`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::compress::{Cache, hex};
use super::wasm::{CHUNK_MANIFEST, LINK_FILE};
use crate::paths::Paths;
use crate::run::say;

/// The files by their path below the folder, sorted: the same input has the same hash.
type Files = Vec<(String, PathBuf)>;

pub fn pack(paths: &Paths, package: &Path, css: &str, release: bool) -> Result<()> {
    let site = paths.site(release);
    let style = paths.staging(release).join("rekey.css");
    fs::write(&style, css)?;
    let mut files = list(package)?;
    files.push(("rekey.css".to_owned(), style));
    files.extend(list(&paths.root.join("style/static"))?);
    files.sort();

    let hash = digest(&files)?;
    let manifest = manifest(package, &hash)?;
    let manifest_file = site.join("manifest.json");
    let folder = site.join("pkg").join(&hash);
    if folder.is_dir() && fs::read_to_string(&manifest_file).is_ok_and(|earlier| earlier == manifest) {
        return Ok(());
    }
    let cache = Cache::new(paths.target.join("front").join(if release { "br-release" } else { "br-dev" }), release)?;
    fill(&folder, &files, &cache)?;
    replace(&manifest_file, &manifest)?;
    forget_others(&site.join("pkg"), &hash)?;
    say(format!("{} files in {}", files.len(), folder.display()));
    Ok(())
}

/// All files below a folder; none if it does not exist.
fn list(folder: &Path) -> Result<Files> {
    let mut files = Vec::new();
    let mut waiting = vec![(String::new(), folder.to_path_buf())];
    while let Some((prefix, dir)) = waiting.pop() {
        if !dir.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&dir)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                waiting.push((format!("{name}/"), entry.path()));
            } else {
                files.push((name, entry.path()));
            }
        }
    }
    Ok(files)
}

/// 16 hexadecimal digits over names, lengths and contents.
fn digest(files: &Files) -> Result<String> {
    let mut hasher = Sha256::new();
    for (name, path) in files {
        let content = fs::read(path).with_context(|| path.display().to_string())?;
        hasher.update(name.len().to_le_bytes());
        hasher.update(name);
        hasher.update(content.len().to_le_bytes());
        hasher.update(&content);
    }
    Ok(hex(&hasher.finalize())[..16].to_owned())
}

/// What the server reads at its start.
fn manifest(package: &Path, hash: &str) -> Result<String> {
    let chunks: serde_json::Value = serde_json::from_slice(&fs::read(package.join(CHUNK_MANIFEST))?)?;
    let manifest = json!({
        "dir": hash,
        "js": "rekey.js",
        "wasm": "rekey_bg.wasm",
        "css": "rekey.css",
        "split": LINK_FILE,
        "chunks": chunks,
    });
    Ok(format!("{manifest}\n"))
}

/// Fills a folder beside its final place, so that a running server never sees half of one.
fn fill(folder: &Path, files: &Files, cache: &Cache) -> Result<()> {
    let unfinished = folder.with_extension("tmp");
    let _ = fs::remove_dir_all(&unfinished);
    let mut copies = Vec::new();
    for (name, path) in files {
        let copy = unfinished.join(name);
        if let Some(parent) = copy.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::copy(path, &copy).with_context(|| path.display().to_string())?;
        copies.push(copy);
    }
    cache.compress(&copies)?;
    let _ = fs::remove_dir_all(folder);
    fs::rename(&unfinished, folder)?;
    Ok(())
}

fn replace(file: &Path, content: &str) -> Result<()> {
    let unfinished = file.with_extension("tmp");
    fs::write(&unfinished, content)?;
    fs::rename(&unfinished, file)?;
    Ok(())
}

/// A release embeds the whole site: earlier builds must not travel with it.
fn forget_others(packages: &Path, hash: &str) -> Result<()> {
    for entry in fs::read_dir(packages)? {
        let entry = entry?;
        if entry.file_name() != hash {
            fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}
