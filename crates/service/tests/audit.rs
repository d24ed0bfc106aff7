//! The audit log over real databases: sealed soon, by one node, and no tampering stays hidden.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::time::Duration;

use rekey_domain::AccountId;
use rekey_domain::audit::chain::{Break, SealedEntry};
use rekey_domain::audit::{Actor, AuditEntry, AuditEvent};
use rekey_service::audit::{self, Anchor, Span, Verdict};
use rekey_service::job::Runner;
use rekey_service::{Clock as _, Services};
use rekey_shared::Timestamp;
use rekey_store::Store;
use rekey_testkit::bench::{GOOD, node_of};
use rekey_testkit::{Bench, assert_matches, on_both_databases};
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

const ADA: &str = "ada@example.org";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Entries of accounts 1, 2, 3 …, each in a transaction of its own.
async fn record(cx: &Services, accounts: impl IntoIterator<Item = u64>) {
    for n in accounts {
        record_at(&cx.store, n, cx.clock.now()).await;
    }
}

async fn record_at(store: &Store, n: u64, at: Timestamp) {
    let mut tx = store.begin_write().await.expect("begins");
    let account = Some(AccountId(Uuid::from_u128(n.into())));
    tx.record(AuditEntry { account, ..AuditEntry::new(AuditEvent::CodeVerified, Actor::Visitor, at) });
    tx.commit().await.expect("commits");
}

async fn seal(cx: &Services) -> u64 {
    audit::seal(cx, Uuid::from_u128(1)).await.expect("seals")
}

/// A log of nine sealed entries.
async fn nine(t: &Bench) {
    t.run_jobs().await;
    record(&t.cx, 1..=9).await;
    assert_eq!(seal(&t.cx).await, 9);
}

async fn verify(t: &Bench) -> Verdict {
    audit::verify(&t.cx, None).await.expect("reads")
}

async fn broken(t: &Bench) -> Option<(u64, Break)> {
    verify(t).await.broken
}

/// As anyone with the database in their hands would.
async fn tamper(t: &Bench, statement: &str) {
    let database = sea_orm::Database::connect(t.database.url()).await.expect("connects");
    let changed = database.execute_unprepared(statement).await.expect(statement);
    assert!(changed.rows_affected() > 0, "{statement}");
}

async fn sealed(t: &Bench) -> Vec<SealedEntry> {
    t.cx.store.list_audit(0, None, None, 10_000).await.expect("reads")
}

on_both_databases! {
    async fn an_untouched_log_is_intact_and_its_tail_is_named(t: Bench) {
        t.run_jobs().await;
        let empty = verify(&t).await;
        assert_eq!((empty.entries, empty.broken, empty.unsealed.entries), (0, None, 0));
        record(&t.cx, 1..=3).await;
        let young = t.clock.now();
        let tail = verify(&t).await;
        assert_eq!((tail.entries, tail.unsealed.entries, tail.unsealed.oldest_at), (0, 3, Some(young)));
        assert_eq!(seal(&t.cx).await, 3);
        let whole = verify(&t).await;
        assert_eq!((whole.entries, whole.last.seq, whole.unsealed.entries, whole.broken), (3, 3, 0, None));
        let accounts: Vec<_> = sealed(&t).await.iter().map(|next| next.entry.account).collect();
        assert_eq!(accounts, [1, 2, 3].map(|n| Some(Uuid::from_u128(n))), "in the order in which they were written");
    }

    async fn more_entries_than_one_transaction_seals_are_sealed_at_once(t: Bench) {
        t.run_jobs().await;
        let mut tx = t.cx.store.begin_write().await.expect("begins");
        for _ in 0..1_200 {
            tx.record(AuditEntry::new(AuditEvent::CodeVerified, Actor::Visitor, t.clock.now()));
        }
        tx.commit().await.expect("commits");
        assert_eq!(seal(&t.cx).await, 1_200);
        assert_eq!(verify(&t).await.entries, 1_200);
    }

    async fn every_way_of_tampering_shows_and_says_where(t: Bench) {
        nine(&t).await;
        // Each change is undone by the one after it.
        for (change, undo, seq, wrong) in [
            ("UPDATE audit SET at = at + 1 WHERE seq = 1", "UPDATE audit SET at = at - 1 WHERE seq = 1", 1, Break::Changed),
            (
                "UPDATE audit SET event = 'code-refused' WHERE seq = 7",
                "UPDATE audit SET event = 'code-verified' WHERE seq = 7",
                7,
                Break::Changed,
            ),
            (
                "UPDATE audit SET reason = 'expired' WHERE seq = 4",
                "UPDATE audit SET reason = NULL WHERE seq = 4",
                4,
                Break::Changed,
            ),
            (
                "UPDATE audit SET actor = 'operator' WHERE seq = 2",
                "UPDATE audit SET actor = 'visitor' WHERE seq = 2",
                2,
                Break::Changed,
            ),
            ("UPDATE audit SET key = key + 1 WHERE seq = 5", "UPDATE audit SET key = key - 1 WHERE seq = 5", 5, Break::UnknownKey),
            ("UPDATE audit SET seq = 99 WHERE seq = 9", "UPDATE audit SET seq = 9 WHERE seq = 99", 9, Break::Missing),
            ("UPDATE audit SET seq = 99 WHERE seq = 3", "UPDATE audit SET seq = 3 WHERE seq = 99", 3, Break::Missing),
            ("UPDATE audit_voucher SET seq = 8", "UPDATE audit_voucher SET seq = 9", 9, Break::Head),
            ("UPDATE audit_voucher SET seq = 10", "UPDATE audit_voucher SET seq = 9", 9, Break::Head),
            ("UPDATE audit_voucher SET by_key = by_key + 1", "UPDATE audit_voucher SET by_key = by_key - 1", 9, Break::Head),
        ] {
            tamper(&t, change).await;
            assert_eq!(broken(&t).await, Some((seq, wrong)), "{change}");
            tamper(&t, undo).await;
            assert_eq!(broken(&t).await, None, "{undo}");
        }
    }

    async fn two_entries_that_changed_places_show(t: Bench) {
        nine(&t).await;
        for (from, to) in [(3, 99), (4, 3), (99, 4)] {
            tamper(&t, &format!("UPDATE audit SET seq = {to} WHERE seq = {from}")).await;
        }
        assert_eq!(broken(&t).await, Some((3, Break::Changed)));
    }

    async fn an_entry_taken_out_shows_wherever_it_was(t: Bench) {
        nine(&t).await;
        for seq in [9, 5, 1] {
            tamper(&t, &format!("DELETE FROM audit WHERE seq = {seq}")).await;
            assert_eq!(broken(&t).await, Some((seq, Break::Missing)));
        }
    }

    async fn a_gap_that_was_closed_shows(t: Bench) {
        nine(&t).await;
        tamper(&t, "DELETE FROM audit WHERE seq = 5").await;
        for seq in 6..=9 {
            tamper(&t, &format!("UPDATE audit SET seq = {} WHERE seq = {seq}", seq - 1)).await;
        }
        assert_eq!(broken(&t).await, Some((5, Break::Changed)));
    }

    async fn an_entry_put_in_shows(t: Bench) {
        nine(&t).await;
        tamper(&t, "UPDATE audit SET seq = 10 WHERE seq = 9").await;
        tamper(
            &t,
            "INSERT INTO audit (format, at, event, actor, seq, key, mac) \
             SELECT format, at, event, actor, 9, key, mac FROM audit WHERE seq = 8",
        )
        .await;
        assert_eq!(broken(&t).await, Some((9, Break::Changed)));
    }

    async fn a_tail_cut_off_with_its_head_shows_only_by_a_seal_noted_elsewhere(t: Bench) {
        nine(&t).await;
        let whole = verify(&t).await;
        let noted = Anchor::from(whole.last);
        let database = sea_orm::Database::connect(t.database.url()).await.expect("connects");
        database.execute_unprepared("CREATE TABLE kept AS SELECT * FROM audit_voucher").await.expect("keeps the head");
        record(&t.cx, 10..=12).await;
        assert_eq!(seal(&t.cx).await, 3);
        let later = Anchor::from(verify(&t).await.last);
        tamper(&t, "DELETE FROM audit WHERE seq > 9").await;
        assert_eq!(broken(&t).await, Some((10, Break::Missing)), "with its head");
        tamper(&t, "DELETE FROM audit_voucher").await;
        assert_eq!(broken(&t).await, Some((9, Break::Head)), "with no head");
        tamper(&t, "INSERT INTO audit_voucher SELECT * FROM kept").await;
        assert_eq!(broken(&t).await, None, "with a head that was kept");
        let with = async |anchor| audit::verify(&t.cx, Some(anchor)).await.expect("reads").broken;
        assert_eq!(with(later).await, Some((10, Break::Anchor)));
        assert_eq!(with(noted).await, None);
        let forged = Anchor { mac: later.mac, ..noted };
        assert_eq!(with(forged).await, Some((9, Break::Anchor)));
    }

    async fn nothing_is_sealed_on_top_of_a_head_that_was_tampered_with(t: Bench) {
        nine(&t).await;
        tamper(&t, "DELETE FROM audit WHERE seq = 9").await;
        tamper(&t, "UPDATE audit_voucher SET seq = 8, mac = (SELECT mac FROM audit WHERE seq = 8)").await;
        record(&t.cx, [10]).await;
        assert!(audit::seal(&t.cx, Uuid::from_u128(1)).await.is_err());
        let verdict = verify(&t).await;
        assert_eq!((verdict.broken, verdict.unsealed.entries), (Some((8, Break::Head)), 1));
        tamper(&t, "DELETE FROM audit_voucher").await;
        assert!(audit::seal(&t.cx, Uuid::from_u128(1)).await.is_err(), "nor on top of none");
    }

    async fn a_crowd_on_three_nodes_makes_one_chain_while_it_is_being_read(t: Bench) {
        t.run_jobs().await;
        let nodes = [t.cx.clone(), t.another_node().await, t.another_node().await];
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let sealers: Vec<_> = nodes
            .iter()
            .map(|cx| {
                let (runner, mut stopped) = (Runner::new(cx.clone()), stopped.clone());
                tokio::spawn(async move { runner.run(async move { drop(stopped.wait_for(|stop| *stop).await) }).await })
            })
            .collect();
        let writers: Vec<_> = (0..200_u64)
            .map(|n| {
                let cx = nodes[usize::try_from(n % 3).expect("small")].clone();
                tokio::spawn(async move {
                    record(&cx, [n]).await;
                    if n % 20 == 0 { audit::verify(&cx, None).await.expect("reads").broken } else { None }
                })
            })
            .collect();
        for writer in writers {
            assert_eq!(writer.await.expect("no panic"), None);
        }
        stop.send(true).expect("they run");
        for sealer in sealers {
            sealer.await.expect("no panic");
        }
        let verdict = verify(&t).await;
        assert_eq!((verdict.broken, verdict.unsealed.entries), (None, 0), "sealed before the end");
        let accounts = sealed(&t).await.into_iter().filter(|next| next.entry.event == "code-verified").count();
        assert_eq!(accounts, 200);
    }

    async fn old_entries_go_and_the_rest_still_verifies(t: Bench) {
        nine(&t).await;
        t.advance(2 * DAY);
        record(&t.cx, 10..=12).await;
        seal(&t.cx).await;
        let first = sealed(&t).await[0].entry.at;
        // Nine of them reach the age limit, three do not.
        let keep = t.cx.settings().retention.audit;
        t.advance(keep.saturating_sub(t.clock.now().since(first)) + DAY);
        t.run_jobs().await;
        let verdict = verify(&t).await;
        assert_eq!((verdict.removed_through, verdict.broken, verdict.entries), (9, None, 4), "three and the note of the removal");
        let rest = sealed(&t).await;
        assert_eq!(rest.iter().map(|next| next.seal.seq).collect::<Vec<_>>(), [10, 11, 12, 13]);
        assert_eq!(rest[3].entry.event, "audit-entries-removed");
        assert_eq!(rest[3].entry.detail.as_deref(), Some(r#"{"removed":{"entries":9,"through":9}}"#));

        tamper(&t, "UPDATE audit_voucher SET seq = 10 WHERE kind = 'checkpoint'").await;
        assert_matches!(broken(&t).await, Some((_, Break::Checkpoint)));
        tamper(&t, "DELETE FROM audit_voucher WHERE kind = 'checkpoint'").await;
        assert_eq!(broken(&t).await, Some((1, Break::Missing)), "a beginning that nothing vouches for");
    }

    async fn a_log_whose_entries_all_went_goes_on(t: Bench) {
        nine(&t).await;
        t.advance(t.cx.settings().retention.audit + 2 * DAY);
        t.run_jobs().await;
        assert_eq!(sealed(&t).await.len(), 1, "the note of the removal");
        record(&t.cx, [10]).await;
        assert_eq!(seal(&t.cx).await, 1);
        let verdict = verify(&t).await;
        assert_eq!((verdict.removed_through, verdict.last.seq, verdict.broken), (9, 11, None));
    }

    async fn what_was_tampered_with_is_not_removed_and_other_tables_are_cleared(t: Bench) {
        nine(&t).await;
        tamper(&t, "UPDATE audit SET reason = 'expired' WHERE seq = 4").await;
        t.ask(ADA).await;
        t.advance(t.cx.settings().retention.audit + 2 * DAY);
        t.run_jobs().await;
        assert_eq!(broken(&t).await, Some((4, Break::Changed)), "the evidence is there");
        let counts = t.cx.store.outbox_counts().await.expect("reads");
        assert_eq!((counts.waiting, counts.dead), (0, 0));
    }

    async fn an_export_has_every_entry_of_its_span_in_a_form_of_its_own_version(t: Bench) {
        t.account(ADA).await;
        t.advance(DAY);
        let from = t.clock.now();
        t.caller(ADA, GOOD).await;
        t.run_jobs().await;
        t.advance(DAY);
        let before = t.clock.now();
        t.caller(ADA, GOOD).await;
        t.run_jobs().await;
        let mut lines = Vec::new();
        let span = Span { from: Some(from), before: Some(before) };
        let take = |line: &str| {
            lines.push(serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
            Ok::<(), ()>(())
        };
        assert_eq!(audit::export(&t.cx, span, take).await.expect("reads"), Ok(1));
        let line = &lines[0];
        let account = t.cx.store.find_account_after(None).await.expect("reads").expect("an account").id.0.to_string();
        assert_eq!(line["v"], 1);
        assert_eq!(line["event"], "session-established");
        assert_eq!(line["type"], "https://schemas.openid.net/secevent/caep/event-type/session-established");
        assert_eq!(line["at"], from.rfc3339());
        assert_eq!(line["actor"], serde_json::json!({ "kind": "person", "id": account }));
        assert_eq!(line["account"], account);
        assert_eq!(line["detail"], serde_json::json!({ "method": "password" }));
        assert_eq!(line["client"], serde_json::json!({ "address": "192.0.2.1", "device": "Firefox on Linux" }));
        assert_eq!(line["mac"].as_str().map(str::len), Some(64));
        assert_eq!(line.get("reason"), None, "what is not there is left out");
    }
}

/// By the time of this machine: an entry is sealed within a second while other transactions write.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_is_sealed_within_a_second() {
    let t = Bench::postgres().await;
    let cx = node_of(t.database.url()).await;
    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let runner = Runner::new(cx.clone());
    let running =
        tokio::spawn(async move { runner.run(async move { drop(stopped.wait_for(|stop| *stop).await) }).await });
    // The first look writes down the jobs themselves.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut took = Vec::new();
    for n in 0..5 {
        record(&cx, [n]).await;
        let begun = tokio::time::Instant::now();
        while cx.store.has_unsealed().await.expect("reads") {
            assert!(begun.elapsed() < Duration::from_secs(60), "entry {n} is never sealed");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        took.push(begun.elapsed());
    }
    // Of a machine that does other things at the same time no single one says much.
    took.sort();
    assert!(took[2] <= Duration::from_secs(1), "took {took:?}");
    stop.send(true).expect("it runs");
    running.await.expect("no panic");
}
