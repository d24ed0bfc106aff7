//! Accounts and the identifiers they are known by.

use rekey_domain::{Account, AccountId, AccountIdentifier, Epoch, IdentifierId, Status};
use rekey_shared::Timestamp;
use rekey_shared::identifier::IdentifierKind;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::finders;
use crate::entity::{account, identifier};
use crate::text::Text;
use crate::{Unexpected, Write};

/// How the insertion of an account ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Inserted {
    /// The account is there.
    Done,
    /// An identifier of that kind belongs to another account already. Drop the transaction:
    /// it still works, but holds the account without that identifier.
    Taken(IdentifierKind),
}

finders! {
    /// The account of that id.
    fn find_account(id: AccountId) -> Option<Account>;
    /// The account known by an identifier, with the identifier. `canonical` is compared byte for byte.
    fn find_account_by(kind: IdentifierKind, canonical: &str) -> Option<(Account, AccountIdentifier)>;
    /// Everything an account is known by, oldest first.
    fn list_identifiers(account: AccountId) -> Vec<AccountIdentifier>;
    /// The next account in the order of ids; with `None` the first.
    fn find_account_after(id: Option<AccountId>) -> Option<Account>;
    /// How many accounts there are.
    fn count_accounts() -> u64;
}

async fn find_account(db: &impl ConnectionTrait, id: AccountId) -> Result<Option<Account>, Unexpected> {
    account::Entity::find_by_id(id.0).one(db).await?.map(Account::try_from).transpose()
}

async fn find_account_after(db: &impl ConnectionTrait, id: Option<AccountId>) -> Result<Option<Account>, Unexpected> {
    let mut select = account::Entity::find().order_by_asc(account::COLUMN.id);
    if let Some(id) = id {
        select = select.filter(account::COLUMN.id.gt(id.0));
    }
    select.limit(1).one(db).await?.map(Account::try_from).transpose()
}

async fn count_accounts(db: &impl ConnectionTrait) -> Result<u64, Unexpected> {
    Ok(account::Entity::find().count(db).await?)
}

async fn find_account_by(
    db: &impl ConnectionTrait,
    kind: IdentifierKind,
    canonical: &str,
) -> Result<Option<(Account, AccountIdentifier)>, Unexpected> {
    let found = identifier::Entity::find()
        .find_also_related(account::Entity)
        .filter(identifier::COLUMN.kind.eq(kind.text()))
        .filter(identifier::COLUMN.canonical.eq(canonical))
        .one(db)
        .await?;
    let Some((identifier, holder)) = found else { return Ok(None) };
    let holder = holder.ok_or(Unexpected::row("identifier", "account"))?;
    Ok(Some((holder.try_into()?, identifier.try_into()?)))
}

async fn list_identifiers(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<AccountIdentifier>, Unexpected> {
    let rows = identifier::Entity::find()
        .filter(identifier::COLUMN.account.eq(account.0))
        .order_by_asc(identifier::COLUMN.id)
        .all(db)
        .await?;
    rows.into_iter().map(AccountIdentifier::try_from).collect()
}

impl Write {
    /// Makes an account with all it is known by, and without a password: see [`Write::set_password`].
    pub async fn insert_account(
        &self,
        account: &Account,
        identifiers: &[AccountIdentifier],
    ) -> Result<Inserted, Unexpected> {
        let row = account::Model::from(account).into_active_model();
        account::Entity::insert(row).exec_without_returning(&self.tx).await?;
        for identifier in identifiers {
            if !self.insert_identifier(identifier).await? {
                return Ok(Inserted::Taken(identifier.kind));
            }
        }
        Ok(Inserted::Done)
    }

    /// Adds an address, number or name to an account. `false` when it is taken: the conflict is no error
    /// to the database, so the transaction lives on.
    pub async fn insert_identifier(&self, identifier: &AccountIdentifier) -> Result<bool, Unexpected> {
        let on_taken =
            OnConflict::columns([identifier::Column::Kind, identifier::Column::Canonical]).do_nothing().to_owned();
        let inserted = identifier::Entity::insert(identifier::Model::from(identifier).into_active_model())
            .on_conflict(on_taken)
            .exec_without_returning(&self.tx)
            .await;
        match inserted {
            Ok(rows) => Ok(rows == 1),
            Err(DbErr::RecordNotInserted) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Raises the credential epoch: every older session and secret of the account is dead. Returns the new one.
    pub async fn bump_epoch(&self, id: AccountId) -> Result<Epoch, Unexpected> {
        let rows = account::Entity::update_many()
            .col_expr(account::Column::Epoch, Expr::col(account::Column::Epoch).add(1))
            .filter(account::COLUMN.id.eq(id.0))
            .exec_with_returning(&self.tx)
            .await?;
        rows.first().map(|row| Epoch(row.epoch)).ok_or(Unexpected::row("account", "id"))
    }

    /// Sets whether an account may be used, whatever it was before.
    pub async fn set_status(&self, id: AccountId, status: Status, now: Timestamp) -> Result<(), Unexpected> {
        self.change_status(id, status, now, None).await?;
        Ok(())
    }

    /// Lets a disabled account be used again. `false` when it is not disabled.
    pub async fn enable_account(&self, id: AccountId, now: Timestamp) -> Result<bool, Unexpected> {
        self.change_status(id, Status::Active, now, Some(Status::Disabled)).await
    }

    /// Freezes an account that is active and takes its password away: it is remembered as one of the past ones, of
    /// which the account keeps at most `remembered`. `false` when it is not active, and then nothing changes.
    pub async fn freeze_account(
        &self,
        id: AccountId,
        disputed: Option<IdentifierId>,
        remembered: u8,
        now: Timestamp,
    ) -> Result<bool, Unexpected> {
        // Without the lock a password that is set in between would go without being remembered.
        self.lock_account(id).await?;
        if !self.change_status(id, Status::Frozen { at: now, disputed }, now, Some(Status::Active)).await? {
            return Ok(false);
        }
        self.remove_password(id, remembered, now).await?;
        Ok(true)
    }

    async fn change_status(
        &self,
        id: AccountId,
        to: Status,
        now: Timestamp,
        only_from: Option<Status>,
    ) -> Result<bool, Unexpected> {
        let (status, status_at, disputed) = account::status_columns(to, now);
        let mut update = account::Entity::update_many()
            .col_expr(account::Column::Status, Expr::value(status))
            .col_expr(account::Column::StatusAt, Expr::value(status_at))
            .col_expr(account::Column::Disputed, Expr::value(disputed))
            .filter(account::COLUMN.id.eq(id.0));
        if let Some(from) = only_from {
            update = update.filter(account::COLUMN.status.eq(account::status_columns(from, now).0));
        }
        Ok(update.exec(&self.tx).await?.rows_affected == 1)
    }
}
