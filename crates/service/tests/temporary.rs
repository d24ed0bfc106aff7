//! Temporary passwords over real databases.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::time::Duration;

use rekey_domain::account::state::AccountState;
use rekey_domain::right::{Role, RoleHolder, RoleScope};
use rekey_service::message::compose::MessageBody;
use rekey_service::password::{self, Change, ChangeError};
use rekey_service::registration::{self, Start};
use rekey_service::right::By;
use rekey_service::setting::RecoveryKind;
use rekey_service::sign_in::{self, SignInError};
use rekey_service::{Services, freeze, operator, owner, recovery, role};
use rekey_shared::Secret;
use rekey_shared::password::History;
use rekey_shared::view::ChangeReason;
use rekey_testkit::bench::{BETTER, GOOD, code_in, last_segment, link_in, meta, not_me_in, temporary_in};
use rekey_testkit::{Bench, assert_matches, on_both_databases};

const ADA: &str = "ada@example.org";
const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);

/// Ada, where a forgotten password brings a temporary one.
async fn bench(t: Bench) -> Bench {
    t.account(ADA).await;
    t.with(|settings| settings.recovery.kind = RecoveryKind::TemporaryPassword).await
}

/// Asks, and gives the temporary password that was mailed.
async fn mailed(t: &Bench, identifier: &str) -> String {
    temporary_in(&t.ask(identifier).await.1).expect("a temporary password was mailed")
}

fn chosen(new: &str) -> Change {
    Change { current_password: Secret::default(), new_password: new.into(), confirm_password: new.into() }
}

async fn stands(t: &Bench) -> AccountState {
    let found = t.cx.store.find_account_by(rekey_shared::identifier::IdentifierKind::Email, ADA).await;
    let (account, _) = found.expect("answers").expect("an account");
    rekey_service::account::state::of(&t.cx, &account).await.expect("answers")
}

on_both_databases! {
    async fn it_opens_one_session_that_may_only_choose_a_password(t: Bench) {
        let t = bench(t).await;
        assert_eq!(stands(&t).await, AccountState::Active);
        let temporary = mailed(&t, ADA).await;
        assert_eq!(stands(&t).await, AccountState::Pending);
        t.advance(MINUTE);
        let token = t.sign_in(ADA, &temporary.to_lowercase().replace('-', "")).await.expect("however it is typed");
        assert_matches!(t.sign_in(ADA, &temporary).await, Err(SignInError::Refused), "once");
        let caller = t.authenticate(&token).await.expect("signed in");
        assert_eq!(caller.must_change, Some(ChangeReason::Temporary));
        assert_eq!(stands(&t).await, AccountState::Pending, "until there is a permanent one");

        let after = password::change(&t.cx, &meta(), &caller, chosen(BETTER)).await.expect("its own proof");
        assert!(t.authenticate(&token).await.is_none());
        assert_eq!(t.authenticate(&after).await.expect("goes on").must_change, None);
        assert_eq!(stands(&t).await, AccountState::Active);
        t.sign_in(ADA, BETTER).await.expect("the permanent one");
        assert_matches!(t.sign_in(ADA, GOOD).await, Err(SignInError::Refused));
    }

    async fn the_permanent_one_works_until_it_is_replaced(t: Bench) {
        let t = bench(t).await;
        mailed(&t, ADA).await;
        let caller = t.caller(ADA, GOOD).await;
        assert_eq!(caller.must_change, None, "anyone may ask for anyone");
    }

    async fn it_dies_after_a_day_with_a_newer_one_and_with_every_change(t: Bench) {
        let t = bench(t).await;
        let late = mailed(&t, ADA).await;
        t.advance(24 * HOUR);
        assert_matches!(t.sign_in(ADA, &late).await, Err(SignInError::Refused), "a day old");

        let older = mailed(&t, ADA).await;
        t.advance(2 * MINUTE);
        let newer = mailed(&t, ADA).await;
        assert_matches!(t.sign_in(ADA, &older).await, Err(SignInError::Refused), "a newer one came");
        let caller = t.caller(ADA, GOOD).await;
        let change = Change { current_password: GOOD.into(), ..chosen(BETTER) };
        password::change(&t.cx, &meta(), &caller, change).await.expect("changes");
        assert_matches!(t.sign_in(ADA, &newer).await, Err(SignInError::Refused), "the password changed");

        t.advance(HOUR);
        let disabled = mailed(&t, ADA).await;
        operator::disable(&t.cx, ADA).await.expect("disables");
        operator::enable(&t.cx, ADA).await.expect("enables");
        assert_matches!(t.sign_in(ADA, &disabled).await, Err(SignInError::Refused), "it was switched off");
    }

    async fn its_session_lasts_half_an_hour(t: Bench) {
        let t = bench(t).await;
        let temporary = mailed(&t, ADA).await;
        let token = t.sign_in(ADA, &temporary).await.expect("signs in");
        t.advance(29 * MINUTE);
        assert!(t.authenticate(&token).await.is_some());
        t.advance(MINUTE);
        assert!(t.authenticate(&token).await.is_none());
    }

    async fn a_later_try_of_its_message_says_the_same(t: Bench) {
        let t = bench(t).await;
        t.advance(60 * MINUTE); // the code of the registration counts as a send, too
        let (handle, messages) = t.ask(ADA).await;
        let first = temporary_in(&messages).expect("a temporary password");
        t.advance(2 * MINUTE);
        recovery::resend(&t.cx, &meta(), &handle).await.expect("sends again");
        assert_eq!(temporary_in(&t.deliver().await), Some(first.clone()));
        t.sign_in(ADA, &first).await.expect("signs in");
        t.advance(2 * MINUTE);
        recovery::resend(&t.cx, &meta(), &handle).await.expect("looks as before");
        assert!(t.deliver().await.is_empty(), "it is used up");
    }

    async fn wrong_guesses_make_the_password_wait_and_not_the_temporary_one(t: Bench) {
        let t = bench(t).await;
        let temporary = mailed(&t, ADA).await;
        for _ in 0..5 {
            assert_matches!(t.sign_in(ADA, "ABCD-EFGH-JKLM-NPQR").await, Err(SignInError::Refused));
        }
        assert_matches!(t.sign_in(ADA, GOOD).await, Err(SignInError::Refused), "must wait");
        t.sign_in(ADA, &temporary).await.expect("no one guesses 80 bits");
        assert_matches!(t.sign_in(ADA, GOOD).await, Err(SignInError::Refused), "and it ends no wait");
    }

    async fn no_one_elses_opens_anything(t: Bench) {
        let t = bench(t).await;
        t.account("bob@example.org").await;
        let temporary = mailed(&t, ADA).await;
        mailed(&t, "bob@example.org").await;
        assert_matches!(t.sign_in("bob@example.org", &temporary).await, Err(SignInError::Refused));
        assert_matches!(t.sign_in("eve@example.org", &temporary).await, Err(SignInError::Refused));
        let caller = t.caller(ADA, GOOD).await;
        let change = Change { current_password: temporary.as_str().into(), ..chosen(BETTER) };
        assert_matches!(password::change(&t.cx, &meta(), &caller, change).await, Err(ChangeError::Fields(_)), "no current password");
        t.sign_in(ADA, &temporary).await.expect("not spent");
    }

    async fn the_policy_is_that_of_a_reset(t: Bench) {
        let t = bench(t).await;
        let t = t
            .with(|settings| {
                settings.policy.history = History { on_change: 4, on_reset: 1 };
                settings.policy.min_age_hours = 24;
                settings.policy.differs_by = 5;
            })
            .await;
        let temporary = mailed(&t, ADA).await;
        let caller = t.caller(ADA, &temporary).await;
        let same = password::change(&t.cx, &meta(), &caller, chosen(GOOD)).await;
        assert_matches!(same, Err(ChangeError::Weak(report)) if report.failed_rules() == ["history"]);
        password::change(&t.cx, &meta(), &caller, chosen(&format!("{GOOD}!"))).await.expect("the old one is not asked for");
    }

    async fn owners_numbers_and_frozen_accounts_get_what_they_always_got(t: Bench) {
        let t = bench(t).await;
        t.account("+1 202 555 0125").await;
        let (_, messages) = t.ask("+1 202 555 0125").await;
        assert!(temporary_in(&messages).is_none() && code_in(&messages).is_some(), "by text message");

        let token = last_segment(&owner::make_link(&t.cx).await.expect("makes")).expect("a token");
        let start = Start { identifier: "owner@example.org".to_owned(), owner: Some(token), consent: true };
        let handle = registration::start(&t.cx, &meta(), start).await.expect("starts").expose();
        let code = code_in(&t.deliver().await).expect("a code");
        registration::verify(&t.cx, &meta(), &handle, &code).await.expect("right");
        let details = registration::Complete {
            new_password: GOOD.into(),
            confirm_password: GOOD.into(),
            ..registration::Complete::default()
        };
        registration::complete(&t.cx, &meta(), &handle, details).await.expect("registers");
        let (_, messages) = t.ask("owner@example.org").await;
        assert!(temporary_in(&messages).is_none() && link_in(&messages).is_some(), "an owner never gets one");

        let temporary = mailed(&t, ADA).await;
        let caller = t.caller(ADA, &temporary).await;
        password::change(&t.cx, &meta(), &caller, chosen(BETTER)).await.expect("changes");
        t.add_identifier(ADA, "a@example.org").await;
        let objection = not_me_in(&t.deliver().await).expect("a way to object");
        freeze::freeze(&t.cx, &meta(), &objection).await.expect("freezes");
        t.deliver().await;
        t.advance(HOUR);
        assert!(t.ask(ADA).await.1.is_empty(), "the address it was changed by");
        let (_, messages) = t.ask("a@example.org").await;
        assert!(temporary_in(&messages).is_none() && link_in(&messages).is_some(), "a frozen account is released by a link");
    }

    async fn while_an_account_has_a_role_its_temporary_password_is_refused(t: Bench) {
        let t = bench(t).await;
        let temporary = mailed(&t, ADA).await;
        let ada = RoleHolder::Account(operator::find(&t.cx, ADA).await.expect("an account").id);
        let ends = Some(t.cx.clock.now().plus(2 * HOUR));
        role::grant(&t.cx, By::Operator, ada, Role::Owner, RoleScope::Everywhere, ends).await.expect("grants");
        assert_matches!(t.sign_in(ADA, &temporary).await, Err(SignInError::Refused));
        t.advance(HOUR);
        let (_, messages) = t.ask(ADA).await;
        assert!(temporary_in(&messages).is_none() && link_in(&messages).is_some(), "she is sent a link instead");
        t.advance(HOUR);
        let temporary = mailed(&t, ADA).await;
        t.sign_in(ADA, &temporary).await.expect("the role has expired");
    }

    async fn a_code_proves_nothing_where_a_temporary_password_was_sent(t: Bench) {
        let t = bench(t).await;
        let (handle, messages) = t.ask(ADA).await;
        assert!(messages.iter().all(|message| matches!(message.content, MessageBody::TemporaryPassword { .. })));
        for _ in 0..4 {
            recovery::verify(&t.cx, &meta(), &handle, "123456").await.expect_err("a decoy");
        }
        assert!(recovery::policy(&t.cx, recovery::ProofSource::Journey(&handle)).await.expect("answers").is_none());
    }

    async fn of_a_crowd_that_types_one_at_once_one_gets_in(t: Bench) {
        let t = bench(t).await;
        let t = t.with(|settings| settings.sign_in.lockout.threshold = 0).await;
        let temporary = mailed(&t, ADA).await;
        let nodes = [t.cx.clone(), t.another_node().await, t.another_node().await];
        let one = |cx: Services, typed: String| async move {
            sign_in::sign_in(&cx, &meta(), ADA, typed.as_str().into()).await.is_ok()
        };
        let tasks: Vec<_> = (0..100).map(|n| tokio::spawn(one(nodes[n % 3].clone(), temporary.clone()))).collect();
        let mut won = 0;
        for task in tasks {
            won += usize::from(task.await.expect("no panic"));
        }
        assert_eq!(won, 1);
    }
}

#[tokio::test]
async fn it_is_nowhere_in_the_database() {
    let t = bench(Bench::sqlite().await).await;
    let temporary = mailed(&t, ADA).await;
    t.sign_in(ADA, &temporary).await.expect("signs in");
    let path = t.database.url().trim_start_matches("sqlite://").to_owned();
    let folder = std::path::Path::new(&path).parent().expect("a folder").to_owned();
    let files = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let written: Vec<u8> = files.flat_map(|file| std::fs::read(file).expect("readable")).collect();
    let holds = |text: &str| written.windows(text.len()).any(|piece| piece.eq_ignore_ascii_case(text.as_bytes()));
    assert!(holds(ADA), "the database can be read");
    assert!(!holds(&temporary) && !holds(&temporary.replace('-', "")));
}
