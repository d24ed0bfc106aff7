//! What one request may take, and whom it counts for.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::routing::get as on_get;
use axum::{Extension, Router};
use futures_util::stream;
use http::{HeaderValue, StatusCode};
use rekey::middleware::around;
use rekey_app::context::ClientAddress;

use rekey_testkit::TestSite;
use rekey_testkit::site::RouterOptions;
use rekey_testkit::site::request::{from_peer, get, post, send};

#[tokio::test]
async fn a_body_of_more_than_64_kib_is_answered_413() {
    let site = TestSite::router().start().await;
    let form = |length: usize| format!("identifier={}", "a".repeat(length - "identifier=".len()));
    let most = site.send(post("/api/recovery/start", &form(64 * 1024))).await;
    assert_eq!(most.status, StatusCode::UNPROCESSABLE_ENTITY, "read, and found to be no address");
    let more = site.send(post("/api/recovery/start", &form(64 * 1024 + 1))).await;
    assert_eq!(more.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_body_that_does_not_say_its_length_is_answered_413_too() {
    let site = TestSite::router().start().await;
    let pieces = (0..100).map(|_| Ok::<_, Infallible>(Bytes::from(vec![b'a'; 1024])));
    let mut request = post("/api/recovery/start", "");
    *request.body_mut() = Body::from_stream(stream::iter(pieces));
    assert_eq!(site.send(request).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn a_body_on_a_request_for_a_page_is_limited_as_well() {
    let site = TestSite::router().start().await;
    let mut request = get("/");
    *request.body_mut() = Body::from(vec![b'a'; 70_000]);
    assert_eq!(site.send(request).await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

/// A router that tells whom a request counts for.
async fn telling(options: RouterOptions) -> (Router, TestSite) {
    let running = options.start().await;
    let tell = |Extension(client): Extension<ClientAddress>| async move { client.0.to_string() };
    (around(Router::new().route("/who", on_get(tell)), running.app()), running)
}

/// A thousand forged names of a client, in every header that is read anywhere.
fn forged(number: usize, named: &'static str) -> Request {
    let mut request = get("/who");
    let address = format!("10.{}.{}.{}", number / 256, number % 256, number % 251);
    let value = match named {
        "forwarded" => format!("for={address};proto=https"),
        _ => address,
    };
    request.headers_mut().insert(named, HeaderValue::try_from(value).expect("a header"));
    request
}

#[tokio::test]
async fn a_thousand_forged_addresses_count_as_one() {
    let (router, _running) = telling(TestSite::router()).await;
    let headers = ["x-forwarded-for", "forwarded", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"];
    for number in 0..1000 {
        let request = from_peer(forged(number, headers[number % headers.len()]), "203.0.113.7");
        assert_eq!(send(&router, request).await.body, "203.0.113.7", "{number}");
    }
}

#[tokio::test]
async fn behind_a_proxy_only_what_the_proxy_added_counts() {
    let (router, _running) =
        telling(TestSite::router().set("REKEY_TRUSTED_PROXIES", "10.0.0.0/8, 2001:db8::/32")).await;
    for number in 0..1000 {
        let line = format!("192.0.2.{}, 198.51.100.{}, 203.0.113.7", number % 256, number % 200);
        let mut request = get("/who");
        request.headers_mut().insert("x-forwarded-for", HeaderValue::try_from(line).expect("a header"));
        assert_eq!(send(&router, from_peer(request, "10.9.8.7")).await.body, "203.0.113.7");
    }
}

#[tokio::test]
async fn a_handler_that_panics_costs_its_own_request_only() {
    async fn panics() -> &'static str {
        panic!("hunter2 must not be seen")
    }
    let running = TestSite::router().start().await;
    let router =
        around(Router::new().route("/bad", on_get(panics)).route("/good", on_get(async || "good")), running.app());
    let bad = send(&router, get("/bad")).await;
    assert_eq!(bad.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!bad.body.contains("hunter2"), "{}", bad.body);
    assert_eq!(bad.header("x-content-type-options"), "nosniff");
    assert_eq!(send(&router, get("/good")).await.body, "good");
}

#[tokio::test]
async fn more_requests_than_there_is_room_for_are_refused_at_once() {
    let running = TestSite::router().start().await;
    let room = u32::try_from(running.app().limits.requests).expect("a small number");
    let all = running.app().request_slots.acquire_many(room).await.expect("free");
    let full = running.get("/forgot").await;
    assert_eq!((full.status, full.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "1"));
    drop(all);
    assert_eq!(running.get("/forgot").await.status, StatusCode::OK);
}
