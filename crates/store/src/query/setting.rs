//! Settings documents and the epoch that nodes follow.

use rekey_domain::setting::{Document, Section};
use sea_orm::sea_query::{Expr, Func, OnConflict, Query};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, Select};

use super::finders;
use crate::entity::{setting_document, setting_epoch};
use crate::{Unexpected, Write};

/// The id of the only row of `setting_epoch`.
const EPOCH: i32 = 1;

finders! {
    /// How often a settings document has changed: what a node looks at once a second.
    fn read_setting_epoch() -> i64;
    /// The latest version of each settings document that was ever written. A document that this program does not know,
    /// written by a newer one, is left out.
    fn list_setting_documents() -> Vec<Document>;
    /// Every version of a settings document, the latest first.
    fn list_setting_history(section: Section) -> Vec<Document>;
}

async fn read_setting_epoch(db: &impl ConnectionTrait) -> Result<i64, Unexpected> {
    let row = setting_epoch::Entity::find_by_id(EPOCH).one(db).await?;
    row.map(|row| row.epoch).ok_or(Unexpected::row("setting_epoch", "id"))
}

async fn list_setting_documents(db: &impl ConnectionTrait) -> Result<Vec<Document>, Unexpected> {
    let latest = Query::select()
        .expr(Func::max(Expr::col(("later", setting_document::Column::Version))))
        .from_as(setting_document::Entity, "later")
        .and_where(
            Expr::col(("later", setting_document::Column::Section))
                .equals((setting_document::Entity, setting_document::Column::Section)),
        )
        .take();
    read(setting_document::Entity::find().filter(setting_document::COLUMN.version.in_subquery(latest)), db).await
}

async fn list_setting_history(db: &impl ConnectionTrait, section: Section) -> Result<Vec<Document>, Unexpected> {
    let all = setting_document::Entity::find().filter(setting_document::COLUMN.section.eq(section.name()));
    read(all.order_by_desc(setting_document::COLUMN.version), db).await
}

async fn read(
    select: Select<setting_document::Entity>,
    db: &impl ConnectionTrait,
) -> Result<Vec<Document>, Unexpected> {
    let names = Section::ALL.map(Section::name);
    let known = select.filter(setting_document::COLUMN.section.is_in(names));
    known.all(db).await?.into_iter().map(Document::try_from).collect()
}

impl Write {
    /// Raises the epoch. Its row is locked until the transaction ends, so changes of settings happen one after the
    /// other: its holder reads documents that no one else is changing.
    pub async fn bump_setting_epoch(&self) -> Result<(), Unexpected> {
        let outcome = setting_epoch::Entity::update_many()
            .col_expr(setting_epoch::Column::Epoch, Expr::col(setting_epoch::Column::Epoch).add(1))
            .filter(setting_epoch::COLUMN.id.eq(EPOCH))
            .exec(&self.tx)
            .await?;
        if outcome.rows_affected == 1 { Ok(()) } else { Err(Unexpected::row("setting_epoch", "id")) }
    }

    /// Adds a version. `false` when there is one of that number already: another change was faster.
    pub async fn insert_setting_document(&self, document: &Document) -> Result<bool, Unexpected> {
        let row = setting_document::Model::try_from(document)?.into_active_model();
        let columns = [setting_document::Column::Section, setting_document::Column::Version];
        let on_taken = OnConflict::columns(columns).do_nothing().to_owned();
        let insert = setting_document::Entity::insert(row).on_conflict(on_taken);
        match insert.exec_without_returning(&self.tx).await {
            Ok(rows) => Ok(rows == 1),
            Err(DbErr::RecordNotInserted) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
