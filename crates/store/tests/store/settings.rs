use rekey_domain::AccountId;
use rekey_domain::setting::{Document, Section, Value, Values};
use rekey_store::Store;

use crate::given::{at, id, in_parallel, nodes};
use crate::on_both;

fn document(section: Section, version: i32, idle: &str) -> Document {
    let values = Values::from([("session.idle".to_owned(), Value::Text(idle.to_owned()))]);
    Document { section, version, values, changed_at: at(9), changed_by: Some(AccountId(id(7))) }
}

async fn insert(store: &Store, document: &Document) -> bool {
    let tx = store.begin_write().await.unwrap();
    tx.bump_setting_epoch().await.unwrap();
    let done = tx.insert_setting_document(document).await.unwrap();
    tx.commit().await.unwrap();
    done
}

on_both! {
    async fn the_latest_version_of_each_document_counts_and_all_are_kept(db: Database) {
        let store = db.store().await;
        assert!(store.list_setting_documents().await.unwrap().is_empty());
        let (first, second) = (document(Section::Session, 1, "1h"), document(Section::Session, 2, "2h"));
        let empty = Document { values: Values::new(), changed_by: None, ..document(Section::Sends, 1, "") };
        for document in [&first, &second, &empty] {
            assert!(insert(&store, document).await, "{document:?}");
        }
        assert!(!insert(&store, &document(Section::Session, 2, "3h")).await, "there is one");
        let mut latest = store.list_setting_documents().await.unwrap();
        latest.sort_by_key(|document| document.section);
        assert_eq!(latest, [second.clone(), empty]);
        assert_eq!(store.list_setting_history(Section::Session).await.unwrap(), [second, first]);
    }

    async fn the_epoch_rises_with_every_change_and_with_none_that_was_dropped(db: Database) {
        let (store, other) = (db.store().await, db.another_store().await);
        assert_eq!(other.read_setting_epoch().await.unwrap(), 0);
        assert!(insert(&store, &document(Section::Session, 1, "1h")).await);
        assert_eq!(other.read_setting_epoch().await.unwrap(), 1);
        let tx = store.begin_write().await.unwrap();
        tx.bump_setting_epoch().await.unwrap();
        drop(tx);
        assert_eq!(other.read_setting_epoch().await.unwrap(), 1);
    }

    async fn of_a_crowd_that_adds_one_version_one_does(db: Database) {
        let nodes = nodes(&db).await;
        let added = in_parallel(&nodes, |store, n| async move {
            insert(&store, &document(Section::Session, 1, &format!("{}m", n + 1))).await
        })
        .await;
        assert_eq!(added.iter().filter(|added| **added).count(), 1);
        assert_eq!(nodes[1].list_setting_history(Section::Session).await.unwrap().len(), 1);
    }
}
