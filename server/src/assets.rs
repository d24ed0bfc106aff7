//! Style sheet, scripts and WebAssembly: in the binary in a release, on disk while developing.

use std::borrow::Cow;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use http::{HeaderMap, StatusCode};
use rekey_app::context::Assets;
use rust_embed::{Embed, EmbeddedFile};

use crate::middleware::compress::takes;
use crate::site::Site;

/// What `cargo xtask build` packed.
#[derive(Embed)]
#[folder = "$REKEY_SITE_DIR"]
struct Files;

/// Best first.
const CODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// The folder's name is a digest of everything in it: what lies at an address never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The names of the files of this build; empty when none was made.
pub fn manifest() -> Assets {
    let read = Files::get("manifest.json").and_then(|file| serde_json::from_slice(&file.data).ok());
    if read.is_none() {
        tracing::warn!("no page files were built: pages come without style and scripts");
    }
    read.unwrap_or_default()
}

/// One file below `/pkg/`.
pub async fn file(Path(file): Path<String>, headers: HeaderMap) -> Response {
    serve(&file, &headers, FOR_EVER)
}

/// What browsers ask for without being told to.
pub async fn favicon(State(site): State<Site>, headers: HeaderMap) -> Response {
    serve(&format!("{}/favicon.svg", site.app.assets.dir), &headers, "public, max-age=86400")
}

fn serve(file: &str, headers: &HeaderMap, keep: &'static str) -> Response {
    let Some(kind) = kind_of(file) else { return StatusCode::NOT_FOUND.into_response() };
    let path = format!("pkg/{file}");
    let mut wanted = CODINGS.into_iter().filter(|(coding, _)| takes(headers, coding));
    let packed = wanted.find_map(|(coding, suffix)| Some((coding, Files::get(&format!("{path}{suffix}"))?)));
    let common = [(CONTENT_TYPE, kind), (CACHE_CONTROL, keep), (VARY, "accept-encoding")];
    match packed {
        Some((coding, file)) => (common, [(CONTENT_ENCODING, coding)], body(file)).into_response(),
        None => match Files::get(&path) {
            Some(file) => (common, body(file)).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}

/// Only what browsers load. Packed siblings have no address of their own.
fn kind_of(file: &str) -> Option<&'static str> {
    // Dots lead out of the folder while files are read from disk.
    if file.split('/').any(|part| part.starts_with('.')) {
        return None;
    }
    let (_, extension) = file.rsplit_once('.')?;
    Some(match extension {
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}

fn body(file: EmbeddedFile) -> Body {
    Body::from(match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    })
}
