//! Registration over real databases.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use rekey_testkit::assert_matches;
use std::time::Duration;

use rekey_service::message::compose::MessageBody;
use rekey_service::registration::{self, Complete, CompleteError, Start, StartError, VerifyError};
use rekey_service::{Clock as _, owner, sign_in};
use rekey_shared::view::TermsView;
use rekey_shared::{Field, FieldFault, FieldProblem};
use rekey_testkit::bench::{GOOD, address_of, code_in, last_segment, meta, quick_settings};
use rekey_testkit::{Bench, Database, on_both_databases};

fn start(identifier: &str) -> Start {
    Start { identifier: identifier.to_owned(), owner: None, consent: false }
}

fn details(username: &str, password: &str) -> Complete {
    Complete {
        given_name: "花子".to_owned(),
        family_name: "佐藤".to_owned(),
        username: username.to_owned(),
        new_password: password.into(),
        confirm_password: password.into(),
    }
}

async fn proven(t: &Bench, identifier: &str) -> String {
    let handle = registration::start(&t.cx, &meta(), start(identifier)).await.expect("starts").expose();
    let code = code_in(&t.deliver().await).expect("a code");
    registration::verify(&t.cx, &meta(), &handle, &code).await.expect("right");
    handle
}

on_both_databases! {
    async fn consent_is_written_down_with_its_version_and_time(t: Bench) {
        t.account("ada@example.org").await;
        let ada = t.caller("ada@example.org", GOOD).await;
        let without = sign_in::person(&t.cx, &ada).await.expect("reads");
        assert_eq!(without.terms, None, "there were none");

        let t = t.with(|settings| {
            settings.registration.terms_url = Some("https://example.org/terms".to_owned());
            settings.registration.terms_version = Some("2026-11".to_owned());
        });
        let t = t.await;
        let at = t.clock.now();
        t.account("bob@example.org").await;
        let bob = sign_in::person(&t.cx, &t.caller("bob@example.org", GOOD).await).await.expect("reads");
        assert_eq!(bob.terms, Some(TermsView { version: Some("2026-11".to_owned()), accepted_at: at }));

        let t = t.with(|settings| settings.registration.terms_version = None).await;
        t.account("eve@example.org").await;
        let eve = t.caller("eve@example.org", GOOD).await;
        let written = t.cx.store.find_latest_consent(eve.account.id).await.expect("reads").expect("a consent");
        assert_eq!(written.terms, "https://example.org/terms");
        let eve = sign_in::person(&t.cx, &eve).await.expect("reads");
        assert_eq!(eve.terms.and_then(|terms| terms.version), None, "an address is no version");
    }

    async fn an_address_becomes_an_account(t: Bench) {
        let handle = proven(&t, "Hanako@Example.org").await;
        registration::complete(&t.cx, &meta(), &handle, details("hanako", GOOD)).await.expect("registers");
        let caller = t.caller("hanako", GOOD).await;
        let person = sign_in::person(&t.cx, &caller).await.expect("answers");
        assert_eq!((person.given_name.as_str(), person.identifier.as_str()), ("花子", "Hanako@example.org"));
        assert!(!person.is_owner);
        assert_matches!(
            registration::complete(&t.cx, &meta(), &handle, details("", GOOD)).await,
            Err(CompleteError::Over)
        );
    }

    async fn a_taken_user_name_is_told_without_a_hash_ten_times_in_a_registration(t: Bench) {
        t.account_with("ada@example.org", "ada", GOOD).await;
        let handle = proven(&t, "hanako@example.org").await;
        let taken = Err(vec![FieldProblem { field: Field::Username, fault: FieldFault::Taken }]);
        let ask = async |name: &str| match registration::complete(&t.cx, &meta(), &handle, details(name, GOOD)).await {
            Ok(()) => Ok(true),
            Err(CompleteError::Fields(fields)) => Err(fields),
            Err(CompleteError::TooMany) => Ok(false),
            Err(other) => panic!("{other:?}"),
        };
        for name in ["ada", "ADA", "ada", "ada", "Ada", "ada", "ada", "ada", "ada", "ada"] {
            assert_eq!(ask(name).await, taken, "{name}");
        }
        assert_eq!(ask("ada").await, Ok(false), "the eleventh is not looked up");
        assert_eq!(ask("hanako").await, Ok(false), "nor one that is free");
        // A registration has ten passwords hashed an hour.
        assert_eq!(ask("").await, Ok(true), "none was hashed so far");
    }

    async fn nothing_is_made_before_the_code(t: Bench) {
        let handle = registration::start(&t.cx, &meta(), start("ada@example.org")).await.expect("starts").expose();
        t.deliver().await;
        let answer = registration::complete(&t.cx, &meta(), &handle, details("", GOOD)).await;
        assert_matches!(answer, Err(CompleteError::Over));
        t.sign_in("ada@example.org", GOOD).await.expect_err("no account");
    }

    async fn the_owner_of_a_taken_address_is_told_and_the_page_is_the_same(t: Bench) {
        t.account("ada@example.org").await;
        let handle = registration::start(&t.cx, &meta(), start("ADA@example.org")).await.expect("looks alike").expose();
        let messages = t.deliver().await;
        assert_matches!(messages[0].content, MessageBody::AlreadyRegistered { .. });
        assert_eq!(address_of(&messages[0]), "ada@example.org", "as its owner wrote it, not as it was typed now");
        assert!(registration::view(&t.cx, &handle).await.expect("answers").is_some());
        let answer = registration::verify(&t.cx, &meta(), &handle, "123456").await;
        assert_matches!(answer, Err(VerifyError::Wrong { tries_left: 4 }));
    }

    async fn two_registrations_of_one_address_make_one_account(t: Bench) {
        let first = proven(&t, "ada@example.org").await;
        let second = proven(&t, "ada@example.org").await;
        registration::complete(&t.cx, &meta(), &first, details("", GOOD)).await.expect("registers");
        let answer = registration::complete(&t.cx, &meta(), &second, details("", GOOD)).await;
        assert_matches!(answer, Err(CompleteError::Over));
    }

    async fn a_taken_user_name_can_be_changed_and_nothing_is_lost(t: Bench) {
        t.account_with("ada@example.org", "ada", GOOD).await;
        let handle = proven(&t, "bob@example.org").await;
        let answer = registration::complete(&t.cx, &meta(), &handle, details("ADA", GOOD)).await;
        let fault = FieldProblem { field: Field::Username, fault: FieldFault::Taken };
        assert_matches!(answer, Err(CompleteError::Fields(fields)) if fields == [fault]);
        registration::complete(&t.cx, &meta(), &handle, details("bob", GOOD)).await.expect("another name");
    }

    async fn sends_are_limited_for_each_target(t: Bench) {
        for _ in 0..3 {
            registration::start(&t.cx, &meta(), start("ada@example.org")).await.expect("of the hour's five");
        }
        assert_matches!(registration::start(&t.cx, &meta(), start("ada@example.org")).await, Err(StartError::Throttled));
        t.advance(Duration::from_secs(3600));
        registration::start(&t.cx, &meta(), start("ada@example.org")).await.expect("an hour later");
    }

    async fn the_owners_link_makes_one_owner(t: Bench) {
        let link = owner::make_link(&t.cx).await.expect("makes a link");
        let token = last_segment(&link).expect("a token");
        assert!(owner::link_is_open(&t.cx, &token).await.expect("answers"));
        let with_link = || Start { owner: Some(token.clone()), ..start("owner@example.org") };
        let mut handles = Vec::new();
        for _ in 0..2 {
            let handle = registration::start(&t.cx, &meta(), with_link()).await.expect("starts").expose();
            let code = code_in(&t.deliver().await).expect("a code");
            registration::verify(&t.cx, &meta(), &handle, &code).await.expect("right");
            handles.push(handle);
        }
        registration::complete(&t.cx, &meta(), &handles[0], details("", GOOD)).await.expect("becomes the owner");
        let person = sign_in::person(&t.cx, &t.caller("owner@example.org", GOOD).await).await.expect("answers");
        assert!(person.is_owner);
        assert!(!owner::link_is_open(&t.cx, &token).await.expect("answers"));
        let again = registration::complete(&t.cx, &meta(), &handles[1], details("", GOOD)).await;
        assert_matches!(again, Err(CompleteError::Over));
    }

    async fn a_newer_owners_link_kills_the_older(t: Bench) {
        let older = last_segment(&owner::make_link(&t.cx).await.expect("makes")).expect("a token");
        let newer = last_segment(&owner::make_link(&t.cx).await.expect("makes")).expect("a token");
        assert!(!owner::link_is_open(&t.cx, &older).await.expect("answers"));
        assert!(owner::link_is_open(&t.cx, &newer).await.expect("answers"));
        t.advance(owner::LINK_LIFETIME);
        assert!(!owner::link_is_open(&t.cx, &newer).await.expect("answers"));
    }
}

#[tokio::test]
async fn closed_registration_lets_only_the_owner_in() {
    let mut settings = quick_settings();
    settings.registration.open = false;
    let t = Bench::over(Database::sqlite().await, settings).await;
    assert_matches!(registration::start(&t.cx, &meta(), start("ada@example.org")).await, Err(StartError::Closed));
    let token = last_segment(&owner::make_link(&t.cx).await.expect("makes")).expect("a token");
    let with_link = Start { owner: Some(token), ..start("owner@example.org") };
    registration::start(&t.cx, &meta(), with_link).await.expect("the owner may");
}

#[tokio::test]
async fn the_terms_must_be_accepted_when_there_are_any() {
    let mut settings = quick_settings();
    settings.registration.terms_url = Some("https://example.org/terms".to_owned());
    let t = Bench::over(Database::sqlite().await, settings).await;
    let answer = registration::start(&t.cx, &meta(), start("not an address")).await;
    assert_matches!(answer, Err(StartError::Fields(fields)) if fields.len() == 2, "both are told at once");
    let accepted = Start { consent: true, ..start("ada@example.org") };
    registration::start(&t.cx, &meta(), accepted).await.expect("starts");
}

#[tokio::test]
async fn hostile_names_and_identifiers_are_refused() {
    let t = Bench::sqlite().await;
    for identifier in [
        "",
        "a@b@c.d",
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@example.org,eve@example.org",
        "\0@a.b",
        "user-name",
        "ada@exa\u{202e}mple.org",
    ] {
        let answer = registration::start(&t.cx, &meta(), start(identifier)).await;
        assert_matches!(answer, Err(StartError::Fields(_)), "{identifier:?}");
    }
    let handle = proven(&t, "ada@example.org").await;
    for name in ["a\0b", "evil\u{202e}", "x\r\ny", &"x".repeat(101)] {
        let hostile = Complete { given_name: name.to_owned(), ..details("", GOOD) };
        let answer = registration::complete(&t.cx, &meta(), &handle, hostile).await;
        assert_matches!(answer, Err(CompleteError::Fields(_)), "{name:.20?}");
    }
    t.deliver().await.iter().for_each(|message| assert_eq!(address_of(message), "ada@example.org"));
}
