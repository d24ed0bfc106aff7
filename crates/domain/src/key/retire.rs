//! When a key can go.

use rekey_shared::Timestamp;

use super::{RETIRE_MARGIN, RingKey, RingKeyState, SHORTEST_DELAY, next_after, state_of};
use crate::KeyId;

/// What still needs a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RingKeyUses {
    /// When the last link, code or temporary password that was made with it dies.
    pub secrets_until: Option<Timestamp>,
    /// Passwords of accounts that were hashed with it.
    pub passwords: u64,
    /// Past passwords that were. They keep no key: without it they are compared no more.
    pub past_passwords: u64,
    /// Values that are still sealed with it: to be sealed anew.
    pub sealed: u64,
}

/// Permission to retire one key. The store asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetirePermit {
    id: KeyId,
}

impl RetirePermit {
    /// Which key.
    pub fn id(self) -> KeyId {
        self.id
    }
}

/// Why a key is not retired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetireRefusal {
    /// There is no such key.
    Unknown,
    /// It was retired before.
    AlreadyRetired,
    /// It is the one that is used now, and no other has taken over yet.
    Current {
        /// When another one does; `None` when there is none.
        next_at: Option<Timestamp>,
    },
    /// It is about to be used: some node may not hear in time that it must not be.
    TooLate,
    /// Links, codes or temporary passwords that were made with it are alive, or a node with a slow clock may still
    /// make some.
    Until(Timestamp),
    /// Values are sealed with it that could not be sealed anew.
    Sealed {
        /// How many.
        count: u64,
    },
    /// Passwords were hashed with it. Each is hashed anew when its owner signs in.
    Passwords {
        /// How many.
        count: u64,
    },
}

/// Decides whether a key can go. With `abandon_passwords`, those that were hashed with it open nothing any more, and
/// their owners have to recover.
pub fn may_retire(
    keys: &[RingKey],
    id: KeyId,
    uses: RingKeyUses,
    abandon_passwords: bool,
    now: Timestamp,
) -> Result<RetirePermit, RetireRefusal> {
    let key = *keys.iter().find(|key| key.id == id).ok_or(RetireRefusal::Unknown)?;
    let overtaken_at = match state_of(keys, key, now) {
        RingKeyState::Retired | RingKeyState::Cancelled => return Err(RetireRefusal::AlreadyRetired),
        // Nothing was made with it yet, and every node hears that nothing will be before its moment comes.
        RingKeyState::Pending if now.plus(SHORTEST_DELAY) < key.not_before => return Ok(RetirePermit { id }),
        RingKeyState::Pending => return Err(RetireRefusal::TooLate),
        RingKeyState::Current => {
            return Err(RetireRefusal::Current { next_at: next_after(keys, key).map(|next| next.not_before) });
        }
        RingKeyState::Old { since } => since,
    };
    let until = uses.secrets_until.unwrap_or_default().max(overtaken_at.plus(RETIRE_MARGIN));
    if now < until {
        return Err(RetireRefusal::Until(until));
    }
    if uses.sealed > 0 {
        return Err(RetireRefusal::Sealed { count: uses.sealed });
    }
    if uses.passwords > 0 && !abandon_passwords {
        return Err(RetireRefusal::Passwords { count: uses.passwords });
    }
    Ok(RetirePermit { id })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);
    const DAY: Duration = Duration::from_secs(24 * 3600);
    const NONE: RingKeyUses = RingKeyUses { secrets_until: None, passwords: 0, past_passwords: 0, sealed: 0 };

    /// One retired, one old, one in use, one to come.
    fn keys() -> [RingKey; 4] {
        let key = |n, not_before, retired_at| RingKey { id: KeyId(n), not_before, retired_at };
        [
            key(0, NOW.minus(DAY * 9), Some(NOW.minus(DAY * 2))),
            key(1, NOW.minus(DAY * 5), None),
            key(2, NOW.minus(DAY), None),
            key(3, NOW.plus(DAY), None),
        ]
    }

    fn retire(id: u32, uses: RingKeyUses, abandon: bool, now: Timestamp) -> Result<RetirePermit, RetireRefusal> {
        may_retire(&keys(), KeyId(id), uses, abandon, now)
    }

    #[test]
    fn only_an_old_key_and_one_that_was_never_used_can_go() {
        assert_eq!(retire(1, NONE, false, NOW), Ok(RetirePermit { id: KeyId(1) }));
        assert_eq!(retire(3, NONE, false, NOW), Ok(RetirePermit { id: KeyId(3) }));
        assert_eq!(retire(2, NONE, true, NOW), Err(RetireRefusal::Current { next_at: Some(NOW.plus(DAY)) }));
        assert_eq!(retire(0, NONE, true, NOW), Err(RetireRefusal::AlreadyRetired));
        assert_eq!(retire(9, NONE, true, NOW), Err(RetireRefusal::Unknown));
        let moment = NOW.plus(DAY);
        assert_eq!(retire(3, NONE, true, moment.minus(SHORTEST_DELAY)), Err(RetireRefusal::TooLate));
        assert!(retire(3, NONE, true, moment.minus(SHORTEST_DELAY * 2)).is_ok());
        let single = [RingKey { id: KeyId(1), not_before: NOW, retired_at: None }];
        let refusal = may_retire(&single, KeyId(1), NONE, true, NOW);
        assert_eq!(refusal, Err(RetireRefusal::Current { next_at: None }));
    }

    #[test]
    fn it_stays_until_its_last_secret_is_dead_to_the_millisecond() {
        let until = NOW.plus(DAY);
        let uses = RingKeyUses { secrets_until: Some(until), ..NONE };
        let late = until.minus(Duration::from_millis(1));
        assert_eq!(retire(1, uses, true, late), Err(RetireRefusal::Until(until)), "no flag helps");
        assert!(retire(1, uses, false, until).is_ok());
    }

    #[test]
    fn it_stays_while_a_slow_clock_may_still_use_it() {
        let overtaken_at = NOW.minus(DAY);
        let until = overtaken_at.plus(RETIRE_MARGIN);
        assert_eq!(retire(1, NONE, false, overtaken_at), Err(RetireRefusal::Until(until)));
        assert!(retire(1, NONE, false, until).is_ok());
    }

    #[test]
    fn it_stays_for_what_is_sealed_and_for_passwords_unless_they_are_given_up() {
        let sealed = RingKeyUses { sealed: 2, passwords: 3, ..NONE };
        assert_eq!(retire(1, sealed, true, NOW), Err(RetireRefusal::Sealed { count: 2 }));
        let peppered = RingKeyUses { passwords: 3, past_passwords: 8, ..NONE };
        assert_eq!(retire(1, peppered, false, NOW), Err(RetireRefusal::Passwords { count: 3 }));
        assert!(retire(1, peppered, true, NOW).is_ok());
        let past = RingKeyUses { past_passwords: 8, ..NONE };
        assert!(retire(1, past, false, NOW).is_ok(), "a past password keeps no key");
    }
}
