//! The hashing queue when it is full, and when those who wait leave (T-38, P8).

use std::time::Duration;

use http::StatusCode;
use rekey_service::setting::Hashing;
use rekey_testkit::TestSite;
use rekey_testkit::bench::GOOD;
use rekey_testkit::site::{Scripts, paths};
use tokio::task::JoinSet;

const ADA: &str = "ada@example.org";
const WRONG: [(&str, &str); 2] = [("identifier", ADA), ("password", "not the password")];

/// A site whose only hashing thread takes about a second for a hash.
async fn slow_site(queue: usize) -> TestSite {
    let hashing =
        Hashing { memory_kib: 64 * 1024, iterations: 16, permits: Some(1), queue: Some(queue), pepper: false };
    let site = TestSite::router().settings(move |settings| settings.hashing = hashing).start().await;
    site.bench().account(ADA).await;
    site
}

fn free(site: &TestSite) -> usize {
    site.app().services().hasher.free_permits()
}

/// Waits until so many permits are free.
async fn until_free(site: &TestSite, wanted: usize) {
    let reached = async {
        while free(site) != wanted {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), reached).await.expect("in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_hashing_queue_is_told_at_once_and_costs_no_try() {
    let site = slow_site(2).await;
    let before = site.app().services().hasher.evaluated();
    let mut tries = JoinSet::new();
    for nth in 0..12 {
        let mut browser = site.browser(nth);
        tries.spawn(async move { browser.post(Scripts::On, paths::SIGN_IN, &WRONG).await });
    }
    let answers = tries.join_all().await;
    let (full, judged): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.status == StatusCode::SERVICE_UNAVAILABLE);
    assert!(judged.iter().all(|answer| answer.status == StatusCode::UNAUTHORIZED), "{judged:?}");
    // A place is free again when a hash is done, so a straggler may find one.
    assert!((8..=10).contains(&full.len()), "{} were told that it is full", full.len());
    for answer in full {
        assert_eq!((answer.body.as_str(), answer.header("retry-after")), (r#"{"problem":"busy"}"#, "1"));
    }
    let evaluated = site.app().services().hasher.evaluated() - before;
    assert_eq!(evaluated, u64::try_from(judged.len()).expect("few"), "nothing was hashed for the others");

    // Five wrong passwords would have begun a wait.
    let right = [("identifier", ADA), ("password", GOOD)];
    assert!(site.browser(1).post(Scripts::On, paths::SIGN_IN, &right).await.is_success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_hashing_queue_sends_a_form_back_with_what_was_typed() {
    let site = slow_site(1).await;
    let mut first = site.browser(1);
    let waiting = tokio::spawn(async move { first.post(Scripts::On, paths::SIGN_IN, &WRONG).await });
    until_free(&site, 0).await;
    let pages = site.browser(2).submit(Scripts::Off, paths::SIGN_IN, &WRONG).await;
    let page = &pages.last().expect("a page").body;
    assert!(page.contains("Very busy just now") && page.contains(&format!("value=\"{ADA}\"")), "{page}");
    assert_eq!(waiting.await.expect("it ends").status, StatusCode::UNAUTHORIZED);
}

/// Else one client could have more hashes in work than there are permits, by hanging up again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_is_given_up_keeps_its_permit_until_its_hash_is_done() {
    let site = slow_site(1).await;
    let mut first = site.browser(1);
    let given_up = tokio::spawn(async move { first.post(Scripts::On, paths::SIGN_IN, &WRONG).await });
    until_free(&site, 0).await;
    // The thread has begun the hash: what had not been begun would not be done at all.
    tokio::time::sleep(Duration::from_millis(50)).await;
    given_up.abort();
    assert!(given_up.await.expect_err("it was given up").is_cancelled());
    assert_eq!(free(&site), 0, "the thread is still at it");
    let next = site.browser(2).post(Scripts::On, paths::SIGN_IN, &WRONG).await;
    assert_eq!(next.status, StatusCode::SERVICE_UNAVAILABLE);
    until_free(&site, 1).await;
    assert_eq!(site.browser(2).post(Scripts::On, paths::SIGN_IN, &WRONG).await.status, StatusCode::UNAUTHORIZED);
}
