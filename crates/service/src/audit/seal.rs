//! Sealing: one node at a time gives every new entry its place in the chain.
//!
//! Requests insert their entries without looking at one another; the order of the log is the order of sealing
//! (docs/adr/0012-the-audit-log-is-sealed-after-the-fact.md).

use rekey_domain::audit::chain::{Seal, StoredEntry, Voucher};
use rekey_domain::job::{Counts, JobKind};
use rekey_store::{NewSeal, Progress, Write, transaction};
use uuid::Uuid;

use crate::{Services, Unexpected};

/// Entries that are sealed in one transaction.
const PIECE: u64 = 512;

/// Seals all entries that wait, unless another node is about it. How many there were.
pub async fn seal(cx: &Services, owner: Uuid) -> Result<u64, Unexpected> {
    // Most looks find nothing and need not wait for anyone who writes.
    if !cx.store.has_unsealed().await? {
        return Ok(0);
    }
    let mut sealed = 0;
    while let Some(entries) = seal_piece(cx, owner).await? {
        sealed += entries;
        if entries < PIECE {
            break;
        }
    }
    Ok(sealed)
}

/// One piece in one transaction, which also renews the lease; `None` when that is another node's.
async fn seal_piece(cx: &Services, owner: Uuid) -> Result<Option<u64>, Unexpected> {
    transaction!(cx.store, |tx| {
        let now = cx.now();
        let until = JobKind::AuditSealing.lease().until(now);
        let Some(job) = tx.lease_only_job(JobKind::AuditSealing, now, until, owner).await? else { return Ok(None) };
        let entries = tx.list_unsealed(PIECE).await?;
        let last = latest(cx, tx).await?;
        let seals = chain(cx, last, &entries);
        if let Some(latest) = seals.last() {
            let (key, mac) = cx.keys.audit_mac(&latest.seal.bytes_of_head());
            tx.seal(&seals).await?;
            tx.set_audit_head(&Voucher { seal: latest.seal, key, mac }).await?;
            let counts = Counts { total: None, done: latest.seal.seq, failed: 0 };
            tx.advance_job(job.id, Progress { cursor: "", counts }, &[]).await?;
        }
        Ok(Some(entries.len() as u64))
    })
    .await
}

/// The seal to go on from. A head that is not as it was written stops the sealing: going on would make it look whole again.
async fn latest(cx: &Services, tx: &Write) -> Result<Seal, Unexpected> {
    match tx.find_audit_head().await? {
        Some(head) if head.is_head(&super::mac(cx)) => Ok(head.seal),
        Some(_) => Err(Unexpected::new("the head of the audit log is not as it was written: run rekey audit verify")),
        None => Ok(Seal::START),
    }
}

fn chain(cx: &Services, mut last: Seal, entries: &[StoredEntry]) -> Vec<NewSeal> {
    let seal = |entry: &StoredEntry| {
        let (key, mac) = cx.keys.audit_mac(&last.bytes_of_next(entry));
        last = Seal { seq: last.seq + 1, key, mac };
        NewSeal { entry: entry.id, seal: last }
    };
    entries.iter().map(seal).collect()
}
