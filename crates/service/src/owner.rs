//! The link that makes an owner: printed by the program, never mailed.

use std::time::Duration;

use rekey_domain::TicketId;
use rekey_domain::audit::{AuditEvent, AuditLine};
use rekey_domain::ticket::{Ticket, TicketKind};
use url::Url;

use crate::{PlainToken, Services, Unexpected};

/// How long an owner's link lives.
pub const LINK_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// Makes a new owner's link; every older one dies.
pub async fn make_link(cx: &Services) -> Result<Url, Unexpected> {
    let now = cx.clock.now();
    let id = TicketId::new(now, cx.random());
    let token = cx.keys.ticket_token(id, now);
    let ticket = Ticket {
        id,
        kind: TicketKind::Owner,
        digest: token.digest(),
        account: None,
        tainted: None,
        created_at: now,
        expires_at: now.plus(LINK_LIFETIME),
        spent_at: None,
    };
    let mut tx = cx.store.begin_write().await?;
    tx.revoke_tickets(TicketKind::Owner, None).await?;
    tx.insert_ticket(&ticket).await?;
    tx.record(AuditLine {
        at: now,
        event: AuditEvent::OwnerLinkMade,
        account: None,
        journey: None,
        session: None,
        address: String::new(),
    });
    tx.commit().await?;
    Ok(cx.links.owner(&token))
}

/// Whether an owner's link would still work. Changes nothing.
pub async fn link_is_open(cx: &Services, token: &str) -> Result<bool, Unexpected> {
    let Some(token) = PlainToken::parse(token) else { return Ok(false) };
    let ticket = cx.store.find_ticket(token.digest()).await?;
    Ok(ticket.is_some_and(|ticket| ticket.is_open(TicketKind::Owner, cx.clock.now())))
}
