//! The chain over the audit log: each sealed entry holds a keyed digest of itself and of the one before.
//!
//! Such a digest cannot be made without the key, so an entry that was changed, taken out, put in or moved shows, and where.
//! The head names the latest seal, so that a tail that was cut off shows too; a checkpoint names the seal at which the
//! log begins after old entries were removed.

use rekey_shared::Timestamp;
use uuid::Uuid;

use crate::{Digest, KeyId};

/// The version of what is stored and of how it is written down for the digest.
pub const FORMAT: u16 = 1;

/// An entry as it is stored: in text, so that entries of another version of this program are read as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its number in the order of writing; numbers may be missing.
    pub id: i64,
    /// The version of its format.
    pub format: u16,
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: String,
    /// Who did it.
    pub actor: String,
    /// Which one.
    pub actor_id: Option<Uuid>,
    /// Whose account.
    pub account: Option<Uuid>,
    /// What kind of thing it was done to.
    pub target: Option<String>,
    /// Which one.
    pub target_id: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// What else, as JSON.
    pub detail: Option<String>,
    /// In which journey.
    pub journey: Option<Uuid>,
    /// In which session.
    pub session: Option<Uuid>,
    /// The client's address.
    pub address: Option<String>,
    /// The client's browser and system.
    pub device: Option<String>,
}

/// An entry with its seal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedEntry {
    /// What was sealed.
    pub entry: StoredEntry,
    /// Its place in the chain, and the digest that proves it.
    pub seal: Seal,
}

/// A place in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seal {
    /// 1, 2, 3 … without a gap; 0 before the first entry.
    pub seq: u64,
    /// The key that it was made with.
    pub key: KeyId,
    /// The digest.
    pub mac: Digest,
}

/// What vouches for a seal: the head for the latest one, a checkpoint for the last one that was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Voucher {
    /// Which seal.
    pub seal: Seal,
    /// The key that this was made with.
    pub key: KeyId,
    /// The digest over the seal.
    pub mac: Digest,
}

/// What is wrong with the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Break {
    /// The entry is not there, or another stands in its place.
    Missing,
    /// The entry is not as it was sealed, or follows another entry than it did then.
    Changed,
    /// It was sealed with a key that this installation does not have.
    UnknownKey,
    /// Entries after this one are gone, or the note of the latest seal is not as it was written.
    Head,
    /// The note of removed entries is missing or not as it was written.
    Checkpoint,
    /// It is not the seal that was noted down elsewhere.
    Anchor,
}

impl Seal {
    /// Before the first entry.
    pub const START: Self = Self { seq: 0, key: KeyId(0), mac: Digest([0; 32]) };

    /// The digest in hexadecimal digits. Without the key it opens nothing and lets no one make another.
    pub fn mac_hex(&self) -> String {
        self.mac.0.iter().fold(String::with_capacity(64), |text, byte| format!("{text}{byte:02x}"))
    }

    /// The bytes that the next entry's digest is made of: this seal and all of the entry.
    pub fn bytes_of_next(&self, entry: &StoredEntry) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(512);
        bytes.push(b'E');
        bytes.extend(self.mac.0);
        bytes.extend((self.seq + 1).to_be_bytes());
        entry.write(&mut bytes);
        bytes
    }

    /// The bytes that a head's digest is made of.
    pub fn bytes_of_head(&self) -> Vec<u8> {
        self.bytes(b'H')
    }

    /// The bytes that a checkpoint's digest is made of.
    pub fn bytes_of_checkpoint(&self) -> Vec<u8> {
        self.bytes(b'C')
    }

    /// The first byte tells entries, heads and checkpoints apart, so that none passes for another.
    fn bytes(&self, tag: u8) -> Vec<u8> {
        let mut bytes = vec![tag];
        bytes.extend(self.seq.to_be_bytes());
        bytes.extend(self.key.0.to_be_bytes());
        bytes.extend(self.mac.0);
        bytes
    }

    /// Checks that `next` follows this seal and is as it was sealed; gives its seal. `mac` makes the digest of some bytes
    /// with a key, `None` when there is no such key.
    pub fn follow(&self, next: &SealedEntry, mac: &impl Fn(KeyId, &[u8]) -> Option<Digest>) -> Result<Self, Break> {
        if next.seal.seq != self.seq + 1 {
            return Err(Break::Missing);
        }
        let made = mac(next.seal.key, &self.bytes_of_next(&next.entry)).ok_or(Break::UnknownKey)?;
        if made == next.seal.mac { Ok(next.seal) } else { Err(Break::Changed) }
    }
}

impl Voucher {
    /// Whether it is the head that was written for its seal.
    pub fn is_head(&self, mac: &impl Fn(KeyId, &[u8]) -> Option<Digest>) -> bool {
        mac(self.key, &self.seal.bytes_of_head()) == Some(self.mac)
    }

    /// Whether it is the checkpoint that was written for its seal.
    pub fn is_checkpoint(&self, mac: &impl Fn(KeyId, &[u8]) -> Option<Digest>) -> bool {
        mac(self.key, &self.seal.bytes_of_checkpoint()) == Some(self.mac)
    }
}

impl StoredEntry {
    /// Every field with its length or a mark of its absence, so that no two different entries give the same bytes.
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.format.to_be_bytes());
        bytes.extend(self.id.to_be_bytes());
        bytes.extend(self.at.as_millis().to_be_bytes());
        for text in [Some(&self.event), Some(&self.actor), self.target.as_ref(), self.target_id.as_ref()] {
            write_text(bytes, text.map(String::as_str));
        }
        for text in [&self.reason, &self.detail, &self.address, &self.device] {
            write_text(bytes, text.as_deref());
        }
        for id in [self.actor_id, self.account, self.journey, self.session] {
            bytes.push(u8::from(id.is_some()));
            bytes.extend(id.unwrap_or_default().as_bytes());
        }
    }
}

fn write_text(bytes: &mut Vec<u8>, text: Option<&str>) {
    bytes.push(u8::from(text.is_some()));
    let text = text.unwrap_or_default();
    bytes.extend((text.len() as u64).to_be_bytes());
    bytes.extend(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: KeyId = KeyId(7);

    /// Mixes every byte; no cryptography, but any change shows.
    fn toy(key: KeyId, bytes: &[u8]) -> Option<Digest> {
        let mixed = bytes.iter().fold(0x9e37_79b9_7f4a_7c15_u64 ^ u64::from(key.0), |sum, byte| {
            (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3).rotate_left(7)
        });
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&mixed.to_be_bytes());
        (key == KEY).then_some(Digest(digest))
    }

    fn entry(id: i64) -> StoredEntry {
        StoredEntry {
            id,
            format: FORMAT,
            at: Timestamp::from_millis(1_795_165_505_000 + id),
            event: "link-refused".to_owned(),
            actor: "visitor".to_owned(),
            actor_id: None,
            account: Some(Uuid::from_u128(1)),
            target: None,
            target_id: None,
            reason: Some("spent".to_owned()),
            detail: Some("{}".to_owned()),
            journey: None,
            session: Some(Uuid::from_u128(2)),
            address: Some("192.0.2.1".to_owned()),
            device: None,
        }
    }

    fn chain(entries: impl IntoIterator<Item = StoredEntry>) -> Vec<SealedEntry> {
        let mut last = Seal::START;
        let seal = |entry: StoredEntry| {
            let mac = toy(KEY, &last.bytes_of_next(&entry)).expect("the key");
            last = Seal { seq: last.seq + 1, key: KEY, mac };
            SealedEntry { entry, seal: last }
        };
        entries.into_iter().map(seal).collect()
    }

    fn check(entries: &[SealedEntry]) -> Result<Seal, (u64, Break)> {
        let follow = |last: Seal, next| last.follow(next, &toy).map_err(|wrong| (last.seq + 1, wrong));
        entries.iter().try_fold(Seal::START, follow)
    }

    #[test]
    fn what_was_sealed_holds() {
        let sealed = chain((1..=9).map(entry));
        assert_eq!(check(&sealed).map(|last| last.seq), Ok(9));
        assert_eq!(check(&[]), Ok(Seal::START));
    }

    #[test]
    fn every_field_of_an_entry_is_sealed() {
        let changes: [fn(&mut StoredEntry); 15] = [
            |entry| entry.id += 1,
            |entry| entry.format += 1,
            |entry| entry.at = Timestamp::from_millis(entry.at.as_millis() + 1),
            |entry| entry.event.push('x'),
            |entry| entry.actor = "person".to_owned(),
            |entry| entry.actor_id = Some(Uuid::nil()),
            |entry| entry.account = None,
            |entry| entry.target = Some(String::new()),
            |entry| entry.target_id = Some("1".to_owned()),
            |entry| entry.reason = Some("expired".to_owned()),
            |entry| entry.detail = None,
            |entry| entry.journey = Some(Uuid::nil()),
            |entry| entry.session = Some(Uuid::nil()),
            |entry| entry.address = None,
            |entry| entry.device = Some(String::new()),
        ];
        for (nth, change) in changes.into_iter().enumerate() {
            let mut sealed = chain((1..=3).map(entry));
            change(&mut sealed[1].entry);
            assert_eq!(check(&sealed), Err((2, Break::Changed)), "change {nth}");
        }
    }

    #[test]
    fn text_that_moves_from_one_field_to_the_next_shows() {
        let mut sealed = chain((1..=2).map(entry));
        let (reason, detail) = (sealed[1].entry.reason.take(), sealed[1].entry.detail.take());
        (sealed[1].entry.reason, sealed[1].entry.detail) = (detail, reason);
        assert_eq!(check(&sealed), Err((2, Break::Changed)));
    }

    #[test]
    fn a_gap_a_swap_and_a_repetition_show_and_say_where() {
        let sealed = || chain((1..=9).map(entry));
        let mut gap = sealed();
        gap.remove(4);
        assert_eq!(check(&gap), Err((5, Break::Missing)));
        let mut closed_gap = sealed();
        closed_gap.remove(4);
        closed_gap.iter_mut().skip(4).for_each(|next| next.seal.seq -= 1);
        assert_eq!(check(&closed_gap), Err((5, Break::Changed)));
        let mut swapped = sealed();
        let (third, fourth) = (swapped[2].entry.clone(), swapped[3].entry.clone());
        (swapped[2].entry, swapped[3].entry) = (fourth, third);
        assert_eq!(check(&swapped), Err((3, Break::Changed)));
        let mut repeated = sealed();
        repeated.insert(5, repeated[4].clone());
        assert_eq!(check(&repeated), Err((6, Break::Missing)));
    }

    #[test]
    fn a_key_that_is_not_there_is_named_as_that() {
        let mut sealed = chain((1..=3).map(entry));
        sealed[1].seal.key = KeyId(8);
        assert_eq!(check(&sealed), Err((2, Break::UnknownKey)));
    }

    #[test]
    fn heads_checkpoints_and_entries_are_not_taken_for_one_another() {
        let seal = chain([entry(1)])[0].seal;
        let head = Voucher { seal, key: KEY, mac: toy(KEY, &seal.bytes_of_head()).expect("the key") };
        assert!(head.is_head(&toy) && !head.is_checkpoint(&toy));
        let checkpoint = Voucher { mac: toy(KEY, &seal.bytes_of_checkpoint()).expect("the key"), ..head };
        assert!(checkpoint.is_checkpoint(&toy) && !checkpoint.is_head(&toy));
        assert!(!Voucher { seal: Seal { seq: 2, ..seal }, ..head }.is_head(&toy));
        assert!(!Voucher { key: KeyId(8), ..head }.is_head(&toy));
    }
}
