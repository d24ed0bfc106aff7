use std::collections::BTreeSet;

use rekey_domain::setting::{KEYS, Section};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::on_both;

/// Every table that is there, by the database's own word.
async fn tables(url: &str) -> BTreeSet<String> {
    let database = sea_orm::Database::connect(url).await.unwrap();
    let backend = database.get_database_backend();
    let sql = match backend {
        DbBackend::Postgres => "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'",
        _ => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    };
    let rows = database.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "name").unwrap()).collect()
}

fn document() -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/RETENTION.md");
    std::fs::read_to_string(path).unwrap()
}

on_both! {
    async fn the_document_says_for_every_table_how_long_its_rows_are_kept(db: Database) {
        db.store().await;
        let text = document();
        let told: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), told.len(), "one row for each");
        assert_eq!(told.into_iter().map(str::to_owned).collect::<BTreeSet<_>>(), tables(db.url()).await);
    }
}

#[test]
fn the_document_names_every_limit_that_can_be_set() {
    let text = document();
    for key in KEYS.iter().filter(|key| key.section() == Section::Retention) {
        assert!(text.contains(&format!("`{}`", key.name())), "{}", key.name());
    }
    let named =
        text.split('`').skip(1).step_by(2).filter(|code| code.starts_with("retention.") && *code != "retention.…");
    for name in named {
        assert!(KEYS.iter().any(|key| key.name() == name), "{name} is no setting");
    }
}
