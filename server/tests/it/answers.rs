//! What every kind of answer looks like.

use http::header::{ACCEPT_ENCODING, COOKIE};
use http::{Method, StatusCode};

use rekey_testkit::TestSite;
use rekey_testkit::site::request::{from_peer, get, post};

/// The headers that say what a browser must not do, in a fixed order.
const GUARDS: [&str; 8] = [
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "cache-control",
    "strict-transport-security",
    "server",
];

#[tokio::test]
async fn pages_refusals_and_answers_to_scripts_carry_the_same_guards() {
    let site = TestSite::router().start().await;
    let expected = ["nosniff", "DENY", "same-origin", "same-origin", "same-origin", "no-store", "", ""];
    for request in [get("/"), get("/nowhere"), get("/healthz"), get("/api/page/"), post("/api/nowhere", "")] {
        let path = request.uri().to_string();
        let answer = site.send(request).await;
        assert_eq!(GUARDS.map(|name| answer.header(name)), expected, "{path}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{path}");
        assert_eq!(answer.header("x-request-id").len(), 16, "{path}");
    }
}

#[tokio::test]
async fn a_page_runs_no_script_but_its_own() {
    let answer = TestSite::router().start().await.get("/").await;
    let policy = answer.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
    assert!(nonce.len() >= 22);
    let expected = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'; object-src 'none'; report-uri /csp-report"
    );
    assert_eq!(policy, expected);
    let scripts = answer.body.matches("<script").count();
    assert!(scripts > 0 && scripts == answer.body.matches(&format!("nonce=\"{nonce}\"")).count());
    assert!(!answer.body.contains("style=\"") && !answer.body.contains("onclick="), "nothing the policy would refuse");
}

#[tokio::test]
async fn two_pages_have_two_nonces() {
    let site = TestSite::router().start().await;
    let (one, other) = (site.get("/").await, site.get("/").await);
    assert_ne!(one.header("content-security-policy"), other.header("content-security-policy"));
}

#[tokio::test]
async fn on_https_browsers_are_told_to_stay_there() {
    let site = TestSite::router().set("REKEY_PUBLIC_URL", "https://account.example.org").start().await;
    let answer = site.get("/healthz").await;
    assert_eq!(answer.header("strict-transport-security"), "max-age=63072000; includeSubDomains");
}

#[tokio::test]
async fn what_is_nowhere_is_a_page_that_says_so() {
    let site = TestSite::router().start().await;
    for path in ["/nowhere", "/pkg2/x", "/account/nowhere", "/%3Cscript%3E", "/.env"] {
        let answer = site.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.body.contains("Page not found"), "{path}");
    }
    for path in ["/pkg/x", "/pkg/../manifest.json", "/pkg/%2e%2e/manifest.json", "/pkg/..%2f..%2fCargo.toml"] {
        assert_eq!(site.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let script = site.get("/api/nowhere").await;
    assert_eq!(
        (script.status, script.header("content-security-policy").contains("script")),
        (StatusCode::NOT_FOUND, false)
    );
}

#[tokio::test]
async fn files_of_a_build_may_be_kept_for_ever() {
    let site = TestSite::router().start().await;
    let assets = &site.app().app.assets;
    if assets.dir.is_empty() {
        return; // no page files were built here
    }
    for (file, kind) in [
        (&assets.js, "text/javascript; charset=utf-8"),
        (&assets.wasm, "application/wasm"),
        (&assets.css, "text/css; charset=utf-8"),
    ] {
        for (coding, expected) in [("br, gzip", "br"), ("gzip", "gzip"), ("identity", ""), ("br;q=0, gzip", "gzip")] {
            let mut request = get(&assets.url(file));
            request.headers_mut().insert(ACCEPT_ENCODING, coding.parse().expect("a header"));
            let answer = site.send(request).await;
            assert_eq!(answer.status, StatusCode::OK, "{file}");
            assert_eq!((answer.header("content-type"), answer.header("content-encoding")), (kind, expected), "{file}");
            assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
            assert_eq!(answer.header("vary"), "accept-encoding");
        }
    }
    assert_eq!(site.get("/favicon.ico").await.header("content-type"), "image/svg+xml");
    assert_eq!(site.get(&format!("{}.br", assets.url(&assets.js))).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_first_visit_is_packed_and_a_personal_page_is_not() {
    let site = TestSite::router().start().await;
    let ask = |cookie: Option<&'static str>| {
        let mut request = get("/");
        request.headers_mut().insert(ACCEPT_ENCODING, "br, gzip".parse().expect("a header"));
        if let Some(cookie) = cookie {
            request.headers_mut().insert(COOKIE, cookie.parse().expect("a header"));
        }
        site.send(request)
    };
    assert_eq!(ask(None).await.header("content-encoding"), "gzip");
    assert_eq!(ask(Some("rekey_lang=ja")).await.header("content-encoding"), "gzip");
    assert_eq!(ask(Some("rekey_session=x")).await.header("content-encoding"), "");
    assert_eq!(ask(Some("rekey_lang=ja; rekey_flash=x")).await.header("content-encoding"), "");
}

#[tokio::test]
async fn probes_are_told_that_we_are_ready() {
    let site = TestSite::router().start().await;
    assert_eq!(site.get("/healthz").await.body, "up\n");
    let ready = site.get("/readyz").await;
    assert_eq!((ready.status, ready.body.as_str()), (StatusCode::OK, "ready\n"));
}

#[tokio::test]
async fn a_proxy_that_is_not_configured_is_told_to_probes() {
    let trusted = ("REKEY_TRUSTED_PROXIES", "10.0.0.0/8");
    for (peer, told) in [("10.0.0.1", false), ("192.0.2.1", true)] {
        let site = TestSite::router().set(trusted.0, trusted.1).start().await;
        let mut forwarded = from_peer(get("/forgot"), peer);
        forwarded.headers_mut().insert("x-forwarded-for", "203.0.113.7".parse().expect("a header"));
        assert_eq!(site.send(forwarded).await.status, StatusCode::OK);
        let ready = site.get("/readyz").await;
        assert_eq!((ready.status, ready.body.contains("trusted_proxies")), (StatusCode::OK, told), "{peer}");
    }
}

#[tokio::test]
async fn counters_are_for_this_machine_only() {
    let site = TestSite::router().start().await;
    site.get("/forgot").await;
    site.get("/owner/secret-token").await;
    let here = site.send(from_peer(get("/metrics"), "127.0.0.1")).await;
    assert_eq!(here.status, StatusCode::OK);
    assert!(
        here.body.contains("rekey_http_requests_total{method=\"GET\",route=\"/forgot\",status=\"200\"} 1"),
        "{}",
        here.body
    );
    assert!(here.body.contains("route=\"/owner/{token}\"") && !here.body.contains("secret-token"), "{}", here.body);
    assert!(here.body.contains("rekey_outbox_waiting 0") && here.body.ends_with("# EOF\n"));
    let mut forwarded = from_peer(get("/metrics"), "127.0.0.1");
    forwarded.headers_mut().insert("x-forwarded-for", "127.0.0.1".parse().expect("a header"));
    for request in [from_peer(get("/metrics"), "203.0.113.7"), forwarded, get("/metrics")] {
        assert_eq!(site.send(request).await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn reports_of_the_policy_are_counted_wherever_they_come_from() {
    let site = TestSite::router().start().await;
    let mut report = post("/csp-report", "{}");
    report.headers_mut().remove("sec-fetch-site");
    report.headers_mut().insert("content-type", "application/csp-report".parse().expect("a header"));
    assert_eq!(site.send(report).await.status, StatusCode::NO_CONTENT);
    let counters = site.send(from_peer(get("/metrics"), "::1")).await;
    assert!(counters.body.contains("rekey_csp_reports_total 1"), "{}", counters.body);
}

#[tokio::test]
async fn the_mailbox_is_there_in_development_only() {
    let site = TestSite::router().start().await;
    let here = |path| from_peer(get(path), "127.0.0.1");
    assert!(site.send(here("/dev/mailbox")).await.body.contains("Development mailbox"));
    assert_eq!(site.send(here("/dev/mailbox.json")).await.body, "[]");
    let public = TestSite::router().set("REKEY_DEV_MAILBOX", "false").start().await;
    for path in ["/dev/mailbox", "/dev/mailbox.json", "/dev/mailbox.css"] {
        assert_eq!(public.send(here(path)).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_mailbox_is_not_there_for_the_network() {
    let site = TestSite::router().start().await;
    for path in ["/dev/mailbox", "/dev/mailbox.json", "/dev/mailbox.css"] {
        let mut forwarded = from_peer(get(path), "127.0.0.1");
        forwarded.headers_mut().insert("x-forwarded-for", "203.0.113.7".parse().expect("a header"));
        for request in [from_peer(get(path), "203.0.113.7"), from_peer(get(path), "192.168.1.2"), forwarded] {
            let answer = site.send(request).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert!(!answer.body.contains("Development mailbox"), "{path}");
        }
    }
}

#[tokio::test]
async fn a_page_on_the_web_that_calls_this_machine_by_its_own_name_reads_no_counters() {
    let site = TestSite::router().start().await;
    for (host, status) in [
        ("localhost:3000", StatusCode::OK),
        ("127.0.0.1:9", StatusCode::OK),
        ("[::1]", StatusCode::OK),
        ("rebound.example.net", StatusCode::FORBIDDEN),
        ("127.0.0.1.example.net", StatusCode::FORBIDDEN),
        ("localhost@example.net", StatusCode::FORBIDDEN),
        ("", StatusCode::FORBIDDEN),
    ] {
        let mut request = from_peer(get("/metrics"), "127.0.0.1");
        request.headers_mut().insert("host", host.parse().expect("a header"));
        assert_eq!(site.send(request).await.status, status, "{host}");
    }
}

#[tokio::test]
async fn a_page_is_not_posted_to() {
    let site = TestSite::router().start().await;
    for path in ["/", "/forgot", "/healthz", "/owner/x"] {
        assert_eq!(site.send(post(path, "")).await.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
    }
    let mut head = get("/forgot");
    *head.method_mut() = Method::HEAD;
    let head = site.send(head).await;
    assert_eq!((head.status, head.body.as_str()), (StatusCode::OK, ""));
}
