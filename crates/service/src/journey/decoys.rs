//! How many journeys may be begun that lead nowhere.
//!
//! A recovery that the throttle refuses without saying so looks like an accepted one: the journey is there, its message
//! is never sent. Such a journey cannot do without a row. Its page counts tries down and ends after the last one, on
//! every node and after every restart; kept in a cookie, the count would go back with the cookie, and kept in memory, the
//! journey would be gone on another node, so in both ways the refusal would show. So there are few of them: once these
//! buckets are empty, the request is told to slow down, which says how often a target was asked for and not whether it
//! has an account.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rekey_domain::Digest;
use rekey_domain::throttle::rate::Rate;
use rekey_shared::Timestamp;

/// For one target, and for one client address: five at once, six an hour.
pub const RATE: Rate = Rate { every: Duration::from_secs(600), burst: 5 };

/// Targets and addresses that a node remembers at most: some 10 MB. Beyond it no decoy is begun for a newcomer.
const CEILING: usize = 50_000;

/// The decoys that one node has begun.
#[derive(Debug, Default)]
pub struct Decoys(Mutex<HashMap<Digest, Timestamp>>);

impl Decoys {
    /// Whether one more may be begun for this target from this address, each by its keyed hash.
    pub(crate) fn admit(&self, target: Digest, address: Digest, now: Timestamp) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() + 2 > CEILING {
            known.retain(|_, due| *due > now);
        }
        let next = |key| RATE.admit(known.get(&key).copied(), now);
        let (Some(of_target), Some(of_address)) = (next(target), next(address)) else { return false };
        if known.len() + 2 > CEILING {
            return false;
        }
        known.extend([(target, of_target), (address, of_address)]);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_795_165_500_000);

    fn key(number: u32) -> Digest {
        let mut bytes = [0; 32];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        Digest(bytes)
    }

    #[test]
    fn one_target_has_five_from_any_number_of_addresses() {
        let decoys = Decoys::default();
        assert_eq!((0..100).filter(|nth| decoys.admit(key(1000), key(*nth), NOON)).count(), 5);
        let later = NOON.plus(Duration::from_secs(600));
        assert!(decoys.admit(key(1000), key(0), later) && !decoys.admit(key(1000), key(1), later));
    }

    #[test]
    fn one_address_has_five_for_any_number_of_targets() {
        let decoys = Decoys::default();
        assert_eq!((0..100).filter(|nth| decoys.admit(key(*nth), key(1000), NOON)).count(), 5);
        assert!(decoys.admit(key(7), key(1001), NOON), "a refused one takes nothing from its target");
    }

    #[test]
    fn a_full_memory_begins_none_and_empties_in_time() {
        let decoys = Decoys::default();
        let begun = (0..40_000).filter(|nth| decoys.admit(key(*nth), key(100_000 + nth), NOON)).count();
        assert_eq!(begun, CEILING / 2);
        assert!(decoys.admit(key(1), key(2), NOON.plus(Duration::from_secs(600))));
    }
}
