use std::process::{Command, Stdio};

use rekey_domain::throttle::{Limit, Protection, Purpose};
use rekey_store::Store;

use crate::given::{at, digest};
use crate::on_both;

/// Tells the test below which database to work on when another process runs it.
const TOLD: &str = "REKEY_TEST_DATABASE";
const PROCESSES: usize = 5;
const REQUESTS: usize = 40;
const LIMIT: Limit = Limit { protection: Protection::AddressOrAccount, per_hour: 7, interval_seconds: 0, kept: 0 };

on_both! {
    async fn tables_come_from_nothing_and_a_second_time_does_nothing(db: Database) {
        let store = db.another_store().await;
        assert!(!store.is_migrated().await.unwrap());
        assert!(!store.is_migrated().await.unwrap(), "looking changed something");
        store.migrate().await.unwrap();
        assert!(store.is_migrated().await.unwrap());
        store.migrate().await.unwrap();
        store.ping().await.unwrap();
        assert!(!store.has_owner().await.unwrap());
    }

    async fn many_connections_migrate_at_once(db: Database) {
        let mut nodes = Vec::new();
        for _ in 0..PROCESSES {
            nodes.push(db.another_store().await);
        }
        let tasks: Vec<_> = nodes.into_iter().map(|node| tokio::spawn(async move { node.migrate().await })).collect();
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        assert!(db.another_store().await.is_migrated().await.unwrap());
    }

    async fn five_processes_migrate_at_once_and_share_one_throttle(db: Database) {
        let itself = std::env::current_exe().unwrap();
        let start = || {
            Command::new(&itself)
                .args(["migration::a_process_does_as_it_is_told", "--exact", "--nocapture"])
                .env(TOLD, db.url())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap()
        };
        let processes: Vec<_> = (0..PROCESSES).map(|_| start()).collect();
        let mut admitted = 0;
        for process in processes {
            let output = process.wait_with_output().unwrap();
            let said = String::from_utf8(output.stdout).unwrap();
            assert!(output.status.success(), "{said}");
            admitted += said.lines().filter(|line| *line == "admitted").count();
        }
        assert_eq!(admitted, LIMIT.per_hour as usize);
    }
}

/// A part of the tests above in a process of its own; by itself it has nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_does_as_it_is_told() {
    let Ok(url) = std::env::var(TOLD) else { return };
    let store = Store::connect(&url).await.unwrap();
    store.migrate().await.unwrap();
    let ask = |store: Store| async move {
        let tx = store.begin_write().await.unwrap();
        let admitted = tx.admit(Purpose::Recovery, digest(1), digest(2), &[LIMIT], at(0)).await.unwrap().is_ok();
        tx.commit().await.unwrap();
        admitted
    };
    let tasks: Vec<_> = (0..REQUESTS).map(|_| tokio::spawn(ask(store.clone()))).collect();
    println!();
    for task in tasks {
        if task.await.unwrap() {
            println!("admitted");
        }
    }
}

#[tokio::test]
async fn an_address_of_no_database_is_refused_without_being_repeated() {
    let refused = Store::connect("mysql://user:hunter2@localhost/x").await.unwrap_err();
    assert!(!format!("{refused:?}").contains("hunter2"), "{refused:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_sqlite_file_and_its_folder_are_made_and_are_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/rekey.db");
    let store = Store::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    store.migrate().await.unwrap();
    for file in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
    }
}
