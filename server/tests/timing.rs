//! Whether the time that an answer takes tells whom it is about (T-02, P3).
//!
//! The figures are printed (`--nocapture`), for people to look at. With every `cargo xtask test` the tests fail for gross
//! leaks only: machines are noisy, and a finer verdict needs a quiet one. `cargo xtask assurance` holds them to the bar:
//! in two of three runs of 2,000 answers a kind no difference at p < 0.01, and a shift below 0.15 ms. They also fail when
//! they cannot see a leak that was put there.

use std::time::{Duration, Instant};

use axum::middleware::{Next, from_fn};
use rekey_service::setting::Hashing;
use rekey_testkit::assurance::{is_full, measured, scale};
use rekey_testkit::bench::GOOD;
use rekey_testkit::site::{Browser, Destination, RouterOptions, Scripts, paths};
use rekey_testkit::statistics::{compare, median, quicker_half};
use rekey_testkit::{SeededRng, TestSite};
use tokio::sync::Mutex;

/// Answers of each kind that count.
fn samples() -> usize {
    scale(500, 2000)
}

/// Runs that are judged together.
fn runs() -> usize {
    scale(1, 3)
}

/// Answers of each kind before those that count.
const WARM_UP: usize = 50;
/// Answers of each kind in one block of the order.
const IN_BLOCK: usize = 10;
/// The leak that the bar must find: a server that takes so much longer for one kind.
const LEAK: Duration = Duration::from_micros(500);
/// The gross leak that must be found with every test.
const GROSS_LEAK_MILLIS: f64 = 5.0;
/// How likely a difference must be by chance to be none.
const ALPHA: f64 = 0.01;
/// The largest shift that passes, in milliseconds.
const MOST_SHIFT: f64 = 0.15;
const SEED: u64 = 0x7131_1e5e_c2e7_0005;

const PUBLIC_URL: &str = "https://id.example.org";
const KNOWN: &str = "known000@example.org";
const UNKNOWN: &str = "unknown0@example.org";
const DISABLED: &str = "disabled@example.org";
const LOCKED: &str = "locked00@example.org";

/// The kind of answer that takes longer by the leak. Asked for when the bar is held alone.
const LEAKY: &str = "leaky";

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

/// Holds the first kind of answer against the others. The last kind is the first with a leak.
fn assert_alike<const N: usize>(what: &str, runs: &[[Class; N]]) {
    if is_full() {
        assert_within_the_bar(what, runs);
    } else {
        for kinds in runs {
            assert_not_far(what, kinds);
        }
    }
}

fn assert_not_far<const N: usize>(what: &str, kinds: &[Class; N]) {
    let (base, others) = (&kinds[0], &kinds[1..N - 1]);
    let far: Vec<_> = others.iter().filter(|other| base.is_far_from(other, what)).map(|other| other.name).collect();
    let leak = GROSS_LEAK_MILLIS.max(0.2 * median(&base.work()));
    let burdened = base.burdened(leak);
    assert!(base.is_far_from(&burdened, &format!("{what} with a leak")), "this run could not have seen a leak");
    assert!(far.is_empty(), "anyone can tell {} from {far:?}", base.name);
}

/// The bar: see the head of this file.
fn assert_within_the_bar<const N: usize>(what: &str, runs: &[[Class; N]]) {
    let mut faults = Vec::new();
    for nth in 1..N {
        let found: Vec<_> = runs.iter().map(|kinds| compare(&kinds[0].times(), &kinds[nth].times())).collect();
        let apart = found.iter().filter(|run| run.p < ALPHA).count();
        let shift = median(&found.iter().map(|run| run.shift).collect::<Vec<_>>());
        let (base, other, n) = (runs[0][0].name, runs[0][nth].name, runs[0][nth].took.len());
        let widest = found.iter().map(|run| run.interval.1 - run.interval.0).fold(0.0, f64::max);
        measured(
            "P3",
            &format!(
                "{what}, {base} and {other}, {} runs of n = {n}: shift {shift:+.3} ms, widest 99 % interval {widest:.3} \
                 ms, apart in {apart}",
                runs.len()
            ),
        );
        let is_leaky = nth == N - 1;
        if is_leaky && (apart < runs.len() || shift < MOST_SHIFT) {
            faults.push(format!("{what}: the leak was not found; the run says nothing"));
        }
        if !is_leaky && (apart > 1 || shift.abs() >= MOST_SHIFT) {
            faults.push(format!("{what}: {base} and {other} are apart"));
        }
    }
    assert!(faults.is_empty(), "{faults:?}");
}

/// A browser whose answers take longer than those of a site by the leak.
fn leaky(site: &TestSite, peer: u8) -> Browser {
    let slow = site.as_router().clone().layer(from_fn(async |request, next: Next| {
        // The timers of the runtime are a millisecond wide.
        std::thread::sleep(LEAK);
        next.run(request).await
    }));
    Browser::new(Destination::Router(slow), PUBLIC_URL, [198, 51, 100, peer].into())
}

/// Asks for each kind of answer equally often, in an order that is drawn block by block.
/// `ask` prepares one answer of the kind with that number, and says what it took.
async fn measure<const N: usize>(
    names: [&'static str; N],
    samples: usize,
    mut ask: impl AsyncFnMut(usize) -> Took,
) -> Vec<[Class; N]> {
    let mut measured = Vec::new();
    for seed in (SEED..).take(runs()) {
        measured.push(measure_once(names, samples, seed, &mut ask).await);
    }
    measured
}

async fn measure_once<const N: usize>(
    names: [&'static str; N],
    samples: usize,
    seed: u64,
    ask: &mut impl AsyncFnMut(usize) -> Took,
) -> [Class; N] {
    let mut rng = SeededRng::new(seed);
    println!("seed {seed:#x}");
    let mut classes = names.map(|name| Class { name, took: Vec::new() });
    for _ in 0..(WARM_UP + samples) / IN_BLOCK {
        let asked = (0..N).filter(|class| is_full() || names[*class] != LEAKY);
        let mut block: Vec<usize> = asked.flat_map(|class| [class; IN_BLOCK]).collect();
        rng.shuffle(&mut block);
        for class in block {
            classes[class].took.push(ask(class).await);
        }
    }
    for class in &mut classes {
        class.took.drain(..WARM_UP.min(class.took.len()));
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

    let (mut browser, mut slow) = (site.browser(1), leaky(&site, 3));
    let kinds = ["unknown", "known", "disabled", "locked", LEAKY];
    let runs = measure(kinds, samples(), async |class| {
        // After an hour every wait is over, however often the password was wrong.
        t.advance(Duration::from_secs(3601));
        match class {
            3 => {
                mistype(&mut browser, LOCKED).await;
                mistype(&mut browser, LOCKED).await
            }
            4 => mistype(&mut slow, UNKNOWN).await,
            _ => mistype(&mut browser, [UNKNOWN, KNOWN, DISABLED][class]).await,
        }
    })
    .await;
    assert_alike("sign-in", &runs);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recovery_begins_as_quickly_without_an_account_as_with_one() {
    let _alone = QUIET.lock().await;
    let site = public_site().start().await;
    let t = site.bench();
    t.account(KNOWN).await;
    t.deliver().await;

    let mut browsers = [site.browser(1), site.browser(2), leaky(&site, 3)];
    let runs = measure(["unknown", "known", LEAKY], samples(), async |class| {
        // Five times an hour is as often as it is let through.
        t.advance(Duration::from_secs(721));
        let identifier = [("identifier", [UNKNOWN, KNOWN, "unknown1@example.org"][class])];
        let took = clocked(&mut browsers[class], paths::RECOVERY_START, &identifier).await;
        t.deliver().await;
        took
    })
    .await;
    assert_alike("recovery", &runs);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_code_takes_as_long_without_an_account_as_with_one() {
    let _alone = QUIET.lock().await;
    let site = public_site().start().await;
    let t = site.bench();
    t.account(KNOWN).await;
    let mut browsers = [site.browser(1), site.browser(2), leaky(&site, 3)];
    let runs = measure(["unknown", "known", LEAKY], samples() / 2, async |class| {
        // Every wait between messages and between codes is over.
        t.advance(Duration::from_secs(3601));
        let (browser, identifier) = (&mut browsers[class], [UNKNOWN, KNOWN, UNKNOWN][class]);
        browser.post(Scripts::On, paths::RECOVERY_START, &[("identifier", identifier)]).await;
        t.deliver().await;
        clocked(browser, paths::RECOVERY_VERIFY, &[("code", "000000")]).await
    })
    .await;
    assert_alike("wrong code", &runs);
}

/// After a temporary password was sent there is one more secret to compare with.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_temporary_password_takes_as_long_without_an_account_as_with_one() {
    let _alone = QUIET.lock().await;
    let site = public_site().set("REKEY_RECOVERY__KIND", "temporary_password").start().await;
    let t = site.bench();
    t.account(KNOWN).await;
    let mut browsers = [site.browser(1), site.browser(2), leaky(&site, 3)];
    let runs = measure(["unknown", "known", LEAKY], samples() / 2, async |class| {
        t.advance(Duration::from_secs(3601));
        // Both are asked for each time: what is measured is the sign-in, not what a message leaves in a cache.
        t.ask(UNKNOWN).await;
        t.ask(KNOWN).await;
        let typed = [("identifier", [UNKNOWN, KNOWN, UNKNOWN][class]), ("password", "ABCD-EFGH-JKLM-NPQR")];
        clocked(&mut browsers[class], paths::SIGN_IN, &typed).await
    })
    .await;
    assert_alike("temporary password", &runs);
}

/// The fifth failure begins the waiting, and the owner is told: more work where there is an account.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_failure_that_locks_does_not_stand_out() {
    let _alone = QUIET.lock().await;
    let site = public_site().start().await;
    let t = site.bench();
    t.account(KNOWN).await;
    let (mut browser, mut nth) = (site.browser(1), 0);
    let runs = measure(["unknown", "known"], samples() / 2, async |class| {
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
    for [unknown, known] in &runs {
        unknown.is_far_from(known, "fifth failure");
        let shift = compare(&quicker_half(&unknown.times()), &quicker_half(&known.times())).shift;
        measured("P3", &format!("the failure that locks, unknown and known: shift {shift:+.3} ms"));
        assert!(shift.abs() < 3.0, "{shift} ms");
    }
}
