//! One secret, one use; budgets hold exactly: 200 at once, over three nodes, on both databases.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::time::Duration;

use rekey_domain::journey::challenge::Challenge;
use rekey_domain::journey::owner::Owner;
use rekey_domain::journey::{self, Journey, JourneyKind};
use rekey_domain::{Account, ChallengeId, JourneyId};
use rekey_service::registration::{self, Complete, Start};
use rekey_service::{PlainToken, Services, freeze, owner, recovery, sign_in};
use rekey_shared::Secret;
use rekey_testkit::assurance::{measured, scale};
use rekey_testkit::bench::{BETTER, GOOD, choice, code_in, last_segment, meta, not_me_in};
use rekey_testkit::{Bench, on_both_databases};

async fn nodes(t: &Bench) -> Vec<Services> {
    vec![t.cx.clone(), t.another_node().await, t.another_node().await]
}

/// Runs the same thing at once on all nodes and gives how many succeeded.
async fn in_parallel<F, Fut>(nodes: &[Services], act: F) -> usize
where
    F: Fn(Services, usize) -> Fut,
    Fut: Future<Output = bool> + Send + 'static,
{
    winners(nodes, act).await.len()
}

/// Runs the same thing at once on all nodes and gives which of them succeeded.
async fn winners<F, Fut>(nodes: &[Services], act: F) -> Vec<usize>
where
    F: Fn(Services, usize) -> Fut,
    Fut: Future<Output = bool> + Send + 'static,
{
    let tasks: Vec<_> = (0..scale(200, 1000)).map(|n| tokio::spawn(act(nodes[n % nodes.len()].clone(), n))).collect();
    let all = tasks.len();
    let mut succeeded = Vec::new();
    for (n, task) in tasks.into_iter().enumerate() {
        if task.await.expect("no panic") {
            succeeded.push(n);
        }
    }
    measured("P1", &format!("{} of {all} at once over {} nodes got through", succeeded.len(), nodes.len()));
    succeeded
}

fn password_number(n: usize) -> String {
    format!("{BETTER} number {n}")
}

async fn journey_of(t: &Bench, handle: &str) -> Journey {
    let digest = PlainToken::parse(handle).expect("a handle").digest();
    t.cx.store.find_journey(JourneyKind::Recovery, digest).await.expect("answers").expect("a journey")
}

async fn account_of(t: &Bench, handle: &str) -> Account {
    let id = journey_of(t, handle).await.subject.account().expect("resolved");
    t.cx.store.find_account(id).await.expect("answers").expect("an account")
}

/// A second recovery of the same account that is proven at the same time. The services never leave two of them, so its
/// rows are written here.
async fn proven_beside(t: &Bench, first: &str) -> String {
    let (account, first, now) = (account_of(t, first).await, journey_of(t, first).await, t.cx.clock.now());
    let asked = t.cx.store.list_challenges(first.id).await.expect("answers")[0];
    let handle = PlainToken::generate(t.cx.entropy.as_ref());
    let second = Journey { id: JourneyId::new(now, [7; 10]), handle: handle.digest(), ..first };
    let (id, owner) = (ChallengeId(second.id.0), Owner::Journey(second.id));
    let asked = Challenge { id, owner, link: None, spent_at: None, ..asked };
    let granted = journey::prove(&second, &asked, Some(&account), true, now).expect("granted");
    let tx = t.cx.store.begin_write().await.expect("begins");
    tx.insert_journey(&second).await.expect("inserts");
    assert!(tx.insert_challenge(&asked).await.expect("inserts"));
    assert!(tx.prove_challenge(&granted).await.expect("proves"));
    tx.commit().await.expect("commits");
    handle.expose()
}

on_both_databases! {
    async fn one_link_is_redeemed_once(t: Bench) {
        t.account("ada@example.org").await;
        let link = t.recovery_link("ada@example.org").await;
        let won = in_parallel(&nodes(&t).await, move |cx, n| {
            let link = link.clone();
            async move {
                let password = format!("{BETTER} number {n}");
                recovery::complete(&cx, &meta(), recovery::ProofSource::Link(&link), choice(&password)).await.is_ok()
            }
        })
        .await;
        assert_eq!(won, 1);
        assert_eq!(t.deliver().await.len(), 1, "one notice");
    }

    async fn one_proven_code_is_redeemed_once(t: Bench) {
        t.account("ada@example.org").await;
        let (handle, messages) = t.ask("ada@example.org").await;
        let code = code_in(&messages).expect("a code");
        recovery::verify(&t.cx, &meta(), &handle, &code).await.expect("right");
        let won = in_parallel(&nodes(&t).await, move |cx, _| {
            let handle = handle.clone();
            async move { recovery::complete(&cx, &meta(), recovery::ProofSource::Journey(&handle), choice(BETTER)).await.is_ok() }
        })
        .await;
        assert_eq!(won, 1);
    }

    async fn two_proven_recoveries_of_one_account_set_one_password(t: Bench) {
        t.account("ada@example.org").await;
        t.add_identifier("ada@example.org", "+819012345678").await;
        let (first, messages) = t.ask("ada@example.org").await;
        recovery::verify(&t.cx, &meta(), &first, &code_in(&messages).expect("a code")).await.expect("right");
        let handles = [first.clone(), proven_beside(&t, &first).await];
        let before = account_of(&t, &first).await.epoch;
        let winners = winners(&nodes(&t).await, move |cx, n| {
            let handle = handles[n % 2].clone();
            async move {
                let chosen = choice(&password_number(n));
                recovery::complete(&cx, &meta(), recovery::ProofSource::Journey(&handle), chosen).await.is_ok()
            }
        })
        .await;
        let [winner] = winners[..] else { panic!("one password, not {winners:?}") };
        assert_eq!(account_of(&t, &first).await.epoch.0, before.0 + 1, "one new epoch");
        assert_eq!(t.deliver().await.len(), 2, "one set of notices: to the address and to the number");
        t.sign_in("ada@example.org", &password_number(winner)).await.expect("the winner's password");
    }

    async fn one_registration_makes_one_account(t: Bench) {
        let start = Start { identifier: "ada@example.org".to_owned(), owner: None, consent: true };
        let handle = registration::start(&t.cx, &meta(), start).await.expect("starts").expose();
        let code = code_in(&t.deliver().await).expect("a code");
        registration::verify(&t.cx, &meta(), &handle, &code).await.expect("right");
        let won = in_parallel(&nodes(&t).await, move |cx, _| {
            let handle = handle.clone();
            async move { registration::complete(&cx, &meta(), &handle, details()).await.is_ok() }
        })
        .await;
        assert_eq!(won, 1);
    }

    async fn one_owners_link_makes_one_owner(t: Bench) {
        let token = last_segment(&owner::make_link(&t.cx).await.expect("makes")).expect("a token");
        let mut handles = Vec::new();
        for n in 0..8 {
            let start = Start { identifier: format!("o{n}@example.org"), owner: Some(token.clone()), consent: true };
            let handle = registration::start(&t.cx, &meta(), start).await.expect("starts").expose();
            let code = code_in(&t.deliver().await).expect("a code");
            registration::verify(&t.cx, &meta(), &handle, &code).await.expect("right");
            handles.push(handle);
        }
        let won = in_parallel(&nodes(&t).await, move |cx, n| {
            let handle = handles[n % handles.len()].clone();
            async move { registration::complete(&cx, &meta(), &handle, details()).await.is_ok() }
        })
        .await;
        assert_eq!(won, 1);
    }

    async fn one_objection_freezes_once(t: Bench) {
        t.account("ada@example.org").await;
        let link = t.recovery_link("ada@example.org").await;
        t.complete_by_link(&link, BETTER).await.expect("completes");
        let token = not_me_in(&t.deliver().await).expect("a way to object");
        let won = in_parallel(&nodes(&t).await, move |cx, _| {
            let token = token.clone();
            async move { freeze::freeze(&cx, &meta(), &token).await.is_ok() }
        })
        .await;
        assert_eq!(won, 1);
    }

    async fn wrong_passwords_are_evaluated_within_the_budget(t: Bench) {
        t.account_with("ada@example.org", "ada", GOOD).await;
        let nodes = nodes(&t).await;
        let before: u64 = nodes.iter().map(|cx| cx.hasher.evaluated()).sum();
        let won = in_parallel(&nodes, |cx, n| async move {
            let alias = ["ada@example.org", "ADA@example.org", "ada"][n % 3];
            sign_in::sign_in(&cx, &meta(), alias, Secret::new(format!("wrong guess number {n}"))).await.is_ok()
        })
        .await;
        let after: u64 = nodes.iter().map(|cx| cx.hasher.evaluated()).sum();
        assert_eq!((won, after - before), (0, 5), "counted inside the verifier");
    }

    async fn wrong_codes_are_evaluated_within_the_budget(t: Bench) {
        t.account("ada@example.org").await;
        let (handle, messages) = t.ask("ada@example.org").await;
        let right = code_in(&messages).expect("a code");
        let nodes = nodes(&t).await;
        let won = in_parallel(&nodes, move |cx, n| {
            let (handle, right) = (handle.clone(), right.clone());
            async move {
                let guess = format!("{n:06}");
                guess != right && recovery::verify(&cx, &meta(), &handle, &guess).await.is_ok()
            }
        })
        .await;
        let evaluated: u64 =
            nodes.iter().map(|cx| cx.answers_evaluated.load(std::sync::atomic::Ordering::SeqCst)).sum();
        // One more was evaluated when the account was registered.
        assert_eq!((won, evaluated), (0, 5 + 1));
    }

    async fn new_journeys_do_not_bring_new_guesses_without_end(t: Bench) {
        t.account("ada@example.org").await;
        // Without it most of the journeys below would be decoys, and prove nothing about guesses.
        let t = t.with(|settings| settings.recovery.throttle.limits.clear()).await;
        let t = t.with(|settings| settings.sends.per_hour_target = 0).await;
        let before = t.cx.answers_evaluated.load(std::sync::atomic::Ordering::SeqCst);
        for _ in 0..5 {
            let (handle, messages) = t.ask("ada@example.org").await;
            let wrong = if code_in(&messages).as_deref() == Some("000000") { "000001" } else { "000000" };
            for _ in 0..5 {
                recovery::verify(&t.cx, &meta(), &handle, wrong).await.expect_err("wrong");
            }
            t.advance(Duration::from_secs(5));
        }
        let evaluated = t.cx.answers_evaluated.load(std::sync::atomic::Ordering::SeqCst) - before;
        assert_eq!(evaluated, 10, "ten in a row, whatever the journey; then the waits begin");
    }

    async fn two_hundred_requests_send_no_more_than_the_throttle_allows(t: Bench) {
        t.account("ada@example.org").await;
        t.advance(Duration::from_secs(3600));
        in_parallel(&nodes(&t).await, |cx, _| async move { recovery::start(&cx, &meta(), "ada@example.org").await.is_ok() }).await;
        assert_eq!(t.deliver().await.len(), 1, "a minute between two");
    }
}

fn details() -> Complete {
    Complete { new_password: GOOD.into(), confirm_password: GOOD.into(), ..Complete::default() }
}
