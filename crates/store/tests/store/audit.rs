use rekey_domain::audit::{AuditEvent, AuditLine};
use rekey_domain::{AccountId, JourneyId, SessionId};
use rekey_store::{AuditVerdict, Store};
use sea_orm::ConnectionTrait;

use crate::given::{CROWD, at, crowd, id, nodes};
use crate::on_both;

fn line(n: u64) -> AuditLine {
    AuditLine {
        at: at(n),
        event: if n.is_multiple_of(2) { AuditEvent::AuthnLoginSuccess } else { AuditEvent::AuthnLoginFail },
        account: n.is_multiple_of(3).then(|| AccountId(id(n.into()))),
        journey: (n % 3 == 1).then(|| JourneyId(id(n.into()))),
        session: (n % 3 == 2).then(|| SessionId(id(n.into()))),
        address: format!("192.0.2.{n}"),
    }
}

async fn record(store: &Store, lines: impl IntoIterator<Item = u64>) {
    let mut tx = store.begin_write().await.unwrap();
    for n in lines {
        tx.record(line(n));
    }
    tx.commit().await.unwrap();
}

/// As somebody with the database in their hands would.
async fn tamper(url: &str, statement: &str) {
    let database = sea_orm::Database::connect(url).await.unwrap();
    let changed = database.execute_unprepared(statement).await.unwrap();
    assert!(changed.rows_affected() > 0, "{statement}");
}

on_both! {
    async fn an_untouched_record_is_intact(db: Database) {
        let store = db.store().await;
        assert_eq!(store.verify_audit().await.unwrap(), AuditVerdict::Intact { lines: 0 });
        record(&store, 0..3).await;
        record(&store, []).await;
        record(&store, 3..1200).await;
        assert_eq!(store.verify_audit().await.unwrap(), AuditVerdict::Intact { lines: 1200 });
    }

    async fn lines_of_a_dropped_transaction_are_not_written(db: Database) {
        let store = db.store().await;
        let mut tx = store.begin_write().await.unwrap();
        tx.record(line(1));
        drop(tx);
        assert_eq!(store.verify_audit().await.unwrap(), AuditVerdict::Intact { lines: 0 });
    }

    async fn a_crowd_of_writers_makes_one_chain_while_it_is_being_read(db: Database) {
        let nodes = nodes(&db).await;
        let reader = nodes[1].clone();
        let verdicts = crowd(&nodes, move |store, n| {
            let reader = reader.clone();
            async move {
                record(&store, [n as u64, n as u64 + 1]).await;
                if n % 10 == 0 { reader.verify_audit().await.unwrap() } else { AuditVerdict::Intact { lines: 0 } }
            }
        })
        .await;
        assert!(verdicts.iter().all(|verdict| matches!(verdict, AuditVerdict::Intact { .. })), "{verdicts:?}");
        let lines = 2 * CROWD as u64;
        assert_eq!(nodes[2].verify_audit().await.unwrap(), AuditVerdict::Intact { lines });
    }

    async fn every_way_of_tampering_shows_and_says_where(db: Database) {
        let store = db.store().await;
        record(&store, 1..=9).await;
        // Each change is undone by the one after it.
        for (change, undo, seq) in [
            (
                "UPDATE audit SET address = '192.0.2.99' WHERE seq = 2",
                "UPDATE audit SET address = '192.0.2.2' WHERE seq = 2",
                2,
            ),
            ("UPDATE audit SET at = at + 1 WHERE seq = 1", "UPDATE audit SET at = at - 1 WHERE seq = 1", 1),
            (
                "UPDATE audit SET event = 'authn_login_success' WHERE seq = 7",
                "UPDATE audit SET event = 'authn_login_fail' WHERE seq = 7",
                7,
            ),
            ("UPDATE audit SET seq = 99 WHERE seq = 9", "UPDATE audit SET seq = 9 WHERE seq = 99", 9),
            ("UPDATE audit_head SET seq = 8", "UPDATE audit_head SET seq = 9", 8),
            ("UPDATE audit_head SET seq = 10", "UPDATE audit_head SET seq = 9", 10),
        ] {
            tamper(db.url(), change).await;
            assert_eq!(store.verify_audit().await.unwrap(), AuditVerdict::Broken { seq }, "{change}");
            tamper(db.url(), undo).await;
            assert_eq!(store.verify_audit().await.unwrap(), AuditVerdict::Intact { lines: 9 }, "{undo}");
        }
    }

    async fn a_line_taken_out_shows_wherever_it_was(db: Database) {
        let store = db.store().await;
        record(&store, 1..=9).await;
        for seq in [9, 5, 1] {
            tamper(db.url(), &format!("DELETE FROM audit WHERE seq = {seq}")).await;
            assert_eq!(store.verify_audit().await.unwrap(), AuditVerdict::Broken { seq });
        }
    }
}
