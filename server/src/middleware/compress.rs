//! Packs pages that hold nothing personal.
//!
//! A packed page that mixes a secret with what an attacker can make it repeat gives the secret away by its length
//! (BREACH). Our pages hold no secrets, but some hold names and addresses. So a page is packed only for a browser
//! that sends no cookie of ours but the language: the first visit, where size matters most.

use std::io::Write as _;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, VARY};
use http::{HeaderMap, HeaderValue};

/// Cheap, and within a tenth of the best.
const LEVEL: u32 = 5;

/// No page is as long.
const LONGEST: usize = 1024 * 1024;

/// Packs the page, if it may be.
pub async fn compress(request: Request, next: Next) -> Response {
    let wanted = takes_gzip(request.headers()) && has_no_personal_cookie(request.headers());
    let response = next.run(request).await;
    if wanted && is_page(response.headers()) { pack(response).await } else { response }
}

/// Whether the client takes gzip (RFC 9110 §12.5.3).
pub fn takes_gzip(headers: &HeaderMap) -> bool {
    takes(headers, "gzip")
}

/// Whether the client takes a coding. A weight of nought means that it does not.
pub fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let lines = headers.get_all(ACCEPT_ENCODING).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|part| {
        let mut pieces = part.split(';').map(str::trim);
        let named = pieces.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        named && !pieces.any(|piece| matches!(piece, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// Whether a request brings no cookie of ours but the language.
pub fn has_no_personal_cookie(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(COOKIE).into_iter();
    let mut pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    pairs.all(|pair| {
        let name = pair.trim_ascii().split(|byte| *byte == b'=').next().unwrap_or_default();
        !name.windows(6).any(|part| part == b"rekey_") || name.ends_with(b"rekey_lang")
    })
}

fn is_page(headers: &HeaderMap) -> bool {
    let html = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    html && !headers.contains_key(CONTENT_ENCODING)
}

async fn pack(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(page) = to_bytes(body, LONGEST).await else {
        // Nothing was sent yet, so a broken page can still be told.
        parts.status = http::StatusCode::INTERNAL_SERVER_ERROR;
        return Response::from_parts(parts, Body::empty());
    };
    let mut encoder = GzEncoder::new(Vec::with_capacity(page.len() / 3), Compression::new(LEVEL));
    let packed = encoder.write_all(&page).and_then(|()| encoder.finish());
    let Ok(packed) = packed else { return Response::from_parts(parts, Body::from(page)) };
    parts.headers.remove(CONTENT_LENGTH);
    parts.headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    parts.headers.append(VARY, HeaderValue::from_static("accept-encoding, cookie"));
    Response::from_parts(parts, Body::from(packed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_request_without_personal_cookies_gets_a_packed_page() {
        let with = |cookie| HeaderMap::from_iter([(COOKIE, HeaderValue::from_static(cookie))]);
        assert!(has_no_personal_cookie(&HeaderMap::new()));
        assert!(has_no_personal_cookie(&with("rekey_lang=ja; other=1")));
        assert!(!has_no_personal_cookie(&with("rekey_lang=ja; rekey_session=x")));
        assert!(!has_no_personal_cookie(&with("__Host-rekey_flash=x")));
    }

    #[test]
    fn a_weight_of_nought_means_no() {
        let with = |line| HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_static(line))]);
        assert!(takes(&with("gzip, deflate, br"), "br"));
        assert!(takes(&with("GZIP;q=0.5"), "gzip"));
        assert!(!takes(&with("gzip;q=0, br"), "gzip"));
        assert!(!takes(&with("brotli"), "br"));
        assert!(!takes(&HeaderMap::new(), "br"));
    }
}
