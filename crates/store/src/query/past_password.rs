//! Replacing a password, and the ones that it replaced.

use rekey_domain::{AccountId, Epoch, PasswordHash};
use rekey_shared::Timestamp;
use rekey_shared::password::History;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::finders;
use crate::entity::{account, past_password};
use crate::{Unexpected, Write};

finders! {
    /// The passwords that an account had before the present one, latest first, at most `limit`.
    fn list_past_passwords(account: AccountId, limit: u64) -> Vec<PasswordHash>;
}

async fn list_past_passwords(
    db: &impl ConnectionTrait,
    account: AccountId,
    limit: u64,
) -> Result<Vec<PasswordHash>, Unexpected> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let rows = past_password::Entity::find()
        .filter(past_password::COLUMN.account.eq(account.0))
        .order_by_desc(past_password::COLUMN.epoch)
        .limit(limit)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| PasswordHash(row.password)).collect())
}

impl Write {
    /// Replaces the password of an account that is still at `epoch`, raises that epoch and returns the new one:
    /// every older session and secret is dead. `None` when somebody was faster, and then the transaction is to be
    /// dropped.
    ///
    /// `remembered` is how many passwords the account's history may hold, the new one included; at most
    /// [`History::DEEPEST`]. What is older goes in the same transaction.
    pub async fn replace_password(
        &self,
        id: AccountId,
        epoch: Epoch,
        new: &PasswordHash,
        remembered: u8,
        now: Timestamp,
    ) -> Result<Option<Epoch>, Unexpected> {
        let Some(before) = account::Entity::find_by_id(id.0).one(&self.tx).await? else { return Ok(None) };
        let rows = account::Entity::update_many()
            .col_expr(account::Column::Password, Expr::value(new.0.clone()))
            .col_expr(account::Column::PasswordChangedAt, Expr::value(now.as_millis()))
            .col_expr(account::Column::MustChange, Expr::value(false))
            .col_expr(account::Column::Warned, Expr::value(None::<i32>))
            .col_expr(account::Column::Epoch, Expr::col(account::Column::Epoch).add(1))
            .filter(account::COLUMN.id.eq(id.0))
            .filter(account::COLUMN.epoch.eq(epoch.0))
            .exec_with_returning(&self.tx)
            .await?;
        let Some(after) = rows.first() else { return Ok(None) };
        // The row is ours from here on. What was read before has the same epoch, so it is the password replaced.
        let past = u64::from(Ord::min(remembered, History::DEEPEST)).saturating_sub(1);
        if let Some(password) = before.password.filter(|_| past > 0 && before.epoch == epoch.0) {
            let row = past_password::Model { account: id.0, epoch: epoch.0, password, replaced_at: now.as_millis() };
            past_password::Entity::insert(row.into_active_model()).exec_without_returning(&self.tx).await?;
        }
        self.forget_past_passwords(id, past).await?;
        Ok(Some(Epoch(after.epoch)))
    }

    /// Keeps the latest `kept`.
    async fn forget_past_passwords(&self, id: AccountId, kept: u64) -> Result<(), Unexpected> {
        let of_account = past_password::COLUMN.account.eq(id.0);
        let oldest_kept = past_password::Entity::find()
            .select_only()
            .column(past_password::Column::Epoch)
            .filter(of_account.clone())
            .order_by_desc(past_password::COLUMN.epoch)
            .offset(kept.saturating_sub(1))
            .into_tuple::<i64>()
            .one(&self.tx)
            .await?;
        let surplus = match oldest_kept {
            Some(_) if kept == 0 => of_account,
            Some(epoch) => of_account.and(past_password::COLUMN.epoch.lt(epoch)),
            None => return Ok(()),
        };
        past_password::Entity::delete_many().filter(surplus).exec(&self.tx).await?;
        Ok(())
    }
}
