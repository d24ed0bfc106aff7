//! What is remembered of requests that were refused: so little that refusing can be asked for without end.
//!
//! A refusal that cost its sender nothing (a link that is none, a code after the last try, a sign-in that must wait, a
//! request past its limit) leaves one entry for each client address, kind and minute, and [`MOST_OF_A_KIND`] of a kind
//! over all addresses. A guess that was compared is an entry of its own, up to [`MOST_COMPARED`] a minute: budgets bound
//! what can be guessed at one account, and this what can be written about all of them. Each node counts for itself. What
//! is left out is counted ([`Refusals::left_out`]).

use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use rekey_domain::audit::{AuditEntry, AuditEvent, Detail, Reason, RequestKind};
use rekey_shared::Timestamp;
use rekey_store::transaction;

use crate::context::About as _;
use crate::{RequestMeta, Services, Unexpected};

/// Entries of one kind in a minute, over all addresses.
pub const MOST_OF_A_KIND: usize = 10;

/// Entries about compared guesses in a minute, over all addresses.
pub const MOST_COMPARED: u32 = 600;

const MINUTE_MILLIS: i64 = 60_000;

/// What kind of refusal: what happened, why, and to what kind of thing.
type Kind = (AuditEvent, Option<Reason>, Option<Detail>);

/// The refusals that one node has written down in the present minute.
#[derive(Debug, Default)]
pub struct Refusals {
    minute: Mutex<Minute>,
    left_out: AtomicU64,
}

#[derive(Debug, Default)]
struct Minute {
    number: i64,
    /// At most [`MOST_OF_A_KIND`] of each of some twenty kinds.
    told: Vec<(Kind, IpAddr)>,
    compared: u32,
}

impl Minute {
    fn at(&mut self, now: Timestamp) -> &mut Self {
        let number = now.as_millis().div_euclid(MINUTE_MILLIS);
        if self.number != number {
            *self = Self { number, ..Self::default() };
        }
        self
    }

    fn take(&mut self, kind: Kind, network: IpAddr) -> bool {
        let of_kind = || self.told.iter().filter(|(told, _)| *told == kind);
        if of_kind().count() >= MOST_OF_A_KIND || of_kind().any(|(_, known)| *known == network) {
            return false;
        }
        self.told.push((kind, network));
        true
    }
}

impl Refusals {
    /// Whether this refusal is to be written down.
    fn admit(&self, entry: &AuditEntry, client: IpAddr) -> bool {
        let kind = (entry.event, entry.reason.map(alike), entry.detail);
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        let due = minute.at(entry.at).take(kind, network_of(client));
        self.counted(due)
    }

    /// Whether a guess that was compared is to be written down. Knows nothing of the account: a refusal takes as long
    /// whether or not there is one (T-02).
    pub(crate) fn admit_compared(&self, now: Timestamp) -> bool {
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = minute.at(now);
        let due = minute.compared < MOST_COMPARED;
        minute.compared += u32::from(due);
        self.counted(due)
    }

    fn counted(&self, due: bool) -> bool {
        if !due {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
        due
    }

    /// Refusals since the start that have no entry of their own.
    pub fn left_out(&self) -> u64 {
        self.left_out.load(Ordering::Relaxed)
    }
}

/// A sign-in that must wait counts alike with and without an account: that an entry is written takes time, and must not
/// tell which it was (T-02).
fn alike(reason: Reason) -> Reason {
    if reason == Reason::NoAccount { Reason::NoTryLeft } else { reason }
}

/// The network that one client owns: an IPv4 address, an IPv6 /64.
pub fn network_of(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from(u128::from(address) & !u128::from(u64::MAX)).into(),
    }
}

/// Writes a refusal down that cost its sender nothing, unless one like it was within the minute.
pub(crate) async fn record(cx: &Services, meta: &RequestMeta, entry: AuditEntry) -> Result<(), Unexpected> {
    if cx.refusals.admit(&entry, meta.address) { write(cx, entry).await } else { Ok(()) }
}

/// Writes down that a guess was compared and wrong.
pub(crate) async fn record_compared(cx: &Services, entry: AuditEntry) -> Result<(), Unexpected> {
    if cx.refusals.admit_compared(entry.at) { write(cx, entry).await } else { Ok(()) }
}

async fn write(cx: &Services, entry: AuditEntry) -> Result<(), Unexpected> {
    transaction!(cx.store, |tx| {
        tx.record(entry.clone());
        Ok(())
    })
    .await
}

/// Writes down that requests of a kind were refused unread, by the limit of `reason`.
pub async fn too_many(cx: &Services, meta: &RequestMeta, kind: RequestKind, reason: Reason) -> Result<(), Unexpected> {
    let entry = meta.audit(AuditEvent::RequestsRefused, cx.now()).reason(reason).detail(Detail::Requests(kind));
    record(cx, meta, entry).await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rekey_domain::audit::Actor;

    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_795_165_500_000);

    fn entry(reason: Reason, at: Timestamp) -> AuditEntry {
        AuditEntry::new(AuditEvent::CodeRefused, Actor::Visitor, at).reason(reason)
    }

    fn client(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_refusal_is_told_once_for_an_address_a_kind_and_a_minute() {
        let refusals = Refusals::default();
        let dead = entry(Reason::NoTryLeft, NOON);
        assert!(refusals.admit(&dead, client("2001:db8::1")));
        assert!(!refusals.admit(&dead, client("2001:db8::2")), "the same network");
        assert!(refusals.admit(&dead, client("2001:db8:0:1::1")), "another network");
        assert!(refusals.admit(&entry(Reason::Expired, NOON), client("2001:db8::1")), "another kind");
        let later = entry(Reason::NoTryLeft, NOON.plus(Duration::from_secs(60)));
        assert!(refusals.admit(&later, client("2001:db8::1")), "another minute");
        assert_eq!(refusals.left_out(), 1);
    }

    #[test]
    fn addresses_without_end_leave_ten_entries_of_a_kind() {
        let refusals = Refusals::default();
        let told = (0..1000_u32).filter(|nth| {
            let from = IpAddr::from(std::net::Ipv4Addr::from(0xCB00_7100 + nth));
            refusals.admit(&entry(Reason::NoTryLeft, NOON), from)
        });
        assert_eq!(told.count(), MOST_OF_A_KIND);
        assert_eq!(refusals.left_out(), 990);
    }

    #[test]
    fn compared_guesses_have_entries_of_their_own_up_to_their_ceiling() {
        let refusals = Refusals::default();
        assert_eq!((0..700).filter(|_| refusals.admit_compared(NOON)).count(), 600);
        assert!(refusals.admit_compared(NOON.plus(Duration::from_secs(60))));
    }
}
