//! Removing old entries without breaking the chain.

use rekey_domain::audit::chain::{Break, Seal, Voucher};
use rekey_domain::audit::{Actor, AuditEntry, AuditEvent, Detail, Reason};
use rekey_shared::Timestamp;
use rekey_store::{PIECE, Write};

use crate::context::About as _;
use crate::{Services, Unexpected};

/// Removes a piece of the oldest entries up to `cutoff` and writes the checkpoint at which the log begins from then on.
/// How many there were; fewer than a full piece when these were the last.
///
/// What is removed is verified first: a log that was tampered with keeps its evidence.
pub(crate) async fn remove_old(cx: &Services, tx: &mut Write, cutoff: Timestamp) -> Result<u64, Unexpected> {
    let (now, mac) = (cx.now(), super::mac(cx));
    let first = match tx.find_audit_checkpoint().await? {
        Some(checkpoint) if checkpoint.is_checkpoint(&mac) => checkpoint.seal,
        Some(checkpoint) => return Ok(keep(checkpoint.seal.seq, Break::Checkpoint)),
        None => Seal::START,
    };
    let page = tx.list_sealed(first.seq, PIECE).await?;
    let mut last = first;
    for next in page.iter().take_while(|next| next.entry.at <= cutoff) {
        last = match last.follow(next, &mac) {
            Ok(seal) => seal,
            Err(wrong) => return Ok(keep(last.seq + 1, wrong)),
        };
    }
    if last == first {
        return Ok(0);
    }
    let (key, mac) = cx.keys.audit_mac(&last.bytes_of_checkpoint());
    let entries = tx.remove_audit_through(&Voucher { seal: last, key, mac }).await?;
    let removed = Detail::Removed { entries, through: last.seq };
    let entry = AuditEntry::new(AuditEvent::AuditEntriesRemoved, Actor::System, now);
    tx.record(entry.reason(Reason::Retention).detail(removed));
    Ok(entries)
}

/// Says what is wrong, at each run; other tables are cleared all the same.
fn keep(seq: u64, wrong: Break) -> u64 {
    tracing::error!(audit.broken_at = seq, audit.fault = ?wrong, "the audit log is broken: nothing is removed from it");
    0
}
