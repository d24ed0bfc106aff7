//! What is sent and what is installed, in bytes.

use std::fs;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::running::Running;
use crate::paths::Paths;

pub fn measure(paths: &Paths, server: &Running) -> Result<Value> {
    let manifest: Value = serde_json::from_slice(&fs::read(paths.site(true).join("manifest.json"))?)?;
    let folder = paths.site(true).join("pkg").join(manifest["dir"].as_str().context("no folder")?);
    let size = |name: &str| fs::metadata(folder.join(format!("{name}.br"))).map_or(0, |file| file.len());
    let chunks: Value = fs::read_dir(&folder)?
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.strip_suffix(".wasm").is_some_and(|stem| stem != "rekey_bg"))
        .map(|name| (name.clone(), json!(size(&name))))
        .collect();
    let first =
        size("rekey_bg.wasm") + size("rekey.js") + size("boot.js") + size("__wasm_split.______________________.js");
    let html = body_length(&server.get("/", "gzip, br")?)?;
    Ok(json!({
        "first_wasm_and_js_br": first,
        "html_as_sent": html,
        "css_br": size("rekey.css"),
        "chunks_br": chunks,
        "binary": fs::metadata(paths.server_binary(true))?.len(),
    }))
}

/// Bytes after the head. The head's own length is no part of the budget.
fn body_length(answer: &[u8]) -> Result<usize> {
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n").context("no head")?;
    Ok(answer.len() - head - 4)
}
