//! A proof of work counts once, for what it was asked for, while its challenge is good, and for nothing else.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::net::Ipv6Addr;
use std::time::Duration;

use rekey_domain::journey::JourneyKind;
use rekey_domain::journey::JourneyKind::{Recovery, Registration};
use rekey_service::registration::{self, Start};
use rekey_service::work::{self, Challenge, LIFETIME, proof};
use rekey_service::{Clock as _, RequestMeta, Services, recovery};
use rekey_shared::work::Puzzle;
use rekey_testkit::bench::meta_from;
use rekey_testkit::row_count::rows_by_table;
use rekey_testkit::{Bench, on_both_databases};
use uuid::Uuid;

/// The nth client, at an address of its own, with a proof or without.
fn client(nth: u16, proof: Option<&str>) -> RequestMeta {
    let address = Ipv6Addr::new(0x2001, 0xdb8, nth, 0, 0, 0, 0, 1).into();
    RequestMeta { work: proof.map(str::to_owned), ..meta_from(address) }
}

fn number(nth: u16) -> String {
    format!("+1202{:03}{:04}", 200 + nth / 100, 1000 + nth % 100)
}

/// Less work than a browser has, so that tests are not slow.
async fn bench(t: Bench) -> Bench {
    t.with(|settings| settings.texts.work.bits = 10).await
}

fn challenge(cx: &Services, kind: JourneyKind) -> Challenge {
    work::issue(cx, kind).expect("work is asked for")
}

fn solution(challenge: &Challenge) -> u64 {
    Puzzle::new(&challenge.text, challenge.bits).search(0..u64::MAX).expect("there is one")
}

fn solved(cx: &Services, kind: JourneyKind) -> String {
    let challenge = challenge(cx, kind);
    proof(&challenge, solution(&challenge))
}

async fn starts(cx: &Services, kind: JourneyKind, meta: &RequestMeta, identifier: &str) {
    match kind {
        Registration => {
            let start = Start { identifier: identifier.to_owned(), owner: None, consent: true };
            registration::start(cx, meta, start).await.map(drop).expect("starts");
        }
        Recovery => recovery::start(cx, meta, identifier).await.map(drop).expect("starts"),
    }
}

/// Takes the messages that wait, and gives for each whether it counts as one with work.
async fn waiting(t: &Bench) -> Vec<bool> {
    let (now, until) = (t.clock.now(), t.clock.now().plus(Duration::from_secs(3600)));
    let items = t.cx.store.lease_outbox(1000, now, until, Uuid::from_u128(7)).await.expect("leases");
    items.iter().map(|item| item.with_work).collect()
}

async fn counts(t: &Bench, nth: u16, kind: JourneyKind, proof: &str) -> bool {
    starts(&t.cx, kind, &client(nth, Some(proof)), &number(nth)).await;
    let [with_work] = waiting(t).await[..] else { panic!("one message") };
    with_work
}

on_both_databases! {
    async fn two_hundred_uses_at_once_of_one_solution_on_two_nodes_count_once(t: Bench) {
        let t = bench(t).await;
        let (nodes, shown) = ([t.cx.clone(), t.another_node().await], solved(&t.cx, Registration));
        let tasks: Vec<_> = (0..200_u16)
            .map(|nth| {
                let (cx, meta) = (nodes[usize::from(nth) % 2].clone(), client(nth, Some(&shown)));
                tokio::spawn(async move { starts(&cx, Registration, &meta, &number(nth * 100)).await })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic: a spent proof refuses no one");
        }
        let counted = waiting(&t).await;
        assert_eq!((counted.len(), counted.iter().filter(|with_work| **with_work).count()), (200, 1));
    }

    async fn a_solution_counts_for_its_own_kind_of_journey_once_and_in_time(t: Bench) {
        let t = bench(t).await;
        for (nth, kind) in [(0, Registration), (10, Recovery)] {
            let shown = solved(&t.cx, kind);
            assert!(counts(&t, nth, kind, &shown).await, "{kind:?}");
            assert!(!counts(&t, nth + 1, kind, &shown).await, "spent: {kind:?}");
        }
        assert!(!counts(&t, 20, Registration, &solved(&t.cx, Recovery)).await);
        assert!(!counts(&t, 21, Recovery, &solved(&t.cx, Registration)).await);
        let (late, last) = (solved(&t.cx, Registration), solved(&t.cx, Registration));
        t.advance(LIFETIME.saturating_sub(Duration::from_millis(1)));
        assert!(counts(&t, 22, Registration, &last).await, "good to the last moment");
        t.advance(Duration::from_millis(1));
        assert!(!counts(&t, 23, Registration, &late).await, "expired");
    }

    async fn what_is_no_solution_of_a_challenge_of_ours_counts_as_none(t: Bench) {
        let t = bench(t).await;
        let made = challenge(&t.cx, Registration);
        let (text, right) = (&made.text, solution(&made));
        let easy = (0..u64::MAX).find(|number| !Puzzle::new(text, made.bits).is_solved_by(*number)).expect("most are none");
        let full_width: String = right.to_string().chars().filter_map(|it| char::from_u32(u32::from(it) + 0xfee0)).collect();
        let swapped = |at: usize| {
            let swap = |(nth, it): (usize, char)| if nth == at { if it == 'A' { 'B' } else { 'A' } } else { it };
            text.chars().enumerate().map(swap).collect::<String>()
        };
        // Kind, bits, expiry, nonce and keyed hash in turn; each with the work that its own text asks for.
        let forged = [0, 2, 8, 20, 50].map(|at| {
            let forged = Challenge { text: swapped(at), bits: made.bits };
            proof(&forged, solution(&forged))
        });
        let garbage = [
            proof(&made, easy),
            format!("{text}.{full_width}"),
            format!("{text}.+{right}"),
            format!("{text}. {right}"),
            format!("{text}.{right}."),
            format!("{text}=.{right}"),
            format!("{text}."),
            format!("{text}.99999999999999999999999"),
            text.clone(),
            format!(".{right}"),
            ".".to_owned(),
            String::new(),
            "０".repeat(78),
            "A".repeat(100_000),
        ];
        for (nth, shown) in forged.iter().chain(&garbage).enumerate() {
            let nth = u16::try_from(nth).expect("few") + 1;
            assert!(!counts(&t, nth, Registration, shown).await, "{shown}");
        }
        assert!(counts(&t, 99, Registration, &proof(&made, right)).await, "it was not spent by any of them");
    }

    async fn every_message_of_a_journey_needs_a_proof_of_its_own(t: Bench) {
        let t = bench(t).await;
        let shown = solved(&t.cx, Registration);
        let start = Start { identifier: number(1), owner: None, consent: true };
        let handle = registration::start(&t.cx, &client(1, Some(&shown)), start).await.expect("starts").expose();
        assert_eq!(waiting(&t).await, [true]);
        for (nth, again) in [(2, Some(shown)), (3, None)] {
            t.advance(Duration::from_secs(61));
            registration::resend(&t.cx, &client(nth, again.as_deref()), &handle).await.expect("sends");
            assert_eq!(waiting(&t).await, [false]);
        }
        t.advance(Duration::from_secs(61));
        let another = solved(&t.cx, Registration);
        registration::resend(&t.cx, &client(4, Some(&another)), &handle).await.expect("sends");
        assert_eq!(waiting(&t).await, [true]);
    }

    async fn nothing_about_an_account_is_in_the_answer_or_in_what_is_written(t: Bench) {
        t.account("+12022001000").await;
        let t = bench(t).await;
        let mut written = Vec::new();
        for nth in [0, 1] {
            let before = rows_by_table(t.database.url()).await;
            starts(&t.cx, Recovery, &client(nth, Some(&solved(&t.cx, Recovery))), &number(nth)).await;
            let after = rows_by_table(t.database.url()).await;
            let grown = |table: &String| after[table] - before.get(table).copied().unwrap_or(0);
            written.push(after.keys().map(|table| (table.clone(), grown(table))).collect::<Vec<_>>());
        }
        assert_eq!(number(0), "+12022001000");
        assert_eq!(written[0], written[1]);
        assert_eq!(waiting(&t).await, [true, true]);
    }
}

#[tokio::test]
async fn a_message_to_an_email_address_spends_nothing() {
    let t = bench(Bench::sqlite().await).await;
    let shown = solved(&t.cx, Recovery);
    starts(&t.cx, Recovery, &client(1, Some(&shown)), "ada@example.org").await;
    assert_eq!(waiting(&t).await, [false]);
    assert!(counts(&t, 2, Recovery, &shown).await);
}

#[tokio::test]
async fn a_username_may_lead_to_a_number() {
    let t = bench(Bench::sqlite().await).await;
    starts(&t.cx, Recovery, &client(1, Some(&solved(&t.cx, Recovery))), "ada.lovelace").await;
    assert_eq!(waiting(&t).await, [true]);
}

#[tokio::test]
async fn switched_off_nothing_is_asked_for_and_nothing_is_missing() {
    let t = Bench::sqlite().await.with(|settings| settings.texts.work.on = false).await;
    assert_eq!(work::issue(&t.cx, Registration), None);
    starts(&t.cx, Registration, &client(1, None), &number(1)).await;
    assert_eq!(waiting(&t).await, [true]);
}

#[tokio::test]
async fn more_bits_from_now_on_leave_what_was_asked_for_before_good() {
    let t = bench(Bench::sqlite().await).await;
    let shown = solved(&t.cx, Registration);
    let t = t.with(|settings| settings.texts.work.bits = 12).await;
    assert_eq!(challenge(&t.cx, Registration).bits, 12);
    assert!(counts(&t, 1, Registration, &shown).await);
}
