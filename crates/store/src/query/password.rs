//! Setting a password, and the ones that it replaced.

use rekey_domain::password::set::{Effect, SetPermit};
use rekey_domain::{AccountId, ChangeCause, Epoch, PasswordHash};
use rekey_shared::Timestamp;
use rekey_shared::password::History;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, UpdateMany,
};

use super::finders;
use crate::entity::{account, past_password};
use crate::text::Text as _;
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
    /// Sets the password of an account that is still at the permit's epoch, with what the occasion does to the
    /// account's row, and returns the epoch that it is at now. `None` when something else changed the account first,
    /// and then the transaction is to be dropped. A first password is set only where there is none.
    ///
    /// `remembered` is how many passwords the account's history may hold, the new one included; at most
    /// [`History::DEEPEST`]. What is older goes in the same transaction.
    pub async fn set_password(
        &self,
        permit: SetPermit,
        new: &PasswordHash,
        remembered: u8,
        now: Timestamp,
    ) -> Result<Option<Epoch>, Unexpected> {
        let (id, epoch, occasion) = (permit.account(), permit.epoch(), permit.occasion());
        let Some(before) = account::Entity::find_by_id(id.0).one(&self.tx).await? else { return Ok(None) };
        let rows = update_of(permit, new, now).exec_with_returning(&self.tx).await?;
        let Some(after) = rows.first() else { return Ok(None) };
        if occasion.has(Effect::RememberReplaced) {
            // The row is ours from here on. What was read before has the same epoch, so it is the password replaced.
            let past = u64::from(Ord::min(remembered, History::DEEPEST)).saturating_sub(1);
            let replaced = before.password.filter(|_| before.epoch == epoch.0);
            self.remember_password((id, epoch), replaced, past, now).await?;
        }
        Ok(Some(Epoch(after.epoch)))
    }

    /// Takes the password of an account away, which the caller has locked and whose epoch it raises. Until there is
    /// another one the past ones are all that the history holds, so it may hold one more of them.
    pub(super) async fn remove_password(
        &self,
        id: AccountId,
        remembered: u8,
        now: Timestamp,
    ) -> Result<(), Unexpected> {
        let Some(before) = account::Entity::find_by_id(id.0).one(&self.tx).await? else { return Ok(()) };
        let update = account::Entity::update_many()
            .col_expr(account::Column::Password, Expr::value(None::<String>))
            .filter(account::COLUMN.id.eq(id.0));
        update.exec(&self.tx).await?;
        let past = u64::from(Ord::min(remembered, History::DEEPEST));
        self.remember_password((id, Epoch(before.epoch)), before.password, past, now).await
    }

    /// Puts a password that was good until an epoch into the history, which keeps the latest `kept`.
    async fn remember_password(
        &self,
        (id, epoch): (AccountId, Epoch),
        password: Option<String>,
        kept: u64,
        now: Timestamp,
    ) -> Result<(), Unexpected> {
        if let Some(password) = password.filter(|_| kept > 0) {
            let row = past_password::Model { account: id.0, epoch: epoch.0, password, replaced_at: now.as_millis() };
            past_password::Entity::insert(row.into_active_model()).exec_without_returning(&self.tx).await?;
        }
        self.forget_past_passwords(id, kept).await
    }

    /// Replaces the stored form of the same password. `false` when the password was changed meanwhile.
    pub async fn rehash(&self, id: AccountId, old: &PasswordHash, new: &PasswordHash) -> Result<bool, Unexpected> {
        let outcome = account::Entity::update_many()
            .col_expr(account::Column::Password, Expr::value(new.0.clone()))
            .filter(account::COLUMN.id.eq(id.0))
            .filter(account::COLUMN.password.eq(old.0.clone()))
            .exec(&self.tx)
            .await?;
        Ok(outcome.rows_affected == 1)
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

/// The one statement that writes a new password.
fn update_of(permit: SetPermit, new: &PasswordHash, now: Timestamp) -> UpdateMany<account::Entity> {
    let occasion = permit.occasion();
    let must_change = occasion.has(Effect::RequireChange).then(|| ChangeCause::Operator.text());
    let update = account::Entity::update_many()
        .col_expr(account::Column::Password, Expr::value(new.0.clone()))
        .col_expr(account::Column::PasswordChangedAt, Expr::value(now.as_millis()))
        .col_expr(account::Column::MustChange, Expr::value(must_change))
        .col_expr(account::Column::Warned, Expr::value(None::<i32>))
        .filter(account::COLUMN.id.eq(permit.account().0))
        .filter(account::COLUMN.epoch.eq(permit.epoch().0));
    if occasion.has(Effect::RaiseEpoch) {
        update.col_expr(account::Column::Epoch, Expr::col(account::Column::Epoch).add(1))
    } else {
        // Nothing tells two of these apart but that the first one finds no password.
        update.filter(account::COLUMN.password.is_null())
    }
}
