//! One address cannot use up the messages of an account: a share is kept for addresses that have not asked for it.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use rekey_domain::throttle::Refusal;
use rekey_service::recovery::{self, StartError};
use rekey_service::registration::{self, Start};
use rekey_service::setting::RecoveryThrottle;
use rekey_testkit::bench::meta_from;
use rekey_testkit::{Bench, assert_matches, on_both_databases};

const ADA: &str = "ada@example.org";
const STRANGER: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 9));
const OWNER: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 7));

/// Ada's account, from so long ago that the code of its registration no longer counts.
async fn account(t: &Bench) {
    t.account(ADA).await;
    t.advance(Duration::from_secs(3600));
}

/// Asks so many times, a minute apart, and gives how many messages went out.
async fn asks(t: &Bench, from: impl Fn(u16) -> IpAddr, times: u16) -> usize {
    let mut sent = 0;
    for nth in 0..times {
        // What is refused looks like what is not, and after some of it is told: both are no message.
        let _ = recovery::start(&t.cx, &meta_from(from(nth)), ADA).await;
        sent += t.deliver().await.len();
        t.advance(Duration::from_secs(61));
    }
    sent
}

/// The nth address of one /64.
fn in_one_network(nth: u16) -> IpAddr {
    Ipv6Addr::new(0x2001, 0xdb8, 1, 1, nth, 0, 0, 1).into()
}

/// An address in the nth /64.
fn in_network(nth: u16) -> IpAddr {
    Ipv6Addr::new(0x2001, 0xdb8, 2, nth, 0, 0, 0, 1).into()
}

on_both_databases! {
    async fn a_stranger_at_one_address_leaves_the_owner_two_messages(t: Bench) {
        account(&t).await;
        assert_eq!(asks(&t, |_| STRANGER, 10).await, 3);
        assert_eq!(asks(&t, |_| OWNER, 3).await, 1, "the owner's first");
        assert_eq!(asks(&t, |_| IpAddr::from([192, 0, 2, 200]), 3).await, 1, "at another address of theirs");
        assert_eq!(asks(&t, in_network, 3).await, 0, "five within the hour, however many addresses");
        t.advance(Duration::from_secs(3600));
        assert_eq!(asks(&t, |_| STRANGER, 10).await, 3, "the next hour");
    }

    async fn the_owner_does_not_wait_for_a_stranger(t: Bench) {
        account(&t).await;
        recovery::start(&t.cx, &meta_from(STRANGER), ADA).await.expect("starts");
        recovery::start(&t.cx, &meta_from(OWNER), ADA).await.expect("starts");
        recovery::start(&t.cx, &meta_from(STRANGER), ADA).await.expect("looks like it");
        // The first of them is dead by now: a newer recovery was resolved, and one message would open nothing.
        let sent = t.deliver().await.len();
        assert!((1..=2).contains(&sent), "{sent}");
    }

    async fn addresses_of_one_network_are_one(t: Bench) {
        account(&t).await;
        assert_eq!(asks(&t, in_one_network, 10).await, 3);
        assert_eq!(asks(&t, |_| OWNER, 1).await, 1);
    }

    async fn who_has_many_networks_can_still_use_up_all_of_it(t: Bench) {
        account(&t).await;
        assert_eq!(asks(&t, in_network, 10).await, 5);
        assert_eq!(asks(&t, |_| OWNER, 1).await, 0, "what is left to do is in the documentation");
    }

    async fn registrations_with_the_owners_address_use_up_no_more(t: Bench) {
        account(&t).await;
        let mut sent = 0;
        for _ in 0..10 {
            let start = Start { identifier: ADA.to_owned(), owner: None, consent: true };
            let _ = registration::start(&t.cx, &meta_from(STRANGER), start).await;
            sent += t.deliver().await.len();
            t.advance(Duration::from_secs(61));
        }
        assert_eq!(sent, 3, "word that there is an account");
        assert_eq!(asks(&t, |_| OWNER, 1).await, 1);
    }

    async fn the_limits_of_commerce_stay_what_they_are(t: Bench) {
        account(&t).await;
        let t = t.with(|settings| settings.recovery.throttle = RecoveryThrottle::commerce()).await;
        for _ in 0..5 {
            recovery::start(&t.cx, &meta_from(STRANGER), ADA).await.expect("five from one address");
            t.advance(Duration::from_secs(601));
        }
        let owner = recovery::start(&t.cx, &meta_from(OWNER), ADA).await;
        assert_matches!(owner, Err(StartError::Throttled(Refusal::TooMany)));
    }
}
