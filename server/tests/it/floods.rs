//! What is refused writes nothing: floods of refused requests against the real router, over both databases.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use http::header::COOKIE;
use http::{Request, StatusCode};
use rekey_domain::throttle::rate::Rate;
use rekey_service::recovery;
use rekey_service::setting::Requests;
use rekey_testkit::bench::{GOOD, meta};
use rekey_testkit::row_count::rows_by_table;
use rekey_testkit::site::request::{from_peer, post};
use rekey_testkit::{Database, TestSite};

/// Refused requests of one flood.
const REFUSED: usize = 20_000;

/// Rows that they may leave, over all tables together.
const MOST_ROWS: u64 = 200;

const ADA: &str = "ada@example.org";

/// A site with the limits as they are shipped.
async fn site(database: Database) -> TestSite {
    let options = TestSite::router().on(database).settings(|settings| {
        settings.requests = Requests::RECOMMENDED;
        settings.sign_in.address_rate = Rate::per_minute(20, 40);
    });
    let site = options.start().await;
    site.bench().account(ADA).await;
    site
}

fn sum(rows: &BTreeMap<String, u64>) -> u64 {
    rows.values().sum()
}

/// A recovery whose code was mistyped five times: the cookie of its browser.
async fn dead_journey(site: &TestSite) -> String {
    let cx = site.app().services();
    let handle = recovery::start(cx, &meta(), "stranger@example.org").await.expect("starts").expose();
    for _ in 0..5 {
        recovery::verify(cx, &meta(), &handle, "000000").await.expect_err("is wrong");
    }
    format!("rekey_recover={handle}")
}

fn with_cookie(mut request: Request<axum::body::Body>, cookie: &str) -> Request<axum::body::Body> {
    request.headers_mut().insert(COOKIE, cookie.parse().expect("a header"));
    request
}

/// The nth request of an attacker who tries everything that once wrote a row.
fn attack(nth: usize, dead: &str) -> Request<axum::body::Body> {
    match nth % 8 {
        0 => post("/api/recovery/start", &format!("identifier=victim{nth}%40example.org")),
        1 => post("/api/recovery/start", "identifier=ada%40example.org"),
        2 => post("/api/registration/start", &format!("identifier=new{nth}%40example.org&consent=on")),
        3 => with_cookie(post("/api/recovery/complete", "new_password=x&confirm_password=x"), "rekey_link=made-up"),
        4 => with_cookie(post("/api/recovery/verify", "code=000000"), dead),
        5 => with_cookie(post("/api/recovery/resend", ""), dead),
        6 => with_cookie(post("/api/account/freeze", ""), "rekey_not_me=made-up"),
        _ => post("/api/session/sign-in", "identifier=ada%40example.org&password=not+the+password"),
    }
}

/// Sends until so many were refused, one each millisecond; gives how many were not.
async fn flood(site: &TestSite, refused: usize, dead: &str, from: impl Fn(usize) -> IpAddr) -> usize {
    let (mut counted, mut nth) = (0, 0);
    while counted < refused {
        let answer = site.send(from_peer(attack(nth, dead), &from(nth).to_string())).await;
        counted += usize::from(answer.status.as_u16() >= 400);
        nth += 1;
        site.advance(Duration::from_millis(1)).await;
    }
    nth - counted
}

async fn signs_in(site: &TestSite, identifier: &str, from: &str) -> bool {
    let form = format!("identifier={}&password={}", identifier.replace('@', "%40"), GOOD.replace(' ', "+"));
    let answer = site.send(from_peer(post("/api/session/sign-in", &form), from)).await;
    answer.status.is_success() || answer.status == StatusCode::FOUND
}

async fn one_address(database: Database) {
    let site = site(database).await;
    let dead = dead_journey(&site).await;
    site.bench().account("eve@example.org").await;
    let url = site.bench().database.url().to_owned();
    let attacker = |_| IpAddr::from(Ipv4Addr::new(203, 0, 113, 7));
    // The first burst is let through, as it would be for a person.
    flood(&site, 400, &dead, attacker).await;
    let before = rows_by_table(&url).await;
    let passed = flood(&site, REFUSED, &dead, attacker).await;
    let after = rows_by_table(&url).await;
    assert!(sum(&after) - sum(&before) <= MOST_ROWS, "{passed} passed; {before:?} {after:?}");
    assert!(signs_in(&site, "eve@example.org", "198.51.100.1").await, "people elsewhere notice nothing");
    assert!(site.app().services().refusals.left_out() > 19_000, "what has no row is counted");
}

async fn many_addresses(database: Database) {
    let site = site(database).await;
    let dead = dead_journey(&site).await;
    site.bench().account("eve@example.org").await;
    let url = site.bench().database.url().to_owned();
    // Each from a /48 of its own.
    let attacker = |nth: usize| IpAddr::from(Ipv6Addr::from(((0x2001_0db8 << 16) | nth as u128) << 80));
    // Until the ceilings over all addresses are reached.
    flood(&site, 6_000, &dead, attacker).await;
    let before = rows_by_table(&url).await;
    let passed = flood(&site, REFUSED, &dead, attacker).await;
    let after = rows_by_table(&url).await;
    // What passes meanwhile is no refusal: the ceiling lets five a second through, as six rows each.
    let by_starts = 6 * u64::try_from(passed).expect("a small number");
    assert!(sum(&after) - sum(&before) <= MOST_ROWS + by_starts, "{passed} passed; {before:?} {after:?}");
    assert!(passed <= 110, "{passed}: the rate of the ceiling over 20 s");
    assert!(signs_in(&site, "eve@example.org", "198.51.100.1").await, "people elsewhere notice nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_leaves_nothing_behind_on_sqlite() {
    one_address(Database::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_address_leaves_nothing_behind_on_postgresql() {
    one_address(Database::postgres().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_without_end_leave_nothing_behind_on_sqlite() {
    many_addresses(Database::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_without_end_leave_nothing_behind_on_postgresql() {
    many_addresses(Database::postgres().await).await;
}
