//! Whether the time that an answer takes tells whom it is about (T-02, P3).
//!
//! The figures are printed (`--nocapture`), for people to look at. The tests fail for gross leaks only: machines are
//! noisy, and a finer verdict needs a quiet one. They also fail when they cannot see a leak that was put there.

use std::time::{Duration, Instant};

use axum::middleware::{Next, from_fn};
use rekey_service::setting::Hashing;
use rekey_testkit::assurance::{measured, scale};
use rekey_testkit::bench::GOOD;
use rekey_testkit::site::{Browser, Destination, RouterOptions, Scripts, paths};
use rekey_testkit::statistics::{compare, median, quicker_half};
use rekey_testkit::{SeededRng, TestSite};
use tokio::sync::Mutex;

/// Answers of each kind that count.
fn samples() -> usize {
    scale(500, 2000)
}

/// Answers of each kind before that, which do not.
const WARM_UP: usize = 50;
/// Answers of each kind in one block of the order.
const IN_BLOCK: usize = 5;
/// The leak that must be found.
const LEAK: Duration = Duration::from_millis(5);
const SEED: u64 = 0x7131_1e5e_c2e7_0005;

const PUBLIC_URL: &str = "https://id.example.org";
const KNOWN: &str = "known000@example.org";
const UNKNOWN: &str = "unknown0@example.org";
const DISABLED: &str = "disabled@example.org";
const LOCKED: &str = "locked00@example.org";

/// One test at a time: what another one does would be measured as well.
static QUIET: Mutex<()> = Mutex::const_new(());

/// What an answer took, in milliseconds.
#[derive(Debug, Clone, Copy)]
struct Took {
    /// As the one who waits sees it.
    time: f64,
    /// Of the processor: blind to waits, but what others do on the machine hardly changes it.
    work: f64,
}

/// A kind of answer and what each took.
struct Class {
    name: &'static str,
    took: Vec<Took>,
}

impl Class {
    /// Whether the other differs so much that anyone sees it, after lines for people. Of the times the quicker half
    /// is judged, of the work everything.
    fn is_far_from(&self, other: &Self, what: &str) -> bool {
        println!("{what}: {} and {}, n = {}", self.name, other.name, self.took.len());
        let (mine, theirs) = (self.times(), other.times());
        report("time, all ", &mine, &theirs);
        let found = compare(&mine, &theirs);
        let (n, (from, to)) = (self.took.len(), found.interval);
        let classes = format!("{what}, {} and {}, n = {n}", self.name, other.name);
        measured("P3", &format!("{classes}: shift {:+.3} ms, 99 % within {from:+.3}…{to:+.3}", found.shift));
        let by_time = report("time, half", &quicker_half(&mine), &quicker_half(&theirs));
        let by_work = report("work, all ", &self.work(), &other.work());
        by_time || by_work
    }

    fn times(&self) -> Vec<f64> {
        self.took.iter().map(|took| took.time).collect()
    }

    fn work(&self) -> Vec<f64> {
        self.took.iter().map(|took| took.work).collect()
    }

    /// The same answers with more work.
    fn burdened(&self, more: f64) -> Self {
        let later = |took: &Took| Took { time: took.time + more, work: took.work + more };
        Self { name: "burdened", took: self.took.iter().map(later).collect() }
    }
}

/// Says how two samples differ; whether they do so grossly.
fn report(which: &str, one: &[f64], other: &[f64]) -> bool {
    let (usual, later, found) = (median(one), median(other), compare(one, other));
    let (shift, share, p, (from, to)) = (found.shift, 100.0 * found.shift / usual, found.p, found.interval);
    println!(
        "  {which} {usual:7.3} ms and {later:7.3} ms: shift {shift:+.3} ms ({share:+.1} %), \
         99 % within {from:+.3}…{to:+.3} ms, p = {p:.1e}"
    );
    p < 1e-6 && share.abs() > 15.0
}

/// Asks for each kind of answer equally often, in an order that is drawn block by block.
/// `ask` prepares one answer of the kind with that number, and says what it took.
async fn measure<const N: usize>(
    names: [&'static str; N],
    samples: usize,
    mut ask: impl AsyncFnMut(usize) -> Took,
) -> [Class; N] {
    let mut rng = SeededRng::new(SEED);
    println!("seed {SEED:#x}");
    let mut classes = names.map(|name| Class { name, took: Vec::new() });
    for _ in 0..(WARM_UP + samples) / IN_BLOCK {
        let mut block: Vec<usize> = (0..N).flat_map(|class| [class; IN_BLOCK]).collect();
        rng.shuffle(&mut block);
        for class in block {
            classes[class].took.push(ask(class).await);
        }
    }
    for class in &mut classes {
        class.took.drain(..WARM_UP);
    }
    classes
}

/// What one post by scripts takes.
#[expect(clippy::disallowed_methods, reason = "what is measured is real time")]
async fn clocked(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Took {
    let (begun, before) = (Instant::now(), processor());
    browser.post(Scripts::On, path, fields).await;
    Took { time: begun.elapsed().as_secs_f64() * 1000.0, work: processor() - before }
}

/// Milliseconds that this process has had of the processor, all threads together.
#[expect(clippy::cast_precision_loss, reason = "far fewer nanoseconds than a mantissa holds")]
fn processor() -> f64 {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    used.tv_sec as f64 * 1e3 + used.tv_nsec as f64 / 1e6
}

/// As in production but for the cost of a hash.
fn public_site() -> RouterOptions {
    TestSite::router().at(PUBLIC_URL)
}

/// A wrong password.
async fn mistype(browser: &mut Browser, identifier: &str) -> Took {
    clocked(browser, paths::SIGN_IN, &[("identifier", identifier), ("password", "mistyped it")]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_takes_as_long_without_an_account_as_with_one() {
    let _alone = QUIET.lock().await;
    let site = public_site().settings(|settings| settings.hashing = Hashing::RECOMMENDED).start().await;
    let t = site.bench();
    for identifier in [KNOWN, DISABLED, LOCKED] {
        t.account(identifier).await;
    }
    site.disable(DISABLED).await;

    let mut browser = site.browser(1);
    let [unknown, known, disabled, locked] =
        measure(["unknown", "known", "disabled", "locked"], samples(), async |class| {
            // After an hour every wait is over, however often the password was wrong.
            t.advance(Duration::from_secs(3601));
            if class == 3 {
                mistype(&mut browser, LOCKED).await;
            }
            mistype(&mut browser, [UNKNOWN, KNOWN, DISABLED, LOCKED][class]).await
        })
        .await;

    let far = [
        unknown.is_far_from(&known, "sign-in"),
        known.is_far_from(&disabled, "sign-in"),
        known.is_far_from(&locked, "sign-in"),
    ];
    let leak = (LEAK.as_secs_f64() * 1000.0).max(0.2 * median(&unknown.work()));
    assert!(unknown.is_far_from(&unknown.burdened(leak), "sign-in with a leak"), "this run could not have seen a leak");
    assert_eq!(far, [false; 3], "anyone can tell them apart");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recovery_begins_as_quickly_without_an_account_as_with_one() {
    let _alone = QUIET.lock().await;
    let site = public_site().start().await;
    let t = site.bench();
    t.account(KNOWN).await;
    t.deliver().await;

    let slow = site.as_router().clone().layer(from_fn(async |request, next: Next| {
        tokio::time::sleep(LEAK).await;
        next.run(request).await
    }));
    let slow = Browser::new(Destination::Router(slow), PUBLIC_URL, [198, 51, 100, 3].into());
    let mut browsers = [site.browser(1), site.browser(2), slow];
    let [unknown, known, leaky] = measure(["unknown", "known", "leaky"], samples(), async |class| {
        // Five times an hour is as often as it is let through.
        t.advance(Duration::from_secs(721));
        let identifier = [("identifier", [UNKNOWN, KNOWN, "unknown1@example.org"][class])];
        let took = clocked(&mut browsers[class], paths::RECOVERY_START, &identifier).await;
        t.deliver().await;
        took
    })
    .await;

    let far = unknown.is_far_from(&known, "recovery");
    assert!(unknown.is_far_from(&leaky, "recovery with a leak"), "this run could not have seen a leak");
    assert!(!far, "anyone can tell them apart");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_code_takes_as_long_without_an_account_as_with_one() {
    let _alone = QUIET.lock().await;
    let site = public_site().start().await;
    let t = site.bench();
    t.account(KNOWN).await;
    let mut browser = site.browser(1);
    let [unknown, known] = measure(["unknown", "known"], samples() / 2, async |class| {
        // Every wait between messages and between codes is over.
        t.advance(Duration::from_secs(3601));
        browser.post(Scripts::On, paths::RECOVERY_START, &[("identifier", [UNKNOWN, KNOWN][class])]).await;
        t.deliver().await;
        clocked(&mut browser, paths::RECOVERY_VERIFY, &[("code", "000000")]).await
    })
    .await;
    let far = unknown.is_far_from(&known, "wrong code");
    assert!(
        unknown.is_far_from(&unknown.burdened(5.0), "wrong code with a leak"),
        "this run could not have seen a leak"
    );
    assert!(!far, "anyone can tell them apart");
}

/// After a temporary password was sent there is one more secret to compare with.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_temporary_password_takes_as_long_without_an_account_as_with_one() {
    let _alone = QUIET.lock().await;
    let site = public_site().set("REKEY_RECOVERY__KIND", "temporary_password").start().await;
    let t = site.bench();
    t.account(KNOWN).await;
    let mut browser = site.browser(1);
    let [unknown, known] = measure(["unknown", "known"], samples() / 2, async |class| {
        t.advance(Duration::from_secs(3601));
        // Both are asked for each time: what is measured is the sign-in, not what a message leaves in a cache.
        t.ask(UNKNOWN).await;
        t.ask(KNOWN).await;
        let typed = [("identifier", [UNKNOWN, KNOWN][class]), ("password", "ABCD-EFGH-JKLM-NPQR")];
        clocked(&mut browser, paths::SIGN_IN, &typed).await
    })
    .await;
    let far = unknown.is_far_from(&known, "temporary password");
    let burdened = unknown.burdened(5.0);
    assert!(unknown.is_far_from(&burdened, "temporary password with a leak"), "this run could not have seen a leak");
    assert!(!far, "anyone can tell them apart");
}

/// The fifth failure begins the waiting, and the owner is told: more work where there is an account.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_failure_that_locks_does_not_stand_out() {
    let _alone = QUIET.lock().await;
    let site = public_site().start().await;
    let t = site.bench();
    t.account(KNOWN).await;
    let (mut browser, mut nth) = (site.browser(1), 0);
    let [unknown, known] = measure(["unknown", "known"], samples() / 2, async |class| {
        t.advance(Duration::from_secs(3601));
        nth += 1;
        let stranger = format!("unknown{nth}@example.org");
        let identifier = [stranger.as_str(), KNOWN][class];
        if class == 1 {
            // A right password gives all tries back.
            t.sign_in(KNOWN, GOOD).await.expect("signs in");
        }
        for _ in 0..4 {
            assert!(t.sign_in(identifier, "mistyped it").await.is_err());
        }
        let took = mistype(&mut browser, identifier).await;
        t.deliver().await;
        took
    })
    .await;
    // Hashes are cheap here, so the shift is held against what a sign-in takes in production, some 20 ms.
    unknown.is_far_from(&known, "fifth failure");
    let shift = compare(&quicker_half(&unknown.times()), &quicker_half(&known.times())).shift;
    assert!(shift.abs() < 3.0, "{shift} ms");
}
