//! Jobs over real databases: they survive their process, are done once, and end when they are asked to.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::collections::HashSet;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rekey_domain::audit::Actor;
use rekey_domain::job::lease::LeaseRule;
use rekey_domain::job::{Counts, Job, JobState, RowOutcome};
use rekey_domain::password::set::SetOccasion;
use rekey_domain::{Account, AccountId, ChangeCause, JobId, PasswordHash};
use rekey_service::job::{self, Runner};
use rekey_service::{Clock as _, operator};
use rekey_shared::{Lang, Timestamp};
use rekey_store::{Inserted, Store};
use rekey_testkit::bench::{BETTER, GOOD, node_of, quick_settings};
use rekey_testkit::{Bench, Database, on_both_databases};
use uuid::Uuid;

const ADA: &str = "ada@example.org";
const BOB: &str = "bob@example.org";

/// Tells the test at the end of this file which database to work on when another process runs it.
const TOLD: &str = "REKEY_TEST_JOBS";
/// Accounts, and so steps.
const STEPS: u64 = 10_000;
/// How often the process that works is killed.
const KILLS: u64 = 3;

async fn outcomes(store: &Store, id: JobId) -> Vec<(AccountId, RowOutcome)> {
    let rows = store.list_job_outcomes(id, false, 2 * STEPS).await.expect("reads");
    rows.iter().map(|row| (row.account, row.outcome)).collect()
}

async fn find(store: &Store, id: JobId) -> Job {
    store.find_job(id).await.expect("reads").expect("a job")
}

/// Accounts with as little as possible: what they are is not looked at.
async fn fill(store: &Store, now: Timestamp) {
    let hash = PasswordHash("$argon2id$".to_owned());
    let tx = store.begin_write().await.expect("begins");
    for n in 1..=STEPS {
        let account = Account::new(AccountId(Uuid::from_u128(n.into())), Lang::En, now);
        assert_eq!(tx.insert_account(&account, &[]).await.expect("inserts"), Inserted::Done);
        let permit = SetOccasion::Registration.permit(&account).expect("kept here");
        tx.set_password(permit, &hash, 0, now).await.expect("sets").expect("the first one");
    }
    tx.commit().await.expect("commits");
}

/// This program once more, to run one test that works on jobs until it is killed.
fn worker(url: &str) -> Child {
    Command::new(std::env::current_exe().expect("this program"))
        .args(["a_process_works_until_it_is_killed", "--exact", "--nocapture"])
        .env(TOLD, url)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts")
}

async fn wait_until_done(store: &Store, id: JobId, rows: u64) {
    for _ in 0..6_000 {
        if find(store, id).await.counts.done >= rows {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{rows} rows were not done in five minutes: {:?}", find(store, id).await);
}

/// A job of ten thousand steps, whose process is killed three times without a word.
async fn a_killed_job_goes_on_where_it_was(database: Database) {
    let t = Bench::over(database, quick_settings()).await;
    let store = &t.cx.store;
    fill(store, t.clock.now()).await;
    let id = job::require_change(&t.cx, Actor::Operator).await.expect("is written down");
    for kill in 1..=KILLS {
        let mut process = worker(t.database.url());
        wait_until_done(store, id, STEPS * kill / (KILLS + 1)).await;
        process.kill().expect("kills");
        process.wait().expect("is gone");
    }
    let before = find(store, id).await;
    assert!(before.counts.done < STEPS, "it was killed too late: nothing was tested");
    let mut last = worker(t.database.url());
    wait_until_done(store, id, STEPS).await;
    for _ in 0..600 {
        if find(store, id).await.state == JobState::Done {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    last.kill().expect("kills");
    last.wait().expect("is gone");

    let after = find(store, id).await;
    assert_eq!(after.state, JobState::Done);
    assert_eq!(after.counts, Counts { total: Some(STEPS), done: STEPS, failed: 0 });
    let rows = outcomes(store, id).await;
    assert_eq!(rows.len() as u64, STEPS, "one outcome for each");
    assert!(rows.iter().all(|(_, outcome)| *outcome == RowOutcome::Done), "no step was done twice");
    assert_eq!(rows.iter().map(|(account, _)| account).collect::<HashSet<_>>().len() as u64, STEPS);
    // By the time of this machine, as the processes: the one that sealed last may hold the lease still.
    let cx = node_of(t.database.url()).await;
    tokio::time::sleep(LeaseRule::SEALING.length).await;
    Runner::new(cx).drain().await.expect("seals");
    let marked = entries_of(&t, "account-credential-change-required").await;
    assert_eq!(marked.len() as u64, STEPS, "one entry of the audit log for each");
    assert_eq!(marked.iter().collect::<HashSet<_>>().len() as u64, STEPS);
}

/// The accounts of all entries of one event.
async fn entries_of(t: &Bench, event: &str) -> Vec<Option<Uuid>> {
    let (mut after, mut found) = (0, Vec::new());
    loop {
        let page = t.cx.store.list_audit(after, None, None, 1_000).await.expect("reads");
        let Some(last) = page.last() else { return found };
        after = last.seal.seq;
        found.extend(page.iter().filter(|next| next.entry.event == event).map(|next| next.entry.account));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_killed_three_times_goes_on_where_it_was_on_sqlite() {
    a_killed_job_goes_on_where_it_was(Database::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_killed_three_times_goes_on_where_it_was_on_postgres() {
    a_killed_job_goes_on_where_it_was(Database::postgres().await).await;
}

/// A part of the tests above in a process of its own; by itself it has nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_works_until_it_is_killed() {
    let Ok(url) = std::env::var(TOLD) else { return };
    let cx = node_of(&url).await;
    Runner::new(cx).run(std::future::pending()).await;
}

on_both_databases! {
    async fn a_job_marks_every_account_once_and_says_what_became_of_each(t: Bench) {
        t.account(ADA).await;
        t.advance(Duration::from_secs(1));
        t.account(BOB).await;
        operator::require_change(&t.cx, BOB).await.expect("marks");
        let id = job::require_change(&t.cx, Actor::Operator).await.expect("is written down");
        t.run_jobs().await;
        let job = find(&t.cx.store, id).await;
        assert_eq!((job.state, job.counts), (JobState::Done, Counts { total: Some(2), done: 2, failed: 0 }));
        let rows: Vec<_> = outcomes(&t.cx.store, id).await.into_iter().map(|(_, outcome)| outcome).collect();
        assert_eq!(rows, [RowOutcome::Done, RowOutcome::Already]);
        assert!(t.caller(ADA, GOOD).await.must_change.is_some());
    }

    async fn a_password_replaced_meanwhile_is_new_enough(t: Bench) {
        t.account(ADA).await;
        let id = job::require_change(&t.cx, Actor::Operator).await.expect("is written down");
        let link = t.recovery_link(ADA).await;
        let marking = t.cx.store.find_account_after(None).await.expect("reads").expect("an account");
        t.complete_by_link(&link, BETTER).await.expect("recovers");
        let tx = t.cx.store.begin_write().await.expect("begins");
        assert!(!tx.require_change_of(marking.id, marking.epoch, ChangeCause::Operator).await.expect("writes"), "the epoch is another one");
        drop(tx);
        t.run_jobs().await;
        assert_eq!(find(&t.cx.store, id).await.state, JobState::Done);
    }

    async fn a_job_ends_before_its_next_step_when_it_is_asked_to(t: Bench) {
        t.account(ADA).await;
        let id = job::require_change(&t.cx, Actor::Operator).await.expect("is written down");
        assert!(job::cancel(&t.cx, id, Actor::Operator).await.expect("asks"));
        assert!(!job::cancel(&t.cx, id, Actor::Operator).await.expect("asks"), "it was asked to");
        t.run_jobs().await;
        let job = find(&t.cx.store, id).await;
        assert_eq!((job.state, job.counts.done), (JobState::Cancelled, 0));
        assert_eq!(t.caller(ADA, GOOD).await.must_change, None);
        assert!(!job::cancel(&t.cx, id, Actor::Operator).await.expect("asks"), "it has ended");
        t.run_jobs().await;
        for event in ["job-started", "job-cancelled", "job-ended"] {
            assert_eq!(entries_of(&t, event).await.len(), 1, "{event}");
        }
    }

    async fn periodic_work_is_done_by_one_node_and_not_again_before_its_time(t: Bench) {
        let nodes = [t.cx.clone(), t.another_node().await, t.another_node().await];
        let all = nodes.map(|cx| tokio::spawn(async move { Runner::new(cx).drain().await.expect("works") }));
        for one in all {
            one.await.expect("no panic");
        }
        let ended = |jobs: Vec<Job>| {
            jobs.into_iter().map(|job| (job.kind, job.finished_at)).filter(|(_, at)| at.is_some()).collect::<Vec<_>>()
        };
        let first = ended(t.cx.store.list_jobs(9).await.expect("reads"));
        assert_eq!(first.len(), 2, "{first:?}");
        t.advance(Duration::from_secs(599));
        t.run_jobs().await;
        assert_eq!(ended(t.cx.store.list_jobs(9).await.expect("reads")), first);
        t.advance(Duration::from_secs(1));
        t.run_jobs().await;
        let second = ended(t.cx.store.list_jobs(9).await.expect("reads"));
        assert!(second.iter().all(|(_, at)| *at == Some(t.clock.now())), "{second:?}");
    }
}
