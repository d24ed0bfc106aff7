//! Single-use links that belong to no journey.

use rekey_domain::ticket::Ticket;
use rekey_domain::{AccountId, IdentifierId, TicketId};
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

use crate::Unexpected;
use crate::text::{Text, digest};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ticket")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    #[sea_orm(unique)]
    pub digest: Vec<u8>,
    pub account: Option<Uuid>,
    pub tainted: Option<Uuid>,
    pub created_at: i64,
    pub expires_at: i64,
    pub spent_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Ticket {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        Ok(Self {
            id: TicketId(row.id),
            kind: Text::read(&row.kind, "ticket", "kind")?,
            digest: digest(&row.digest, "ticket", "digest")?,
            account: row.account.map(AccountId),
            tainted: row.tainted.map(IdentifierId),
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            spent_at: row.spent_at.map(Timestamp::from_millis),
        })
    }
}

impl From<&Ticket> for Model {
    fn from(ticket: &Ticket) -> Self {
        Self {
            id: ticket.id.0,
            kind: ticket.kind.text().to_owned(),
            digest: ticket.digest.0.to_vec(),
            account: ticket.account.map(|id| id.0),
            tainted: ticket.tainted.map(|id| id.0),
            created_at: ticket.created_at.as_millis(),
            expires_at: ticket.expires_at.as_millis(),
            spent_at: ticket.spent_at.map(Timestamp::as_millis),
        }
    }
}
