//! The first tables.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, binary, binary_null, boolean, integer, text, text_null, uuid, uuid_null,
};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_first"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [account(), identifier(), action_token(), journey(), proof(), session()] {
            manager.create_table(table).await?;
        }
        for table in [budget(), throttle_event(), outbox(), audit(), audit_head(), meta()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        manager.execute(first_head()).await
    }
}

fn id() -> ColumnDef {
    uuid("id").primary_key().take()
}

fn to_account(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, "account").to("account", "id").on_delete(ForeignKeyAction::Cascade).take()
}

fn account() -> TableCreateStatement {
    Table::create()
        .table("account")
        .col(id())
        .col(text("status"))
        .col(big_integer("status_at"))
        .col(uuid_null("disputed"))
        .col(text("role"))
        .col(text("given_name"))
        .col(text("family_name"))
        .col(text("lang"))
        .col(text_null("password"))
        .col(big_integer_null("password_changed_at"))
        .col(big_integer("epoch"))
        .col(big_integer("created_at"))
        .take()
}

fn identifier() -> TableCreateStatement {
    Table::create()
        .table("identifier")
        .col(id())
        .col(uuid("account"))
        .col(text("kind"))
        .col(text("canonical"))
        .col(text("shown"))
        .col(big_integer_null("verified_at"))
        .foreign_key(&mut to_account("identifier"))
        .take()
}

fn action_token() -> TableCreateStatement {
    Table::create()
        .table("action_token")
        .col(id())
        .col(text("kind"))
        .col(binary("digest"))
        .col(uuid_null("account"))
        .col(uuid_null("disputed"))
        .col(big_integer("created_at"))
        .col(big_integer("expires_at"))
        .col(big_integer_null("spent_at"))
        .foreign_key(&mut to_account("action_token"))
        .take()
}

fn journey() -> TableCreateStatement {
    let mut to_bound = ForeignKey::create();
    to_bound.from("journey", "bound_account").to("account", "id").on_delete(ForeignKeyAction::Cascade);
    let mut to_action_token = ForeignKey::create();
    to_action_token.from("journey", "action_token").to("action_token", "id").on_delete(ForeignKeyAction::SetNull);
    Table::create()
        .table("journey")
        .col(id())
        .col(text("kind"))
        .col(text("state"))
        .col(binary("handle"))
        .col(text("target_kind"))
        .col(text("target"))
        .col(text("target_shown"))
        .col(text("lang"))
        .col(boolean("bound"))
        .col(uuid_null("bound_account"))
        .col(uuid_null("bound_channel"))
        .col(big_integer_null("bound_epoch"))
        .col(binary_null("link"))
        .col(big_integer("link_expires_at"))
        .col(integer("code_generation"))
        .col(big_integer("code_expires_at"))
        .col(integer("code_tries"))
        .col(big_integer("last_sent_at"))
        .col(big_integer_null("proven_at"))
        .col(uuid_null("action_token"))
        .col(big_integer("created_at"))
        .col(big_integer("expires_at"))
        .foreign_key(&mut to_bound)
        .foreign_key(&mut to_action_token)
        .take()
}

fn proof() -> TableCreateStatement {
    let mut to_journey = ForeignKey::create();
    to_journey.from("proof", "journey").to("journey", "id").on_delete(ForeignKeyAction::Cascade);
    Table::create()
        .table("proof")
        .col(uuid("journey"))
        .col(text("step"))
        .col(uuid_null("account"))
        .col(big_integer("at"))
        .primary_key(Index::create().col("journey").col("step"))
        .foreign_key(&mut to_journey)
        .foreign_key(&mut to_account("proof"))
        .take()
}

fn session() -> TableCreateStatement {
    Table::create()
        .table("session")
        .col(id())
        .col(uuid("account"))
        .col(binary("token"))
        .col(text("kind"))
        .col(big_integer("epoch"))
        .col(text("device"))
        .col(big_integer("created_at"))
        .col(big_integer("last_used_at"))
        .col(big_integer_null("ended_at"))
        .foreign_key(&mut to_account("session"))
        .take()
}

fn budget() -> TableCreateStatement {
    Table::create()
        .table("budget")
        .col(binary("key").primary_key())
        .col(big_integer("failures"))
        .col(big_integer_null("next_at"))
        .col(big_integer("updated_at"))
        .take()
}

fn throttle_event() -> TableCreateStatement {
    Table::create()
        .table("throttle_event")
        .col(big_integer("id").primary_key().auto_increment())
        .col(text("purpose"))
        .col(binary("account_key"))
        .col(binary("address_key"))
        .col(big_integer("at"))
        .take()
}

fn outbox() -> TableCreateStatement {
    Table::create()
        .table("outbox")
        .col(id())
        .col(text("kind"))
        .col(uuid_null("journey"))
        .col(uuid_null("account"))
        .col(uuid_null("recipient"))
        .col(uuid_null("action_token"))
        .col(text("lang"))
        .col(big_integer("created_at"))
        .col(big_integer("expires_at"))
        .col(text("state"))
        .col(text_null("dead_cause"))
        .col(big_integer("not_before"))
        .col(big_integer("attempts"))
        .col(uuid_null("lease_owner"))
        .col(big_integer_null("lease_until"))
        .col(big_integer_null("finished_at"))
        .take()
}

fn audit() -> TableCreateStatement {
    Table::create()
        .table("audit")
        .col(big_integer("seq").primary_key())
        .col(big_integer("at"))
        .col(text("event"))
        .col(uuid_null("account"))
        .col(uuid_null("journey"))
        .col(uuid_null("session"))
        .col(text("address"))
        .col(binary("prev"))
        .col(binary("hash"))
        .take()
}

fn audit_head() -> TableCreateStatement {
    Table::create()
        .table("audit_head")
        .col(integer("id").primary_key())
        .col(big_integer("seq"))
        .col(binary("hash"))
        .take()
}

fn meta() -> TableCreateStatement {
    Table::create().table("meta").col(text("name").primary_key()).col(binary("value")).take()
}

fn first_head() -> InsertStatement {
    Query::insert()
        .into_table("audit_head")
        .columns(["id", "seq", "hash"])
        .values_panic([1.into(), 0_i64.into(), vec![0_u8; 32].into()])
        .take()
}

fn unique(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    plain(name, table, columns).unique().take()
}

fn plain(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(table).take();
    for column in columns {
        index.col(*column);
    }
    index
}

fn indexes() -> [IndexCreateStatement; 24] {
    [
        unique("identifier_canonical", "identifier", &["kind", "canonical"]),
        plain("identifier_account", "identifier", &["account"]),
        unique("action_token_digest", "action_token", &["digest"]),
        plain("action_token_account", "action_token", &["account", "kind"]),
        plain("action_token_kind", "action_token", &["kind", "expires_at"]),
        plain("action_token_expires", "action_token", &["expires_at"]),
        unique("journey_handle", "journey", &["handle"]),
        unique("journey_link", "journey", &["link"]),
        plain("journey_bound", "journey", &["bound_account", "state"]),
        plain("journey_action_token", "journey", &["action_token"]),
        plain("journey_expires", "journey", &["expires_at"]),
        plain("proof_account", "proof", &["account"]),
        unique("session_token", "session", &["token"]),
        plain("session_account", "session", &["account", "created_at"]),
        plain("session_used", "session", &["last_used_at"]),
        plain("session_ended", "session", &["ended_at"]),
        plain("budget_updated", "budget", &["updated_at"]),
        plain("throttle_account", "throttle_event", &["account_key", "at"]),
        plain("throttle_address", "throttle_event", &["address_key", "at"]),
        plain("throttle_at", "throttle_event", &["at"]),
        plain("outbox_due", "outbox", &["state", "not_before"]),
        plain("outbox_finished", "outbox", &["state", "finished_at"]),
        plain("outbox_account", "outbox", &["account", "kind", "created_at"]),
        plain("audit_account", "audit", &["account", "at"]),
    ]
}
