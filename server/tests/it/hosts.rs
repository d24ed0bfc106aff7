//! Host header poisoning (T-07).

use axum::body::Body;
use http::header::HOST;
use http::{HeaderValue, Method, Request, StatusCode};

use rekey_testkit::TestSite;
use rekey_testkit::site::request::get;

/// Names that are not ours, as attackers write them.
const STRANGERS: [&str; 44] = [
    "evil.example",
    "evil.example:3000",
    "localhost.evil.example:3000",
    "localhost:3000.evil.example",
    "evil.example#localhost:3000",
    "evil.example?localhost:3000",
    "evil.example/localhost:3000",
    "localhost:3000@evil.example",
    "evil.example@localhost:3000",
    "user:pass@localhost:3000",
    "localhost:3000, evil.example",
    "localhost:3000 evil.example",
    " localhost.example",
    "localhost",
    "localhost:",
    "localhost:80",
    "localhost:443",
    "localhost:3001",
    "localhost:03001",
    "localhost:99999",
    "localhost:-3000",
    "localhost:3000:3000",
    "localhost.:3000",
    ".localhost:3000",
    "*.localhost:3000",
    "*",
    "",
    ":3000",
    "127.0.0.1",
    "127.0.0.1:80",
    "127.1:3000",
    "2130706433:3000",
    "0x7f000001:3000",
    "0177.0.0.1:3000",
    "0.0.0.0:3000",
    "127.0.0.2:3000",
    "[::1]",
    "[::1]:80",
    "[::]:3000",
    "[::ffff:127.0.0.1]:3000",
    "[0:0:0:0:0:0:0:1]:3000",
    "xn--localhost-:3000",
    "LOCALHOST.EVIL.EXAMPLE:3000",
    "http://localhost:3000",
];

/// Headers that proxies use, beside the right name.
const FORWARDED: [(&str, &str); 10] = [
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-server", "evil.example"),
    ("x-host", "evil.example"),
    ("x-http-host-override", "evil.example"),
    ("x-original-host", "evil.example"),
    ("x-original-url", "http://evil.example/"),
    ("x-rewrite-url", "http://evil.example/"),
    ("forwarded", "host=evil.example;proto=https"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-port", "443"),
];

#[tokio::test]
async fn a_strange_name_is_answered_421() {
    let site = TestSite::router().start().await;
    for name in STRANGERS {
        let mut request = get("/forgot");
        request.headers_mut().insert(HOST, HeaderValue::from_str(name).expect("a header"));
        let answer = site.send(request).await;
        assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{name:?}");
        assert!(!answer.body.contains("evil.example"), "{name:?}");
    }
}

#[tokio::test]
async fn two_names_none_or_one_in_the_request_line_are_answered_421() {
    let site = TestSite::router().start().await;
    let mut two = get("/");
    two.headers_mut().append(HOST, HeaderValue::from_static("evil.example"));
    let mut same_twice = get("/");
    same_twice.headers_mut().append(HOST, HeaderValue::from_static("localhost:3000"));
    let none = Request::builder().uri("/").body(Body::empty()).expect("a request");
    let line = get("http://evil.example/");
    let line_with_credentials = get("http://localhost:3000@evil.example/");
    for request in [two, same_twice, none, line, line_with_credentials] {
        assert_eq!(site.send(request).await.status, StatusCode::MISDIRECTED_REQUEST);
    }
    assert_eq!(site.send(get("http://localhost:3000/")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_proxies_say_of_the_name_changes_nothing() {
    let site = TestSite::router().start().await;
    for (name, value) in FORWARDED {
        let mut request = get("/forgot");
        request.headers_mut().insert(name, HeaderValue::from_static(value));
        let answer = site.send(request).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}");
        assert!(!answer.body.contains("evil.example"), "{name}");
    }
}

#[tokio::test]
async fn other_names_of_this_machine_lead_to_ours() {
    let site = TestSite::router().start().await;
    for name in ["127.0.0.1:3000", "[::1]:3000"] {
        let with = |method, path: &str| {
            let mut request = get(path);
            *request.method_mut() = method;
            request.headers_mut().insert(HOST, HeaderValue::from_static(name));
            request
        };
        let read = site.send(with(Method::GET, "/owner/x?y=1")).await;
        assert_eq!(
            (read.status, read.header("location")),
            (StatusCode::PERMANENT_REDIRECT, "http://localhost:3000/owner/x?y=1")
        );
        let slashes = site.send(with(Method::GET, "//evil.example/")).await;
        assert_eq!(slashes.header("location"), "http://localhost:3000//evil.example/");
        let written = site.send(with(Method::POST, "/language")).await;
        assert_eq!(written.status, StatusCode::MISDIRECTED_REQUEST, "{name}");
    }
}

#[tokio::test]
async fn in_public_no_other_name_of_this_machine_counts() {
    let site = TestSite::router().set("REKEY_PUBLIC_URL", "https://account.example.org").start().await;
    let ask = |name: &'static str| {
        let mut request = get("/healthz");
        *request.uri_mut() = "/forgot".parse().expect("a path");
        request.headers_mut().insert(HOST, HeaderValue::from_static(name));
        site.send(request)
    };
    for name in ["account.example.org", "ACCOUNT.example.org", "account.example.org:443"] {
        assert_eq!(ask(name).await.status, StatusCode::OK, "{name}");
    }
    for name in
        ["localhost:3000", "127.0.0.1", "account.example.org:80", "example.org", "account.example.org.evil.example"]
    {
        assert_eq!(ask(name).await.status, StatusCode::MISDIRECTED_REQUEST, "{name}");
    }
}

#[tokio::test]
async fn probes_may_ask_by_address() {
    let site = TestSite::router().start().await;
    for path in ["/healthz", "/readyz"] {
        let mut request = get(path);
        request.headers_mut().insert(HOST, HeaderValue::from_static("10.0.0.7:8080"));
        assert_eq!(site.send(request).await.status, StatusCode::OK, "{path}");
    }
}
