//! The audit log is sealed with keys of its own, so what was sealed with a key of the file is sealed anew.

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0042_seal_anew"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let none = || Expr::value(Option::<i64>::None);
        let unsealed = Query::update()
            .table("audit")
            .value("seq", none())
            .value("key", none())
            .value("mac", Expr::value(Option::<Vec<u8>>::None))
            .take();
        manager.execute(unsealed).await?;
        manager.execute(Query::delete().from_table("audit_voucher").take()).await
    }
}
