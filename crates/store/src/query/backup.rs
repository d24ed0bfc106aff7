//! The last backup, restorations, and the end of everything that must not outlive one.

use rekey_domain::backup::{EPOCH_LEAP, Observed};
use rekey_domain::{Digest, RestorationId};
use rekey_shared::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue, ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::lease::WAITING;
use crate::connect::Snapshot;
use crate::entity::backup_event::{MADE, RESTORED};
use crate::entity::journey::{COMPLETING, OPEN, REVOKED};
use crate::entity::{account, action_token, audit, backup_event, challenge, journey, known_device, outbox, session};
use crate::text::digest;
use crate::{Store, Unexpected, Write};

/// What a restoration has put an end to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ended {
    /// Accounts whose epoch was raised: all of them.
    pub accounts: u64,
    /// Sessions that were open.
    pub sessions: u64,
    /// Registrations and recoveries under way.
    pub journeys: u64,
    /// Unused links and temporary passwords.
    pub action_tokens: u64,
    /// Messages that were not sent.
    pub messages: u64,
}

impl Store {
    /// When the last backup was made.
    pub async fn last_backup(&self) -> Result<Option<Timestamp>, Unexpected> {
        let select = backup_event::Entity::find().filter(backup_event::COLUMN.kind.eq(MADE));
        let last = select.order_by_desc(backup_event::COLUMN.at).one(&self.reads).await?;
        Ok(last.map(|row| Timestamp::from_millis(row.at)))
    }
}

impl Snapshot {
    /// What the database says of itself to a node that remembers a seal at that place.
    pub async fn observe(&self, place: Option<u64>) -> Result<Observed, Unexpected> {
        // Ids sort by the time they were made (UUID version 7).
        let restored = backup_event::Entity::find().filter(backup_event::COLUMN.kind.eq(RESTORED));
        let last = restored.order_by_desc(backup_event::COLUMN.id).one(&self.0).await?;
        let checkpoint = self.find_audit_checkpoint().await?;
        Ok(Observed {
            head: self.find_audit_head().await?.map(|head| (head.seal.seq, head.seal.mac)),
            same_place: match place {
                Some(place) => seal_at(&self.0, place).await?,
                None => None,
            },
            removed_through: checkpoint.map_or(0, |checkpoint| checkpoint.seal.seq),
            restoration: last.map(|row| RestorationId(row.id)),
        })
    }
}

async fn seal_at(db: &impl ConnectionTrait, place: u64) -> Result<Option<Digest>, Unexpected> {
    let place = i64::try_from(place).map_err(|_| Unexpected::row("audit", "seq"))?;
    let select = audit::Entity::find().select_only().column(audit::Column::Mac).filter(audit::COLUMN.seq.eq(place));
    let mac = select.into_tuple::<Option<Vec<u8>>>().one(db).await?.flatten();
    mac.map(|mac| digest(&mac, "audit", "mac")).transpose()
}

impl Write {
    /// Notes that a backup was made, in the place of the one before.
    pub async fn note_backup(&self, id: Uuid, now: Timestamp) -> Result<(), Unexpected> {
        let before = backup_event::Entity::delete_many().filter(backup_event::COLUMN.kind.eq(MADE));
        before.exec(&self.tx).await?;
        self.insert_backup_event(backup_event::Model { id, kind: MADE.to_owned(), at: now.as_millis(), taken_at: None })
            .await
    }

    /// When the database was last restored.
    pub async fn last_restoration(&self) -> Result<Option<Timestamp>, Unexpected> {
        let select = backup_event::Entity::find().filter(backup_event::COLUMN.kind.eq(RESTORED));
        let last = select.order_by_desc(backup_event::COLUMN.at).one(&self.tx).await?;
        Ok(last.map(|row| Timestamp::from_millis(row.at)))
    }

    /// Notes a restoration: nodes that have not heard of it begin anew.
    pub async fn note_restoration(
        &self,
        id: RestorationId,
        taken_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), Unexpected> {
        let taken_at = taken_at.map(Timestamp::as_millis);
        let kind = RESTORED.to_owned();
        self.insert_backup_event(backup_event::Model { id: id.0, kind, at: now.as_millis(), taken_at }).await
    }

    async fn insert_backup_event(&self, row: backup_event::Model) -> Result<(), Unexpected> {
        backup_event::Entity::insert(row.into_active_model()).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Puts an end to everything that a person could have used, ended or been sent since the backup: sessions, journeys,
    /// challenges, action tokens, remembered browsers and messages. Every epoch leaps, so what is bound to one is dead as well.
    ///
    /// docs/BACKUP.md says for every table what becomes of its rows.
    pub async fn end_all(&self, now: Timestamp) -> Result<Ended, Unexpected> {
        let epochs = account::Entity::update_many()
            .col_expr(account::Column::Epoch, Expr::col(account::Column::Epoch).add(EPOCH_LEAP));
        let sessions = session::Entity::update_many()
            .col_expr(session::Column::EndedAt, Expr::value(now.as_millis()))
            .filter(session::COLUMN.ended_at.is_null());
        let journeys = journey::Entity::update_many()
            .col_expr(journey::Column::State, Expr::value(REVOKED))
            .col_expr(journey::Column::CompletingUntil, Expr::value(None::<i64>))
            .filter(journey::COLUMN.state.is_in([OPEN, COMPLETING]));
        // A revoked action token is one that expired when it was made.
        let action_tokens = action_token::Entity::update_many()
            .col_expr(action_token::Column::ExpiresAt, Expr::col(action_token::Column::CreatedAt))
            .filter(action_token::COLUMN.spent_at.is_null())
            .filter(Expr::col(action_token::Column::ExpiresAt).gt(Expr::col(action_token::Column::CreatedAt)));
        // The accounts first: see the order of locks.
        let accounts = epochs.exec(&self.tx).await?.rows_affected;
        self.end_challenges(now).await?;
        let sessions = sessions.exec(&self.tx).await?.rows_affected;
        let journeys = journeys.exec(&self.tx).await?.rows_affected;
        let action_tokens = action_tokens.exec(&self.tx).await?.rows_affected;
        // A browser that was forgotten since would again have a budget of its own.
        known_device::Entity::delete_many().exec(&self.tx).await?;
        Ok(Ended { accounts, sessions, journeys, action_tokens, messages: self.drop_messages(now).await? })
    }

    async fn end_challenges(&self, now: Timestamp) -> Result<(), Unexpected> {
        challenge::Entity::update_many()
            .col_expr(challenge::Column::SpentAt, Expr::value(now.as_millis()))
            .filter(challenge::COLUMN.spent_at.is_null())
            .exec(&self.tx)
            .await?;
        // A link may be opened for as long as its journey lives, whatever was answered before.
        challenge::Entity::update_many()
            .col_expr(challenge::Column::LinkExpiresAt, Expr::col(challenge::Column::CreatedAt))
            .filter(challenge::COLUMN.link_expires_at.is_not_null())
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    async fn drop_messages(&self, now: Timestamp) -> Result<u64, Unexpected> {
        let dropped = outbox::ActiveModel {
            state: ActiveValue::Set("dropped".to_owned()),
            finished_at: ActiveValue::Set(Some(now.as_millis())),
            lease_owner: ActiveValue::Set(None),
            lease_until: ActiveValue::Set(None),
            ..Default::default()
        };
        let waiting = Condition::all().add(outbox::Column::State.eq(WAITING));
        let update = outbox::Entity::update_many().set(dropped).filter(waiting);
        Ok(update.exec(&self.tx).await?.rows_affected)
    }
}
