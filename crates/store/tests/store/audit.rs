use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use rekey_domain::audit::chain::{FORMAT, Seal, StoredEntry, Voucher};
use rekey_domain::audit::{Actor, AuditEntry, AuditEvent, Client, Detail, Method, Reason, Target};
use rekey_domain::{AccountId, Digest, JourneyId, KeyId, SessionId};
use rekey_store::{NewSeal, Store, Unsealed};

use crate::given::{at, digest, id};
use crate::on_both;

fn entry(n: u64) -> AuditEntry {
    AuditEntry {
        account: Some(AccountId(id(n.into()))),
        ..AuditEntry::new(AuditEvent::CodeVerified, Actor::Visitor, at(n))
    }
}

async fn record(store: &Store, entries: impl IntoIterator<Item = u64>) {
    let mut tx = store.begin_write().await.unwrap();
    for n in entries {
        tx.record(entry(n));
    }
    tx.commit().await.unwrap();
}

async fn unsealed(store: &Store) -> Vec<StoredEntry> {
    store.begin_write().await.unwrap().list_unsealed(1_000).await.unwrap()
}

/// Seals that follow one another; what they are made of is the service's part.
fn seals(entries: &[StoredEntry], first: u64) -> Vec<NewSeal> {
    let seal = |(seq, entry): (u64, &StoredEntry)| {
        let mac = digest(u8::try_from(seq % 251).expect("small"));
        NewSeal { entry: entry.id, seal: Seal { seq, key: KeyId(u32::MAX), mac } }
    };
    (first..).zip(entries).map(seal).collect()
}

on_both! {
    async fn an_entry_comes_back_as_it_was(db: Database) {
        let store = db.store().await;
        let whole = AuditEntry {
            at: at(1),
            event: AuditEvent::SessionEstablished,
            actor: Actor::Person(AccountId(id(1))),
            account: Some(AccountId(id(2))),
            target: Some(Target::Session(SessionId(id(3)))),
            reason: Some(Reason::OwnersChoice),
            detail: Some(Detail::Method(Method::Password)),
            journey: Some(JourneyId(id(4))),
            session: Some(SessionId(id(5))),
            client: Some(Client { address: "192.0.2.1".to_owned(), device: "Firefox on Linux".to_owned() }),
        };
        let mut tx = store.begin_write().await.unwrap();
        tx.record(whole);
        tx.record(AuditEntry::new(AuditEvent::OwnerLinkMade, Actor::Operator, at(2)));
        tx.commit().await.unwrap();
        let [first, second] = unsealed(&store).await.try_into().unwrap();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(first, StoredEntry {
            id: first.id,
            format: FORMAT,
            at: at(1),
            event: "session-established".to_owned(),
            actor: "person".to_owned(),
            actor_id: Some(id(1)),
            account: Some(id(2)),
            target: text("session"),
            target_id: Some(id(3).to_string()),
            reason: text("owners_choice"),
            detail: text(r#"{"method":"password"}"#),
            journey: Some(id(4)),
            session: Some(id(5)),
            address: text("192.0.2.1"),
            device: text("Firefox on Linux"),
        });
        assert!(second.id > first.id);
        assert_eq!((second.event.as_str(), second.actor.as_str(), second.address), ("owner-link-made", "operator", None));
    }

    async fn entries_of_a_dropped_transaction_are_not_written(db: Database) {
        let store = db.store().await;
        let mut tx = store.begin_write().await.unwrap();
        tx.record(entry(1));
        drop(tx);
        assert!(!store.has_unsealed().await.unwrap());
        assert_eq!(store.count_unsealed().await.unwrap(), Unsealed { entries: 0, oldest_at: None });
    }

    async fn an_entry_is_sealed_once_and_a_place_is_given_once(db: Database) {
        let store = db.store().await;
        record(&store, 1..=70).await;
        assert_eq!(store.count_unsealed().await.unwrap(), Unsealed { entries: 70, oldest_at: Some(at(1)) });
        let all = unsealed(&store).await;
        let tx = store.begin_write().await.unwrap();
        tx.seal(&seals(&all, 1)).await.unwrap();
        tx.commit().await.unwrap();
        let sealed = store.list_audit(0, None, None, 100).await.unwrap();
        assert!(sealed.iter().map(|next| &next.entry).eq(&all), "in their order, and as they were");
        assert!(sealed.iter().map(|next| next.seal).eq(seals(&all, 1).iter().map(|new| new.seal)));
        assert!(!store.has_unsealed().await.unwrap());

        let again = store.begin_write().await.unwrap();
        assert!(again.seal(&seals(&all[..1], 71)).await.is_err(), "it has a seal");
        drop(again);
        record(&store, [71]).await;
        let taken = store.begin_write().await.unwrap();
        let waiting = taken.list_unsealed(9).await.unwrap();
        assert!(taken.seal(&seals(&waiting, 70)).await.is_err(), "place 70 is taken");
    }

    async fn a_span_of_time_is_read_page_by_page(db: Database) {
        let store = db.store().await;
        record(&store, 1..=9).await;
        let tx = store.begin_write().await.unwrap();
        tx.seal(&seals(&tx.list_unsealed(9).await.unwrap(), 1)).await.unwrap();
        tx.commit().await.unwrap();
        let seqs = |page: Vec<rekey_domain::audit::chain::SealedEntry>| page.iter().map(|next| next.seal.seq).collect::<Vec<_>>();
        assert_eq!(seqs(store.list_audit(0, Some(at(3)), Some(at(7)), 2).await.unwrap()), [3, 4]);
        assert_eq!(seqs(store.list_audit(4, Some(at(3)), Some(at(7)), 9).await.unwrap()), [5, 6]);
        assert_eq!(seqs(store.list_audit(7, None, None, 9).await.unwrap()), [8, 9]);
    }

    async fn a_head_that_is_gone_is_not_taken_for_a_beginning(db: Database) {
        let store = db.store().await;
        record(&store, [1]).await;
        let tx = store.begin_write().await.unwrap();
        assert_eq!(tx.find_audit_head().await.unwrap(), None);
        tx.seal(&seals(&tx.list_unsealed(9).await.unwrap(), 1)).await.unwrap();
        assert!(tx.find_audit_head().await.is_err(), "a seal and no head");
        let head = Voucher { seal: Seal { seq: 1, ..Seal::START }, key: KeyId(3), mac: Digest([4; 32]) };
        for seq in [1, 2] {
            let head = Voucher { seal: Seal { seq, ..head.seal }, ..head };
            tx.set_audit_head(&head).await.unwrap();
            assert_eq!(tx.find_audit_head().await.unwrap(), Some(head));
        }
    }

    async fn a_snapshot_does_not_see_what_comes_after_it(db: Database) {
        let store = db.store().await;
        record(&store, [1]).await;
        let snapshot = store.snapshot().await.unwrap();
        assert_eq!(snapshot.count_unsealed().await.unwrap().entries, 1);
        record(&store, [2]).await;
        assert_eq!(snapshot.count_unsealed().await.unwrap().entries, 1);
        assert_eq!(store.count_unsealed().await.unwrap().entries, 2);
    }
}

/// How often a transaction is looked at before it is left alone: doubled so many times, more than it takes to its end.
const DOUBLINGS: u32 = 18;

/// Lets a future run until it was looked at `times` times. Whether it is at its end.
async fn run_for<F: Future<Output = ()>>(mut work: Pin<&mut F>, times: u32) -> bool {
    for _ in 0..times {
        // It is not woken here, and so asked again and again: what it waits for happens all the same.
        if let Poll::Ready(()) = work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return true;
        }
        tokio::task::yield_now().await;
    }
    false
}

/// Wherever one transaction stands between its first statement and its end, another one that writes to the audit log
/// comes to its own end. (On SQLite all transactions that write take turns, whatever they write.)
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_transaction_waits_for_anothers_entry() {
    let db = crate::database::Database::postgres().await;
    let (store, other) = (db.store().await, db.another_store().await);
    let mut held = 0;
    for times in (0..DOUBLINGS).map(|doubled| 1 << doubled) {
        let mut slow = pin!(record(&store, [1, 2]));
        let ended = run_for(slow.as_mut(), times).await;
        let quick = tokio::time::timeout(Duration::from_secs(60), record(&other, [3])).await;
        assert!(quick.is_ok(), "it waited for a transaction that was looked at {times} times");
        held += u32::from(!ended);
        if !ended {
            slow.await;
        }
    }
    assert!(held > 1 && held < DOUBLINGS, "{held} were held: nothing was tested");
}
