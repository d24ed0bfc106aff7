//! What owners are told: enqueued in the transaction that causes it.

use std::time::Duration;

use rekey_domain::account::action_token::{ActionToken, ActionTokenKind};
use rekey_domain::message::{Notification, OutboxItem};
use rekey_domain::{Account, AccountId, AccountIdentifier, ActionTokenId, IdentifierId, KnownDeviceId, OutboxId};
use rekey_shared::identifier::IdentifierKind;
use rekey_shared::{Lang, Timestamp};
use rekey_store::Write;

use crate::{Services, Unexpected};

/// How long "this was not me" can be said (RC-11, ID-4).
pub(crate) const NOT_ME_LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// Tells the address that an account was registered with that it is ready. A number is told nothing: its owner has just
/// typed a code that came there, and a text message costs money.
pub(crate) async fn welcome(
    cx: &Services,
    tx: &mut Write,
    account: &Account,
    known: &[AccountIdentifier],
) -> Result<(), Unexpected> {
    let is_mail = |known: &&AccountIdentifier| known.kind == IdentifierKind::Email && known.verified_at.is_some();
    for to in known.iter().filter(is_mail) {
        enqueue(cx, tx, account.lang, Notification::Welcome { account: account.id, to: to.id }).await?;
    }
    Ok(())
}

/// Tells every verified address and number that the password was changed, with a way to object. Older ways to object
/// end: they were about a password that is gone.
///
/// An address that the owner has objected to gets none: who reads there could freeze the account again, dispute what
/// it was recovered by, and so make the address good once more.
pub(crate) async fn password_changed(
    cx: &Services,
    tx: &mut Write,
    account: &Account,
    known: &[AccountIdentifier],
    proven_by: Option<IdentifierId>,
) -> Result<(), Unexpected> {
    let now = cx.now();
    let id = ActionTokenId::new(now, cx.random());
    let action_token = ActionToken {
        id,
        kind: ActionTokenKind::NotMe,
        digest: cx.keys.action_token_of(id, now)?.digest(),
        account: Some(account.id),
        disputed: proven_by,
        created_at: now,
        expires_at: now.plus(NOT_ME_LIFETIME),
        spent_at: None,
    };
    tx.revoke_action_tokens(ActionTokenKind::NotMe, Some(account.id)).await?;
    tx.insert_action_token(&action_token).await?;
    for to in verified(known).filter(|to| !account.disputes(*to)) {
        enqueue(cx, tx, account.lang, Notification::PasswordChanged { account: account.id, to, action_token: id })
            .await?;
    }
    Ok(())
}

/// Tells every verified address and number that sign-in is paused; with none, one row is written all the same.
pub(crate) async fn sign_in_paused(
    cx: &Services,
    tx: &mut Write,
    account: AccountId,
    lang: Lang,
    known: &[AccountIdentifier],
) -> Result<(), Unexpected> {
    let mut to: Vec<_> = verified(known).collect();
    if to.is_empty() {
        to.push(IdentifierId(account.0));
    }
    for to in to {
        // Later than the pause can last it would be wrong.
        let until = cx.now().plus(cx.settings().sign_in.lockout.ceiling);
        enqueue_until(cx, tx, lang, Notification::SignInPaused { account, to }, until).await?;
    }
    Ok(())
}

/// Tells of a sign-in with a browser that was not known: by mail, or by text message where there is no address. An
/// address that its owner has objected to gets none.
pub(crate) async fn new_device(
    cx: &Services,
    tx: &mut Write,
    account: &Account,
    known: &[AccountIdentifier],
    device: KnownDeviceId,
) -> Result<(), Unexpected> {
    for to in mailed_or_texted(known).filter(|to| !account.disputes(*to)) {
        enqueue(cx, tx, account.lang, Notification::NewDevice { account: account.id, to, device }).await?;
    }
    Ok(())
}

/// Tells every verified address and number that the account was frozen.
pub(crate) async fn account_frozen(
    cx: &Services,
    tx: &mut Write,
    account: &Account,
    known: &[AccountIdentifier],
) -> Result<(), Unexpected> {
    for to in verified(known) {
        enqueue(cx, tx, account.lang, Notification::AccountFrozen { account: account.id, to }).await?;
    }
    Ok(())
}

/// Tells that the password ends soon: by mail, or by text message where there is no address. `false` when there is
/// neither.
pub(crate) async fn password_expires(
    cx: &Services,
    tx: &mut Write,
    account: &Account,
    known: &[AccountIdentifier],
    ends_at: Timestamp,
) -> Result<bool, Unexpected> {
    let mut told = false;
    for to in mailed_or_texted(known) {
        let notification = Notification::PasswordExpires { account: account.id, to };
        enqueue_until(cx, tx, account.lang, notification, ends_at).await?;
        told = true;
    }
    Ok(told)
}

/// Every verified address; where there is none, every verified number.
fn mailed_or_texted(known: &[AccountIdentifier]) -> impl Iterator<Item = IdentifierId> {
    let is = |kind| move |known: &&AccountIdentifier| known.kind == kind && known.verified_at.is_some();
    let by_mail = known.iter().any(|known| is(IdentifierKind::Email)(&known));
    let kind = if by_mail { IdentifierKind::Email } else { IdentifierKind::Phone };
    known.iter().filter(is(kind)).map(|known| known.id)
}

fn verified(known: &[AccountIdentifier]) -> impl Iterator<Item = IdentifierId> {
    known.iter().filter(|identifier| identifier.verified_at.is_some()).map(|identifier| identifier.id)
}

async fn enqueue(cx: &Services, tx: &mut Write, lang: Lang, notification: Notification) -> Result<(), Unexpected> {
    enqueue_until(cx, tx, lang, notification, cx.now().plus(NOT_ME_LIFETIME)).await
}

async fn enqueue_until(
    cx: &Services,
    tx: &mut Write,
    lang: Lang,
    notification: Notification,
    expires_at: Timestamp,
) -> Result<(), Unexpected> {
    let now = cx.now();
    let item = OutboxItem {
        id: OutboxId::new(now, cx.random()),
        notification,
        lang,
        created_at: now,
        expires_at,
        attempts: 0,
        network: None,
        with_work: false,
    };
    Ok(tx.enqueue(&item).await?)
}
