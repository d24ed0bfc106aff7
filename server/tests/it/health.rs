//! What programs that watch are told.

use rekey_testkit::bench::GOOD;
use rekey_testkit::site::{Scripts, paths};
use rekey_testkit::{Database, TestSite};

const ADA: &str = "ada@example.org";

/// The counters, but for those of requests themselves and of time.
async fn counters(site: &TestSite) -> Vec<String> {
    let text = site.as_program().counters().await;
    let own = |line: &&str| line.starts_with("rekey_") && !line.starts_with("rekey_http_");
    text.lines().filter(own).map(str::to_owned).collect()
}

/// What the counters have gained by something that is done with an identifier.
async fn gained(site: &TestSite, identifier: &str) -> Vec<(String, f64)> {
    let before = counters(site).await;
    let asked = [("identifier", identifier)];
    assert!(site.browser(1).post(Scripts::On, paths::RECOVERY_START, &asked).await.is_success());
    assert!(!site.accepts(identifier, "not the password").await);
    site.deliver().await;
    let (mut gained, after) = (Vec::new(), counters(site).await);
    for (was, is) in before.iter().zip(&after) {
        let read = |line: &str| line.rsplit(' ').next().and_then(|n| n.parse::<f64>().ok()).unwrap_or_default();
        gained.push((is.rsplit_once(' ').map(|(name, _)| name.to_owned()).unwrap_or_default(), read(is) - read(was)));
    }
    gained
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_counters_gain_the_same_by_a_known_and_by_an_unknown_address() {
    let site = TestSite::program().start().await;
    site.register(ADA).await;
    assert!(site.accepts(ADA, GOOD).await);
    // What she is told of that browser comes before anything is counted.
    site.deliver().await;
    let (known, unknown) = (gained(&site, ADA).await, gained(&site, "grace@example.org").await);
    assert_eq!(known, unknown);
    let by = |name: &str| known.iter().find(|(counter, _)| counter.starts_with(name)).map(|(_, by)| *by);
    assert_eq!(by("rekey_passwords_verified_total"), Some(1.0));
    assert_eq!(by("rekey_clock_skew_seconds"), Some(0.0));
    assert_eq!(by("rekey_messages_total{outcome=\"settled\"}"), Some(1.0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_not_the_databases_is_told() {
    for (database, expected) in [
        (Database::sqlite().await, "ready\n"),
        (
            Database::postgres().await,
            "ready\nwarning: this node's clock is more than two seconds from the database's\n",
        ),
    ] {
        // Its clock stands still, on a day of its own.
        let site = TestSite::router().on(database).start().await;
        let (cx, skew) = (site.app().services(), &site.app().clock_skew);
        skew.refresh(&cx.store, cx.clock.as_ref()).await.expect("measures");
        assert_eq!(site.get("/readyz").await.body, expected);
        let seconds = skew.seconds();
        assert_eq!(seconds.abs() > 2.0, expected != "ready\n", "{seconds}");
    }
}
