//! Links from messages, the language switch, and where they lead (T-24).

use http::{Method, StatusCode};
use rekey_app::return_to::own_page;
use rekey_service::setting::Settings;
use url::Url;

use rekey_testkit::TestSite;
use rekey_testkit::bench::GOOD;
use rekey_testkit::site::request::{get, post};
use rekey_testkit::site::{Browser, Scripts, paths};

/// A token in the right form that no one has.
const TOKEN: &str = "C2xqI23uChSRpVDVd98SdWeTCfQ_8nWdUvnsRlgNzf0";

const DOORS: [(&str, &str, &str); 3] = [
    ("/recover/link/", "rekey_link", "/recover/new"),
    ("/owner/", "rekey_owner", "/register/owner"),
    ("/not-me/", "rekey_not_me", "/not-me"),
];

#[tokio::test]
async fn a_link_moves_its_token_into_a_cookie_and_changes_nothing_else() {
    let site = TestSite::router().start().await;
    for (path, cookie, next) in DOORS {
        for method in [Method::GET, Method::HEAD] {
            let mut request = get(&format!("{path}{TOKEN}"));
            *request.method_mut() = method;
            let answer = site.send(request).await;
            assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, next));
            let line = format!("{cookie}={TOKEN}; Path=/; Max-Age=900; HttpOnly; SameSite=Lax");
            assert_eq!(answer.header("set-cookie"), line);
            assert_eq!((answer.header("referrer-policy"), answer.header("cache-control")), ("no-referrer", "no-store"));
        }
    }
}

#[tokio::test]
async fn a_malformed_token_leads_on_as_well_and_takes_an_older_ones_place() {
    let site = TestSite::router().start().await;
    for token in ["x", "undefined", "%00", "%0d%0aset-cookie:a=b", &TOKEN[1..], &format!("{TOKEN}A"), "%3Cscript%3E"] {
        for (path, cookie, next) in DOORS {
            let answer = site.get(&format!("{path}{token}")).await;
            assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, next), "{token}");
            assert!(answer.header("set-cookie").starts_with(&format!("{cookie}=cut; Path=/; ")), "{token}");
        }
    }
}

#[tokio::test]
async fn password_managers_find_the_page() {
    let answer = TestSite::router().start().await.get("/.well-known/change-password").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/account/password"));
}

#[tokio::test]
async fn the_language_is_kept_and_the_page_stays() {
    let site = TestSite::router().start().await;
    let answer = site.send(post("/language", "lang=ja&return_to=%2Fforgot%3Fa%3Db")).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/forgot?a=b"));
    assert!(answer.header("set-cookie").starts_with("rekey_lang=ja; Path=/; Max-Age=31536000; HttpOnly"));
    let unknown = site.send(post("/language", "lang=tlh")).await;
    assert_eq!((unknown.header("set-cookie"), unknown.header("location")), ("", "/"));
}

#[test]
fn our_own_pages_are_gone_back_to() {
    for path in ["/", "/forgot", "/account/sessions?done=ended", "/recover/./new", "/a%20b?x=%2e"] {
        assert!(own_page(path).is_some(), "{path}");
    }
    assert_eq!(own_page("/a/../forgot").as_deref(), Some("/forgot"));
}

/// Ways to write another host, multiplied by what is put around it.
fn payloads() -> Vec<String> {
    let ways = [
        "//{}",
        "///{}",
        "////{}",
        "/\\{}",
        "\\/{}",
        "\\\\{}",
        "/\t/{}",
        "/\n/{}",
        "/\r\n/{}",
        "\t//{}",
        " //{}",
        "//{}/%2e%2e",
        "http://{}",
        "https://{}",
        "http:{}",
        "https:/{}",
        "http:\\\\{}",
        "HTTPS://{}",
        "//user@{}",
        "//localhost:3000@{}",
        "http://localhost:3000@{}",
        "/%2f{}",
        "/%2f%2f{}",
        "/%5c{}",
        "%2f%2f{}",
        "/.//{}",
        "/..//{}",
        "/a/..//{}",
        "/./\\{}",
        "/%2e//{}",
        "/%09/{}",
        "javascript://{}/%0aalert(1)",
        "data:text/html,{}",
        "{}",
        "./{}",
        "../{}",
        "?{}",
        "#{}",
        "//{}?localhost:3000",
        "//{}#localhost:3000",
        "/\u{ff0f}{}",
        "\u{2215}\u{2215}{}",
        "/\u{0}/{}",
        "ftp://{}",
        "//{}:443",
    ];
    let hosts = ["evil.example", "xn--80ak6aa92e.com", "аррӏе.com", "[::1]", "3627734734", "evil.example%00.localhost"];
    ways.iter().flat_map(|way| hosts.iter().map(move |host| way.replace("{}", host))).collect()
}

#[tokio::test]
async fn no_payload_leads_away() {
    let (site, all) = (TestSite::router().start().await, payloads());
    assert!(all.len() >= 250, "{}", all.len());
    let base = Url::parse("http://localhost:3000/recover/new").expect("a page");
    for payload in all {
        let form: String =
            url::form_urlencoded::Serializer::new("lang=en&".to_owned()).append_pair("return_to", &payload).finish();
        let answer = site.send(post("/language", &form)).await;
        let location = answer.header("location");
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{payload:?}");
        let led = base.join(location).expect("an address");
        assert_eq!(led.origin(), base.origin(), "{payload:?} led to {location}");
        assert!(location.starts_with('/') && !location.starts_with("//"), "{payload:?} led to {location}");
    }
}

/// Where a sign-in leads, with what the browser has been given before.
async fn signed_in(browser: &mut Browser) -> String {
    let fields = [("identifier", "ada@example.org"), ("password", GOOD)];
    let answer = browser.post(Scripts::Off, paths::SIGN_IN, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    answer.header("location").to_owned()
}

#[tokio::test]
async fn a_sign_in_leads_on_to_the_page_that_was_asked_for() {
    let site = TestSite::router().start().await;
    site.bench().account("ada@example.org").await;
    let mut browser = site.browser(1);
    let refused = browser.get("/account/sessions?done=ended").await;
    assert_eq!((refused.status, refused.header("location")), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(signed_in(&mut browser).await, "/account/sessions?done=ended");
    let mut plain = site.browser(2);
    assert_eq!(signed_in(&mut plain).await, "/account", "where nothing was asked for");
}

#[tokio::test]
async fn a_sign_in_leads_on_to_a_site_that_is_listed_and_to_no_other() {
    let listed = |settings: &mut Settings| settings.sign_in.return_to = vec!["https://app.example.org".to_owned()];
    let site = TestSite::router().settings(listed).start().await;
    site.bench().account("ada@example.org").await;
    for (asked, next) in [
        ("https%3A%2F%2Fapp.example.org%2Fa%3Fb", "https://app.example.org/a?b"),
        ("https%3A%2F%2Fevil.example%2F", "/account"),
        ("%2Frecover%2Flink%2Ftoken", "/account"),
    ] {
        let mut browser = site.browser(1);
        let page = browser.get(&format!("/?return_to={asked}")).await;
        assert!(page.header("content-security-policy").contains("form-action 'self' https://app.example.org;"));
        assert_eq!(signed_in(&mut browser).await, next, "{asked}");
        // Who is signed in already goes on at once.
        let again = browser.get(&format!("/?return_to={asked}")).await;
        assert_eq!(again.header("location"), next, "{asked}");
    }
}

#[tokio::test]
async fn no_payload_leads_away_after_a_sign_in() {
    let site = TestSite::router().start().await;
    for payload in payloads() {
        let query: String =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", &payload).finish();
        let page = site.get(&format!("/?{query}")).await;
        assert!(!page.header("set-cookie").contains("rekey_return"), "{payload:?}");
    }
}
