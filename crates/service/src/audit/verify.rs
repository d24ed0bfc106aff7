//! Verifying the whole chain.

use rekey_domain::Digest;
use rekey_domain::audit::chain::{Break, Seal, SealedEntry};
use rekey_store::{Snapshot, Unsealed};

use crate::{Services, Unexpected};

/// Entries that are read at a time.
const PAGE: u64 = 1_000;

/// A seal that was noted down where the database's owner cannot change it. Only this shows a log that was taken back, as a
/// whole and with its head, to an earlier moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// Which entry.
    pub seq: u64,
    /// Its digest.
    pub mac: Digest,
}

impl Anchor {
    /// Reads `NUMBER:DIGEST`, as [`Anchor`]s are written; `None` unless it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let (seq, hex) = text.trim().split_once(':')?;
        let digits: Vec<u8> =
            hex.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect::<Option<_>>()?;
        let bytes: Vec<u8> =
            digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
        let mac = Digest(bytes.try_into().ok().filter(|_| digits.len() == 64)?);
        Some(Self { seq: seq.parse().ok()?, mac })
    }
}

impl std::fmt::Display for Anchor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { seq, mac } = *self;
        write!(f, "{seq}:{}", Seal { seq, mac, ..Seal::START }.mac_hex())
    }
}

impl From<Seal> for Anchor {
    fn from(seal: Seal) -> Self {
        Self { seq: seal.seq, mac: seal.mac }
    }
}

/// How the audit log is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Entries that were looked at and are as they were sealed.
    pub entries: u64,
    /// The latest of them.
    pub last: Seal,
    /// Entries up to this one were removed because they were old; 0 for none.
    pub removed_through: u64,
    /// Entries that wait for their seal: what is true of them is not known yet.
    pub unsealed: Unsealed,
    /// The first entry that is not as it must be, and what is wrong with it.
    pub broken: Option<(u64, Break)>,
}

/// Reads the whole log as it is at this moment and checks every seal. What is written meanwhile does no harm.
pub async fn verify(cx: &Services, anchor: Option<Anchor>) -> Result<Verdict, Unexpected> {
    let snapshot = cx.store.snapshot().await?;
    let unsealed = snapshot.count_unsealed().await?;
    let checkpoint = snapshot.find_audit_checkpoint().await?;
    let first = checkpoint.map_or(Seal::START, |checkpoint| checkpoint.seal);
    let mut verdict = Verdict { entries: 0, last: first, removed_through: first.seq, unsealed, broken: None };
    if checkpoint.is_some_and(|checkpoint| !checkpoint.is_checkpoint(&super::mac(cx))) {
        return Ok(Verdict { broken: Some((first.seq, Break::Checkpoint)), ..verdict });
    }
    verdict.broken = match differs(anchor, first) {
        Some(wrong) => Some(wrong),
        None => match walk(cx, &snapshot, anchor, &mut verdict).await? {
            Some(wrong) => Some(wrong),
            None => judge_end(cx, &snapshot, anchor, verdict.last).await?,
        },
    };
    Ok(verdict)
}

/// Follows the chain to its end or to the first break.
async fn walk(
    cx: &Services,
    snapshot: &Snapshot,
    anchor: Option<Anchor>,
    verdict: &mut Verdict,
) -> Result<Option<(u64, Break)>, Unexpected> {
    loop {
        let page = snapshot.list_sealed(verdict.last.seq, PAGE).await?;
        for next in &page {
            if let Some(wrong) = check(cx, verdict.last, next, anchor) {
                return Ok(Some(wrong));
            }
            (verdict.last, verdict.entries) = (next.seal, verdict.entries + 1);
        }
        if page.is_empty() {
            return Ok(None);
        }
    }
}

fn check(cx: &Services, last: Seal, next: &SealedEntry, anchor: Option<Anchor>) -> Option<(u64, Break)> {
    match last.follow(next, &super::mac(cx)) {
        Ok(seal) => differs(anchor, seal),
        Err(wrong) => Some((last.seq + 1, wrong)),
    }
}

fn differs(anchor: Option<Anchor>, seal: Seal) -> Option<(u64, Break)> {
    anchor.filter(|noted| noted.seq == seal.seq && noted.mac != seal.mac).map(|noted| (noted.seq, Break::Anchor))
}

/// The head must name the last entry, and the log must reach as far as was noted down elsewhere.
async fn judge_end(
    cx: &Services,
    snapshot: &Snapshot,
    anchor: Option<Anchor>,
    last: Seal,
) -> Result<Option<(u64, Break)>, Unexpected> {
    let head = snapshot.find_audit_head().await?;
    let wrong = match head {
        None if last.seq > 0 => Some((last.seq, Break::Head)),
        Some(head) if !head.is_head(&super::mac(cx)) => Some((last.seq, Break::Head)),
        Some(head) if head.seal.seq > last.seq => Some((last.seq + 1, Break::Missing)),
        Some(head) if head.seal != last => Some((head.seal.seq + 1, Break::Head)),
        None | Some(_) => None,
    };
    let cut = anchor.filter(|noted| noted.seq > last.seq).map(|_| (last.seq + 1, Break::Anchor));
    Ok(wrong.or(cut))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_is_read_as_it_is_written_and_nothing_else_is() {
        let anchor = Anchor { seq: 42, mac: Digest(std::array::from_fn(|n| u8::try_from(n * 7).expect("small"))) };
        let text = anchor.to_string();
        assert_eq!(text.len(), 3 + 64);
        assert_eq!(Anchor::parse(&text), Some(anchor));
        for wrong in ["", "42", "42:", ":00", &text[1..66], &format!("{text}0"), &text.replace(':', " ")] {
            assert_ne!(Anchor::parse(wrong), Some(anchor), "{wrong}");
        }
        assert_eq!(Anchor::parse(&text[..66]), None);
    }
}
