//! Temporary passwords (AM-08): mailed in place of a link, typed into the password box of the sign-in page, good once
//! and for a day, and for nothing but choosing a permanent one.
//!
//! Like links and codes they are derived from the id of a row when they are sent, and never stored
//! (docs/adr/0001-secrets-are-derived-when-sent.md): the row, an action token, holds a keyed digest. The permanent password goes
//! on working until it is replaced, since anyone may ask for any account.

use std::time::Duration;

use zeroize::ZeroizeOnDrop;

use rekey_domain::account::action_token::{ActionToken, ActionTokenKind};
use rekey_domain::audit::{Actor, AuditEntry, AuditEvent, Detail, Method, Target};
use rekey_domain::journey::{Journey, JourneyKind};
use rekey_domain::{Account, AccountIdentifier, ActionTokenId, IdentifierId};
use rekey_shared::identifier::IdentifierKind;
use rekey_store::transaction;

use crate::context::About as _;
use crate::setting::RecoveryKind;
use crate::{Services, Unexpected};

/// How long a temporary password lives (AM-08).
pub const LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// Letters and digits that are not mistaken for one another.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Sixteen of 32: 80 bits.
const LETTERS: usize = 16;
/// Letters in a group.
const GROUP: usize = 4;

/// A temporary password on its way to its owner, or as it was typed. Never prints itself.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct TemporaryPassword([u8; LETTERS]);

impl TemporaryPassword {
    /// From uniform bytes: five bits of each make a letter.
    pub fn from_bytes(bytes: [u8; LETTERS]) -> Self {
        Self(bytes.map(|byte| ALPHABET[usize::from(byte & 31)]))
    }

    /// Reads what was typed, whatever its capitals, blanks and hyphens; `None` when it can be none.
    pub fn parse(typed: &str) -> Option<Self> {
        let mut letters = [0; LETTERS];
        let mut rest = letters.iter_mut();
        for typed in typed.trim().chars().filter(|typed| !matches!(typed, ' ' | '-' | '\u{3000}')) {
            let letter = u8::try_from(typed.to_ascii_uppercase()).ok().filter(|letter| ALPHABET.contains(letter))?;
            *rest.next()? = letter;
        }
        rest.next().is_none().then_some(Self(letters))
    }

    /// As it is read: `ABCD-EFGH-JKLM-NPQR`. Every caller is a place to look at in a review.
    pub fn expose(&self) -> String {
        let groups: Vec<_> = self.0.chunks(GROUP).map(String::from_utf8_lossy).collect();
        groups.join("-")
    }

    pub(crate) fn letters(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for TemporaryPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TemporaryPassword(…)")
    }
}

/// Whether temporary passwords are in use at all.
pub(crate) fn in_use(cx: &Services) -> bool {
    cx.settings().recovery.kind == RecoveryKind::TemporaryPassword
}

/// Whether a recovery is answered with a temporary password: by mail alone, and only where the password is all that
/// is asked for.
pub(crate) async fn suits(cx: &Services, account: &Account, channel: &AccountIdentifier) -> Result<bool, Unexpected> {
    Ok(in_use(cx) && channel.kind == IdentifierKind::Email && may_have(cx, account).await?)
}

/// Whether an account may have one now.
pub(crate) async fn may_have(cx: &Services, account: &Account) -> Result<bool, Unexpected> {
    let administers = cx.store.has_role(account.id, cx.now()).await?;
    Ok(account.may_have_temporary_password(administers))
}

/// Writes the temporary password of a recovery down, unless that was done or something newer has put an end to it.
pub(crate) async fn issue(
    cx: &Services,
    journey: &Journey,
    account: &Account,
    channel: &AccountIdentifier,
) -> Result<(), Unexpected> {
    // One for each recovery: the row has its id.
    let (id, made_at) = (ActionTokenId(journey.id.0), journey.created_at);
    let password = cx.keys.temporary_password(id, made_at)?;
    let action_token = ActionToken {
        id,
        kind: ActionTokenKind::TemporaryPassword,
        digest: cx.keys.temporary_digest(account.id, &password, made_at)?,
        account: Some(account.id),
        disputed: Some(channel.id),
        created_at: made_at,
        expires_at: made_at.plus(LIFETIME),
        spent_at: None,
    };
    transaction!(cx.store, |tx| {
        tx.lock_account(account.id).await?;
        // A second call finds the row of the first one as the latest, and changes nothing.
        if !tx.insert_latest_action_token(&action_token).await? {
            return Ok(());
        }
        tx.revoke_older_journeys(JourneyKind::Recovery, account.id, journey.id).await?;
        let system = |event| AuditEntry::new(event, Actor::System, cx.now()).account(account.id).journey(journey.id);
        tx.record(system(AuditEvent::RecoveryActivated).detail(Detail::Method(Method::TemporaryPassword)));
        tx.record(system(AuditEvent::TemporaryPasswordIssued).target(Target::ActionToken(id)));
        Ok(())
    })
    .await
}

/// The temporary password that was issued for a recovery, with its row; `None` when there is none, it was used, or
/// something newer put an end to it. The same at every call.
pub(crate) async fn find(
    cx: &Services,
    journey: &Journey,
) -> Result<Option<(TemporaryPassword, ActionToken)>, Unexpected> {
    let id = ActionTokenId(journey.id.0);
    let known = cx.store.find_action_token_by_id(id).await?;
    let open = known.filter(|known| known.is_open(ActionTokenKind::TemporaryPassword, cx.now()));
    open.map(|open| Ok((cx.keys.temporary_password(id, open.created_at)?, open))).transpose()
}

/// The identifier that the latest one went to: an objection to what came of it disputes that.
pub(crate) async fn sent_to(cx: &Services, account: &Account) -> Result<Option<IdentifierId>, Unexpected> {
    let latest = cx.store.find_latest_action_token(ActionTokenKind::TemporaryPassword, account.id).await?;
    Ok(latest.and_then(|action_token| action_token.disputed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_however_it_is_typed_and_nothing_else_is() {
        let made = TemporaryPassword::from_bytes(std::array::from_fn(|n| u8::try_from(n * 37 % 251).unwrap_or(0)));
        let text = made.expose();
        assert_eq!(text.len(), 19);
        for typed in [&text, &text.to_lowercase(), &text.replace('-', ""), &format!("  {} ", text.replace('-', " "))] {
            assert_eq!(TemporaryPassword::parse(typed), Some(made.clone()), "{typed}");
        }
        for typed in [
            "",
            &text[1..],
            &format!("{text}A"),
            &text.replace('-', "_"),
            "ABCD-EFGH-JKLM-NPQ0",
            "ＡBCD-EFGH-JKLM-NPQR",
        ] {
            assert_eq!(TemporaryPassword::parse(typed), None, "{typed}");
        }
        assert_eq!(format!("{made:?}"), "TemporaryPassword(…)");
    }

    #[test]
    fn every_letter_is_as_likely_as_any_other() {
        let mut counts = [0; 32];
        for byte in 0..=u8::MAX {
            let made = TemporaryPassword::from_bytes([byte; LETTERS]);
            let letter = made.letters()[0];
            counts[ALPHABET.iter().position(|known| *known == letter).expect("of the alphabet")] += 1;
        }
        assert_eq!(counts, [8; 32]);
    }
}
