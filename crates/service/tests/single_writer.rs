//! One writer of passwords: every occasion brings exactly what its row of the table says, over real databases, and no
//! other code writes one.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rekey_domain::account::action_token::{ActionToken, ActionTokenKind};
use rekey_domain::password::set::{Effect, SetOccasion};
use rekey_domain::{Account, ActionTokenId, Digest, Status};
use rekey_service::message::compose::MessageBody;
use rekey_service::password::{self, Change, OperatorSetError};
use rekey_service::setting::RecoveryKind;
use rekey_service::{PlainToken, operator};
use rekey_shared::Secret;
use rekey_shared::identifier::IdentifierKind;
use rekey_shared::password::History;
use rekey_testkit::bench::{BETTER, GOOD, meta, temporary_in};
use rekey_testkit::{Bench, assert_matches, on_both_databases};

const ADA: &str = "ada@example.org";
const WRONG: &str = "not the password at all";

async fn account(t: &Bench) -> Account {
    let found = t.cx.store.find_account_by(IdentifierKind::Email, ADA).await.expect("answers");
    found.expect("an account").0
}

/// A temporary password that was never sent: open until something revokes it.
async fn open_secret(t: &Bench, account: &Account) -> ActionTokenId {
    let now = account.created_at;
    let token = ActionToken {
        id: ActionTokenId::new(now, [0; 10]),
        kind: ActionTokenKind::TemporaryPassword,
        digest: Digest([77; 32]),
        account: Some(account.id),
        disputed: None,
        created_at: now,
        expires_at: now.plus(Duration::from_secs(24 * 3600)),
        spent_at: None,
    };
    let tx = t.cx.store.begin_write().await.expect("begins");
    tx.insert_action_token(&token).await.expect("inserts");
    tx.commit().await.expect("commits");
    token.id
}

async fn freeze(t: &Bench, account: &Account) {
    let tx = t.cx.store.begin_write().await.expect("begins");
    assert!(tx.freeze_account(account.id, None, 4, account.created_at).await.expect("freezes"));
    tx.commit().await.expect("commits");
}

/// Four failures: one more locks the account unless they are forgotten.
async fn fail_four_times(t: &Bench) {
    for _ in 0..4 {
        assert!(t.sign_in(ADA, WRONG).await.is_err());
    }
}

async fn change(t: &Bench, opened_by: &str, current: &str) {
    let caller = t.caller(ADA, opened_by).await;
    fail_four_times(t).await;
    let input =
        Change { current_password: current.into(), new_password: BETTER.into(), confirm_password: BETTER.into() };
    password::change(&t.cx, &meta(), &caller, input).await.expect("changes");
}

/// Sets [`BETTER`] as it happens on this occasion; whether the account was frozen before.
async fn happen(t: &Bench, occasion: SetOccasion) -> bool {
    match occasion {
        SetOccasion::Registration => false,
        SetOccasion::Change => {
            change(t, GOOD, GOOD).await;
            false
        }
        SetOccasion::RequiredChange => {
            operator::require_change(&t.cx, ADA).await.expect("marks");
            change(t, GOOD, GOOD).await;
            false
        }
        SetOccasion::AfterTemporary => {
            let temporary = temporary_in(&t.ask(ADA).await.1).expect("a temporary password");
            change(t, &temporary, "").await;
            false
        }
        SetOccasion::Recovery => {
            freeze(t, &account(t).await).await;
            let link = t.recovery_link(ADA).await;
            fail_four_times(t).await;
            t.complete_by_link(&link, BETTER).await.expect("completes");
            true
        }
        SetOccasion::Operator => {
            freeze(t, &account(t).await).await;
            fail_four_times(t).await;
            password::set_by_operator(&t.cx, ADA, &BETTER.into()).await.expect("sets");
            true
        }
    }
}

/// What can be seen of an effect after the occasion.
async fn is_seen(t: &Bench, effect: Effect, before: &Account, session: &PlainToken, secret: ActionTokenId) -> bool {
    let (store, now) = (&t.cx.store, account(t).await);
    match effect {
        Effect::RememberReplaced => {
            let past = store.list_past_passwords(now.id, 9).await.expect("lists");
            past == before.password.clone().into_iter().collect::<Vec<_>>()
        }
        Effect::RaiseEpoch => now.epoch > before.epoch,
        Effect::RequireChange => now.must_change.is_some(),
        Effect::EndSessions => {
            let (session, _) = store.find_session(session.digest()).await.expect("finds").expect("a session");
            session.ended_at.is_some()
        }
        Effect::RevokeSecrets => {
            let token = store.find_action_token_by_id(secret).await.expect("finds").expect("a token");
            !token.is_open(ActionTokenKind::TemporaryPassword, token.created_at)
        }
        Effect::NotifyOwner => {
            t.deliver().await.iter().any(|message| matches!(message.content, MessageBody::PasswordChanged { .. }))
        }
        Effect::Release => now.status == Status::Active,
        // Looked at last: it signs in.
        Effect::ClearBudget => {
            if now.status != Status::Active {
                let tx = store.begin_write().await.expect("begins");
                tx.set_status(now.id, Status::Active, now.created_at).await.expect("sets");
                tx.commit().await.expect("commits");
            }
            assert!(t.sign_in(ADA, WRONG).await.is_err());
            t.sign_in(ADA, BETTER).await.is_ok()
        }
    }
}

async fn bench_for(t: Bench, occasion: SetOccasion) -> Bench {
    t.account(ADA).await;
    t.with(|settings| {
        settings.policy.history = History { on_change: 4, on_reset: 4 };
        if occasion == SetOccasion::AfterTemporary {
            settings.recovery.kind = RecoveryKind::TemporaryPassword;
        }
    })
    .await
}

async fn an_occasion_brings_what_its_row_says(t: Bench, occasion: SetOccasion) {
    let t = bench_for(t, occasion).await;
    let before = account(&t).await;
    let secret = open_secret(&t, &before).await;
    let session = t.sign_in(ADA, GOOD).await.expect("signs in");
    t.advance(Duration::from_secs(120));
    let was_frozen = happen(&t, occasion).await;

    let after = account(&t).await;
    assert_eq!(after.password_changed_at, Some(rekey_service::Clock::now(t.clock.as_ref())), "as young as can be");
    assert_ne!(after.password, before.password);
    for effect in [
        Effect::RememberReplaced,
        Effect::RaiseEpoch,
        Effect::RequireChange,
        Effect::EndSessions,
        Effect::RevokeSecrets,
        Effect::NotifyOwner,
        Effect::Release,
        Effect::ClearBudget,
    ] {
        if effect == Effect::Release && !was_frozen {
            continue;
        }
        let seen = is_seen(&t, effect, &before, &session, secret).await;
        assert_eq!(seen, occasion.has(effect), "{occasion:?} {effect:?}");
    }
}

on_both_databases! {
    async fn a_change_brings_what_its_row_says(t: Bench) {
        an_occasion_brings_what_its_row_says(t, SetOccasion::Change).await;
    }

    async fn a_required_change_brings_what_its_row_says(t: Bench) {
        an_occasion_brings_what_its_row_says(t, SetOccasion::RequiredChange).await;
    }

    async fn a_choice_after_a_temporary_password_brings_what_its_row_says(t: Bench) {
        an_occasion_brings_what_its_row_says(t, SetOccasion::AfterTemporary).await;
    }

    async fn a_recovery_brings_what_its_row_says(t: Bench) {
        an_occasion_brings_what_its_row_says(t, SetOccasion::Recovery).await;
    }

    async fn the_operator_brings_what_its_row_says(t: Bench) {
        an_occasion_brings_what_its_row_says(t, SetOccasion::Operator).await;
    }

    async fn a_registration_brings_a_password_and_nothing_else(t: Bench) {
        t.account(ADA).await;
        let new = account(&t).await;
        assert!(new.password.is_some() && new.must_change.is_none());
        assert_eq!((new.epoch.0, new.password_changed_at), (0, Some(new.created_at)));
        assert!(t.cx.store.list_past_passwords(new.id, 9).await.expect("lists").is_empty());
        assert!(t.deliver().await.is_empty(), "no notice about a password that replaced none");
        t.sign_in(ADA, GOOD).await.expect("signs in");
    }

    async fn the_operators_password_is_held_to_the_policy(t: Bench) {
        t.account(ADA).await;
        let set = async |identifier: &str, password: &str| {
            password::set_by_operator(&t.cx, identifier, &Secret::new(password)).await
        };
        assert_matches!(set("nobody@example.org", BETTER).await, Err(OperatorSetError::NotFound));
        assert_matches!(set(ADA, "").await, Err(OperatorSetError::Fields(_)));
        assert_matches!(set(ADA, "short").await, Err(OperatorSetError::Weak(_)));
        t.sign_in(ADA, GOOD).await.expect("nothing was changed");
    }

    async fn of_all_who_replace_one_password_at_once_one_does(t: Bench) {
        t.account(ADA).await;
        let before = account(&t).await;
        let link = t.recovery_link(ADA).await;
        let mut callers = Vec::new();
        for _ in 0..40 {
            callers.push(t.caller(ADA, GOOD).await);
        }
        let nodes = [t.cx.clone(), t.another_node().await, t.another_node().await];
        let tasks: Vec<_> = callers
            .into_iter()
            .enumerate()
            .map(|(n, caller)| {
                let (cx, link) = (nodes[n % nodes.len()].clone(), link.clone());
                tokio::spawn(async move {
                    let new = format!("{BETTER} number {n}");
                    match n % 3 {
                        0 => password::set_by_operator(&cx, ADA, &Secret::new(new)).await.is_ok(),
                        1 => {
                            let way = rekey_service::recovery::ProofSource::Link(&link);
                            let choice = rekey_testkit::bench::choice(&new);
                            rekey_service::recovery::complete(&cx, &meta(), way, choice).await.is_ok()
                        }
                        _ => {
                            let (new, current) = (Secret::new(new), GOOD.into());
                            let input =
                                Change { current_password: current, confirm_password: new.clone(), new_password: new };
                            password::change(&cx, &meta(), &caller, input).await.is_ok()
                        }
                    }
                })
            })
            .collect();
        let mut done = 0;
        for task in tasks {
            done += i64::from(task.await.expect("no panic"));
        }
        // The operator may come after another replacement: each one that succeeded is one rise of the epoch.
        let after = account(&t).await;
        assert!(done >= 1);
        assert_eq!(after.epoch.0 - before.epoch.0, done);
    }
}

/// Sources of the product: not tests, not the harness.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() && !matches!(name, "tests" | "target" | "testkit" | "xtask" | "node_modules" | "examples") {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// The files whose code has this in it.
fn files_with(mark: &str) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace");
    let mut files = Vec::new();
    for folder in ["crates", "server/src", "app/src", "shared/src"] {
        sources(&root.join(folder), &mut files);
    }
    let has = |path: &PathBuf| {
        let text = fs::read_to_string(path).expect("a file");
        text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(mark))
    };
    let name = |path: PathBuf| path.strip_prefix(&root).expect("within").display().to_string();
    let mut found: Vec<_> = files.into_iter().filter(has).map(name).collect();
    found.sort();
    found
}

#[test]
fn no_other_code_writes_a_password() {
    for store_verb in [".set_password(", ".rehash("] {
        assert_eq!(files_with(store_verb), ["crates/service/src/password/set.rs"], "{store_verb}");
    }
    assert_eq!(files_with("account::Column::Password,"), ["crates/store/src/query/password.rs"]);
    // The rows of accounts are written by no other means.
    for raw in ["INSERT INTO account", "UPDATE account", "account::ActiveModel"] {
        assert_eq!(files_with(raw), [""; 0], "{raw}");
    }
}

/// What runs again when it stood in the way of others is written as a `transaction!`. Migrations and the loading of a
/// backup are not: see ADR 16.
#[test]
fn no_transaction_is_begun_by_hand() {
    assert_eq!(files_with(".begin_write("), ["crates/store/src/transaction/mod.rs"]);
    let inside = ["connect.rs", "dump/load.rs", "transaction/mod.rs"].map(|file| format!("crates/store/src/{file}"));
    assert_eq!(files_with("self.begin()"), inside);
}
