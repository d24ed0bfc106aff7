//! Jobs, and what became of their rows.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, text, text_null, uuid, uuid_null};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0031_job"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(job()).await?;
        manager.create_table(outcome()).await?;
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn job() -> TableCreateStatement {
    Table::create()
        .table("job")
        .col(uuid("id").primary_key())
        .col(text("kind"))
        // The kind again where there is one job of it for ever, else nothing: the unique index keeps it at one.
        .col(text_null("only"))
        .col(text("state"))
        .col(text_null("cursor"))
        .col(big_integer_null("total"))
        .col(big_integer("done"))
        .col(big_integer("failed"))
        .col(big_integer_null("cancel_at"))
        .col(text("actor"))
        .col(uuid_null("actor_id"))
        .col(big_integer("created_at"))
        .col(big_integer("not_before"))
        .col(big_integer("attempts"))
        .col(uuid_null("lease_owner"))
        .col(big_integer_null("lease_until"))
        .col(big_integer_null("finished_at"))
        .take()
}

fn outcome() -> TableCreateStatement {
    let mut to_job = ForeignKey::create();
    to_job.from("job_outcome", "job").to("job", "id").on_delete(ForeignKeyAction::Cascade);
    Table::create()
        .table("job_outcome")
        .col(big_integer("id").primary_key().auto_increment())
        .col(uuid("job"))
        .col(uuid("account"))
        .col(text("outcome"))
        .col(big_integer("at"))
        .foreign_key(&mut to_job)
        .take()
}

fn indexes() -> [IndexCreateStatement; 5] {
    let plain = |name: &'static str, table: &'static str| Index::create().name(name).table(table).take();
    [
        plain("job_only", "job").col("only").unique().take(),
        plain("job_due", "job").col("state").col("not_before").take(),
        plain("job_finished", "job").col("finished_at").take(),
        plain("job_outcome_job", "job_outcome").col("job").col("id").take(),
        plain("job_outcome_at", "job_outcome").col("at").take(),
    ]
}
