//! What every answer tells the browser to forbid (FE-1, FE-2).

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, RETRY_AFTER, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use crate::site::Site;

/// For everything that is not a page of the app: no script runs.
const QUIET_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; \
                            form-action 'self'; frame-ancestors 'none'; report-uri /csp-report";

/// Nothing of the machine is needed but the clipboard, and that without asking.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
                           magnetometer=(), microphone=(), midi=(), payment=(), usb=(), xr-spatial-tracking=()";

/// The same on every answer, unless it brings its own.
const ALWAYS: [(HeaderName, &str); 8] = [
    (CONTENT_SECURITY_POLICY, QUIET_POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    // Leptos takes script-less people back to where they came from by it; pages with tokens send none at all.
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    // Everything is personal unless it says otherwise.
    (CACHE_CONTROL, "no-store"),
];

/// Two years, with all names below.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=63072000; includeSubDomains");

/// When to come again where there was no room: in seconds.
const SOON: HeaderValue = HeaderValue::from_static("1");

/// The policy of a page of the app. Its inline scripts carry the nonce. What follows a form may be one of these origins:
/// browsers hold the whole chain of redirects against the policy of the page that the form was on.
pub fn page_policy(nonce: &str, origins: &[String]) -> Option<HeaderValue> {
    let targets: String = origins.iter().flat_map(|origin| [" ", origin]).collect();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'self'{targets}; frame-ancestors 'none'; object-src 'none'; report-uri /csp-report"
    );
    HeaderValue::try_from(policy).ok()
}

/// Completes the headers of every answer.
pub async fn add(State(site): State<Site>, request: Request, next: Next) -> Response {
    let posted = request.method() == Method::POST;
    let mut response = next.run(request).await;
    if posted && response.status() == StatusCode::FOUND {
        // The page after a form is to be fetched, never posted again (RFC 9110 §15.4.4).
        *response.status_mut() = StatusCode::SEE_OTHER;
    }
    if response.status() == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().entry(RETRY_AFTER).or_insert(SOON);
    }
    complete(response.headers_mut(), site.app.secure_cookies);
    response
}

fn complete(headers: &mut HeaderMap, https: bool) {
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HSTS);
    }
}
