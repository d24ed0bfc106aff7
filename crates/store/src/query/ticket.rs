//! Tickets: owner links, "this was not me" links and temporary passwords.

use rekey_domain::ticket::{Ticket, TicketKind};
use rekey_domain::{AccountId, Digest, TicketId};
use rekey_shared::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, UpdateMany};

use super::finders;
use crate::entity::ticket;
use crate::text::Text;
use crate::{Unexpected, Write};

finders! {
    /// The ticket of a link, by the SHA-256 of its token.
    fn find_ticket(digest: Digest) -> Option<Ticket>;
    /// The ticket of that id.
    fn find_ticket_by_id(id: TicketId) -> Option<Ticket>;
    /// The latest ticket of a kind that acts on an account, whatever became of it: one step into an index.
    fn find_latest_ticket(kind: TicketKind, account: AccountId) -> Option<Ticket>;
    /// Owner links that can still be used, newest first.
    fn list_open_owner_tickets(now: Timestamp) -> Vec<Ticket>;
}

async fn find_ticket(db: &impl ConnectionTrait, digest: Digest) -> Result<Option<Ticket>, Unexpected> {
    let select = ticket::Entity::find().filter(ticket::COLUMN.digest.eq(digest.0.to_vec()));
    select.one(db).await?.map(Ticket::try_from).transpose()
}

async fn find_ticket_by_id(db: &impl ConnectionTrait, id: TicketId) -> Result<Option<Ticket>, Unexpected> {
    ticket::Entity::find_by_id(id.0).one(db).await?.map(Ticket::try_from).transpose()
}

async fn find_latest_ticket(
    db: &impl ConnectionTrait,
    kind: TicketKind,
    account: AccountId,
) -> Result<Option<Ticket>, Unexpected> {
    let select = ticket::Entity::find()
        .filter(ticket::COLUMN.account.eq(account.0))
        .filter(ticket::COLUMN.kind.eq(kind.text()))
        // Ids sort by the time they were made (UUID version 7).
        .order_by_desc(ticket::COLUMN.id);
    select.one(db).await?.map(Ticket::try_from).transpose()
}

async fn list_open_owner_tickets(db: &impl ConnectionTrait, now: Timestamp) -> Result<Vec<Ticket>, Unexpected> {
    let rows = ticket::Entity::find()
        .filter(ticket::COLUMN.kind.eq(TicketKind::Owner.text()))
        .filter(ticket::COLUMN.expires_at.gt(now.as_millis()))
        .filter(ticket::COLUMN.spent_at.is_null())
        .order_by_desc(ticket::COLUMN.created_at)
        .all(db)
        .await?;
    rows.into_iter().map(Ticket::try_from).collect()
}

/// The revocation of the unused tickets of a kind.
fn open_of(kind: TicketKind) -> UpdateMany<ticket::Entity> {
    ticket::Entity::update_many()
        .col_expr(ticket::Column::ExpiresAt, Expr::col(ticket::Column::CreatedAt))
        .filter(ticket::COLUMN.kind.eq(kind.text()))
        .filter(ticket::COLUMN.spent_at.is_null())
        .filter(Expr::col(ticket::Column::ExpiresAt).gt(Expr::col(ticket::Column::CreatedAt)))
}

impl Write {
    /// Writes down a new ticket.
    pub async fn insert_ticket(&self, ticket: &Ticket) -> Result<(), Unexpected> {
        let row = ticket::Model::from(ticket).into_active_model();
        ticket::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Writes down a ticket that puts an end to the older ones of its kind that act on the same account. `false` when
    /// there is a newer one, and then nothing changes.
    ///
    /// Two at once may both be written down: only [`Write::find_latest_ticket`] tells which of them counts.
    pub async fn insert_latest_ticket(&self, ticket: &Ticket) -> Result<bool, Unexpected> {
        if let Some(account) = ticket.account {
            let latest = self.find_latest_ticket(ticket.kind, account).await?;
            if latest.is_some_and(|latest| latest.id >= ticket.id) {
                return Ok(false);
            }
            let older = open_of(ticket.kind).filter(ticket::COLUMN.account.eq(account.0));
            older.filter(Expr::col(ticket::Column::Id).lt(ticket.id.0)).exec(&self.tx).await?;
        }
        self.insert_ticket(ticket).await?;
        Ok(true)
    }

    /// Uses a ticket up. `false` when it was used, revoked or has expired.
    pub async fn spend_ticket(&self, id: TicketId, now: Timestamp) -> Result<bool, Unexpected> {
        let outcome = ticket::Entity::update_many()
            .col_expr(ticket::Column::SpentAt, Expr::value(now.as_millis()))
            .filter(ticket::COLUMN.id.eq(id.0))
            .filter(ticket::COLUMN.spent_at.is_null())
            .filter(ticket::COLUMN.expires_at.gt(now.as_millis()))
            .exec(&self.tx)
            .await?;
        Ok(outcome.rows_affected == 1)
    }

    /// Revokes the unused tickets of a kind that act on that account, or on none. How many they were.
    ///
    /// A revoked ticket is one that expired when it was made: nothing else about it is worth keeping.
    pub async fn revoke_tickets(&self, kind: TicketKind, account: Option<AccountId>) -> Result<u64, Unexpected> {
        let update = match account {
            Some(account) => open_of(kind).filter(ticket::COLUMN.account.eq(account.0)),
            None => open_of(kind).filter(ticket::COLUMN.account.is_null()),
        };
        Ok(update.exec(&self.tx).await?.rows_affected)
    }
}
