//! Everything that can be done to two accounts, at once, over two nodes: nothing waits for what waits for it.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rekey_domain::GroupId;
use rekey_domain::audit::Actor;
use rekey_domain::group::GroupName;
use rekey_domain::right::{Role, RoleHolder, RoleScope};
use rekey_service::message::compose::Message;
use rekey_service::password::Change;
use rekey_service::recovery::ProofSource;
use rekey_service::right::By;
use rekey_service::{Services, freeze, group, job, operator, password, recovery, role, sessions, sign_in};
use rekey_shared::Secret;
use rekey_store::ContentionCounts;
use rekey_testkit::assurance::scale;
use rekey_testkit::bench::{BETTER, GOOD, browser, choice, link_in, meta, not_me_in, quick_settings};
use rekey_testkit::{Bench, Database, SeededRng};
use sea_orm::{ConnAcquireErr, DbErr};

const ACCOUNTS: [&str; 2] = ["ada@example.org", "bob@example.org"];
const SEED: u64 = 0x5707;
const TASKS: u64 = 12;

/// What is known to all tasks of the storm.
struct Storm {
    nodes: [Services; 2],
    groups: [GroupId; 2],
    stop: AtomicBool,
}

/// An outcome that is a decision is as good as success; a failure of ours is none.
fn decided<T, E: Debug>(what: &str, outcome: Result<T, E>) -> Option<T> {
    if let Err(error) = &outcome {
        let shown = format!("{error:?}");
        assert!(!shown.contains("Unexpected") && !shown.contains("Busy"), "{what}: {shown}");
    }
    outcome.ok()
}

async fn signed_in(cx: &Services, name: &str, number: u8) -> Option<sign_in::Caller> {
    for word in [GOOD, BETTER] {
        let meta = rekey_service::RequestMeta { browser: browser(number), ..meta() };
        let outcome = sign_in::sign_in(cx, &meta, name, Secret::new(word)).await;
        if let Some(token) = decided("sign-in", outcome) {
            return sign_in::authenticate(cx, &token.expose()).await.expect("answers");
        }
    }
    None
}

async fn use_session(cx: &Services, name: &str, number: u8, way: u64) {
    let Some(caller) = signed_in(cx, name, number).await else { return };
    match way {
        0 => {
            decided("others end", sessions::end_others(cx, &meta(), &caller).await);
        }
        1 => {
            decided("sign-out", sign_in::sign_out(cx, &meta(), &caller).await);
        }
        _ => {
            let input =
                Change { current_password: GOOD.into(), new_password: BETTER.into(), confirm_password: BETTER.into() };
            decided("change", password::change(cx, &meta(), &caller, input).await);
        }
    }
}

async fn operate(cx: &Services, name: &str, way: u64) {
    match way {
        0 => _ = decided("disable", operator::disable(cx, name).await),
        1 | 2 => _ = decided("enable", operator::enable(cx, name).await),
        3 => _ = decided("unlock", operator::unlock(cx, name).await),
        4 => _ = decided("mark", operator::require_change(cx, name).await),
        5 => _ = decided("release", operator::release(cx, name).await),
        6 => _ = decided("set", password::set_by_operator(cx, name, &GOOD.into()).await),
        _ => _ = decided("job", job::require_change(cx, Actor::Operator).await),
    }
}

async fn group_and_role(cx: &Services, storm: &Storm, name: &str, way: u64) {
    let Some(account) = decided("find", operator::find(cx, name).await) else { return };
    let (group, by) = (storm.groups[usize::from(way.is_multiple_of(2))], By::Operator);
    let (holder, scope) = (RoleHolder::Account(account.id), RoleScope::Group(group));
    match way {
        0 | 1 => _ = decided("join", group::join(cx, by, group, account.id).await),
        2 | 3 => _ = decided("leave", group::leave(cx, by, group, account.id).await),
        4 => _ = decided("grant", role::grant(cx, by, holder, Role::Owner, scope, None).await),
        _ => _ = decided("revoke", role::revoke(cx, by, holder, Role::Owner, scope).await),
    }
}

/// One person after the other, until the time is over.
async fn act(storm: Arc<Storm>, task: u64, rounds: u64) {
    let mut rng = SeededRng::new(SEED + task);
    for _ in 0..rounds {
        let name = ACCOUNTS[usize::from(rng.below(2) == 0)];
        let cx = &storm.nodes[usize::from(rng.below(2) == 0)];
        match rng.below(8) {
            0 | 1 => _ = decided("start", recovery::start(cx, &meta(), name).await),
            2..=4 => use_session(cx, name, u8::try_from(task).expect("few"), rng.below(3)).await,
            5 | 6 => operate(cx, name, rng.below(8)).await,
            _ => group_and_role(cx, &storm, name, rng.below(6)).await,
        }
    }
}

/// Follows the links of messages as they come, on both nodes at once.
async fn follow(storm: &Storm, messages: Vec<Message>) {
    let mut tasks = Vec::new();
    for message in messages {
        let one = [message];
        for (cx, word) in storm.nodes.iter().cloned().zip([GOOD, BETTER]) {
            let (link, not_me) = (link_in(&one), not_me_in(&one));
            tasks.push(tokio::spawn(async move {
                if let Some(link) = link {
                    decided("complete", recovery::complete(&cx, &meta(), ProofSource::Link(&link), choice(word)).await);
                }
                if let Some(token) = not_me {
                    decided("freeze", freeze::freeze(&cx, &meta(), &token).await);
                }
            }));
        }
    }
    for task in tasks {
        task.await.expect("no failure");
    }
}

async fn storm(t: &Bench) -> Arc<Storm> {
    for name in ACCOUNTS {
        t.account(name).await;
    }
    let mut groups = Vec::new();
    for name in ["north", "south"] {
        let name = GroupName::parse(name).expect("a name");
        groups.push(group::create(&t.cx, By::Operator, name).await.expect("creates").id);
    }
    let groups = groups.try_into().expect("two");
    Arc::new(Storm { nodes: [t.cx.clone(), t.another_node().await], groups, stop: AtomicBool::new(false) })
}

/// A failure of ours, through an operation's own error.
fn start_error(error: DbErr) -> recovery::StartError {
    recovery::StartError::Unexpected(rekey_store::Unexpected::from(error).into())
}

#[test]
fn being_in_the_way_is_told_from_being_broken() {
    let busy = start_error(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout));
    assert!(rekey_store::Unexpected::among_causes_of(&busy).is_some_and(rekey_store::Unexpected::is_busy));
    assert!(matches!(busy, recovery::StartError::Unexpected(failure) if failure.is_busy()));
    assert!(
        matches!(start_error(DbErr::RecordNotInserted), recovery::StartError::Unexpected(failure) if !failure.is_busy())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_waits_for_what_waits_for_it() {
    println!("seed {SEED:#x}");
    let mut settings = quick_settings();
    settings.recovery.throttle.limits.clear();
    settings.recovery.throttle.alone = true;
    let t = Bench::over(Database::postgres().await, settings).await;
    let storm = storm(&t).await;
    let rounds = scale(40, 400) as u64;
    let tasks: Vec<_> = (0..TASKS).map(|task| tokio::spawn(act(Arc::clone(&storm), task, rounds))).collect();
    let ended = tokio::spawn({
        let storm = Arc::clone(&storm);
        async move {
            for task in tasks {
                task.await.expect("no failure");
            }
            storm.stop.store(true, Ordering::SeqCst);
        }
    });
    let mut followed = 0;
    while !storm.stop.load(Ordering::SeqCst) {
        let messages = t.deliver().await;
        followed += messages.len();
        follow(&storm, messages).await;
        t.run_jobs().await;
        t.advance(Duration::from_secs(1));
    }
    ended.await.expect("no failure");
    println!("{followed} messages");
    assert!(followed > 10, "{followed} messages: nothing was tested");
    for node in &storm.nodes {
        assert_eq!(node.store.contention(), ContentionCounts::default(), "something waited for what waited for it");
    }
}
