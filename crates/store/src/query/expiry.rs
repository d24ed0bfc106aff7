//! Passwords that end soon, and accounts whose password must be changed.

use rekey_domain::password::expiry::{Due, PageCursor};
use rekey_domain::{Account, AccountId, ChangeCause, Epoch};
use rekey_shared::Timestamp;
use sea_orm::sea_query::{Expr, Func};
use sea_orm::{Condition, ConnectionTrait, EntityTrait, ExprTrait, Order, QueryFilter, QueryOrder, QuerySelect};

use super::finders;
use crate::entity::account;
use crate::text::Text as _;
use crate::{Unexpected, Write};

finders! {
    /// Active accounts that are due a warning and have not had it, those whose password ends first in front, at most
    /// `limit` and only those behind `after`. The index on the age of passwords finds them.
    fn list_due_warnings(due: Due, after: Option<PageCursor>, limit: u64) -> Vec<Account>;
}

async fn list_due_warnings(
    db: &impl ConnectionTrait,
    due: Due,
    after: Option<PageCursor>,
    limit: u64,
) -> Result<Vec<Account>, Unexpected> {
    let mut select = account::Entity::find()
        .filter(set_at().gt(due.after.as_millis()))
        .filter(set_at().lte(due.until.as_millis()))
        .filter(account::COLUMN.password.is_not_null())
        .filter(account::COLUMN.status.eq("active"))
        .filter(account::COLUMN.never_expires.eq(false))
        .filter(unwarned(due.warning))
        .order_by(set_at(), Order::Asc)
        .order_by_asc(account::COLUMN.id)
        .limit(limit);
    if let Some(cursor) = after {
        let later = set_at().gt(cursor.set_at.as_millis());
        let beside = set_at().eq(cursor.set_at.as_millis()).and(account::COLUMN.id.gt(cursor.account.0));
        select = select.filter(Condition::any().add(later).add(beside));
    }
    select.all(db).await?.into_iter().map(Account::try_from).collect()
}

/// When the password was set: one whose age is not known, of an account that was carried over, is as old as the account
/// (`Account::password_expires_at`). There is an index on this very expression.
fn set_at() -> Expr {
    let known = Expr::col(account::Column::PasswordChangedAt);
    Func::coalesce([known, Expr::col(account::Column::CreatedAt)]).into()
}

/// Who has had this warning or a later one is not told again.
fn unwarned(warning: u8) -> Condition {
    Condition::any().add(account::COLUMN.warned.is_null()).add(account::COLUMN.warned.gt(i32::from(warning)))
}

impl Write {
    /// Claims a warning for the password that was set at that moment. `false` when another node was faster, or the
    /// password was changed meanwhile.
    pub async fn claim_warning(&self, id: AccountId, set_at: Timestamp, warning: u8) -> Result<bool, Unexpected> {
        let outcome = account::Entity::update_many()
            .col_expr(account::Column::Warned, Expr::value(i32::from(warning)))
            .filter(account::COLUMN.id.eq(id.0))
            .filter(self::set_at().eq(set_at.as_millis()))
            .filter(unwarned(warning))
            .exec(&self.tx)
            .await?;
        Ok(outcome.rows_affected == 1)
    }

    /// Marks an account for the sake of its present password, unless it got another meanwhile. `false` when it did.
    pub async fn require_change_of(&self, id: AccountId, epoch: Epoch, cause: ChangeCause) -> Result<bool, Unexpected> {
        let outcome = account::Entity::update_many()
            .col_expr(account::Column::MustChange, Expr::value(cause.text()))
            .filter(account::COLUMN.id.eq(id.0))
            .filter(account::COLUMN.epoch.eq(epoch.0))
            .exec(&self.tx)
            .await?;
        Ok(outcome.rows_affected == 1)
    }

    /// Marks an account: its password opens nothing any more but the page where it is changed, also for those who are
    /// signed in. The next replacement takes the mark away.
    pub async fn require_change(&self, id: AccountId, cause: ChangeCause) -> Result<(), Unexpected> {
        let update = account::Entity::update_many().col_expr(account::Column::MustChange, Expr::value(cause.text()));
        update.filter(account::COLUMN.id.eq(id.0)).exec(&self.tx).await?;
        Ok(())
    }

    /// Sets whether the password of an account grows old.
    pub async fn set_never_expires(&self, id: AccountId, never: bool) -> Result<(), Unexpected> {
        let update = account::Entity::update_many().col_expr(account::Column::NeverExpires, Expr::value(never));
        update.filter(account::COLUMN.id.eq(id.0)).exec(&self.tx).await?;
        Ok(())
    }
}
