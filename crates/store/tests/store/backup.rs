use std::collections::BTreeSet;

use rekey_domain::account::action_token::ActionTokenKind;
use rekey_domain::backup::EPOCH_LEAP;
use rekey_domain::journey::JourneyState;
use rekey_domain::session::known_device::KnownDevice;
use rekey_domain::{Epoch, KnownDeviceId, RestorationId};
use rekey_store::dump::{Cell, NotEmpty, migrations, schema_after};
use rekey_store::{Ended, Store};

use crate::database::Database;
use crate::given::{action_token, at, digest, id, session, with_account, with_recovery};
use crate::on_both;

/// Every table as it is now, a list of rows each.
async fn everything(store: &Store) -> Vec<Vec<Vec<Cell>>> {
    let snapshot = store.snapshot().await.unwrap();
    let mut all = Vec::new();
    for table in schema_after(migrations().len()).await.unwrap() {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        loop {
            let page = snapshot.read_rows(&table, rows.last().map(Vec::as_slice)).await.unwrap();
            if page.is_empty() {
                break;
            }
            rows.extend(page);
        }
        all.push(rows);
    }
    all
}

async fn load(from: &[Vec<Vec<Cell>>], into: &Store, replace: bool) -> Result<(), NotEmpty> {
    let steps = migrations().len();
    let tx = into.begin_load(steps, replace).await.unwrap()?;
    for (table, rows) in schema_after(steps).await.unwrap().iter().zip(from) {
        tx.load_rows(table, rows).await.unwrap();
    }
    tx.finish_load(steps).await.unwrap();
    tx.commit().await.unwrap();
    Ok(())
}

/// More rows than are read at a time, of accounts with what belongs to them.
async fn fill(store: &Store) {
    for n in 1..=40_u8 {
        let ada = with_account(store, n.into()).await;
        with_recovery(store, n, &ada).await;
        let tx = store.begin_write().await.unwrap();
        tx.insert_session(&session(n.into(), &ada), digest(n)).await.unwrap();
        tx.insert_action_token(&action_token(n, ActionTokenKind::NotMe, Some(ada.id))).await.unwrap();
        let known = KnownDevice {
            id: KnownDeviceId(id(n.into())),
            account: ada.id,
            epoch: ada.epoch,
            label: "Firefox, Linux".to_owned(),
            created_at: at(0),
            last_used_at: at(0),
        };
        tx.remember_device(&known, digest(n)).await.unwrap();
        tx.commit().await.unwrap();
    }
}

async fn goes_from_one_to_the_other(from: Database, into: Database) {
    let (from, into) = (from.store().await, into.another_store().await);
    fill(&from).await;
    let all = everything(&from).await;
    assert!(all.iter().map(Vec::len).sum::<usize>() > 240);
    load(&all, &into, false).await.expect("it is empty");
    assert_eq!(everything(&into).await, all);
    assert!(into.is_migrated().await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_the_same_after_they_went_from_sqlite_to_postgresql() {
    goes_from_one_to_the_other(Database::sqlite().await, Database::postgres().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_are_the_same_after_they_went_from_postgresql_to_sqlite() {
    goes_from_one_to_the_other(Database::postgres().await, Database::sqlite().await).await;
}

on_both! {
    async fn a_database_with_rows_is_replaced_only_when_that_is_asked_for(db: Database) {
        let (store, other) = (db.store().await, Database::sqlite().await);
        let other = other.store().await;
        with_account(&other, 7).await;
        let all = everything(&other).await;
        with_account(&store, 8).await;
        let before = everything(&store).await;
        assert_eq!(load(&all, &store, false).await, Err(NotEmpty));
        assert_eq!(everything(&store).await, before);
        load(&all, &store, true).await.expect("told to");
        assert_eq!(everything(&store).await, all);
    }

    async fn a_backup_of_an_earlier_version_is_brought_up_to_date(db: Database) {
        let store = db.another_store().await;
        let steps = migrations().len() - 1;
        let tx = store.begin_load(steps, false).await.unwrap().expect("it is empty");
        tx.finish_load(steps).await.unwrap();
        tx.commit().await.unwrap();
        assert!(store.is_migrated().await.unwrap());
        with_account(&store, 1).await;
    }

    async fn entries_are_numbered_on_behind_the_last_one_that_was_loaded(db: Database) {
        use rekey_domain::audit::{Actor, AuditEntry, AuditEvent};

        let write = async |store: &Store| {
            let mut tx = store.begin_write().await.unwrap();
            tx.record(AuditEntry::new(AuditEvent::KeyAdded, Actor::System, at(1)));
            tx.commit().await.unwrap();
        };
        let other = Database::sqlite().await;
        let other = other.store().await;
        for _ in 0..3 {
            write(&other).await;
        }
        let store = db.another_store().await;
        load(&everything(&other).await, &store, false).await.expect("it is empty");
        write(&store).await;
        assert_eq!(store.count_unsealed().await.unwrap().entries, 4);
    }

    async fn what_was_open_is_dead_and_what_was_closed_stays_as_it_is(db: Database) {
        let store = db.store().await;
        fill(&store).await;
        let tx = store.begin_write().await.unwrap();
        let ended = tx.end_all(at(5)).await.unwrap();
        tx.note_restoration(RestorationId(id(1)), Some(at(2)), at(5)).await.unwrap();
        tx.commit().await.unwrap();
        let expected = Ended { accounts: 40, sessions: 40, journeys: 40, action_tokens: 40, messages: 0 };
        assert_eq!(ended, expected);

        let (session, account) = store.find_session(digest(7)).await.unwrap().expect("a session");
        assert_eq!((session.ended_at, account.epoch), (Some(at(5)), Epoch(3 + EPOCH_LEAP)));
        assert_eq!(store.find_known_device(account.id, digest(7)).await.unwrap(), None);
        let token = store.find_action_token(digest(7)).await.unwrap().expect("a token");
        assert!(!token.is_open(ActionTokenKind::NotMe, at(1)));
        let link = store.find_challenge_by_link(digest(107)).await.unwrap().expect("a challenge");
        assert!(link.spent_at.is_some() && link.link_expires_at.is_some_and(|until| until <= at(1)));
        let journey = store.find_journey_by_id(link.owner.journey().expect("its journey")).await.unwrap();
        assert_eq!(journey.expect("a journey").state, JourneyState::Revoked);

        let tx = store.begin_write().await.unwrap();
        let again = tx.end_all(at(9)).await.unwrap();
        assert_eq!(again, Ended { accounts: 40, ..Ended::default() });
    }

    async fn a_database_says_which_seal_stands_at_a_place_and_who_restored_it_last(db: Database) {
        let store = db.store().await;
        let observed = store.snapshot().await.unwrap().observe(Some(1)).await.unwrap();
        assert_eq!(observed, rekey_domain::backup::Observed::default());
        for n in [2, 1] {
            let tx = store.begin_write().await.unwrap();
            tx.note_restoration(RestorationId(id(n)), None, at(5)).await.unwrap();
            tx.commit().await.unwrap();
        }
        let observed = store.snapshot().await.unwrap().observe(None).await.unwrap();
        assert_eq!(observed.restoration, Some(RestorationId(id(2))));
    }

    async fn only_the_last_backup_is_remembered(db: Database) {
        let store = db.store().await;
        assert_eq!(store.last_backup().await.unwrap(), None);
        for (n, seconds) in [(1, 5), (2, 9)] {
            let tx = store.begin_write().await.unwrap();
            tx.note_backup(id(n), at(seconds)).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(store.last_backup().await.unwrap(), Some(at(9)));
    }
}

#[tokio::test]
async fn the_document_says_for_every_table_what_becomes_of_its_rows() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/BACKUP.md");
    let text = std::fs::read_to_string(path).unwrap();
    let section = text.split("\n## ").find(|section| section.starts_with("What dies")).expect("a section");
    let told: BTreeSet<_> = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let tables = schema_after(migrations().len()).await.unwrap();
    assert_eq!(told, tables.iter().map(|table| table.name.as_str()).collect());
}
