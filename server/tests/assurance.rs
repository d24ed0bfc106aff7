//! Promises that only whole programs can keep: three processes over one PostgreSQL.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use rekey_testkit::assurance::{measured, scale};
use rekey_testkit::bench::{BETTER, GOOD};
use rekey_testkit::site::{Browser, Scripts, Topic, paths};
use rekey_testkit::{Database, TestSite};
use tokio::task::JoinSet;

const ADA: &str = "ada@example.org";
const NODES: usize = 3;

async fn three_processes() -> TestSite {
    TestSite::program().nodes(NODES).on(Database::postgres().await).start().await
}

/// What a redemption came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Redeemed {
    Yes,
    No,
    /// Turned away before anything was looked at: to be tried again.
    Busy,
}

async fn redeem(browser: &mut Browser, password: &str) -> Redeemed {
    let form = [("new_password", password), ("confirm_password", password)];
    let answer = browser.post(Scripts::On, paths::RECOVERY_COMPLETE, &form).await;
    match answer.body.as_str() {
        _ if answer.is_success() => Redeemed::Yes,
        body if body.contains("\"busy\"") => Redeemed::Busy,
        body => {
            // Of those that come before the link is spent, ten are hashed an hour.
            let refused = body.contains("\"link_not_valid\"") || body.contains("\"too_many_requests\"");
            assert!(refused, "{body}");
            Redeemed::No
        }
    }
}

/// P1: of many who redeem one link at once, over three processes, one succeeds; the others are refused, and there is
/// one notice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_is_redeemed_once_over_three_processes() {
    let (site, all) = (three_processes().await, scale(120, 1000));
    site.register(ADA).await;
    let link = site.recovery_link(ADA).await;
    let mut first = site.browser(0);
    first.get(&format!("{}{}", paths::RECOVERY_LINK, link.token)).await;
    let mut tasks = JoinSet::new();
    for nth in 0..all {
        let mut browser = first.clone().beginning_at(nth % NODES);
        tasks.spawn(async move {
            let password = format!("{BETTER} number {nth}");
            let mut redeemed = redeem(&mut browser, &password).await;
            while redeemed == Redeemed::Busy {
                redeemed = redeem(&mut browser, &password).await;
            }
            (nth, redeemed)
        });
    }
    let won: Vec<_> = tasks.join_all().await.into_iter().filter(|(_, redeemed)| *redeemed == Redeemed::Yes).collect();
    assert_eq!(won.len(), 1, "{won:?}");
    let told = site.deliver().await.iter().filter(|message| Topic::of(message) == Topic::PasswordChanged).count();
    assert_eq!(told, 1, "one notice");
    assert!(site.accepts(ADA, &format!("{BETTER} number {}", won[0].0)).await && !site.accepts(ADA, GOOD).await);
    measured("P1", &format!("{all} redemptions of one link at once over {NODES} processes: 1 got through, 1 notice"));
}

/// P5: from the moment at which a reset is acknowledged no older session is taken by any process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_evicts_every_session_from_every_process() {
    let (site, all) = (three_processes().await, scale(300, 10_000));
    site.register(ADA).await;
    let mut sessions = Vec::new();
    for _ in 0..10 {
        let mut browser = site.signed_in(ADA, GOOD).await;
        for _ in 0..NODES {
            assert_eq!(browser.get("/account").await.status.as_u16(), 200, "every node has seen it");
        }
        sessions.push(browser);
    }
    let older = site.recovery_link(ADA).await;
    site.advance(std::time::Duration::from_secs(61)).await;
    let link = site.recovery_link(ADA).await;
    site.reset(&link.token, BETTER).await;
    let mut tasks = JoinSet::new();
    for worker in 0..20 {
        let browser = sessions[worker % sessions.len()].clone().beginning_at(worker);
        let requests = all / 20;
        tasks.spawn(async move {
            let mut taken = 0;
            for nth in 0..requests {
                // A copy each time: the browser forgets a session that is refused.
                let answer = browser.clone().beginning_at(worker + nth).get("/account").await;
                taken += usize::from(answer.status.as_u16() == 200);
            }
            taken
        });
    }
    let taken: usize = tasks.join_all().await.into_iter().sum();
    assert_eq!(taken, 0, "an older session was taken");
    let mut late = site.browser(1);
    late.get(&format!("{}{}", paths::RECOVERY_LINK, older.token)).await;
    assert_eq!(redeem(&mut late, GOOD).await, Redeemed::No, "and so is an older link");
    measured(
        "P5",
        &format!("{all} requests with 10 older sessions over {NODES} processes after the reset: {taken} taken"),
    );
}
