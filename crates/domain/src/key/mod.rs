//! Keys of the installation: which of them is used when, and when one can go.
//!
//! The file says what a key is, the database says when it is used, so that all nodes agree.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Pending: rotate
//!     Pending --> Current: its moment comes
//!     Pending --> Cancelled: retire
//!     Current --> Old: the next one's moment comes
//!     Old --> Retired: retire, once nothing needs it
//! ```

mod retire;
mod seal;

use std::time::Duration;

use rekey_shared::Timestamp;

use crate::KeyId;

pub use retire::{RetirePermit, RetireRefusal, RingKeyUses, may_retire};
pub use seal::{DataKeyPurpose, SealContext, SealedColumn, SealedDataKey};

/// How long after it was made a key is first used: by then every node must have it. Nodes look for new keys every few
/// seconds; the rest of the time is for the operator who copies a file.
pub const ACTIVATION_DELAY: Duration = Duration::from_secs(600);

/// The shortest time that may be set in place of it: longer than a node goes without looking.
pub const SHORTEST_DELAY: Duration = Duration::from_secs(30);

/// How long a key stays after the next one has taken over: far more than the clocks of two nodes may differ.
pub const RETIRE_MARGIN: Duration = Duration::from_secs(3600);

/// A key of the ring as the database knows it: never the key itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RingKey {
    /// Follows from the key.
    pub id: KeyId,
    /// Rows made from then on use it.
    pub not_before: Timestamp,
    /// When it was given up.
    pub retired_at: Option<Timestamp>,
}

/// What a key of the ring is good for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RingKeyState {
    /// Its moment is still to come.
    Pending,
    /// What is made now is made with it.
    Current,
    /// Newer ones are used; what was made with it may still be in use.
    Old {
        /// Since then.
        since: Timestamp,
    },
    /// Given up: nothing opens with it any more.
    Retired,
    /// Given up before it was ever used.
    Cancelled,
}

impl RingKey {
    fn is_cancelled(&self) -> bool {
        self.retired_at.is_some_and(|at| at <= self.not_before)
    }
}

/// The key of a row that was made at a moment, retired or not; `None` for a row older than every key.
pub fn key_at(keys: &[RingKey], made_at: Timestamp) -> Option<&RingKey> {
    let used = keys.iter().filter(|key| !key.is_cancelled() && key.not_before <= made_at);
    // Two of the same moment: every node chooses the same one.
    used.max_by_key(|key| (key.not_before, key.id))
}

/// The next key after one, in the order of their moments.
fn next_after(keys: &[RingKey], key: RingKey) -> Option<&RingKey> {
    let order = |key: &RingKey| (key.not_before, key.id);
    keys.iter().filter(|other| !other.is_cancelled() && order(other) > order(&key)).min_by_key(|other| order(other))
}

/// The rows that use a key: those made from the first moment on and before the second.
pub fn period_of(keys: &[RingKey], key: RingKey) -> (Timestamp, Timestamp) {
    (key.not_before, next_after(keys, key).map_or(Timestamp::from_millis(i64::MAX), |next| next.not_before))
}

/// What a key is good for now.
pub fn state_of(keys: &[RingKey], key: RingKey, now: Timestamp) -> RingKeyState {
    if key.is_cancelled() {
        return RingKeyState::Cancelled;
    }
    if key.retired_at.is_some() {
        return RingKeyState::Retired;
    }
    match next_after(keys, key).map(|next| next.not_before) {
        _ if now < key.not_before => RingKeyState::Pending,
        Some(since) if since <= now => RingKeyState::Old { since },
        Some(_) | None => RingKeyState::Current,
    }
}

/// The moment that a key from a file gets when the database does not know it: as the file says, and never so soon that
/// another node may not have it.
pub fn activation_of(since: Timestamp, delay: Duration, now: Timestamp) -> Timestamp {
    since.max(now.plus(delay))
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_millis(1_790_000_000_000);

    fn at(hours: u32) -> Timestamp {
        START.plus(Duration::from_secs(3600) * hours)
    }

    fn key(n: u32, hours: u32, retired_at: Option<Timestamp>) -> RingKey {
        RingKey { id: KeyId(n), not_before: at(hours), retired_at }
    }

    #[test]
    fn a_row_has_the_newest_key_of_its_moment() {
        let keys = [key(3, 20, None), key(1, 0, None), key(2, 10, None)];
        let id = |hours| key_at(&keys, at(hours)).map(|key| key.id.0);
        assert_eq!([id(0), id(9), id(10), id(19), id(20), id(999)].map(Option::unwrap_or_default), [1, 1, 2, 2, 3, 3]);
        assert_eq!(key_at(&keys, at(0).minus(Duration::from_millis(1))), None, "older than every key");
    }

    #[test]
    fn a_retired_key_keeps_its_time_and_a_cancelled_one_never_had_any() {
        let keys = [key(1, 0, None), key(2, 10, Some(at(40))), key(3, 20, Some(at(15)))];
        assert_eq!(key_at(&keys, at(12)).map(|key| key.id), Some(KeyId(2)));
        assert_eq!(key_at(&keys, at(30)).map(|key| key.id), Some(KeyId(2)), "the third was never used");
    }

    #[test]
    fn two_of_one_moment_are_told_apart_in_the_same_way_everywhere() {
        let (one, other) = ([key(1, 5, None), key(2, 5, None)], [key(2, 5, None), key(1, 5, None)]);
        assert_eq!(key_at(&one, at(6)), key_at(&other, at(6)));
    }

    #[test]
    fn every_state_comes_in_its_time() {
        let keys = [key(1, 0, None), key(2, 10, None), key(3, 20, Some(at(15)))];
        let states = |hours| keys.map(|key| state_of(&keys, key, at(hours)));
        let cancelled = RingKeyState::Cancelled;
        assert_eq!(states(5), [RingKeyState::Current, RingKeyState::Pending, cancelled]);
        assert_eq!(states(10), [RingKeyState::Old { since: at(10) }, RingKeyState::Current, cancelled]);
        assert_eq!(states(99), [RingKeyState::Old { since: at(10) }, RingKeyState::Current, cancelled]);
        assert_eq!(state_of(&keys, key(1, 0, Some(at(50))), at(60)), RingKeyState::Retired);
    }

    #[test]
    fn a_key_is_never_used_before_every_node_can_have_it() {
        let delay = ACTIVATION_DELAY;
        assert_eq!(activation_of(at(0), delay, at(5)), at(5).plus(delay), "a moment that is over");
        assert_eq!(activation_of(at(9), delay, at(5)), at(9));
    }
}
