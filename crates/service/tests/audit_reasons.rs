//! Who, on whom and why, as it stands in the audit log, over real databases.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::time::Duration;

use rekey_domain::audit::chain::StoredEntry;
use rekey_service::freeze::{self, FreezeError};
use rekey_service::password::{self, Change};
use rekey_service::recovery::{self, CompleteError, ProofSource};
use rekey_service::registration::{self, Start};
use rekey_service::setting::RecoveryKind;
use rekey_service::sign_in::SignInError;
use rekey_service::{PlainToken, operator, owner, sessions, sign_in};
use rekey_testkit::bench::{BETTER, GOOD, choice, code_in, last_segment, link_in, meta, not_me_in, temporary_in};
use rekey_testkit::{Bench, assert_matches, on_both_databases};
use uuid::Uuid;

const ADA: &str = "ada@example.org";
const THIRD: &str = "Six softer-words9nowhere";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The latest entry of an event.
async fn last(t: &Bench, event: &str) -> StoredEntry {
    t.run_jobs().await;
    let all = t.cx.store.list_audit(0, None, None, 10_000).await.expect("reads");
    let found = all.iter().rev().find(|next| next.entry.event == event);
    found.unwrap_or_else(|| panic!("no {event}: {all:#?}")).entry.clone()
}

async fn reason(t: &Bench, event: &str) -> String {
    last(t, event).await.reason.unwrap_or_default()
}

/// Ada's account.
async fn ada(t: &Bench) -> Uuid {
    t.cx.store.find_account_after(None).await.expect("reads").expect("an account").id.0
}

async fn refused(t: &Bench, token: &str) -> StoredEntry {
    assert_matches!(t.complete_by_link(token, BETTER).await, Err(CompleteError::NotValid));
    last(t, "link-refused").await
}

async fn not_me(t: &Bench) -> String {
    let link = t.recovery_link(ADA).await;
    t.complete_by_link(&link, BETTER).await.expect("recovers");
    not_me_in(&t.deliver().await).expect("a way to object")
}

async fn owners_registration(t: &Bench, token: &str) {
    let start = Start { identifier: "owner@example.org".to_owned(), owner: Some(token.to_owned()), consent: true };
    let started = registration::start(&t.cx, &meta(), start).await;
    assert_matches!(started, Err(registration::StartError::LinkNotValid), "no ordinary one begins instead");
}

on_both_databases! {
    async fn why_a_recovery_link_was_refused_is_in_the_log(t: Bench) {
        t.account(ADA).await;
        for unknown in ["nonsense", &PlainToken::parse(&"A".repeat(43)).expect("a token").expose()] {
            let entry = refused(&t, unknown).await;
            assert_eq!((entry.reason.as_deref(), entry.account, entry.journey), (Some("unknown"), None, None));
            assert_eq!((entry.actor.as_str(), entry.detail.as_deref()), ("visitor", Some(r#"{"link":"recovery"}"#)));
        }
        let late = t.recovery_link(ADA).await;
        t.advance(t.cx.settings().recovery.link_ttl);
        let entry = refused(&t, &late).await;
        assert_eq!((entry.reason.as_deref(), entry.account), (Some("expired"), Some(ada(&t).await)));
        assert!(entry.journey.is_some());

        let first = t.recovery_link(ADA).await;
        t.advance(Duration::from_secs(120));
        let second = t.recovery_link(ADA).await;
        assert_eq!(refused(&t, &first).await.reason.as_deref(), Some("revoked"), "by a newer one");
        t.complete_by_link(&second, BETTER).await.expect("recovers");
        assert_eq!(refused(&t, &second).await.reason.as_deref(), Some("spent"));
    }

    async fn why_a_browser_could_not_end_its_recovery_is_in_the_log(t: Bench) {
        t.account(ADA).await;
        let end = async |handle: &str| {
            let way = ProofSource::Journey(handle);
            assert_matches!(recovery::complete(&t.cx, &meta(), way, choice(BETTER)).await, Err(CompleteError::NotValid));
            reason(&t, "link-refused").await
        };
        assert_eq!(end("nonsense").await, "unknown");
        let (handle, sent) = t.ask(ADA).await;
        assert_eq!(end(&handle).await, "not_proven");
        recovery::verify(&t.cx, &meta(), &handle, &code_in(&sent).expect("a code")).await.expect("is right");
        operator::disable(&t.cx, ADA).await.expect("disables");
        assert_eq!(end(&handle).await, "revoked");
    }

    async fn why_a_freeze_link_was_refused_is_in_the_log(t: Bench) {
        t.account(ADA).await;
        let freeze = async |token: &str| {
            assert_matches!(freeze::freeze(&t.cx, &meta(), token).await, Err(FreezeError::NotValid));
            let entry = last(&t, "link-refused").await;
            assert_eq!(entry.detail.as_deref(), Some(r#"{"link":"not_me"}"#));
            (entry.reason.expect("a reason"), entry.account)
        };
        assert_eq!(freeze("nonsense").await, ("unknown".to_owned(), None));
        let link = not_me(&t).await;
        freeze::freeze(&t.cx, &meta(), &link).await.expect("freezes");
        let frozen = last(&t, "account-disabled").await;
        assert_eq!((frozen.reason.as_deref(), frozen.account), (Some("owners_objection"), Some(ada(&t).await)));
        assert_eq!(freeze(&link).await, ("spent".to_owned(), Some(ada(&t).await)));
        let handed_over = last_segment(&operator::release(&t.cx, ADA).await.expect("begins")).expect("a token");
        let begun = last(&t, "recovery-activated").await;
        assert_eq!((begun.actor.as_str(), begun.reason.as_deref()), ("operator", Some("operators_decision")));
        assert_eq!((begun.account, begun.detail.as_deref()), (Some(ada(&t).await), Some(r#"{"method":"link"}"#)));
        t.complete_by_link(&handed_over, BETTER).await.expect("recovers");
        assert_eq!(reason(&t, "account-enabled").await, "recovery");
        t.advance(DAY);
        let late = not_me(&t).await;
        t.advance(8 * DAY);
        assert_eq!(freeze(&late).await.0, "expired");
    }

    async fn why_an_owners_link_was_refused_is_in_the_log(t: Bench) {
        let link = async || last_segment(&owner::make_link(&t.cx).await.expect("makes")).expect("a token");
        let refusal = async |token: &str| {
            owners_registration(&t, token).await;
            t.advance(Duration::from_secs(3600));
            let entry = last(&t, "link-refused").await;
            assert_eq!(entry.detail.as_deref(), Some(r#"{"link":"owner"}"#));
            entry.reason.expect("a reason")
        };
        assert_eq!(refusal("nonsense").await, "unknown");
        let (first, second) = (link().await, link().await);
        assert_eq!(refusal(&first).await, "revoked");
        let made = last(&t, "owner-link-made").await;
        assert_eq!((made.actor.as_str(), made.target.as_deref()), ("operator", Some("action_token")));
        t.advance(DAY);
        assert_eq!(refusal(&second).await, "expired");
    }

    async fn why_a_code_was_refused_is_in_the_log(t: Bench) {
        t.account(ADA).await;
        let (handle, sent) = t.ask(ADA).await;
        let code = code_in(&sent).expect("a code");
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let verify = async |code: &str| {
            recovery::verify(&t.cx, &meta(), &handle, code).await.expect_err("is refused");
            reason(&t, "code-refused").await
        };
        assert_eq!(verify(wrong).await, "wrong_secret");
        for _ in 0..4 {
            assert_eq!(verify(wrong).await, "wrong_secret");
        }
        assert_eq!(verify(&code).await, "no_try_left");
        t.advance(Duration::from_secs(3600));
        let (late, sent) = t.ask(ADA).await;
        t.advance(Duration::from_secs(15 * 60));
        let code = code_in(&sent).expect("a code");
        recovery::verify(&t.cx, &meta(), &late, &code).await.expect_err("is refused");
        assert_eq!(reason(&t, "code-refused").await, "expired");
    }

    async fn why_a_sign_in_was_refused_is_in_the_log(t: Bench) {
        t.account(ADA).await;
        let refuse = async |who: &str, password: &str| {
            assert_matches!(t.sign_in(who, password).await, Err(SignInError::Refused));
            let entry = last(&t, "sign-in-refused").await;
            assert_eq!(entry.actor, "visitor");
            (entry.reason.expect("a reason"), entry.account.is_some())
        };
        assert_eq!(refuse("nobody@example.org", GOOD).await, ("no_account".to_owned(), false));
        assert_eq!(refuse(ADA, BETTER).await, ("wrong_secret".to_owned(), true));
        operator::disable(&t.cx, ADA).await.expect("disables");
        assert_eq!(refuse(ADA, GOOD).await, ("account_disabled".to_owned(), true));
        operator::enable(&t.cx, ADA).await.expect("enables");
        for _ in 0..4 {
            t.sign_in(ADA, BETTER).await.expect_err("is refused");
        }
        assert_eq!(reason(&t, "sign-in-locked").await, "wrong_secret");
        assert_eq!(refuse(ADA, GOOD).await, ("no_try_left".to_owned(), true));
        t.advance(DAY);
        let link = not_me(&t).await;
        freeze::freeze(&t.cx, &meta(), &link).await.expect("freezes");
        assert_eq!(refuse(ADA, BETTER).await, ("account_frozen".to_owned(), true));
    }

    async fn who_changed_a_password_and_why_is_in_the_log(t: Bench) {
        t.account(ADA).await;
        let person = Some(ada(&t).await);
        let changed = async || {
            let entry = last(&t, "credential-change").await;
            assert_eq!((entry.actor.as_str(), entry.actor_id, entry.account), ("person", person, person));
            assert_eq!(entry.address.as_deref(), Some("192.0.2.1"));
            entry
        };
        let change = async |from: &str, to: &str| {
            t.advance(Duration::from_secs(1));
            let caller = t.caller(ADA, from).await;
            let input = Change { current_password: from.into(), new_password: to.into(), confirm_password: to.into() };
            password::change(&t.cx, &meta(), &caller, input).await.map(drop)
        };
        let link = t.recovery_link(ADA).await;
        t.complete_by_link(&link, BETTER).await.expect("recovers");
        assert_eq!(changed().await.reason.as_deref(), Some("recovery"));
        change(BETTER, GOOD).await.expect("changes");
        assert_eq!(changed().await.reason.as_deref(), Some("owners_choice"));
        operator::require_change(&t.cx, ADA).await.expect("marks");
        let marked = last(&t, "account-credential-change-required").await;
        assert_eq!((marked.actor.as_str(), marked.reason.as_deref()), ("operator", Some("operators_decision")));
        change(GOOD, THIRD).await.expect("changes");
        assert_eq!(changed().await.reason.as_deref(), Some("change_required"));

        let caller = t.caller(ADA, THIRD).await;
        let input = Change { current_password: GOOD.into(), new_password: BETTER.into(), confirm_password: BETTER.into() };
        password::change(&t.cx, &meta(), &caller, input).await.map(drop).expect_err("is refused");
        let refused = last(&t, "credential-change-refused").await;
        assert_eq!((refused.reason.as_deref(), refused.session), (Some("wrong_secret"), Some(caller.session.id.0)));
    }

    async fn a_sign_in_names_its_session_and_method_and_so_does_its_end(t: Bench) {
        t.account(ADA).await;
        let (one, two) = (t.caller(ADA, GOOD).await, t.caller(ADA, GOOD).await);
        let began = last(&t, "session-established").await;
        assert_eq!((began.actor.as_str(), began.detail.as_deref()), ("person", Some(r#"{"method":"password"}"#)));
        assert_eq!(began.session, Some(two.session.id.0));
        assert!(sessions::end(&t.cx, &meta(), &two, one.session.id).await.expect("ends"));
        let ended = last(&t, "session-revoked").await;
        assert_eq!((ended.reason.as_deref(), ended.session), (Some("ended_elsewhere"), Some(two.session.id.0)));
        assert_eq!(ended.target_id, Some(one.session.id.0.to_string()));
        sign_in::sign_out(&t.cx, &meta(), &two).await.expect("signs out");
        assert_eq!(reason(&t, "session-revoked").await, "signed_out");
    }

    async fn a_recovery_is_on_record_with_its_account_once_it_has_found_it(t: Bench) {
        t.account(ADA).await;
        t.ask("nobody@example.org").await;
        let (_, sent) = t.ask(ADA).await;
        assert!(link_in(&sent).is_some());
        let started = last(&t, "recovery-started").await;
        let activated = last(&t, "recovery-activated").await;
        assert_eq!((started.account, activated.account), (None, Some(ada(&t).await)), "it is not looked up before");
        assert_eq!((activated.actor.as_str(), activated.journey), ("system", started.journey));
        let all = t.cx.store.list_audit(0, None, None, 10_000).await.expect("reads");
        assert_eq!(all.iter().filter(|next| next.entry.event == "recovery-activated").count(), 1, "not for no account");

        let t = t.with(|settings| settings.recovery.kind = RecoveryKind::TemporaryPassword).await;
        t.advance(DAY);
        let temporary = temporary_in(&t.ask(ADA).await.1).expect("a temporary password");
        assert_eq!(last(&t, "temporary-password-issued").await.target.as_deref(), Some("action_token"));
        t.sign_in(ADA, &temporary).await.expect("signs in");
        assert_eq!(last(&t, "session-established").await.detail.as_deref(), Some(r#"{"method":"temporary_password"}"#));
    }
}
