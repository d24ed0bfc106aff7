//! Requests forged across sites (T-22).

use axum::body::Body;
use http::header::{CONTENT_TYPE, ORIGIN};
use http::{Method, Request, StatusCode};

use rekey_testkit::TestSite;
use rekey_testkit::site::request::{bare_post, get, post};

const FETCH_SITE: &str = "sec-fetch-site";
const OWN: &str = "http://localhost:3000";
const FORM: &str = "application/x-www-form-urlencoded";

/// Every server function that changes something.
fn posted() -> Vec<&'static str> {
    let all = server_fn::axum::server_fn_paths();
    all.filter(|(_, method)| *method == Method::POST).map(|(path, _)| path).collect()
}

/// A form with these headers beside those that every form has.
fn forged(path: &str, kind: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let mut request = bare_post(path).header(CONTENT_TYPE, kind);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::from("identifier=ada%40example.org")).expect("a request")
}

#[tokio::test]
async fn no_server_function_takes_what_another_site_sent() {
    let matrix: &[(&str, &[(&str, &str)])] = &[
        (FORM, &[]),
        (FORM, &[("origin", "https://evil.example")]),
        (FORM, &[("origin", "null")]),
        (FORM, &[("origin", "https://localhost:3000")]),
        (FORM, &[("origin", "http://localhost")]),
        (FORM, &[("origin", "http://localhost:3000.evil.example")]),
        (FORM, &[("origin", "http://localhost:3000"), ("origin", "https://evil.example")]),
        (FORM, &[(FETCH_SITE, "cross-site")]),
        (FORM, &[(FETCH_SITE, "cross-site"), ("origin", OWN)]),
        (FORM, &[(FETCH_SITE, "same-site"), ("origin", OWN)]),
        (FORM, &[(FETCH_SITE, "none")]),
        (FORM, &[(FETCH_SITE, "same-origin"), (FETCH_SITE, "cross-site")]),
        (FORM, &[(FETCH_SITE, "same-origin"), ("origin", "https://evil.example")]),
        (FORM, &[("referer", "http://localhost:3000/")]),
        ("text/plain", &[(FETCH_SITE, "same-origin"), ("origin", OWN)]),
        ("multipart/form-data; boundary=x", &[(FETCH_SITE, "same-origin"), ("origin", OWN)]),
        ("application/json", &[(FETCH_SITE, "same-origin"), ("origin", OWN)]),
        ("", &[(FETCH_SITE, "same-origin"), ("origin", OWN)]),
    ];
    let site = TestSite::router().start().await;
    assert!(posted().len() >= 14);
    for path in posted() {
        for (kind, headers) in matrix {
            let answer = site.send(forged(path, kind, headers)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {kind} {headers:?}");
            assert_eq!(answer.headers.get("set-cookie"), None, "{path} {kind} {headers:?}");
        }
    }
}

#[tokio::test]
async fn no_other_method_reaches_a_server_function() {
    let site = TestSite::router().start().await;
    for path in posted() {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE, Method::PUT, Method::DELETE] {
            let mut request = post(&format!("{path}?identifier=ada%40example.org"), "identifier=ada%40example.org");
            *request.method_mut() = method.clone();
            request.headers_mut().insert("x-http-method-override", "POST".parse().expect("a header"));
            let answer = site.send(request).await;
            assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn our_own_pages_get_through_with_either_header() {
    let site = TestSite::router().start().await;
    let same = site.send(forged("/api/recovery/start", FORM, &[(FETCH_SITE, "same-origin")])).await;
    let origin = site.send(forged("/api/recovery/start", FORM, &[("origin", OWN)])).await;
    let charset = forged("/api/recovery/start", "application/x-www-form-urlencoded;charset=UTF-8", &[("origin", OWN)]);
    let charset = site.send(charset).await;
    for answer in [same, origin, charset] {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.header("location"), "/recover");
    }
}

#[tokio::test]
async fn what_scripts_read_is_for_our_own_scripts() {
    let site = TestSite::router().start().await;
    for (relation, refused) in [("same-origin", false), ("cross-site", true), ("same-site", true), ("none", true)] {
        let mut request = get("/api/page/");
        request.headers_mut().insert(FETCH_SITE, relation.parse().expect("a header"));
        assert_eq!(site.send(request).await.status == StatusCode::FORBIDDEN, refused, "{relation}");
    }
}

#[tokio::test]
async fn a_form_without_scripts_goes_on_by_303() {
    let site = TestSite::router().start().await;
    let mut request = post("/api/recovery/start", "identifier=ada%40example.org");
    request.headers_mut().insert("accept", "text/html".parse().expect("a header"));
    let answer = site.send(request).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/recover"));
}

#[tokio::test]
async fn a_refusal_is_a_page_for_people_and_a_problem_for_scripts() {
    let site = TestSite::router().start().await;
    let page = bare_post("/language").header("accept", "text/html").header("accept-language", "ja");
    let page = site.send(page.header(ORIGIN, "null").body(Body::empty()).expect("a request")).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.starts_with("<!DOCTYPE html><html lang=\"ja\""), "{}", page.body);
    let script = site.send(forged("/api/session/sign-in", "text/plain", &[])).await;
    assert_eq!(script.body, r#"{"problem":"forbidden"}"#);
}
