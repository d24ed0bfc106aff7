//! Recoveries that the throttle refuses without saying so: they look alike, and there are few of them.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use rekey_service::RequestMeta;
use rekey_service::recovery::{self, StartError, VerifyError};
use rekey_testkit::bench::{meta, meta_from};
use rekey_testkit::row_count::rows_by_table;
use rekey_testkit::{Bench, assert_matches, on_both_databases};

const ADA: &str = "ada@example.org";

/// The nth client, at an address of its own.
fn client(nth: u32) -> RequestMeta {
    meta_from(IpAddr::from(Ipv4Addr::from(0xCB00_7100 + nth)))
}

async fn starts(t: &Bench, nth: u32) -> Result<String, StartError> {
    recovery::start(&t.cx, &client(nth), ADA).await.map(|handle| handle.expose())
}

on_both_databases! {
    async fn a_target_that_was_asked_for_too_often_has_five_decoys_and_then_says_so(t: Bench) {
        for nth in 0..5 {
            starts(&t, nth).await.expect("is let through");
            t.advance(Duration::from_secs(60));
        }
        for nth in 5..10 {
            starts(&t, nth).await.expect("looks alike");
        }
        let before = rows_by_table(t.database.url()).await;
        for nth in 10..200 {
            assert_matches!(starts(&t, nth).await, Err(StartError::SlowDown));
        }
        assert_eq!(rows_by_table(t.database.url()).await, before, "and writes nothing");
        t.advance(Duration::from_secs(600));
        starts(&t, 200).await.expect("one more in ten minutes");
        assert_matches!(starts(&t, 201).await, Err(StartError::SlowDown));
    }

    async fn what_the_limit_on_messages_refuses_counts_for_no_limit_on_recoveries(t: Bench) {
        let t = t.with(|settings| settings.sends.per_hour_target = 2).await;
        for nth in 0..2 {
            starts(&t, nth).await.expect("is let through");
            t.advance(Duration::from_secs(60));
        }
        let counted = rows_by_table(t.database.url()).await["throttle_event"];
        starts(&t, 2).await.expect("looks alike");
        assert_eq!(rows_by_table(t.database.url()).await["throttle_event"], counted);
    }

    async fn a_decoy_counts_tries_down_and_ends_like_a_journey_that_was_let_through(t: Bench) {
        let real = starts(&t, 0).await.expect("is let through");
        let decoy = starts(&t, 1).await.expect("looks alike: the last one was a moment ago");
        for left in (0..5).rev() {
            for handle in [&real, &decoy] {
                let answer = recovery::verify(&t.cx, &meta(), handle, "000000").await;
                match left {
                    0 => assert_matches!(answer, Err(VerifyError::Dead)),
                    left => assert_matches!(answer, Err(VerifyError::Wrong { tries_left }) if tries_left == left),
                }
            }
        }
        let views = [recovery::view(&t.cx, &real).await, recovery::view(&t.cx, &decoy).await];
        let [real, decoy] = views.map(|view| view.expect("answers").expect("a page"));
        assert_eq!(real, decoy);
    }

    async fn a_code_after_the_last_try_is_told_once_a_minute(t: Bench) {
        let handle = starts(&t, 0).await.expect("starts");
        for _ in 0..5 {
            recovery::verify(&t.cx, &meta(), &handle, "000000").await.expect_err("is wrong");
        }
        let before = rows_by_table(t.database.url()).await;
        for _ in 0..100 {
            assert_matches!(recovery::verify(&t.cx, &meta(), &handle, "000000").await, Err(VerifyError::Dead));
        }
        let after = rows_by_table(t.database.url()).await;
        assert_eq!(after["audit"], before["audit"] + 1);
        assert_eq!(t.cx.refusals.left_out(), 99);
        t.advance(Duration::from_secs(60));
        recovery::verify(&t.cx, &meta(), &handle, "000000").await.expect_err("is dead");
        assert_eq!(rows_by_table(t.database.url()).await["audit"], before["audit"] + 2);
    }
}
