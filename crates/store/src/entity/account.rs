//! Accounts.

use rekey_domain::{Account, AccountId, Epoch, IdentifierId, PasswordHash, Status};
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

use crate::Unexpected;
use crate::text::Text;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `local` or `directory`.
    pub authority: String,
    /// `active`, `disabled` or `frozen`.
    pub status: String,
    /// Since when.
    pub status_at: i64,
    /// Only of frozen accounts.
    pub disputed: Option<Uuid>,
    pub given_name: String,
    pub family_name: String,
    pub lang: String,
    pub password: Option<String>,
    pub password_changed_at: Option<i64>,
    /// Why, if it must be.
    pub must_change: Option<String>,
    pub never_expires: bool,
    /// The last warning of the present password's end: so many days before. Smaller ones come later.
    pub warned: Option<i32>,
    pub epoch: i64,
    pub created_at: i64,
    #[sea_orm(has_many)]
    pub sessions: HasMany<super::session::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A status as columns: word, since when, disputed identifier.
pub fn status_columns(status: Status, now: Timestamp) -> (&'static str, i64, Option<Uuid>) {
    match status {
        Status::Active => ("active", now.as_millis(), None),
        Status::Disabled => ("disabled", now.as_millis(), None),
        Status::Frozen { at, disputed } => ("frozen", at.as_millis(), disputed.map(|id| id.0)),
    }
}

impl Model {
    fn read_status(&self) -> Result<Status, Unexpected> {
        match self.status.as_str() {
            "active" => Ok(Status::Active),
            "disabled" => Ok(Status::Disabled),
            "frozen" => Ok(Status::Frozen {
                at: Timestamp::from_millis(self.status_at),
                disputed: self.disputed.map(IdentifierId),
            }),
            _ => Err(Unexpected::row("account", "status")),
        }
    }
}

impl TryFrom<Model> for Account {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        Ok(Self {
            id: AccountId(row.id),
            authority: Text::read(&row.authority, "account", "authority")?,
            status: row.read_status()?,
            lang: Text::read(&row.lang, "account", "lang")?,
            given_name: row.given_name,
            family_name: row.family_name,
            password: row.password.map(PasswordHash),
            password_changed_at: row.password_changed_at.map(Timestamp::from_millis),
            must_change: row.must_change.map(|cause| Text::read(&cause, "account", "must_change")).transpose()?,
            never_expires: row.never_expires,
            epoch: Epoch(row.epoch),
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

/// The row of a new account. Its password is left out: only [`crate::Write::set_password`] writes one.
impl From<&Account> for Model {
    fn from(account: &Account) -> Self {
        let (status, status_at, disputed) = status_columns(account.status, account.created_at);
        Self {
            id: account.id.0,
            authority: account.authority.text().to_owned(),
            status: status.to_owned(),
            status_at,
            disputed,
            given_name: account.given_name.clone(),
            family_name: account.family_name.clone(),
            lang: account.lang.text().to_owned(),
            password: None,
            password_changed_at: None,
            must_change: account.must_change.map(|cause| cause.text().to_owned()),
            never_expires: account.never_expires,
            warned: None,
            epoch: account.epoch.0,
            created_at: account.created_at.as_millis(),
        }
    }
}
