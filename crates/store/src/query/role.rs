//! Roles that were given, and to whom.

use rekey_domain::right::{Role, RoleAssignment, RoleHolder, RoleScope};
use rekey_domain::{AccountId, GroupId};
use rekey_shared::Timestamp;
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{
    Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select, Statement,
};

use super::finders;
use super::group::{groups_of, inserted};
use crate::connect::lock_until_commit;
use crate::entity::role_assignment::scope_text;
use crate::entity::{account, group_member, role_assignment};
use crate::text::Text;
use crate::transaction::Locks;
use crate::{Unexpected, Write};

/// The PostgreSQL advisory lock that changes of roles hold ("roles" in ASCII).
const ROLE_LOCK: i64 = 0x72_6f_6c_65_73;

/// How giving a role ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granted {
    /// The holder has it, and had not.
    New,
    /// The holder had it, until another moment.
    Changed,
    /// The holder had it just so.
    Already,
}

finders! {
    /// Every role that was given, also expired ones, oldest first.
    fn list_role_assignments() -> Vec<RoleAssignment>;
    /// The roles of an account: those that it was given, and those of the groups that it is in. Also expired ones.
    fn list_roles_of(account: AccountId) -> Vec<RoleAssignment>;
    /// Whether an account has a role now, of its own or by a group.
    fn has_role(account: AccountId, now: Timestamp) -> bool;
    /// Whether a role was given to a group. Also an expired one.
    fn gives_roles(group: GroupId) -> bool;
    /// Whether someone owns this installation: everywhere and permanently.
    fn has_owner() -> bool;
    /// The same, counting only those who have not been disabled.
    fn has_active_owner() -> bool;
}

async fn list_role_assignments(db: &impl ConnectionTrait) -> Result<Vec<RoleAssignment>, Unexpected> {
    let all = role_assignment::Entity::find().order_by_asc(role_assignment::COLUMN.granted_at);
    read(all.order_by_asc(role_assignment::COLUMN.id), db).await
}

async fn list_roles_of(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<RoleAssignment>, Unexpected> {
    read(role_assignment::Entity::find().filter(held_by(account)).order_by_asc(role_assignment::COLUMN.id), db).await
}

async fn read(
    select: Select<role_assignment::Entity>,
    db: &impl ConnectionTrait,
) -> Result<Vec<RoleAssignment>, Unexpected> {
    select.all(db).await?.into_iter().map(RoleAssignment::try_from).collect()
}

fn held_by(account: AccountId) -> Condition {
    let by_group = role_assignment::COLUMN.group.in_subquery(groups_of(account));
    Condition::any().add(role_assignment::COLUMN.account.eq(account.0)).add(by_group)
}

/// The roles of an account that count now, as a part of another statement.
pub(super) fn in_force(account: AccountId, now: Timestamp) -> Select<role_assignment::Entity> {
    let ends = || role_assignment::COLUMN.expires_at;
    let counts = Condition::any().add(ends().is_null()).add(ends().gt(now.as_millis()));
    role_assignment::Entity::find().filter(held_by(account)).filter(counts)
}

async fn has_role(db: &impl ConnectionTrait, account: AccountId, now: Timestamp) -> Result<bool, Unexpected> {
    Ok(in_force(account, now).count(db).await? > 0)
}

async fn gives_roles(db: &impl ConnectionTrait, group: GroupId) -> Result<bool, Unexpected> {
    let given = role_assignment::Entity::find().filter(role_assignment::COLUMN.group.eq(group.0));
    Ok(given.count(db).await? > 0)
}

async fn has_owner(db: &impl ConnectionTrait) -> Result<bool, Unexpected> {
    Ok(owners().limit(1).one(db).await?.is_some())
}

async fn has_active_owner(db: &impl ConnectionTrait) -> Result<bool, Unexpected> {
    let active = owners().filter(account::COLUMN.status.ne("disabled"));
    Ok(active.limit(1).one(db).await?.is_some())
}

/// The accounts that own the installation everywhere and permanently: one that is an owner until tomorrow keeps no one
/// from being locked out the day after.
fn owners() -> Select<account::Entity> {
    let lasting = |holder: role_assignment::Column| {
        role_assignment::Entity::find()
            .select_only()
            .column(holder)
            .filter(Expr::col((role_assignment::Entity, holder)).is_not_null())
            .filter(role_assignment::COLUMN.role.eq(Role::Owner.text()))
            .filter(role_assignment::COLUMN.scope.eq(scope_text(RoleScope::Everywhere)))
            .filter(role_assignment::COLUMN.expires_at.is_null())
            .into_query()
    };
    let by_group = Query::select()
        .column(group_member::Column::Account)
        .from(group_member::Entity)
        .and_where(Expr::col(group_member::Column::Group).in_subquery(lasting(role_assignment::Column::Group)))
        .take();
    let holds = Condition::any()
        .add(account::COLUMN.id.in_subquery(lasting(role_assignment::Column::Account)))
        .add(account::COLUMN.id.in_subquery(by_group));
    account::Entity::find().filter(holds)
}

impl Write {
    /// Lets no other transaction change roles, or act on one, until this one ends. To be called before
    /// [`Self::share_roles`] and anything else that locks.
    pub async fn lock_roles(&self) -> Result<(), Unexpected> {
        self.tx.note(Locks::ROLES);
        // SQLite has one writer at a time anyway.
        if self.tx.get_database_backend() == DbBackend::Postgres {
            lock_until_commit(&self.tx, ROLE_LOCK).await?;
        }
        Ok(())
    }

    /// Lets no other transaction change roles until this one ends: what a role allowed is done before it is taken.
    pub async fn share_roles(&self) -> Result<(), Unexpected> {
        self.tx.note(Locks::ROLES);
        if self.tx.get_database_backend() == DbBackend::Postgres {
            share_until_commit(&self.tx, ROLE_LOCK).await?;
        }
        Ok(())
    }

    /// Gives a role, or changes how long it lasts. To be called under [`Self::lock_roles`].
    pub async fn grant_role(&self, assignment: &RoleAssignment) -> Result<Granted, Unexpected> {
        let holder = match assignment.holder {
            RoleHolder::Account(_) => role_assignment::Column::Account,
            RoleHolder::Group(_) => role_assignment::Column::Group,
        };
        let columns = [holder, role_assignment::Column::Role, role_assignment::Column::Scope];
        let on_given = OnConflict::columns(columns).do_nothing().to_owned();
        let row = role_assignment::Model::from(assignment).into_active_model();
        let insert = role_assignment::Entity::insert(row).on_conflict(on_given);
        if inserted(insert.exec_without_returning(&self.tx).await)? {
            return Ok(Granted::New);
        }
        let changed = self.change_grant(assignment).await?;
        Ok(if changed { Granted::Changed } else { Granted::Already })
    }

    async fn change_grant(&self, assignment: &RoleAssignment) -> Result<bool, Unexpected> {
        let ends = assignment.expires_at.map(Timestamp::as_millis);
        let column = || role_assignment::COLUMN.expires_at;
        let other = match ends {
            Some(ends) => Condition::any().add(column().is_null()).add(column().ne(ends)),
            None => Condition::any().add(column().is_not_null()),
        };
        let outcome = role_assignment::Entity::update_many()
            .col_expr(role_assignment::Column::ExpiresAt, Expr::value(ends))
            .col_expr(role_assignment::Column::GrantedAt, Expr::value(assignment.granted_at.as_millis()))
            .col_expr(role_assignment::Column::GrantedBy, Expr::value(assignment.granted_by.map(|id| id.0)))
            .filter(of(assignment.holder, assignment.role, assignment.scope))
            .filter(other)
            .exec(&self.tx)
            .await?;
        Ok(outcome.rows_affected == 1)
    }

    /// Takes a role. `false` when the holder had not got it.
    pub async fn revoke_role(&self, holder: RoleHolder, role: Role, scope: RoleScope) -> Result<bool, Unexpected> {
        let outcome = role_assignment::Entity::delete_many().filter(of(holder, role, scope)).exec(&self.tx).await?;
        Ok(outcome.rows_affected == 1)
    }
}

fn of(holder: RoleHolder, role: Role, scope: RoleScope) -> Condition {
    let holder = match holder {
        RoleHolder::Account(account) => role_assignment::COLUMN.account.eq(account.0),
        RoleHolder::Group(group) => role_assignment::COLUMN.group.eq(group.0),
    };
    Condition::all()
        .add(holder)
        .add(role_assignment::COLUMN.role.eq(role.text()))
        .add(role_assignment::COLUMN.scope.eq(scope_text(scope)))
}

async fn share_until_commit(tx: &impl ConnectionTrait, key: i64) -> Result<(), DbErr> {
    let sql = "SELECT pg_advisory_xact_lock_shared($1)";
    tx.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [key.into()])).await.map(drop)
}
