use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

use rekey_domain::Account;
use rekey_domain::audit::{Actor, AuditEntry, AuditEvent};
use rekey_store::{Store, Unexpected, transaction};

use crate::given::{at, digest, nodes, session, with_account};
use crate::on_both;

/// More than the number of times a sign-in waits.
const STEPS: u8 = 60;

/// Runs `work` until it has waited `times` times, then drops it, as happens when a browser hangs up.
async fn cut_off<F: Future>(work: F, times: u8) -> Option<F::Output> {
    let mut work = pin!(work);
    let mut left = times;
    poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// A session and the entry that tells of it, in one transaction.
async fn sign_in(store: &Store, account: &Account, n: u8) -> Result<(), Unexpected> {
    let session = session(n.into(), account);
    transaction!(store, |tx| {
        tx.clear_budget(digest(n), at(1)).await?;
        tx.insert_session(&session, digest(n)).await?;
        tx.record(AuditEntry {
            session: Some(session.id),
            ..AuditEntry::new(AuditEvent::SessionEstablished, Actor::Person(account.id), at(1))
        });
        Ok(())
    })
    .await
}

on_both! {
    async fn a_request_cut_off_anywhere_leaves_whole_transactions_and_a_usable_store(db: Database) {
        let [store, other, _] = nodes(&db).await;
        let ada = with_account(&store, 1).await;
        let mut finished = 0;
        for step in 0..STEPS {
            if let Some(done) = cut_off(sign_in(&store, &ada, step), step).await {
                done.expect("nothing stands in its way");
                finished += 1;
            }
            sign_in(&other, &ada, step + STEPS).await.expect("no lock was left behind");
        }
        let sessions = store.list_sessions(ada.id).await.expect("reads").len();
        assert!(finished > 0 && finished < STEPS, "{finished} of {STEPS} finished: nothing was tested");
        assert!(sessions >= usize::from(finished + STEPS), "{sessions}");
        let entries = u64::try_from(sessions).expect("few");
        assert_eq!(store.count_unsealed().await.expect("reads").entries, entries);
    }
}
