//! Tokens that are shown to a mail server. One node at a time asks for the next one: a server may take a refresh token once.

use rekey_shared::Timestamp;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::finders;
use crate::entity::mail_token;
use crate::{Store, Unexpected, Write};

finders! {
    /// A token as it is kept.
    fn find_mail_token(name: &str) -> Option<Vec<u8>>;
    /// Every token that is kept, with its name.
    fn list_mail_tokens() -> Vec<(String, Vec<u8>)>;
}

async fn find_mail_token(db: &impl ConnectionTrait, name: &str) -> Result<Option<Vec<u8>>, Unexpected> {
    let row = mail_token::Entity::find_by_id(name.to_owned()).one(db).await?;
    Ok(row.and_then(|row| row.sealed))
}

async fn list_mail_tokens(db: &impl ConnectionTrait) -> Result<Vec<(String, Vec<u8>)>, Unexpected> {
    let rows = mail_token::Entity::find().order_by_asc(mail_token::COLUMN.name).all(db).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.name, row.sealed?))).collect())
}

impl Store {
    /// Claims the renewal of a token until then. `false` while another node has it.
    pub async fn claim_mail_token(&self, name: &str, now: Timestamp, until: Timestamp) -> Result<bool, Unexpected> {
        let row = mail_token::Model {
            name: name.to_owned(),
            sealed: None,
            renewing_until: Some(until.as_millis()),
            updated_at: now.as_millis(),
        };
        let free = Expr::col((mail_token::Entity, mail_token::Column::RenewingUntil));
        let known = OnConflict::column(mail_token::Column::Name)
            .update_columns([mail_token::Column::RenewingUntil, mail_token::Column::UpdatedAt])
            .action_and_where(sea_orm::ExprTrait::or(
                sea_orm::ExprTrait::is_null(free.clone()),
                sea_orm::ExprTrait::lte(free, now.as_millis()),
            ))
            .to_owned();
        let claimed = mail_token::Entity::insert(row.into_active_model()).on_conflict(known);
        match claimed.exec_without_returning(&self.writes).await {
            Ok(rows) => Ok(rows == 1),
            Err(DbErr::RecordNotInserted) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps a token that was just fetched, and ends the claim.
    pub async fn keep_mail_token(&self, name: &str, sealed: Vec<u8>, now: Timestamp) -> Result<(), Unexpected> {
        mail_token::Entity::update_many()
            .col_expr(mail_token::Column::Sealed, Expr::value(sealed))
            .col_expr(mail_token::Column::RenewingUntil, Expr::value(None::<i64>))
            .col_expr(mail_token::Column::UpdatedAt, Expr::value(now.as_millis()))
            .filter(mail_token::COLUMN.name.eq(name))
            .exec(&self.writes)
            .await?;
        Ok(())
    }

    /// Ends a claim without a token.
    pub async fn release_mail_token(&self, name: &str) -> Result<(), Unexpected> {
        mail_token::Entity::update_many()
            .col_expr(mail_token::Column::RenewingUntil, Expr::value(None::<i64>))
            .filter(mail_token::COLUMN.name.eq(name))
            .exec(&self.writes)
            .await?;
        Ok(())
    }

    /// Replaces a token that is still as it was seen. `false` when it is not.
    pub async fn swap_mail_token(&self, name: &str, seen: &[u8], next: Vec<u8>) -> Result<bool, Unexpected> {
        swap(&self.writes, name, seen, next).await
    }
}

impl Write {
    /// Replaces the sealed form of a token that is still as it was seen. `false` when it is not.
    pub async fn swap_mail_token(&self, name: &str, seen: &[u8], next: Vec<u8>) -> Result<bool, Unexpected> {
        swap(&self.tx, name, seen, next).await
    }
}

async fn swap(db: &impl ConnectionTrait, name: &str, seen: &[u8], next: Vec<u8>) -> Result<bool, Unexpected> {
    let outcome = mail_token::Entity::update_many()
        .col_expr(mail_token::Column::Sealed, Expr::value(next))
        .filter(mail_token::COLUMN.name.eq(name))
        .filter(mail_token::COLUMN.sealed.eq(seen.to_vec()))
        .exec(db)
        .await?;
    Ok(outcome.rows_affected == 1)
}
