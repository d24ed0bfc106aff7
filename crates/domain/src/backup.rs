//! Whether a database is the one that a node has served before, or an earlier state of it.
//!
//! A node remembers the last seal of the audit log that it has seen, and the last restoration. The log only grows, its seals
//! are keyed, and everything that uses something up is in it: a database that lacks the seal has lost what came after it.
//! That holds when other nodes have written since, and for any number of nodes on one database.

use std::cmp::Ordering;

use crate::{Digest, RestorationId};

/// What is added to an account's epoch when its database was restored: more than the number of times that anything can
/// have raised it since the backup, so that no epoch comes twice.
pub const EPOCH_LEAP: i64 = 1 << 20;

/// What a node remembers of the database that it has served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    /// The last seal of the audit log: its place, from 1 on, and its digest.
    pub seal: Option<(u64, Digest)>,
    /// The last restoration.
    pub restoration: Option<RestorationId>,
}

/// What a database says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Observed {
    /// The last seal of its audit log.
    pub head: Option<(u64, Digest)>,
    /// The digest of the seal at the place that the node remembers.
    pub same_place: Option<Digest>,
    /// Entries up to this place were removed because they were old; 0 for none.
    pub removed_through: u64,
    /// The last restoration. Ids of restorations sort by time.
    pub restoration: Option<RestorationId>,
}

/// How a database stands to the one that a node has served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continuity {
    /// It goes on where it was, or holds nothing yet.
    Same,
    /// It was restored, and that was said: what could be used only once is dead in it.
    Restored,
    /// It is an earlier state, or another database. What was used since could be used again.
    Older,
}

impl Observed {
    /// What a node remembers from now on.
    pub fn seen(&self) -> Seen {
        Seen { seal: self.head, restoration: self.restoration }
    }
}

/// Judges a database by what a node remembers.
pub fn continuity(seen: &Seen, now: &Observed) -> Continuity {
    let Some((place, digest)) = seen.seal else { return Continuity::Same };
    if now.head.is_none() && now.restoration.is_none() {
        // Nothing has happened in it, so nothing can happen again.
        return Continuity::Same;
    }
    // A restoration that this node has not heard of comes behind the one that it has; one that is lost was followed by none.
    match now.restoration.cmp(&seen.restoration) {
        Ordering::Greater => Continuity::Restored,
        Ordering::Equal if now.same_place == Some(digest) || now.removed_through >= place => Continuity::Same,
        Ordering::Equal | Ordering::Less => Continuity::Older,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn restoration(n: u128) -> RestorationId {
        RestorationId(Uuid::from_u128(n))
    }

    fn seen(restoration: Option<RestorationId>) -> Seen {
        Seen { seal: Some((7, Digest([7; 32]))), restoration }
    }

    /// A log whose seal at place 7 is this one, if it reaches so far.
    fn log(head: u64, same_place: Option<u8>, restoration: Option<RestorationId>) -> Observed {
        Observed {
            head: Some((head, Digest([9; 32]))),
            same_place: same_place.map(|n| Digest([n; 32])),
            removed_through: 0,
            restoration,
        }
    }

    #[test]
    fn a_log_that_has_grown_goes_on_and_one_that_lacks_a_seal_is_older() {
        assert_eq!(continuity(&seen(None), &log(12, Some(7), None)), Continuity::Same);
        assert_eq!(continuity(&seen(None), &log(5, None, None)), Continuity::Older);
        // It has grown on since, by what another node has written.
        assert_eq!(continuity(&seen(None), &log(12, Some(8), None)), Continuity::Older);
    }

    #[test]
    fn what_was_removed_for_its_age_is_not_missing() {
        for (removed_through, expected) in [(6, Continuity::Older), (7, Continuity::Same), (9, Continuity::Same)] {
            let old = Observed { removed_through, ..log(12, None, None) };
            assert_eq!(continuity(&seen(None), &old), expected);
        }
    }

    #[test]
    fn a_restoration_that_was_told_is_taken_and_one_that_was_lost_is_not() {
        let (one, two) = (restoration(1), restoration(2));
        assert_eq!(continuity(&seen(None), &log(5, None, Some(one))), Continuity::Restored);
        assert_eq!(continuity(&seen(Some(one)), &log(5, None, Some(two))), Continuity::Restored);
        assert_eq!(continuity(&seen(Some(one)), &log(5, None, Some(one))), Continuity::Older);
        assert_eq!(continuity(&seen(Some(one)), &log(12, Some(7), Some(one))), Continuity::Same);
        assert_eq!(continuity(&seen(Some(two)), &log(12, Some(7), Some(one))), Continuity::Older);
        assert_eq!(continuity(&seen(Some(one)), &log(12, Some(7), None)), Continuity::Older);
    }

    #[test]
    fn a_node_that_remembers_nothing_takes_any_database_and_every_node_an_unused_one() {
        assert_eq!(continuity(&Seen::default(), &log(5, None, Some(restoration(1)))), Continuity::Same);
        assert_eq!(continuity(&seen(Some(restoration(1))), &Observed::default()), Continuity::Same);
    }

    #[test]
    fn what_was_just_seen_is_the_same() {
        let one = restoration(1);
        for observed in [log(7, None, None), log(7, None, Some(one))] {
            let seen = observed.seen();
            let again = Observed { same_place: seen.seal.map(|(_, digest)| digest), ..observed };
            assert_eq!(continuity(&seen, &again), Continuity::Same);
        }
    }
}
