//! Tickets: owner links, "this was not me" links and temporary passwords.

use rekey_domain::account::action_token::{ActionToken, ActionTokenKind};
use rekey_domain::{AccountId, ActionTokenId, Digest};
use rekey_shared::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, UpdateMany};

use super::finders;
use crate::entity::action_token;
use crate::text::Text;
use crate::{Unexpected, Write};

finders! {
    /// The action token of a link, by the SHA-256 of its token.
    fn find_action_token(digest: Digest) -> Option<ActionToken>;
    /// The action token of that id.
    fn find_action_token_by_id(id: ActionTokenId) -> Option<ActionToken>;
    /// The latest action token of a kind that acts on an account, whatever became of it: one step into an index.
    fn find_latest_action_token(kind: ActionTokenKind, account: AccountId) -> Option<ActionToken>;
    /// Owner links that can still be used, newest first.
    fn list_open_owner_tickets(now: Timestamp) -> Vec<ActionToken>;
}

async fn find_action_token(db: &impl ConnectionTrait, digest: Digest) -> Result<Option<ActionToken>, Unexpected> {
    let select = action_token::Entity::find().filter(action_token::COLUMN.digest.eq(digest.0.to_vec()));
    select.one(db).await?.map(ActionToken::try_from).transpose()
}

async fn find_action_token_by_id(
    db: &impl ConnectionTrait,
    id: ActionTokenId,
) -> Result<Option<ActionToken>, Unexpected> {
    action_token::Entity::find_by_id(id.0).one(db).await?.map(ActionToken::try_from).transpose()
}

async fn find_latest_action_token(
    db: &impl ConnectionTrait,
    kind: ActionTokenKind,
    account: AccountId,
) -> Result<Option<ActionToken>, Unexpected> {
    let select = action_token::Entity::find()
        .filter(action_token::COLUMN.account.eq(account.0))
        .filter(action_token::COLUMN.kind.eq(kind.text()))
        // Ids sort by the time they were made (UUID version 7).
        .order_by_desc(action_token::COLUMN.id);
    select.one(db).await?.map(ActionToken::try_from).transpose()
}

async fn list_open_owner_tickets(db: &impl ConnectionTrait, now: Timestamp) -> Result<Vec<ActionToken>, Unexpected> {
    let rows = action_token::Entity::find()
        .filter(action_token::COLUMN.kind.eq(ActionTokenKind::Owner.text()))
        .filter(action_token::COLUMN.expires_at.gt(now.as_millis()))
        .filter(action_token::COLUMN.spent_at.is_null())
        .order_by_desc(action_token::COLUMN.created_at)
        .all(db)
        .await?;
    rows.into_iter().map(ActionToken::try_from).collect()
}

/// The revocation of the unused action tokens of a kind.
fn open_of(kind: ActionTokenKind) -> UpdateMany<action_token::Entity> {
    action_token::Entity::update_many()
        .col_expr(action_token::Column::ExpiresAt, Expr::col(action_token::Column::CreatedAt))
        .filter(action_token::COLUMN.kind.eq(kind.text()))
        .filter(action_token::COLUMN.spent_at.is_null())
        .filter(Expr::col(action_token::Column::ExpiresAt).gt(Expr::col(action_token::Column::CreatedAt)))
}

impl Write {
    /// Writes down a new action token.
    pub async fn insert_action_token(&self, action_token: &ActionToken) -> Result<(), Unexpected> {
        let row = action_token::Model::from(action_token).into_active_model();
        action_token::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Writes down an action token that puts an end to the older ones of its kind that act on the same account. `false` when
    /// there is a newer one, and then nothing changes.
    ///
    /// Two at once may both be written down: only [`Write::find_latest_action_token`] tells which of them counts.
    pub async fn insert_latest_action_token(&self, action_token: &ActionToken) -> Result<bool, Unexpected> {
        if let Some(account) = action_token.account {
            let latest = self.find_latest_action_token(action_token.kind, account).await?;
            if latest.is_some_and(|latest| latest.id >= action_token.id) {
                return Ok(false);
            }
            let older = open_of(action_token.kind).filter(action_token::COLUMN.account.eq(account.0));
            older.filter(Expr::col(action_token::Column::Id).lt(action_token.id.0)).exec(&self.tx).await?;
        }
        self.insert_action_token(action_token).await?;
        Ok(true)
    }

    /// Uses an action token up. `false` when it was used, revoked or has expired.
    pub async fn spend_action_token(&self, id: ActionTokenId, now: Timestamp) -> Result<bool, Unexpected> {
        let outcome = action_token::Entity::update_many()
            .col_expr(action_token::Column::SpentAt, Expr::value(now.as_millis()))
            .filter(action_token::COLUMN.id.eq(id.0))
            .filter(action_token::COLUMN.spent_at.is_null())
            .filter(action_token::COLUMN.expires_at.gt(now.as_millis()))
            .exec(&self.tx)
            .await?;
        Ok(outcome.rows_affected == 1)
    }

    /// Revokes the unused action tokens of a kind that act on that account, or on none. How many they were.
    ///
    /// A revoked action token is one that expired when it was made: nothing else about it is worth keeping.
    pub async fn revoke_action_tokens(
        &self,
        kind: ActionTokenKind,
        account: Option<AccountId>,
    ) -> Result<u64, Unexpected> {
        let update = match account {
            Some(account) => open_of(kind).filter(action_token::COLUMN.account.eq(account.0)),
            None => open_of(kind).filter(action_token::COLUMN.account.is_null()),
        };
        Ok(update.exec(&self.tx).await?.rows_affected)
    }
}
