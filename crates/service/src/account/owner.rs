//! The link that makes an owner: printed by the program, never mailed.

use std::time::Duration;

use rekey_domain::ActionTokenId;
use rekey_domain::account::action_token::{ActionToken, ActionTokenKind};
use rekey_domain::audit::{Actor, AuditEntry, AuditEvent, Target};
use rekey_store::transaction;
use url::Url;

use crate::context::About as _;
use crate::{PlainToken, Services, Unexpected};

/// How long an owner's link lives.
pub const LINK_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// Makes a new owner's link; every older one dies.
pub async fn make_link(cx: &Services) -> Result<Url, Unexpected> {
    let now = cx.clock.now();
    let id = ActionTokenId::new(now, cx.random());
    let token = cx.keys.action_token_of(id, now)?;
    let action_token = ActionToken {
        id,
        kind: ActionTokenKind::Owner,
        digest: token.digest(),
        account: None,
        disputed: None,
        created_at: now,
        expires_at: now.plus(LINK_LIFETIME),
        spent_at: None,
    };
    transaction!(cx.store, |tx| {
        tx.revoke_action_tokens(ActionTokenKind::Owner, None).await?;
        tx.insert_action_token(&action_token).await?;
        tx.record(AuditEntry::new(AuditEvent::OwnerLinkMade, Actor::Operator, now).target(Target::ActionToken(id)));
        Ok::<_, Unexpected>(())
    })
    .await?;
    Ok(cx.links.owner(&token, cx.settings().link_form))
}

/// Whether an owner's link would still work. Changes nothing.
pub async fn link_is_open(cx: &Services, token: &str) -> Result<bool, Unexpected> {
    let Some(token) = PlainToken::parse(token) else { return Ok(false) };
    let action_token = cx.store.find_action_token(token.digest()).await?;
    Ok(action_token.is_some_and(|action_token| action_token.is_open(ActionTokenKind::Owner, cx.clock.now())))
}
