//! Pages find their data below their own path.

use std::collections::BTreeMap;

use http::StatusCode;
use rekey_app::pages::PAGES;

use rekey_testkit::TestSite;
use rekey_testkit::bench::GOOD;
use rekey_testkit::site::request::get;
use rekey_testkit::site::{Scripts, paths};

#[tokio::test]
async fn the_data_of_a_page_is_what_the_page_is_drawn_from() {
    let site = TestSite::router().start().await;
    let expected = [
        ("/api/page/", r#"{"data":null}"#),
        ("/api/page/register", r#"{"data":null}"#),
        ("/api/page/register/owner", r#"{"refused":{"problem":"link_not_valid"}}"#),
        ("/api/page/not-me", r#"{"refused":{"problem":"link_not_valid"}}"#),
    ];
    for (address, data) in expected {
        let answer = site.send(get(address)).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "application/json"), "{address}");
        assert_eq!(answer.body, data, "{address}");
    }
}

#[tokio::test]
async fn a_page_that_is_the_same_for_everyone_has_no_data() {
    let site = TestSite::router().start().await;
    for path in ["/forgot", "/help", "/register/done", "/recover/done", "/not-me/done"] {
        let page = PAGES.iter().find(|page| page.path == path).expect("a page");
        assert_eq!(page.data, None, "{path}");
        assert_eq!(site.get(path).await.status, StatusCode::OK, "{path}");
        assert_eq!(site.get(&format!("/api/page{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_page_of_a_frozen_account_names_both_ways_back() {
    const DESK: &str = "https://desk.example.org/";
    let ways = |page: &str, desk: &str| {
        assert!(page.contains("enter a different email or phone."), "{page}");
        assert!(page.contains(r#"<a href="/forgot" class="btn">"#), "{page}");
        assert!(page.contains(&format!(r#"they can give you a one-time link.<!> <a href="{desk}">"#)), "{page}");
    };
    ways(&TestSite::router().start().await.get("/not-me/done").await.body, "/help");
    let site = TestSite::router().set("REKEY_HELP_URL", DESK).start().await;
    ways(&site.get("/not-me/done").await.body, DESK);
}

#[tokio::test]
async fn every_page_of_the_account_is_closed_to_those_who_are_not_signed_in() {
    let site = TestSite::router().start().await;
    let pages: Vec<_> = PAGES.iter().filter(|page| page.path.starts_with("/account")).collect();
    assert_eq!(pages.len(), 3);
    for page in pages {
        let answer = site.get(&page.path).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/"), "{}", page.path);
        let answer = site.get(page.data.as_deref().expect("data")).await;
        assert!(!answer.body.contains("\"data\""), "{}: {}", page.path, answer.body);
    }
}

/// The addresses that a page has its browser fetch ahead.
fn fetched_ahead(page: &str) -> Vec<&str> {
    let links = page.split("<link rel=\"later\"").skip(1).filter_map(|rest| rest.split_once("href=\""));
    links.filter_map(|(_, rest)| rest.split('"').next()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_names_the_chunk_that_it_is_in_and_is_the_same_each_time() {
    let site = TestSite::router().start().await;
    for (path, chunk) in [("/", None), ("/register", Some("split_public_chunk_")), ("/nowhere", None)] {
        let first = site.get(path).await;
        let named = fetched_ahead(&first.body);
        assert_eq!(named.iter().any(|file| file.contains("split_")), chunk.is_some(), "{path}: {named:?}");
        assert!(chunk.is_none_or(|chunk| named.iter().any(|file| file.contains(chunk))), "{path}: {named:?}");
        for file in &named {
            assert_eq!(site.get(file).await.status, StatusCode::OK, "{file}");
        }
        let nonce =
            |page: &str| page.split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
        let masked = |page: &str| nonce(page).map_or_else(|| page.to_owned(), |nonce| page.replace(&nonce, ""));
        for _ in 0..20 {
            assert_eq!(masked(&site.get(path).await.body), masked(&first.body), "{path}");
        }
    }
}

#[test]
fn every_page_has_a_state_in_which_it_is_looked_at() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../end2end");
    let read = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).expect("readable");
    let journeys: BTreeMap<String, BTreeMap<String, String>> =
        serde_json::from_str(&read("states.json")).expect("journeys with their states");
    let states: Vec<_> = journeys.values().flatten().collect();
    for page in PAGES.iter() {
        assert!(states.iter().any(|(_, path)| **path == page.path), "states.json has no state of {}", page.path);
    }
    // A journey looks at all its states or fails; that it is walked at all is seen here.
    let tests = [read("tests/every-page.spec.js"), read("tests/rare-states.spec.js")].concat();
    for title in journeys.keys() {
        assert!(tests.contains(&format!("test('{title}'")), "no test walks {title:?}");
    }
}

const ADA: &str = "ada@example.org";

/// What stands between the quotation marks after this, in a page or a header.
fn nonce_of<'a>(text: &'a str, before: &str, end: char) -> &'a str {
    text.split(before).nth(1).and_then(|rest| rest.split(end).next()).expect("a nonce")
}

#[tokio::test]
async fn a_page_that_was_kept_has_a_nonce_of_its_own_in_page_and_policy() {
    let site = TestSite::router().start().await;
    for path in ["/", "/register", "/forgot", "/help"] {
        let (drawn, kept) = (site.get(path).await, site.get(path).await);
        let nonces = [&drawn, &kept].map(|answer| {
            let policy = answer.header("content-security-policy");
            let (named, used) = (nonce_of(policy, "'nonce-", '\''), nonce_of(&answer.body, "nonce=\"", '"'));
            assert_eq!(named, used, "{path}");
            assert!(named.len() >= 22, "{path}");
            named.to_owned()
        });
        assert_ne!(nonces[0], nonces[1], "{path}");
        assert_eq!(drawn.body.replace(&nonces[0], ""), kept.body.replace(&nonces[1], ""), "{path}");
        assert!(!kept.body.contains(&nonces[0]), "{path}: the nonce of another answer");
        assert_eq!(kept.header("cache-control"), "no-store", "{path}");
        assert_eq!(drawn.header("content-type"), kept.header("content-type"), "{path}");
    }
}

#[tokio::test]
async fn what_is_kept_for_strangers_is_shown_to_no_one_else() {
    let site = TestSite::router().start().await;
    site.register(ADA).await;
    let stranger = site.get("/").await.body;
    assert!(stranger.contains("Sign in"), "{stranger}");
    let mut ada = site.signed_in(ADA, GOOD).await;
    assert_eq!(ada.get("/").await.location(), Some("/account"));
    let mut hasty = site.browser(7);
    hasty.post(Scripts::Off, paths::SIGN_IN, &[("identifier", ADA), ("password", "wrong")]).await;
    let told = hasty.get("/").await.body;
    assert!(told.contains("Couldn't sign you in") && told.contains(ADA), "{told}");
    for path in ["/", "/?return_to=%2Faccount"] {
        let page = site.get(path).await.body;
        assert!(page.contains("Sign in") && !page.contains(ADA) && !page.contains("Couldn't sign you in"), "{page}");
    }
    let noted = site.get("/?return_to=%2Faccount").await;
    assert!(noted.header("set-cookie").contains("rekey_return="), "{:?}", noted.header("set-cookie"));
    assert_eq!(site.get("/").await.header("set-cookie"), "");
}

#[tokio::test]
async fn every_page_says_what_it_is_about_in_both_languages() {
    let site = TestSite::router().start().await;
    let about = |page: &str| {
        let (_, rest) = page.split_once("<meta name=\"description\" content=\"").expect("a description");
        rest.split('"').next().unwrap_or_default().to_owned()
    };
    for page in PAGES.iter().filter(|page| !page.path.contains('{')) {
        let mut told = Vec::new();
        for lang in ["en", "ja"] {
            let mut request = get(&page.path);
            request.headers_mut().insert("accept-language", lang.parse().expect("a header"));
            let answer = site.send(request).await;
            if answer.status.is_redirection() {
                continue;
            }
            assert!(answer.body.contains(&format!("<html lang=\"{lang}\"")), "{}", page.path);
            told.push(about(&answer.body));
        }
        assert!(told.first() != told.last() || told.is_empty(), "{}: {told:?}", page.path);
    }
}
