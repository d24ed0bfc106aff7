//! Prints what the database allows a node: `cargo run --release -p rekey-store --example write_rate [url]`.
//!
//! Without an address it measures a new SQLite file in `./target`. The accounts it makes stay there.

use std::error::Error;
use std::future::Future;
use std::time::{Duration, Instant};

use rekey_domain::audit::{self, Actor, AuditEntry, AuditEvent, Client, Detail};
use rekey_domain::journey::method::Method;
use rekey_domain::session::Session;
use rekey_domain::session::assurance::sign_in_proof;
use rekey_domain::throttle::budget::Lockout;
use rekey_domain::{Account, AccountId, Digest, Epoch, ProofId, SessionId};
use rekey_shared::{Lang, Timestamp};
use rekey_store::{Inserted, Store};
use uuid::Uuid;

type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

const ROUNDS: u64 = 2_000;
const TASKS: u64 = 16;

#[tokio::main]
async fn main() -> Outcome {
    let folder = tempfile::tempdir_in("target")?;
    let own = format!("sqlite://{}/rekey.db", folder.path().display());
    let store = Store::connect(&std::env::args().nth(1).unwrap_or(own)).await?;
    store.migrate().await?;
    let account = account();
    let tx = store.begin_write().await?;
    if tx.insert_account(&account, &[]).await? == Inserted::Done {
        tx.commit().await?;
    }
    rate("reserve a try (read and swap a budget)", &store, reserve).await?;
    rate("success (clear budget, insert session, audit entry)", &store, success).await?;
    rate("find a session with its account", &store, find).await?;
    rate("whole sign-in of the store", &store, |store, n| async move {
        reserve(store.clone(), n).await?;
        success(store, n + ROUNDS).await
    })
    .await
}

#[expect(clippy::disallowed_methods, reason = "it measures how long things take")]
async fn rate<F>(what: &str, store: &Store, act: impl Fn(Store, u64) -> F + Copy + Send + 'static) -> Outcome
where
    F: Future<Output = Outcome> + Send + 'static,
{
    let start = Instant::now();
    let tasks: Vec<_> = (0..TASKS).map(|task| tokio::spawn(share(store.clone(), task, act))).collect();
    let mut worst = Duration::ZERO;
    for task in tasks {
        worst = worst.max(task.await??);
    }
    let rate = f64::from(u32::try_from(ROUNDS)?) / start.elapsed().as_secs_f64();
    println!("{rate:>8.0}/s  {:>5} ms at worst  {what}", worst.as_millis());
    Ok(())
}

/// The rounds of one task, one after the other; how long the longest took.
#[expect(clippy::disallowed_methods, reason = "it measures how long things take")]
async fn share<F>(
    store: Store,
    task: u64,
    act: impl Fn(Store, u64) -> F + Send,
) -> Result<Duration, Box<dyn Error + Send + Sync>>
where
    F: Future<Output = Outcome> + Send,
{
    let mut worst = Duration::ZERO;
    for n in (task..ROUNDS).step_by(usize::try_from(TASKS)?) {
        let start = Instant::now();
        act(store.clone(), n).await?;
        worst = worst.max(start.elapsed());
    }
    Ok(worst)
}

async fn reserve(store: Store, n: u64) -> Outcome {
    let seen = store.read_budget(digest(n)).await?;
    let next = Lockout::RECOMMENDED.reserve(seen, at()).unwrap_or_default();
    store.swap_budget(digest(n), seen, next, at()).await?;
    Ok(())
}

async fn success(store: Store, n: u64) -> Outcome {
    let account = account();
    let session = Session {
        id: SessionId(Uuid::from_u128(n.into())),
        account: account.id,
        epoch: account.epoch,
        device: "Firefox, Linux".to_owned(),
        created_at: at(),
        last_used_at: at(),
        ended_at: None,
    };
    let entry = AuditEntry {
        account: Some(account.id),
        session: Some(session.id),
        detail: Some(Detail::Method(audit::Method::Password)),
        client: Some(Client { address: "192.0.2.1".to_owned(), device: "Firefox on Linux".to_owned() }),
        ..AuditEntry::new(AuditEvent::SessionEstablished, Actor::Person(account.id), at())
    };
    let mut tx = store.begin_write().await?;
    tx.clear_budget(digest(n), at()).await?;
    tx.insert_session(&session, digest(n)).await?;
    let proof = sign_in_proof(&session, Method::Password, None, ProofId(session.id.0), at());
    tx.insert_proof(&proof).await?;
    tx.record(entry);
    Ok(tx.commit().await?)
}

async fn find(store: Store, n: u64) -> Outcome {
    store.find_session(digest(n)).await?.map(drop).ok_or_else(|| "the session is gone".into())
}

fn digest(n: u64) -> Digest {
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    Digest(bytes)
}

fn at() -> Timestamp {
    Timestamp::from_millis(1_790_000_000_000)
}

fn account() -> Account {
    Account {
        given_name: "Ada".to_owned(),
        family_name: "Lovelace".to_owned(),
        epoch: Epoch(1),
        ..Account::new(AccountId(Uuid::from_u128(1)), Lang::En, at())
    }
}
