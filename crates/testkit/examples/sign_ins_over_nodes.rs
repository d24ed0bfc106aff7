//! How many people three nodes sign in over one PostgreSQL database:
//! `cargo run --release -p rekey-testkit --example sign_ins_over_nodes postgres://…`.
//!
//! Everything but HTTP: the same services as in the program, each node with its own connections. The first figure is at
//! the default cost of Argon2id, where the processor is the limit; the second at a cost that protects nothing, where the
//! database is. The database has to keep its promises (`fsync` on), or the figures mean nothing.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a measuring program reads the clock and stops when it cannot go on"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rekey_domain::password::set::SetOccasion;
use rekey_domain::{Account, AccountId, AccountIdentifier, IdentifierId};
use rekey_service::context::Parts;
use rekey_service::job::Runner;
use rekey_service::keys::{Freshness, Key, Keys};
use rekey_service::links::Links;
use rekey_service::ports::NoBreaches;
use rekey_service::setting::{Hashing, Pins, Settings};
use rekey_service::{Clock, Services, sign_in};
use rekey_shared::identifier::IdentifierKind;
use rekey_shared::{Lang, Secret, Timestamp};
use rekey_store::{Inserted, Store};
use rekey_testkit::bench::{SeededEntropy, meta, quick_settings};
use url::Url;
use uuid::Uuid;

const NODES: u64 = 3;
const ACCOUNTS: u64 = 240;
/// Sign-ins under way at once on one node.
const TASKS: u64 = 16;
const PASSWORD: &str = "a bench of seven quiet words";

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        Timestamp::from_millis(i64::try_from(since.as_millis()).expect("before the end of time"))
    }
}

#[tokio::main]
async fn main() {
    let url = std::env::args().nth(1).expect("the address of a PostgreSQL database");
    let seconds = std::env::args().nth(2).map_or(8, |text| text.parse().expect("seconds"));
    let cheap = Hashing { memory_kib: 64, iterations: 1, permits: Some(2), queue: Some(4096), pepper: false };
    let usual = Hashing { permits: Some(2), queue: Some(4096), ..Hashing::RECOMMENDED };
    for (cost, hashing) in [("default", usual), ("lowest", cheap)] {
        let rate = rate(&url, hashing, Duration::from_secs(seconds)).await;
        println!("{{\"nodes\":{NODES},\"cost\":\"{cost}\",\"sign_ins_per_second\":{rate:.1}}}");
    }
}

/// Sign-ins for each second over all nodes.
async fn rate(url: &str, hashing: Hashing, span: Duration) -> f64 {
    let mut nodes = Vec::new();
    for n in 0..NODES {
        nodes.push(node(url, hashing, n).await);
    }
    prepare(&nodes[0]).await;
    let sealers: Vec<_> = nodes.iter().cloned().map(|cx| tokio::spawn(run_jobs(cx))).collect();
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let start = Instant::now();
    let mut tasks = Vec::new();
    for (nth, cx) in (0_u64..).zip(&nodes) {
        for task in 0..TASKS {
            tasks.push(tokio::spawn(repeat(cx.clone(), nth * TASKS + task, Arc::clone(&stop), Arc::clone(&done))));
        }
    }
    tokio::time::sleep(span).await;
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await.expect("no panic");
    }
    let rate = done.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64();
    sealers.iter().for_each(tokio::task::JoinHandle::abort);
    rate
}

/// What else a node does: the sealing of the audit log above all.
async fn run_jobs(cx: Services) {
    Runner::new(cx).run(std::future::pending()).await;
}

/// Each task has accounts of its own: of one account at most five tries are under way at once.
async fn repeat(cx: Services, task: u64, stop: Arc<AtomicBool>, done: Arc<AtomicU64>) {
    let own = ACCOUNTS / (NODES * TASKS);
    for n in (0..own).cycle() {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let who = identifier(task * own + n);
        sign_in::sign_in(&cx, &meta(), &who, Secret::new(PASSWORD)).await.expect("signs in");
        done.fetch_add(1, Ordering::Relaxed);
    }
}

async fn node(url: &str, hashing: Hashing, nth: u64) -> Services {
    let store = Store::connect(url).await.expect("the database answers");
    store.migrate().await.expect("migrates");
    let entropy = Arc::new(SeededEntropy::new(SystemClock.now().as_millis().unsigned_abs() << 8 | nth));
    let file = vec![Key::new([42; 32], Timestamp::default())];
    let unlocked = Keys::unlock(&store, file, entropy.as_ref(), SystemClock.now(), Freshness::Once).await;
    Services::new(Parts {
        clock: Arc::new(SystemClock),
        entropy,
        breaches: Arc::new(NoBreaches),
        store,
        keys: unlocked.expect("the keys belong to the database"),
        settings: Settings { hashing, ..quick_settings() },
        pins: Pins::default(),
        links: Links::new(Url::parse("https://id.example.org").expect("a URL")),
    })
    .expect("starts")
}

fn identifier(n: u64) -> String {
    format!("bench{n}@example.org")
}

/// Accounts whose password costs what this node's hashing costs.
async fn prepare(cx: &Services) {
    let hash = cx.hasher.hash(cx.hasher.permit().expect("free"), &Secret::new(PASSWORD)).await.expect("hashes");
    for n in 0..ACCOUNTS {
        let canonical = identifier(n);
        let tx = cx.store.begin_write().await.expect("begins");
        let found = tx.find_account_by(IdentifierKind::Email, &canonical).await.expect("reads");
        let (account, occasion) = match found {
            Some((known, _)) => (known, SetOccasion::Change),
            None => (insert(&tx, n, &canonical, cx.clock.now()).await, SetOccasion::Registration),
        };
        let permit = occasion.permit(&account).expect("kept here");
        tx.set_password(permit, &hash, 0, cx.clock.now()).await.expect("sets").expect("is as it was read");
        tx.commit().await.expect("commits");
    }
}

async fn insert(tx: &rekey_store::Write, n: u64, canonical: &str, now: Timestamp) -> Account {
    let id = AccountId(Uuid::from_u128(u128::from(n) + 1));
    let account = Account::new(id, Lang::En, now);
    let known = AccountIdentifier {
        id: IdentifierId(id.0),
        account: id,
        kind: IdentifierKind::Email,
        canonical: canonical.to_owned(),
        shown: canonical.to_owned(),
        verified_at: Some(now),
    };
    assert_eq!(tx.insert_account(&account, &[known]).await.expect("inserts"), Inserted::Done);
    account
}
