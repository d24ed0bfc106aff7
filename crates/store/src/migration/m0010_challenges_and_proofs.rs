//! Challenges and proofs become rows of their own: of journeys, which no longer remember what was proven, and of
//! sessions, which no longer have a kind.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary, binary_null, integer, text, uuid, uuid_null};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0010_challenges_and_proofs"
    }
}

/// Indexes of the old tables whose names are needed again.
const OLD_INDEXES: [(&str, &str); 6] = [
    ("journey_handle", "journey"),
    ("journey_link", "journey"),
    ("journey_bound", "journey"),
    ("journey_action_token", "journey"),
    ("journey_expires", "journey"),
    ("proof_account", "proof"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table) in OLD_INDEXES {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        for (old, aside) in [("proof", "proof_old"), ("journey", "journey_old")] {
            manager.rename_table(Table::rename().table(old, aside).to_owned()).await?;
        }
        for table in [journey(), challenge(), proof()] {
            manager.create_table(table).await?;
        }
        for copy in [JOURNEYS, CHALLENGES, PROOFS, SESSION_PROOFS] {
            manager.get_connection().execute_unprepared(copy).await?;
        }
        // The child first: SQLite empties the children of a table that it drops.
        for old in ["proof_old", "journey_old"] {
            manager.drop_table(Table::drop().table(old).to_owned()).await?;
        }
        manager.alter_table(Table::alter().table("session").drop_column("kind").to_owned()).await?;
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn id() -> ColumnDef {
    uuid("id").primary_key().take()
}

fn key(
    table: &'static str,
    column: &'static str,
    to: &'static str,
    then: ForeignKeyAction,
) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, column).to(to, "id").on_delete(then).take()
}

fn journey() -> TableCreateStatement {
    Table::create()
        .table("journey")
        .col(id())
        .col(text("kind"))
        .col(text("state"))
        .col(big_integer_null("completing_until"))
        .col(binary("handle"))
        .col(text("target_kind"))
        .col(text("target"))
        .col(text("target_shown"))
        .col(text("lang"))
        .col(text("subject"))
        .col(uuid_null("account"))
        .col(big_integer_null("epoch"))
        .col(uuid_null("action_token"))
        .col(big_integer("created_at"))
        .col(big_integer("expires_at"))
        .foreign_key(&mut key("journey", "account", "account", ForeignKeyAction::Cascade))
        .foreign_key(&mut key("journey", "action_token", "action_token", ForeignKeyAction::SetNull))
        .take()
}

fn challenge() -> TableCreateStatement {
    Table::create()
        .table("challenge")
        .col(id())
        .col(text("owner"))
        .col(uuid_null("journey"))
        .col(uuid_null("session"))
        .col(integer("gate"))
        .col(text("method"))
        .col(uuid_null("factor"))
        .col(integer("generation"))
        .col(integer("tries"))
        .col(big_integer("sent_at"))
        .col(big_integer("expires_at"))
        .col(binary_null("link"))
        .col(big_integer_null("link_expires_at"))
        .col(big_integer_null("spent_at"))
        .col(big_integer("created_at"))
        .foreign_key(&mut key("challenge", "journey", "journey", ForeignKeyAction::Cascade))
        .foreign_key(&mut key("challenge", "session", "session", ForeignKeyAction::Cascade))
        .take()
}

fn proof() -> TableCreateStatement {
    Table::create()
        .table("proof")
        .col(id())
        .col(text("owner"))
        .col(uuid_null("journey"))
        .col(uuid_null("session"))
        .col(integer("gate"))
        .col(text("method"))
        .col(uuid_null("factor"))
        .col(uuid_null("account"))
        .col(big_integer_null("epoch"))
        .col(big_integer("at"))
        .foreign_key(&mut key("proof", "journey", "journey", ForeignKeyAction::Cascade))
        .foreign_key(&mut key("proof", "session", "session", ForeignKeyAction::Cascade))
        .foreign_key(&mut key("proof", "account", "account", ForeignKeyAction::Cascade))
        .take()
}

const JOURNEYS: &str = "
    INSERT INTO journey (id, kind, state, completing_until, handle, target_kind, target, target_shown, lang,
                         subject, account, epoch, action_token, created_at, expires_at)
    SELECT id, kind, CASE WHEN state IN ('waiting', 'proven') THEN 'open' ELSE state END, NULL,
           handle, target_kind, target, target_shown, lang,
           CASE WHEN NOT bound THEN 'unresolved' WHEN bound_account IS NULL THEN 'newcomer' ELSE 'account' END,
           bound_account, bound_epoch, action_token, created_at, expires_at
    FROM journey_old";

/// The one code of a journey becomes its challenge, under the same id: what was mailed is derived from it.
const CHALLENGES: &str = "
    INSERT INTO challenge (id, owner, journey, session, gate, method, factor, generation, tries, sent_at, expires_at,
                           link, link_expires_at, spent_at, created_at)
    SELECT j.id, 'journey', j.id, NULL, 1,
           CASE WHEN coalesce(i.kind, j.target_kind) = 'phone' THEN 'text' ELSE 'mail' END,
           j.bound_channel, j.code_generation, j.code_tries, j.last_sent_at, j.code_expires_at,
           j.link, CASE WHEN j.kind = 'recovery' THEN j.link_expires_at END, j.proven_at, j.created_at
    FROM journey_old j LEFT JOIN identifier i ON i.id = j.bound_channel";

const PROOFS: &str = "
    INSERT INTO proof (id, owner, journey, session, gate, method, factor, account, epoch, at)
    SELECT c.id, c.owner, c.journey, NULL, c.gate, c.method, c.factor, p.account, j.bound_epoch, p.at
    FROM proof_old p JOIN journey_old j ON j.id = p.journey JOIN challenge c ON c.id = p.journey";

/// Everyone stays signed in: a session has proven what its kind said.
const SESSION_PROOFS: &str = "
    INSERT INTO proof (id, owner, journey, session, gate, method, factor, account, epoch, at)
    SELECT id, 'sign_in', NULL, id, 1, CASE WHEN kind = 'recovery' THEN 'temporary_password' ELSE 'password' END,
           NULL, account, epoch, created_at
    FROM session WHERE kind IN ('full', 'recovery')";

fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(table).take();
    for column in columns {
        index.col(*column);
    }
    index
}

fn indexes() -> [IndexCreateStatement; 10] {
    [
        index("journey_handle", "journey", &["handle"]).unique().take(),
        index("journey_account", "journey", &["account", "state"]),
        index("journey_action_token", "journey", &["action_token"]),
        index("journey_expires", "journey", &["expires_at"]),
        // Asking again by the same method brings no new tries: there is one row for it.
        index("challenge_journey", "challenge", &["journey", "owner", "gate", "method"]).unique().take(),
        index("challenge_session", "challenge", &["session"]),
        index("challenge_link", "challenge", &["link"]).unique().take(),
        index("proof_journey", "proof", &["journey"]),
        index("proof_session", "proof", &["session"]),
        index("proof_account", "proof", &["account"]),
    ]
}
