//! What a flood costs the others, and the machine (P8, T-38): one process on SQLite, hashes at their real cost.
//!
//! With every `cargo xtask test` the memory and the answers are held to the promise; times are printed, and judged by
//! `cargo xtask assurance` alone.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rekey_testkit::TestSite;
use rekey_testkit::assurance::{is_full, measured, scale};
use rekey_testkit::bench::GOOD;
use rekey_testkit::site::{Scripts, paths};
use rekey_testkit::statistics::median;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

const ADA: &str = "ada@example.org";
const WRONG: [(&str, &str); 2] = [("identifier", "eve@example.org"), ("password", "not the password")];
/// What one hash holds, in KiB.
const HASH_KIB: u64 = 19 * 1024;

/// One test at a time: what another one does would be measured as well.
static QUIET: Mutex<()> = Mutex::const_new(());

async fn site() -> TestSite {
    let options = TestSite::program().set("REKEY_HASHING__INSECURE_TEST_COST", "false");
    // As shipped: these are what refuses.
    let options = options.set("REKEY_REQUESTS__STARTS_PER_MINUTE", "10").set("REKEY_REQUESTS__STARTS_IN_ALL", "300");
    let site = options.start().await;
    site.register(ADA).await;
    site
}

#[expect(clippy::disallowed_methods, reason = "what is measured is real time")]
async fn clocked<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let begun = Instant::now();
    (work.await, begun.elapsed())
}

fn millis(times: &[Duration]) -> Vec<f64> {
    times.iter().map(|time| time.as_secs_f64() * 1000.0).collect()
}

/// The time that 99 of 100 stay below, in milliseconds.
fn p99(times: &[Duration]) -> f64 {
    let mut sorted = millis(times);
    sorted.sort_by(f64::total_cmp);
    sorted[(sorted.len() * 99 / 100).min(sorted.len() - 1)]
}

/// P8: of thousands who sign in at once as many are judged as there are places, the others are told at once; memory stays
/// within what the places hold, and a light request is answered meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_sign_ins_takes_no_more_memory_than_its_places() {
    let _alone = QUIET.lock().await;
    let (site, all) = (site().await, scale(300, 2000));
    let idle = site.as_program().memory_kib(0, "VmRSS");
    let flooding = Arc::new(AtomicBool::new(true));
    let (watching, mut watcher) = (Arc::clone(&flooding), site.browser(0));
    let health = tokio::spawn(async move {
        let mut times = Vec::new();
        while watching.load(Ordering::Relaxed) {
            let (answer, time) = clocked(watcher.get("/healthz")).await;
            assert_eq!(answer.status.as_u16(), 200);
            times.push(time);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        times
    });
    let mut tries = JoinSet::new();
    for nth in 0..all {
        let mut browser = site.browser(nth);
        tries.spawn(async move { clocked(browser.post(Scripts::On, paths::SIGN_IN, &WRONG)).await });
    }
    let answers = tries.join_all().await;
    flooding.store(false, Ordering::Relaxed);
    let health = health.await.expect("it ends");
    let (shed, judged): (Vec<_>, Vec<_>) = answers.iter().partition(|(answer, _)| answer.status.as_u16() == 503);
    assert!(judged.iter().all(|(answer, _)| answer.status.as_u16() == 401), "{:?}", judged.first());
    assert_eq!(shed.len() + judged.len(), all);

    let permits = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let (peak, most) = (site.as_program().memory_kib(0, "VmHWM"), idle + permits * HASH_KIB + 100 * 1024);
    assert!(peak <= most, "{peak} KiB at most, {most} are promised");
    let slowest = shed.iter().map(|(_, time)| *time).max().unwrap_or_default();
    let light = p99(&health);
    measured(
        "P8",
        &format!(
            "{all} sign-ins at once: {} judged, {} told that it is full after at most {slowest:.0?}; {} MiB idle, {} MiB at \
             most; /healthz p99 {light:.0} ms",
            judged.len(),
            shed.len(),
            idle / 1024,
            peak / 1024,
        ),
    );
    if is_full() {
        assert!(slowest <= Duration::from_secs(2), "{slowest:?}");
        // Unoptimised a light request is no light one: of a release the bench tells.
        assert!(cfg!(debug_assertions) || light < 100.0, "{light} ms");
    }
}

/// One client that is refused a thousand times a second costs an owner at most as much again as a sign-in takes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_beside_refused_requests_takes_at_most_twice_its_time() {
    let _alone = QUIET.lock().await;
    let (site, rounds) = (site().await, scale(10, 60));
    let alone = sign_ins(&site, rounds).await;
    let (flooding, refused) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicU32::new(0)));
    let mut attackers = JoinSet::new();
    for _ in 0..4 {
        let (mut browser, flooding, refused) = (site.browser(99), Arc::clone(&flooding), Arc::clone(&refused));
        attackers.spawn(async move {
            let mut pace = tokio::time::interval(Duration::from_millis(4));
            while flooding.load(Ordering::Relaxed) {
                pace.tick().await;
                browser.clear_cookies();
                let form = [("identifier", "victim@example.org")];
                let answer = browser.post(Scripts::On, paths::RECOVERY_START, &form).await;
                refused.fetch_add(u32::from(answer.status.as_u16() == 429), Ordering::Relaxed);
            }
        });
    }
    let (beside, time) = clocked(sign_ins(&site, rounds)).await;
    flooding.store(false, Ordering::Relaxed);
    attackers.join_all().await;
    let (alone, beside) = (median(&millis(&alone)), median(&millis(&beside)));
    let rate = f64::from(refused.load(Ordering::Relaxed)) / time.as_secs_f64();
    assert!(rate > 1.0, "no one was refused: nothing was measured");
    measured(
        "P8",
        &format!("a sign-in takes {alone:.0} ms alone and {beside:.0} ms beside {rate:.0} refused requests a second"),
    );
    if is_full() {
        assert!(beside <= 2.0 * alone, "{beside} ms beside them, {alone} ms alone");
    }
}

/// What so many sign-ins take, one after the other.
async fn sign_ins(site: &TestSite, rounds: usize) -> Vec<Duration> {
    let mut times = Vec::new();
    for _ in 0..rounds {
        let mut browser = site.browser(7);
        let form = [("identifier", ADA), ("password", GOOD)];
        let (answer, time) = clocked(browser.post(Scripts::On, paths::SIGN_IN, &form)).await;
        assert!(answer.is_success(), "{}", answer.body);
        times.push(time);
    }
    times
}
