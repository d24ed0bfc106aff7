//! A backup is made, something is used up, the backup is restored: it stays used up, on both databases.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rekey_domain::backup::{Continuity, Seen};
use rekey_service::backup::{self, BackupError, Restored, Summary};
use rekey_service::keys::Key;
use rekey_service::recovery::CompleteError;
use rekey_service::{Clock as _, audit, owner};
use rekey_shared::Timestamp;
use rekey_store::Store;
use rekey_testkit::bench::{BETTER, GOOD};
use rekey_testkit::{Bench, Database, assert_matches, on_both_databases};

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";

async fn made(t: &Bench) -> (Vec<u8>, Summary) {
    let mut file = Vec::new();
    let summary = backup::write(&t.cx, &mut file).await.expect("writes");
    (file, summary)
}

fn keys(t: &Bench) -> Vec<Key> {
    t.keys_file.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

async fn put_back(t: &Bench, store: &Store, file: &[u8], replace: bool) -> Result<Restored, BackupError> {
    let now = (t.clock.now(), t.cx.entropy.as_ref());
    backup::restore(store, &keys(t), file, replace, now).await
}

async fn look(t: &Bench, seen: &Seen) -> (Continuity, Seen) {
    backup::look(&t.cx.store, seen).await.expect("answers")
}

on_both_databases! {
    async fn a_link_that_was_used_after_the_backup_does_not_open_again(t: Bench) {
        t.account(ADA).await;
        let before = t.sign_in(ADA, GOOD).await.expect("signs in");
        let (link, unused) = (t.recovery_link(ADA).await, owner::make_link(&t.cx).await.expect("a link"));
        t.account(BOB).await;
        let (file, summary) = made(&t).await;
        assert_eq!(backup::verify(&file[..]).expect("whole"), summary);

        t.complete_by_link(&link, BETTER).await.expect("first use");
        let after = t.sign_in(ADA, BETTER).await.expect("signs in");

        let restored = put_back(&t, &t.cx.store, &file, true).await.expect("restores");
        assert_eq!(restored.backup, summary);
        assert_eq!((restored.ended.accounts, restored.ended.sessions), (2, 1));
        assert_eq!((restored.ended.journeys, restored.ended.action_tokens > 0), (1, true));

        assert_matches!(t.complete_by_link(&link, BETTER).await, Err(CompleteError::NotValid));
        assert!(t.authenticate(&before).await.is_none(), "older than the backup");
        assert!(t.authenticate(&after).await.is_none(), "younger than the backup");
        let owner_link = unused.path_segments().and_then(Iterator::last).expect("a token").to_owned();
        assert!(!owner::link_is_open(&t.cx, &owner_link).await.expect("answers"));
        assert!(t.deliver().await.is_empty(), "what was not sent is not sent");
        t.sign_in(ADA, GOOD).await.expect("the password is that of the backup");
        t.run_jobs().await;
        assert_eq!(audit::verify(&t.cx, None).await.expect("verifies").broken, None);
        t.advance(Duration::from_secs(3600));
        let again = t.recovery_link(ADA).await;
        t.complete_by_link(&again, BETTER).await.expect("a new link works");
    }

    async fn a_database_that_was_returned_by_other_means_is_treated_the_same(t: Bench) {
        t.account(ADA).await;
        let (token, link) = (t.sign_in(ADA, GOOD).await.expect("signs in"), t.recovery_link(ADA).await);
        let ended = backup::declare_restored(&t.cx).await.expect("declares");
        assert_eq!((ended.accounts, ended.sessions, ended.journeys), (1, 1, 1));
        assert_matches!(t.complete_by_link(&link, BETTER).await, Err(CompleteError::NotValid));
        assert!(t.authenticate(&token).await.is_none());
        t.sign_in(ADA, GOOD).await.expect("signs in");
    }

    async fn a_backup_is_put_into_a_database_of_the_other_kind(t: Bench) {
        t.account(ADA).await;
        t.run_jobs().await;
        let (file, _) = made(&t).await;
        let is_sqlite = t.database.url().starts_with("sqlite");
        let other = if is_sqlite { Database::postgres().await } else { Database::sqlite().await };
        put_back(&t, &other.another_store().await, &file, false).await.expect("it is empty");
        let refused = put_back(&t, &other.another_store().await, &file, false).await;
        assert_matches!(refused, Err(BackupError::NotEmpty));

        let moved = rekey_testkit::bench::node_of(other.url()).await;
        assert!(moved.store.is_migrated().await.expect("answers"));
        assert_eq!(moved.store.count_accounts().await.expect("counts"), 1);
    }

    async fn whatever_is_written_meanwhile_is_in_it_as_a_whole_or_not_at_all(t: Bench) {
        let t = t.with(|settings| settings.sends.per_hour_address = 0).await;
        t.account(ADA).await;
        let t = Arc::new(t);
        let stop = Arc::new(Mutex::new(false));
        let writer = tokio::spawn({
            let (t, stop) = (Arc::clone(&t), Arc::clone(&stop));
            async move {
                let mut written = 0_u32;
                while !*stop.lock().unwrap_or_else(PoisonError::into_inner) {
                    // An account, its address, its session, its proof: each refers to the one before.
                    t.account(&format!("person{written}@example.org")).await;
                    t.sign_in(&format!("person{written}@example.org"), GOOD).await.expect("signs in");
                    written += 1;
                }
                written
            }
        });
        let mut sizes = Vec::new();
        for _ in 0..8 {
            let (file, summary) = made(&t).await;
            let database = Database::sqlite().await;
            let other = database.another_store().await;
            put_back(&t, &other, &file, false).await.expect("no row refers to one that is missing");
            let accounts = other.count_accounts().await.expect("counts");
            let text = String::from_utf8(file).expect("text");
            assert_eq!(text.matches("\"account-created\"").count() as u64, accounts, "with its entry or not at all");
            sizes.push(summary.rows);
        }
        *stop.lock().unwrap_or_else(PoisonError::into_inner) = true;
        assert!(writer.await.expect("no panic") > 0);
        assert!(sizes.last() > sizes.first(), "nothing was written meanwhile: {sizes:?}");
    }

    async fn a_node_notices_an_older_database_until_it_is_told(t: Bench) {
        t.account(ADA).await;
        t.run_jobs().await;
        let (file, _) = made(&t).await;
        let (_, early) = look(&t, &Seen::default()).await;
        t.sign_in(ADA, GOOD).await.expect("signs in");
        t.run_jobs().await;
        let (continuity, late) = look(&t, &early).await;
        assert_eq!(continuity, Continuity::Same);

        // As a dump or a snapshot of the disk would: nothing says that it was restored.
        put_back(&t, &t.cx.store, &file, true).await.expect("restores");
        forget_the_restoration(&t).await;
        assert_eq!(look(&t, &late).await.0, Continuity::Older);
        assert_eq!(look(&t, &early).await.0, Continuity::Same, "it has seen nothing that is missing");
        // Another node, one that remembers nothing, writes on.
        for _ in 0..5 {
            t.sign_in(ADA, GOOD).await.expect("signs in");
        }
        t.run_jobs().await;
        assert_eq!(look(&t, &late).await.0, Continuity::Older);

        backup::declare_restored(&t.cx).await.expect("declares");
        t.run_jobs().await;
        let (continuity, after) = look(&t, &late).await;
        assert_eq!(continuity, Continuity::Restored);
        assert_eq!(look(&t, &after).await.0, Continuity::Same);

        // The same backup once more: its restorations are older than the one that the node knows.
        t.advance(Duration::from_secs(1));
        put_back(&t, &t.cx.store, &file, true).await.expect("restores");
        assert_eq!(look(&t, &after).await.0, Continuity::Restored);
        forget_the_restoration(&t).await;
        assert_eq!(look(&t, &after).await.0, Continuity::Older);
    }

    async fn damage_is_refused_and_changes_nothing(t: Bench) {
        t.account(ADA).await;
        let (file, _) = made(&t).await;
        t.account(BOB).await;
        for damaged in damages(&file) {
            assert!(backup::verify(&damaged[..]).is_err());
            let refused = put_back(&t, &t.cx.store, &damaged, true).await;
            assert!(refused.is_err(), "{}", String::from_utf8_lossy(&damaged));
        }
        t.sign_in(BOB, GOOD).await.expect("the database is as it was");
    }

    async fn keys_of_another_installation_are_refused_and_change_nothing(t: Bench) {
        t.account(ADA).await;
        let (file, _) = made(&t).await;
        let token = t.sign_in(ADA, GOOD).await.expect("signs in");
        let now = (t.clock.now(), t.cx.entropy.as_ref());
        let foreign = [Key::new([77; 32], Timestamp::default())];
        let refused = backup::restore(&t.cx.store, &foreign, &file[..], true, now).await;
        assert_matches!(refused, Err(BackupError::Keys(_)));
        assert!(t.authenticate(&token).await.is_some(), "the database is as it was");
    }
}

/// Takes back what `restore` notes, as if the database had been restored without it.
async fn forget_the_restoration(t: &Bench) {
    use sea_orm::ConnectionTrait as _;

    let database = sea_orm::Database::connect(t.database.url()).await.expect("connects");
    database.execute_unprepared("DELETE FROM backup_event WHERE kind = 'restored'").await.expect("deletes");
    database.close().await.expect("closes");
}

/// The file cut off, with a byte changed, with a row too many or too few, with something behind its end.
fn damages(file: &[u8]) -> Vec<Vec<u8>> {
    let mut damages: Vec<Vec<u8>> = Vec::new();
    for part in [0, 1, 10, 50, 90, 99] {
        damages.push(file[..file.len() * part / 100].to_vec());
    }
    damages.push(file[..file.len() - 1].to_vec());
    // One bit of a letter in a name.
    let text = String::from_utf8(file.to_vec()).expect("text");
    damages.push(text.replacen("Example", "Exbmple", 1).into_bytes());
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    damages.push([&lines[..3], &lines[4..]].concat().concat().into_bytes());
    damages.push([&lines[..3], &lines[2..]].concat().concat().into_bytes());
    // Without the checksum it is not taken either.
    damages.push(lines[..lines.len() - 1].concat().into_bytes());
    let mut longer = file.to_vec();
    longer.write_all(b"\n").expect("written");
    damages.push(longer);
    damages.push(b"not a backup\n".to_vec());
    assert!(damages.iter().all(|damaged| damaged != file));
    damages
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_later_version_is_refused() {
    let t = Bench::sqlite().await;
    let (file, _) = made(&t).await;
    let text = String::from_utf8(file).expect("text");
    for (from, to) in [("\"m0060_backup_event\"", "\"m9999_later\""), ("\"version\":1", "\"version\":2")] {
        let later = text.replacen(from, to, 1);
        assert_ne!(later, text);
        let refused = put_back(&t, &t.cx.store, later.as_bytes(), true).await;
        assert_matches!(refused, Err(BackupError::OtherVersion));
    }
}
