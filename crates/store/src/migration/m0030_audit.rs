//! An audit log that says who, on whom and why, and whose chain is made after the fact.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, binary_null, integer, text, text_null, uuid_null,
};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0030_audit"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("audit_account").table("audit").to_owned()).await?;
        manager.rename_table(Table::rename().table("audit", "audit_before").to_owned()).await?;
        manager.create_table(audit()).await?;
        manager.create_table(voucher()).await?;
        for index in indexes() {
            manager.create_index(index).await?;
        }
        manager.get_connection().execute_unprepared(COPY).await?;
        manager.drop_table(Table::drop().table("audit_before").to_owned()).await?;
        manager.drop_table(Table::drop().table("audit_head").to_owned()).await
    }
}

/// Every entry under its new name, in the order of the old chain; the next look of the sealer seals them.
const COPY: &str = "
    INSERT INTO audit (format, at, event, actor, account, reason, detail, journey, session, address)
    SELECT 1, at,
      CASE event
        WHEN 'authn_login_success' THEN 'session-established'
        WHEN 'temporary_password_used' THEN 'session-established'
        WHEN 'authn_login_fail' THEN 'sign-in-refused'
        WHEN 'authn_login_lock' THEN 'sign-in-locked'
        WHEN 'session_ended' THEN 'session-revoked'
        WHEN 'authn_password_change' THEN 'credential-change'
        WHEN 'authn_password_reset' THEN 'credential-change'
        WHEN 'authn_password_change_fail' THEN 'credential-change-refused'
        WHEN 'password_change_required' THEN 'account-credential-change-required'
        WHEN 'user_created' THEN 'account-created'
        WHEN 'account_frozen' THEN 'account-disabled'
        WHEN 'account_released' THEN 'account-enabled'
        ELSE replace(event, '_', '-')
      END,
      CASE WHEN address <> '' THEN 'visitor' WHEN event = 'temporary_password_issued' THEN 'system' ELSE 'operator' END,
      account,
      CASE event
        WHEN 'account_frozen' THEN 'owners_objection'
        WHEN 'account_disabled' THEN 'operators_decision'
        WHEN 'authn_password_reset' THEN 'recovery'
        ELSE NULL
      END,
      CASE event WHEN 'temporary_password_used' THEN '{\"method\":\"temporary_password\"}' ELSE NULL END,
      journey, session, NULLIF(address, '')
    FROM audit_before ORDER BY seq";

fn audit() -> TableCreateStatement {
    Table::create()
        .table("audit")
        .col(big_integer("id").primary_key().auto_increment())
        .col(integer("format"))
        .col(big_integer("at"))
        .col(text("event"))
        .col(text("actor"))
        .col(uuid_null("actor_id"))
        // No keys to other tables: an entry outlives what it tells of.
        .col(uuid_null("account"))
        .col(text_null("target"))
        .col(text_null("target_id"))
        .col(text_null("reason"))
        .col(text_null("detail"))
        .col(uuid_null("journey"))
        .col(uuid_null("session"))
        .col(text_null("address"))
        .col(text_null("device"))
        .col(big_integer_null("seq"))
        .col(big_integer_null("key"))
        .col(binary_null("mac"))
        .take()
}

fn voucher() -> TableCreateStatement {
    Table::create()
        .table("audit_voucher")
        .col(text("kind").primary_key())
        .col(big_integer("seq"))
        .col(big_integer("key"))
        .col(binary("mac"))
        .col(big_integer("by_key"))
        .col(binary("by_mac"))
        .take()
}

fn indexes() -> [IndexCreateStatement; 3] {
    let unsealed = Expr::col("seq").is_null();
    [
        Index::create().name("audit_seq").table("audit").col("seq").unique().take(),
        // Holds the few entries that wait for their seal and nothing else.
        Index::create().name("audit_unsealed").table("audit").col("id").cond_where(unsealed).take(),
        Index::create().name("audit_account").table("audit").col("account").col("at").take(),
    ]
}
