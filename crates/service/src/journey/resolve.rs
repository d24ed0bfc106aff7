//! Finding out whom a journey is for: in the worker, before its message is composed, never while a page waits.
//!
//! Idempotent: a second call, after a crash or a failed send, changes nothing.

use rekey_domain::audit::{self, Actor, AuditEntry, AuditEvent, Detail};
use rekey_domain::journey::challenge::Challenge;
use rekey_domain::journey::method::Method;
use rekey_domain::journey::owner::Owner;
use rekey_domain::journey::{Journey, JourneyKind, Subject};
use rekey_domain::message::Notification;
use rekey_domain::{Account, AccountIdentifier, FactorId, JourneyId};
use rekey_shared::identifier::IdentifierKind;
use rekey_store::{Write, transaction};

use crate::context::About as _;
use crate::{PlainToken, Services, Unexpected, temporary};

/// Finds out whom the journey behind a message is for, and puts an end to what the message replaces.
pub async fn resolve(cx: &Services, notification: Notification) -> Result<(), Unexpected> {
    match notification {
        Notification::RegistrationSecret { journey } => registration(cx, journey).await,
        Notification::RecoverySecret { journey } => recovery(cx, journey).await,
        Notification::Welcome { .. }
        | Notification::PasswordChanged { .. }
        | Notification::SignInPaused { .. }
        | Notification::NewDevice { .. }
        | Notification::PasswordExpires { .. }
        | Notification::AccountFrozen { .. } => Ok(()),
    }
}

async fn find_unresolved(cx: &Services, id: JourneyId) -> Result<Option<Journey>, Unexpected> {
    let found = cx.store.find_journey_by_id(id).await?;
    Ok(found.filter(|journey| journey.is_open(cx.now()) && journey.subject == Subject::Unresolved))
}

/// A registration of an identifier that has an account stays unresolved: it looks alive and proves nothing.
async fn registration(cx: &Services, id: JourneyId) -> Result<(), Unexpected> {
    let Some(journey) = find_unresolved(cx, id).await? else { return Ok(()) };
    if cx.store.find_account_by(journey.target_kind, &journey.target).await?.is_some() {
        return Ok(());
    }
    transaction!(cx.store, |tx| Ok::<_, Unexpected>(tx.resolve_journey(id, Subject::Newcomer).await?)).await?;
    Ok(())
}

async fn recovery(cx: &Services, id: JourneyId) -> Result<(), Unexpected> {
    let Some(journey) = find_unresolved(cx, id).await? else { return Ok(()) };
    let Some((account, channel)) = find_channel(cx, &journey).await? else { return Ok(()) };
    if temporary::suits(cx, &account, &channel).await? {
        // The journey stays unresolved: the temporary password is typed elsewhere, and this one proves nothing.
        return temporary::issue(cx, &journey, &account, &channel).await;
    }
    let challenges = cx.store.list_challenges(id).await?;
    let first = challenges.iter().find(|asked| asked.owner == Owner::Journey(id) && asked.gate == 1);
    let Some(first) = first.filter(|asked| asked.method.is_sent()) else { return Ok(()) };
    transaction!(cx.store, |tx| {
        if !resolve_recovery(cx, tx, &journey, first, (&account, &channel)).await? {
            tx.leave_nothing();
        }
        Ok(())
    })
    .await
}

/// From its first message on, older recoveries of the same account are dead (AC-05). `false` when a newer one was
/// resolved first, which happens after a crash: then this one is the dead one.
async fn resolve_recovery(
    cx: &Services,
    tx: &mut Write,
    journey: &Journey,
    first: &Challenge,
    (account, channel): (&Account, &AccountIdentifier),
) -> Result<bool, Unexpected> {
    // Two recoveries that are resolved at once must see each other; and what was read before may have changed.
    tx.lock_account(account.id).await?;
    let Some(account) = tx.find_account(account.id).await?.filter(|account| usable(account, channel)) else {
        return Ok(false);
    };
    if tx.has_newer_journey(JourneyKind::Recovery, account.id, journey.id).await? {
        return Ok(false);
    }
    tx.revoke_older_journeys(JourneyKind::Recovery, account.id, journey.id).await?;
    if !tx.resolve_journey(journey.id, Subject::of(&account)).await? {
        return Ok(false);
    }
    let by_mail = channel.kind == IdentifierKind::Email;
    let resolved = Challenge {
        method: if by_mail { Method::Mail } else { Method::Text },
        factor: Some(FactorId::from(channel.id)),
        link: by_mail.then(|| cx.keys.link_of(first)).transpose()?.as_ref().map(PlainToken::digest),
        ..*first
    };
    let method = if by_mail { audit::Method::Link } else { audit::Method::Code };
    let activated = AuditEntry::new(AuditEvent::RecoveryActivated, Actor::System, cx.now()).account(account.id);
    tx.record(activated.journey(journey.id).detail(Detail::Method(method)));
    Ok(tx.resolve_challenge(&resolved).await?)
}

/// The account and the verified address or number that a recovery goes to; only ever a stored one (RC-4).
async fn find_channel(cx: &Services, journey: &Journey) -> Result<Option<(Account, AccountIdentifier)>, Unexpected> {
    let Some((account, named)) = cx.store.find_account_by(journey.target_kind, &journey.target).await? else {
        return Ok(None);
    };
    let channel = if named.kind == IdentifierKind::Username {
        let known = cx.store.list_identifiers(account.id).await?;
        let of = |kind| known.iter().find(|known| known.kind == kind && usable(&account, known)).cloned();
        of(IdentifierKind::Email).or_else(|| of(IdentifierKind::Phone))
    } else {
        usable(&account, &named).then_some(named)
    };
    Ok(channel.map(|channel| (account, channel)))
}

fn usable(account: &Account, channel: &AccountIdentifier) -> bool {
    channel.verified_at.is_some() && account.may_recover_by(channel.id)
}
