//! What one client address may do within a minute (TH-5, TH-9).

use http::StatusCode;
use http::header::ACCEPT;
use rekey_domain::throttle::rate::Rate;
use rekey_shared::{Lang, Problem, text};
use rekey_testkit::TestSite;
use rekey_testkit::site::Scripts;
use rekey_testkit::site::request::{from_peer, get, post};

const WRONG: &str = "identifier=ada%40example.org&password=not+the+password";

/// A site that takes forty tries at once from one address, and then one every three seconds.
async fn site() -> TestSite {
    TestSite::router().settings(|settings| settings.sign_in.address_rate = Rate::per_minute(20, 40)).start().await
}

/// Signs in with a wrong password, from this address.
async fn wrong(site: &TestSite, peer: &str) -> StatusCode {
    site.send(from_peer(post("/api/session/sign-in", WRONG), peer)).await.status
}

#[tokio::test]
async fn one_address_is_slowed_down_without_touching_others() {
    let site = site().await;
    for nth in 0..40 {
        assert_eq!(wrong(&site, "203.0.113.7").await, StatusCode::UNAUTHORIZED, "{nth}");
    }
    let hashed = site.app().services().hasher.evaluated();
    let refused = site.send(from_peer(post("/api/session/sign-in", WRONG), "203.0.113.7")).await;
    assert_eq!((refused.status, refused.body.as_str()), (StatusCode::TOO_MANY_REQUESTS, r#"{"problem":"slow_down"}"#));
    assert_eq!(refused.header("retry-after"), "", "nothing to time a guess by");
    assert_eq!(site.app().services().hasher.evaluated(), hashed, "before any hash");
    assert_eq!(wrong(&site, "203.0.113.8").await, StatusCode::UNAUTHORIZED);
    assert_eq!(site.send(from_peer(get("/forgot"), "203.0.113.7")).await.status, StatusCode::OK, "another class");
}

#[tokio::test]
async fn every_route_that_hashes_takes_from_the_same_bucket() {
    let site = site().await;
    for _ in 0..40 {
        wrong(&site, "203.0.113.7").await;
    }
    for path in ["/api/registration/complete", "/api/recovery/complete", "/api/password/change"] {
        let refused = site.send(from_peer(post(path, ""), "203.0.113.7")).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{path}");
        assert_ne!(site.send(from_peer(post(path, ""), "203.0.113.8")).await.status, refused.status, "{path}");
    }
}

#[tokio::test]
async fn a_form_that_is_slowed_down_comes_back_with_what_was_typed() {
    let site = site().await;
    for _ in 0..40 {
        wrong(&site, "203.0.113.7").await;
    }
    let mut plain = from_peer(post("/api/session/sign-in", WRONG), "203.0.113.7");
    plain.headers_mut().insert(ACCEPT, "text/html".parse().expect("a header"));
    let refused = site.send(plain).await;
    assert_eq!((refused.status, refused.header("location")), (StatusCode::SEE_OTHER, "/"));
    let flash = refused.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    let mut back = get("/");
    back.headers_mut().insert("cookie", flash.parse().expect("a header"));
    let page = site.send(back).await;
    assert!(page.body.contains(text::problem_title(&Problem::SlowDown, Lang::En)), "{}", page.body);
    assert!(page.body.contains("value=\"ada@example.org\""), "{}", page.body);
    assert!(!page.body.contains("not the password"), "never a secret");
}

#[tokio::test]
async fn a_refusal_that_is_told_names_whom_to_contact() {
    let site = TestSite::router()
        .set("REKEY_RECOVERY__THROTTLE", "commerce")
        .set("REKEY_HELP_URL", "mailto:help@example.org?subject=Password");
    let site = site.start().await;
    let mut browser = site.browser(1);
    let asked = [("identifier", "ada@example.org")];
    let first = browser.submit(Scripts::Off, "/api/recovery/start", &asked).await;
    assert_eq!(first[0].location(), Some("/recover"), "{first:?}");
    let again = browser.submit(Scripts::Off, "/api/recovery/start", &asked).await;
    assert_eq!(again[0].location(), Some("/forgot"));
    let (title, text) = (text::problem_title(&Problem::TooFrequent, Lang::En), "(help@example.org)");
    let page = &again[1].body;
    assert!(page.contains(title) && page.contains(text), "{page}");
    assert!(page.contains("mailto:help@example.org?subject=Password"), "{page}");
}
