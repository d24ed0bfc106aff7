//! Sessions: one query for each request of a signed-in browser.

use std::time::Duration;

use rekey_domain::session::Session;
use rekey_domain::{Account, AccountId, Digest, SessionId};
use rekey_shared::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationTrait, UpdateMany,
};

use super::finders;
use crate::entity::{account, session};
use crate::{Store, Unexpected, Write};

/// How exactly it is remembered when a session was last used.
pub const TOUCH_EVERY: Duration = Duration::from_secs(60);

finders! {
    /// A session by the SHA-256 of the secret in its cookie, with its account as it is now: one query.
    /// Ended and outdated ones are found too; `Session::is_live` judges.
    fn find_session(token: Digest) -> Option<(Session, Account)>;
    /// Sessions of an account that were neither ended nor overtaken by its epoch, newest first.
    fn list_sessions(account: AccountId) -> Vec<Session>;
}

async fn find_session(db: &impl ConnectionTrait, token: Digest) -> Result<Option<(Session, Account)>, Unexpected> {
    let found = session::Entity::find()
        .find_also_related(account::Entity)
        .filter(session::COLUMN.token.eq(token.0.to_vec()))
        .one(db)
        .await?;
    let Some((session, holder)) = found else { return Ok(None) };
    let holder = holder.ok_or(Unexpected::row("session", "account"))?;
    Ok(Some((session.into(), holder.try_into()?)))
}

async fn list_sessions(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<Session>, Unexpected> {
    let of_now = Expr::col((session::Entity, session::Column::Epoch)).equals((account::Entity, account::Column::Epoch));
    let rows = session::Entity::find()
        .join(JoinType::InnerJoin, session::Relation::Account.def())
        .filter(session::COLUMN.account.eq(account.0))
        .filter(session::COLUMN.ended_at.is_null())
        .filter(of_now)
        .order_by_desc(session::COLUMN.created_at)
        .order_by_desc(session::COLUMN.id)
        .all(db)
        .await?;
    Ok(rows.into_iter().map(Session::from).collect())
}

impl Store {
    /// Notes that a session was used, unless that was noted within [`TOUCH_EVERY`].
    ///
    /// A caller that has the session at hand saves a query by looking at its `last_used_at` first.
    pub async fn touch_session(&self, id: SessionId, now: Timestamp) -> Result<(), Unexpected> {
        let stale = session::COLUMN.last_used_at.lte(now.minus(TOUCH_EVERY).as_millis());
        // Most requests end here and need not wait for the writer.
        let due = session::Entity::find_by_id(id.0).filter(stale.clone()).one(&self.reads).await?;
        if due.is_some() {
            open(id)
                .col_expr(session::Column::LastUsedAt, Expr::value(now.as_millis()))
                .filter(stale)
                .exec(&self.writes)
                .await?;
        }
        Ok(())
    }
}

fn open(id: SessionId) -> UpdateMany<session::Entity> {
    session::Entity::update_many().filter(session::COLUMN.id.eq(id.0)).filter(session::COLUMN.ended_at.is_null())
}

impl Write {
    /// Writes down a new session. `token` is the SHA-256 of the secret that its cookie holds.
    pub async fn insert_session(&self, session: &Session, token: Digest) -> Result<(), Unexpected> {
        let row = session::Model::of(session, token).into_active_model();
        session::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Ends one session of an account. `false` when the account has no such open session.
    pub async fn end_session(&self, account: AccountId, id: SessionId, now: Timestamp) -> Result<bool, Unexpected> {
        let outcome = open(id)
            .col_expr(session::Column::EndedAt, Expr::value(now.as_millis()))
            .filter(session::COLUMN.account.eq(account.0))
            .exec(&self.tx)
            .await?;
        Ok(outcome.rows_affected == 1)
    }

    /// Ends every open session of an account, but for one. How many they were.
    pub async fn end_sessions(
        &self,
        account: AccountId,
        except: Option<SessionId>,
        now: Timestamp,
    ) -> Result<u64, Unexpected> {
        let mut update = session::Entity::update_many()
            .col_expr(session::Column::EndedAt, Expr::value(now.as_millis()))
            .filter(session::COLUMN.account.eq(account.0))
            .filter(session::COLUMN.ended_at.is_null());
        if let Some(except) = except {
            update = update.filter(session::COLUMN.id.ne(except.0));
        }
        Ok(update.exec(&self.tx).await?.rows_affected)
    }
}
