use std::time::Duration;

use rekey_domain::audit::Actor;
use rekey_domain::job::retention::{Expiring, Retention};
use rekey_domain::job::{Counts, Job, JobKind, JobOutcome, JobState, Next, RowOutcome};
use rekey_domain::{AccountId, JobId};
use rekey_store::{Progress, Store};

use crate::given::{PARALLEL, at, id, in_parallel, nodes};
use crate::on_both;

const ALL: [JobKind; 3] = [JobKind::Retention, JobKind::ExpiryWarnings, JobKind::RequireChange];

fn job(n: u128, kind: JobKind) -> Job {
    Job {
        id: JobId(id(n)),
        kind,
        state: JobState::Waiting,
        cursor: None,
        counts: Counts { total: Some(7), done: 0, failed: 0 },
        cancel_at: None,
        created_by: Actor::Person(AccountId(id(50))),
        created_at: at(0),
        not_before: at(0),
        attempts: 0,
        lease_until: None,
        finished_at: None,
    }
}

async fn insert(store: &Store, jobs: impl IntoIterator<Item = Job>) {
    let tx = store.begin_write().await.unwrap();
    for job in jobs {
        tx.insert_job(&job).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn lease(store: &Store, now: u64, owner: u128) -> Option<Job> {
    store.lease_jobs(&ALL, 1, at(now), at(now + 30), id(owner)).await.unwrap().pop()
}

async fn find(store: &Store, n: u128) -> Job {
    store.find_job(JobId(id(n))).await.unwrap().unwrap()
}

on_both! {
    async fn a_job_comes_back_as_it_was(db: Database) {
        let store = db.store().await;
        let written = job(1, JobKind::RequireChange);
        insert(&store, [written.clone()]).await;
        assert_eq!(find(&store, 1).await, written);
        assert_eq!(lease(&store, 0, 1).await, Some(Job { attempts: 1, lease_until: Some(at(30)), ..written }));
    }

    async fn a_crowd_of_nodes_leases_a_job_once(db: Database) {
        let nodes = nodes(&db).await;
        insert(&nodes[0], [job(1, JobKind::RequireChange)]).await;
        let leased = in_parallel(&nodes, |store, n| async move { lease(&store, 1, n as u128 + 1).await.is_some() }).await;
        assert_eq!(leased.iter().filter(|leased| **leased).count(), 1, "of {PARALLEL}");
    }

    async fn there_is_one_periodic_job_of_a_kind_however_many_nodes_begin(db: Database) {
        let nodes = nodes(&db).await;
        in_parallel(&nodes, |store, n| async move {
            store.ensure_job(&job(n as u128 + 1, JobKind::Retention)).await.unwrap();
        })
        .await;
        assert_eq!(nodes[0].list_jobs(9).await.unwrap().len(), 1);
    }

    async fn a_step_moves_the_cursor_and_forgets_the_claims_before_it(db: Database) {
        let store = db.store().await;
        insert(&store, [job(1, JobKind::RequireChange)]).await;
        lease(&store, 0, 1).await.unwrap();
        let tx = store.begin_write().await.unwrap();
        assert_eq!(tx.hold_job(JobId(id(1)), id(1), at(50)).await.unwrap().unwrap().lease_until, Some(at(50)));
        let counts = Counts { total: Some(7), done: 2, failed: 1 };
        let row = |n, outcome| JobOutcome { account: AccountId(id(n)), outcome, at: at(1) };
        let rows = [row(1, RowOutcome::Done), row(2, RowOutcome::NoPassword), row(3, RowOutcome::Already)];
        tx.advance_job(JobId(id(1)), Progress { cursor: "3", counts }, &rows).await.unwrap();
        tx.commit().await.unwrap();
        let after = find(&store, 1).await;
        assert_eq!((after.cursor.as_deref(), after.counts, after.attempts), (Some("3"), counts, 0));
        assert_eq!(store.list_job_outcomes(JobId(id(1)), false, 9).await.unwrap(), rows);
        assert_eq!(store.list_job_outcomes(JobId(id(1)), true, 9).await.unwrap(), rows[1..2]);
    }

    async fn a_lease_that_ran_out_is_anothers_and_its_old_owner_does_nothing(db: Database) {
        let store = db.store().await;
        insert(&store, [job(1, JobKind::RequireChange)]).await;
        lease(&store, 0, 1).await.unwrap();
        assert_eq!(lease(&store, 29, 2).await, None);
        assert_eq!(lease(&store, 30, 2).await.unwrap().attempts, 2);
        let late = store.begin_write().await.unwrap();
        assert_eq!(late.hold_job(JobId(id(1)), id(1), at(99)).await.unwrap(), None);
        assert!(!late.give_back_job(JobId(id(1)), id(1), Next::End(JobState::Done), at(31)).await.unwrap());
        drop(late);
        let after = find(&store, 1).await;
        assert_eq!((after.state, after.lease_until), (JobState::Waiting, Some(at(60))));
    }

    async fn what_follows_a_run_is_written_down(db: Database) {
        let store = db.store().await;
        insert(&store, [job(1, JobKind::Retention), job(2, JobKind::RequireChange)]).await;
        let again = Next::Again { at: at(600) };
        for (n, next) in [(1, again), (2, Next::Continue { at: at(5) })] {
            let leased = lease(&store, 0, n).await.unwrap();
            assert_eq!(leased.id, JobId(id(n)), "longest due first");
            let tx = store.begin_write().await.unwrap();
            tx.advance_job(leased.id, Progress { cursor: "x", counts: leased.counts }, &[]).await.unwrap();
            assert!(tx.give_back_job(leased.id, id(n), next, at(1)).await.unwrap());
            tx.commit().await.unwrap();
        }
        let (periodic, once) = (find(&store, 1).await, find(&store, 2).await);
        assert_eq!((periodic.cursor, periodic.not_before, periodic.finished_at), (None, at(600), Some(at(1))));
        assert_eq!((once.cursor.as_deref(), once.not_before, once.finished_at), (Some("x"), at(5), None));
        assert_eq!(lease(&store, 4, 9).await, None);
        assert_eq!(lease(&store, 5, 9).await.unwrap().id, JobId(id(2)));
        assert!(store.give_back_job(JobId(id(2)), id(9), Next::End(JobState::Failed), at(6)).await.unwrap());
        assert_eq!(lease(&store, 599, 9).await, None, "an ended one is not begun again");
    }

    async fn only_what_ends_can_be_asked_to_end(db: Database) {
        let store = db.store().await;
        insert(&store, [job(1, JobKind::Retention), job(2, JobKind::RequireChange)]).await;
        let cancel = |n| {
            let store = store.clone();
            async move {
                let tx = store.begin_write().await.unwrap();
                let asked = tx.cancel_job(JobId(id(n)), at(3)).await.unwrap();
                tx.commit().await.unwrap();
                asked
            }
        };
        assert!(!cancel(1).await, "periodic");
        assert!(cancel(2).await);
        assert!(!cancel(2).await, "asked already");
        assert!(!cancel(3).await, "no such job");
        assert_eq!(find(&store, 2).await.cancel_at, Some(at(3)));
    }

    async fn the_owner_of_the_one_job_of_a_kind_renews_it_in_its_step(db: Database) {
        let [one, other, _] = nodes(&db).await;
        one.ensure_job(&job(1, JobKind::AuditSealing)).await.unwrap();
        let lease = |store: Store, now, owner| async move {
            let tx = store.begin_write().await.unwrap();
            let leased = tx.lease_only_job(JobKind::AuditSealing, at(now), at(now + 2), id(owner)).await.unwrap();
            tx.commit().await.unwrap();
            leased.is_some()
        };
        assert!(lease(one.clone(), 0, 1).await);
        assert!(!lease(other.clone(), 1, 2).await);
        assert!(lease(one, 1, 1).await);
        assert!(!lease(other.clone(), 2, 2).await);
        assert!(lease(other, 3, 2).await);
    }

    async fn jobs_go_with_their_rows_and_periodic_ones_stay(db: Database) {
        let store = db.store().await;
        insert(&store, [job(1, JobKind::Retention), job(2, JobKind::RequireChange)]).await;
        for n in [1, 2] {
            let leased = lease(&store, 0, n).await.unwrap();
            let tx = store.begin_write().await.unwrap();
            let row = JobOutcome { account: AccountId(id(7)), outcome: RowOutcome::Done, at: at(u64::try_from(n).unwrap()) };
            tx.advance_job(leased.id, Progress { cursor: "x", counts: leased.counts }, &[row]).await.unwrap();
            let next = if n == 1 { Next::Again { at: at(600) } } else { Next::End(JobState::Done) };
            assert!(tx.give_back_job(leased.id, id(n), next, at(1)).await.unwrap());
            tx.commit().await.unwrap();
        }
        let month = Duration::from_secs(30 * 24 * 3600);
        for (what, gone) in [(Expiring::Jobs, 1), (Expiring::JobOutcomes, 1)] {
            let tx = store.begin_write().await.unwrap();
            assert_eq!(tx.purge(what, &Retention::RECOMMENDED, at(1).plus(month)).await.unwrap(), gone);
            tx.commit().await.unwrap();
        }
        assert_eq!(store.list_jobs(9).await.unwrap().len(), 1);
        assert_eq!(store.find_job(JobId(id(2))).await.unwrap(), None);
    }
}
