//! "This was not me" over real databases: no one but the account's owner gets it back.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::time::Duration;

use rekey_domain::journey::gate::GatePolicy;
use rekey_domain::journey::method::{Method, MethodSet};
use rekey_domain::{Account, Status};
use rekey_service::freeze::{self, FreezeError};
use rekey_service::message::compose::Message;
use rekey_service::operator::{self, StatusError};
use rekey_service::password::{self, Change};
use rekey_service::recovery::{self, CompleteError, ProofSource};
use rekey_service::sign_in::SignInError;
use rekey_shared::password::History;
use rekey_testkit::bench::{BETTER, GOOD, address_of, choice, code_in, last_segment, meta, not_me_in};
use rekey_testkit::{Bench, assert_matches, on_both_databases};

const ADA: &str = "ada@example.org";
const PHONE: &str = "+819012345678";
const THIRD: &str = "Six softer-words9nowhere";
const MINUTE: Duration = Duration::from_secs(60);

async fn account(t: &Bench) -> Account {
    t.cx.store.find_account_after(None).await.expect("reads").expect("an account")
}

/// Recovers by mail, sets a password and gives back what its owner was told.
async fn recover_by_mail(t: &Bench, password: &str) -> Vec<Message> {
    t.advance(2 * MINUTE);
    let link = t.recovery_link(ADA).await;
    t.complete_by_link(&link, password).await.expect("completes");
    t.deliver().await
}

async fn recover_by_phone(t: &Bench, password: &str) -> Vec<Message> {
    t.advance(2 * MINUTE);
    let (handle, messages) = t.ask(PHONE).await;
    let code = code_in(&messages).expect("a code");
    recovery::verify(&t.cx, &meta(), &handle, &code).await.expect("right");
    recovery::complete(&t.cx, &meta(), ProofSource::Journey(&handle), choice(password)).await.expect("completes");
    t.deliver().await
}

/// An intruder who reads Ada's mail has set [`BETTER`], and she has objected.
async fn frozen(t: &Bench) {
    let told = recover_by_mail(t, BETTER).await;
    freeze::freeze(&t.cx, &meta(), &not_me_in(&told).expect("a way to object")).await.expect("freezes");
    t.deliver().await;
    t.advance(2 * MINUTE);
}

/// The token of the link that the operator hands over.
async fn release(t: &Bench) -> String {
    last_segment(&operator::release(&t.cx, ADA).await.expect("releases")).expect("a token")
}

async fn reason(t: &Bench) -> Option<String> {
    t.run_jobs().await;
    let all = t.cx.store.list_audit(0, None, None, 10_000).await.expect("reads");
    all.iter().rev().find(|next| next.entry.event == "link-refused").and_then(|found| found.entry.reason.clone())
}

on_both_databases! {
    async fn freezing_removes_the_password_and_remembers_it(t: Bench) {
        t.account(ADA).await;
        let t = t.with(|settings| settings.policy.history = History { on_change: 1, on_reset: 1 }).await;
        recover_by_mail(&t, THIRD).await;
        let objected = recover_by_mail(&t, BETTER).await;
        let before = account(&t).await;
        freeze::freeze(&t.cx, &meta(), &not_me_in(&objected).expect("a link")).await.expect("freezes");
        let after = account(&t).await;
        assert_eq!(after.password, None);
        assert!(after.epoch > before.epoch);
        let past = t.cx.store.list_past_passwords(after.id, 9).await.expect("lists");
        assert_eq!(past, [before.password.expect("a password")]);
        for password in [BETTER, THIRD, GOOD] {
            assert_matches!(t.sign_in(ADA, password).await, Err(SignInError::Refused));
        }
        t.advance(60 * MINUTE); // the comparisons with past passwords of this hour are used up
        let link = release(&t).await;
        let again = t.complete_by_link(&link, BETTER).await;
        assert_matches!(again, Err(CompleteError::Weak(report)) if report.failed_rules() == ["history"]);
        t.complete_by_link(&link, GOOD).await.expect("another one is taken");
        t.sign_in(ADA, GOOD).await.expect("signs in");
    }

    async fn the_release_link_sets_a_new_password_and_unfreezes_once(t: Bench) {
        t.account(ADA).await;
        frozen(&t).await;
        let link = release(&t).await;
        assert!(t.deliver().await.is_empty(), "the link is in the operator's hands alone");
        assert_matches!(account(&t).await.status, Status::Frozen { .. });
        assert_matches!(t.sign_in(ADA, BETTER).await, Err(SignInError::Refused), "what was objected to stays dead");
        assert!(recovery::link_is_open(&t.cx, &link).await.expect("answers"));
        assert_matches!(account(&t).await.status, Status::Frozen { .. }, "looking changes nothing");

        t.complete_by_link(&link, THIRD).await.expect("completes");
        assert_eq!(account(&t).await.status, Status::Active);
        t.sign_in(ADA, THIRD).await.expect("signs in");
        assert_matches!(t.sign_in(ADA, BETTER).await, Err(SignInError::Refused));
        assert_matches!(t.complete_by_link(&link, GOOD).await, Err(CompleteError::NotValid), "it works once");
        assert_eq!(reason(&t).await.as_deref(), Some("spent"));
        t.sign_in(ADA, THIRD).await.expect("and the second use changed nothing");
    }

    async fn a_release_link_dies_with_its_time(t: Bench) {
        t.account(ADA).await;
        frozen(&t).await;
        let link = release(&t).await;
        t.advance(t.cx.settings().recovery.link_ttl);
        assert_matches!(t.complete_by_link(&link, THIRD).await, Err(CompleteError::NotValid));
        assert_eq!(reason(&t).await.as_deref(), Some("expired"));
    }

    async fn a_second_release_ends_the_first_link(t: Bench) {
        t.account(ADA).await;
        frozen(&t).await;
        let (first, second) = (release(&t).await, release(&t).await);
        assert_matches!(t.complete_by_link(&first, THIRD).await, Err(CompleteError::NotValid));
        assert_eq!(reason(&t).await.as_deref(), Some("revoked"));
        t.complete_by_link(&second, THIRD).await.expect("completes");
    }

    async fn a_release_link_passes_a_first_gate_that_takes_no_mail(t: Bench) {
        t.account(ADA).await;
        frozen(&t).await;
        let t = t.with(|settings| settings.recovery.gates = GatePolicy::one(MethodSet::of(&[Method::Text]))).await;
        let link = release(&t).await;
        t.complete_by_link(&link, THIRD).await.expect("completes");
    }

    async fn a_release_link_does_not_pass_a_second_gate(t: Bench) {
        t.account(ADA).await;
        frozen(&t).await;
        let t = t.with(|settings| settings.recovery.gates.gates.push(MethodSet::of(&[Method::Authenticator]))).await;
        let link = release(&t).await;
        assert_matches!(t.complete_by_link(&link, THIRD).await, Err(CompleteError::NotValid));
        assert_eq!(reason(&t).await.as_deref(), Some("not_proven"));
        assert_matches!(account(&t).await.status, Status::Frozen { .. });
    }

    async fn the_disputed_address_recovers_nothing_before_or_after_a_release(t: Bench) {
        t.account(ADA).await;
        let intruders = {
            frozen(&t).await;
            t.ask(ADA).await
        };
        assert!(intruders.1.is_empty(), "nothing is sent there");
        let link = release(&t).await;
        t.advance(2 * MINUTE);
        assert!(t.ask(ADA).await.1.is_empty(), "still nothing");
        t.complete_by_link(&link, THIRD).await.expect("the intruder's requests do not end the release");
    }

    async fn another_channel_releases_a_frozen_account_and_the_disputed_one_is_not_told(t: Bench) {
        t.account(ADA).await;
        t.add_identifier(ADA, PHONE).await;
        let told = recover_by_mail(&t, BETTER).await;
        assert_eq!(told.len(), 2, "both channels are told");
        freeze::freeze(&t.cx, &meta(), &not_me_in(&told).expect("a way to object")).await.expect("freezes");
        t.deliver().await;
        t.advance(2 * MINUTE);
        assert!(t.ask(ADA).await.1.is_empty(), "the channel that was objected to stays shut");
        let told = recover_by_phone(&t, THIRD).await;
        t.sign_in(ADA, THIRD).await.expect("released");
        let told: Vec<_> = told.iter().map(address_of).collect();
        assert_eq!(told, [PHONE], "a link there would let the intruder dispute the phone");
    }

    async fn a_later_change_ends_older_ways_to_object(t: Bench) {
        t.account(ADA).await;
        t.add_identifier(ADA, PHONE).await;
        let older = not_me_in(&recover_by_mail(&t, BETTER).await).expect("a link");
        let newer = not_me_in(&recover_by_phone(&t, THIRD).await).expect("a link");
        assert!(!freeze::link_is_open(&t.cx, &older).await.expect("answers"));
        assert_matches!(freeze::freeze(&t.cx, &meta(), &older).await, Err(FreezeError::NotValid));
        assert_eq!(reason(&t).await.as_deref(), Some("revoked"));
        assert_eq!(account(&t).await.status, Status::Active);
        freeze::freeze(&t.cx, &meta(), &newer).await.expect("the newer one freezes");
    }

    async fn changing_the_password_once_more_does_not_shake_an_objection_off(t: Bench) {
        t.account(ADA).await;
        t.add_identifier(ADA, PHONE).await;
        recover_by_mail(&t, BETTER).await;
        let caller = t.caller(ADA, BETTER).await;
        let input =
            Change { current_password: BETTER.into(), new_password: THIRD.into(), confirm_password: THIRD.into() };
        password::change(&t.cx, &meta(), &caller, input).await.expect("the intruder changes it");
        let link = not_me_in(&t.deliver().await).expect("a way to object");
        freeze::freeze(&t.cx, &meta(), &link).await.expect("freezes");
        t.deliver().await;
        t.advance(2 * MINUTE);
        assert!(t.ask(ADA).await.1.is_empty(), "the mailbox that it began with is disputed");
        assert_eq!(t.ask(PHONE).await.1.len(), 1);
    }

    async fn release_and_enable_do_nothing_to_accounts_of_another_status(t: Bench) {
        t.account(ADA).await;
        assert_matches!(operator::release(&t.cx, ADA).await, Err(StatusError::NotFrozen), "it is active");
        assert_matches!(operator::enable(&t.cx, ADA).await, Err(StatusError::NotDisabled), "it is active");
        operator::disable(&t.cx, ADA).await.expect("disables");
        assert_matches!(operator::release(&t.cx, ADA).await, Err(StatusError::NotFrozen), "it is disabled");
        assert_eq!(account(&t).await.status, Status::Disabled);
        operator::enable(&t.cx, ADA).await.expect("enables");
        t.sign_in(ADA, GOOD).await.expect("signs in");
        frozen(&t).await;
        assert_matches!(operator::enable(&t.cx, ADA).await, Err(StatusError::NotDisabled), "it is frozen");
        assert_matches!(account(&t).await.status, Status::Frozen { .. });
        assert_matches!(operator::release(&t.cx, "bob@example.org").await, Err(StatusError::NotFound));
    }
}
