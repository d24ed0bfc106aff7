//! Registration and recovery as people meet them: by forms and messages alone, on the router over SQLite and on two
//! nodes of the real program over PostgreSQL, where every request of a browser goes to the other node than the one
//! before.

use std::time::Duration;

use http::StatusCode;
use rekey_testkit::bench::{BETTER, GOOD};
use rekey_testkit::site::{Answer, Browser, ReceivedMessage, Scripts, Topic, paths};
use rekey_testkit::{TestSite, on_every_site};

const ADA: &str = "ada@example.org";
const PHONE: &str = "+12025550123";
/// Right once in a million runs.
const WRONG: [(&str, &str); 1] = [("code", "000000")];
const MINUTE: Duration = Duration::from_secs(61);
const HOUR: Duration = Duration::from_secs(3601);

/// The problem that scripts are given; empty when it was done.
async fn problem(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> String {
    let answer = browser.post(Scripts::On, path, fields).await;
    let told = answer.body.split("\"problem\":\"").nth(1).and_then(|rest| rest.split('"').next());
    assert_eq!(told.is_none(), answer.is_success(), "{path}: {answer:?}");
    told.unwrap_or_default().to_owned()
}

async fn done(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) {
    assert_eq!(problem(browser, path, fields).await, "", "{path}");
}

fn choice(password: &str) -> [(&str, &str); 2] {
    [("new_password", password), ("confirm_password", password)]
}

/// A browser that has pressed a mailed link.
async fn at_link(site: &TestSite, nth: usize, token: &str) -> Browser {
    let mut browser = site.browser(nth);
    let answer = browser.get(&format!("{}{token}", paths::RECOVERY_LINK)).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, Some("/recover/new")));
    browser
}

/// What a link's button does.
async fn complete(site: &TestSite, nth: usize, token: &str, password: &str) -> String {
    problem(&mut at_link(site, nth, token).await, paths::RECOVERY_COMPLETE, &choice(password)).await
}

async fn is_signed_in(browser: &mut Browser) -> bool {
    let page: Answer = browser.get("/account").await;
    page.status == StatusCode::OK
}

on_every_site! {
    async fn an_address_and_a_number_become_accounts(kind: SiteKind) {
        let site = kind.start(&[]).await;
        for (nth, identifier) in [ADA, PHONE].into_iter().enumerate() {
            let mut browser = site.browser(nth);
            assert!(!site.accepts(identifier, GOOD).await);
            done(&mut browser, paths::REGISTRATION_START, &[("identifier", identifier)]).await;
            assert_eq!(problem(&mut browser, paths::REGISTRATION_COMPLETE, &choice(GOOD)).await, "journey_over");
            let sent = site.deliver_asked_for().await;
            assert_eq!((sent.len(), sent[0].to.as_str()), (1, identifier));
            assert_eq!(problem(&mut browser, paths::REGISTRATION_VERIFY, &WRONG).await, "code_wrong");
            let code = sent[0].code().expect("a code");
            done(&mut browser, paths::REGISTRATION_VERIFY, &[("code", &code)]).await;
            done(&mut browser, paths::REGISTRATION_COMPLETE, &choice(GOOD)).await;
            assert!(site.accepts(identifier, GOOD).await && !site.accepts(identifier, BETTER).await);
            assert_ne!(problem(&mut browser, paths::REGISTRATION_COMPLETE, &choice(BETTER)).await, "");
            assert!(!site.accepts(identifier, BETTER).await, "an account is made once");
        }
    }

    async fn the_owner_of_a_taken_address_is_told_and_keeps_it(kind: SiteKind) {
        let site = kind.start(&[]).await;
        site.register(ADA).await;
        let mut stranger = site.browser(1);
        done(&mut stranger, paths::REGISTRATION_START, &[("identifier", ADA)]).await;
        let sent = site.deliver().await;
        assert!(sent.len() == 1 && sent[0].to == ADA && sent[0].code().is_none(), "{sent:?}");
        assert_eq!(problem(&mut stranger, paths::REGISTRATION_VERIFY, &WRONG).await, "code_wrong");
        assert_ne!(problem(&mut stranger, paths::REGISTRATION_COMPLETE, &choice(BETTER)).await, "");
        assert!(site.accepts(ADA, GOOD).await && !site.accepts(ADA, BETTER).await);
    }

    async fn a_link_works_once_and_looking_at_it_changes_nothing(kind: SiteKind) {
        let site = kind.start(&[]).await;
        site.register(ADA).await;
        let link = site.recovery_link(ADA).await;
        for nth in 0..4 {
            let page = at_link(&site, nth, &link.token).await.get("/recover/new").await;
            assert!(page.body.contains("name=\"new_password\""), "{}", page.body);
        }
        assert_ne!(complete(&site, 4, &link.token, "short").await, "", "a weak password spends nothing");
        assert_eq!(complete(&site, 5, &link.token, BETTER).await, "");
        assert_eq!(complete(&site, 6, &link.token, GOOD).await, "link_not_valid");
        assert!(site.accepts(ADA, BETTER).await && !site.accepts(ADA, GOOD).await);
        let told = site.deliver_asked_for().await;
        assert!(told.len() == 1 && Topic::of(&told[0]) == Topic::PasswordChanged, "{told:?}");
    }

    async fn a_password_goes_to_the_account_that_its_page_was_drawn_for(kind: SiteKind) {
        let site = kind.start(&[]).await;
        site.register(ADA).await;
        site.register("eve@example.org").await;
        let (ada, eve) = (site.recovery_link(ADA).await, site.recovery_link("eve@example.org").await);
        let mut browser = at_link(&site, 1, &ada.token).await;
        let page = browser.get("/recover/new").await.body;
        let (_, rest) = page.split_once("name=\"journey\" value=\"").expect("names its journey");
        let journey = rest.split('"').next().expect("a value").to_owned();
        // Another tab opens a link that someone else has sent.
        browser.get(&format!("{}{}", paths::RECOVERY_LINK, eve.token)).await;
        let form = [&[("journey", journey.as_str())][..], &choice(BETTER)].concat();
        assert_eq!(problem(&mut browser, paths::RECOVERY_COMPLETE, &form).await, "other_journey");
        assert!(!site.accepts("eve@example.org", BETTER).await && !site.accepts(ADA, BETTER).await);
        let mut browser = at_link(&site, 2, &ada.token).await;
        assert_eq!(problem(&mut browser, paths::RECOVERY_COMPLETE, &form).await, "");
        assert!(site.accepts(ADA, BETTER).await);
        let nonsense = [&[("journey", "x")][..], &choice(BETTER)].concat();
        let mut browser = at_link(&site, 3, &eve.token).await;
        assert_eq!(problem(&mut browser, paths::RECOVERY_COMPLETE, &nonsense).await, "other_journey");
    }

    async fn a_code_opens_only_the_browser_that_asked(kind: SiteKind) {
        let site = kind.start(&[]).await;
        site.register(ADA).await;
        let mut browsers = [site.browser(1), site.browser(2)];
        for browser in &mut browsers {
            done(browser, paths::RECOVERY_START, &[("identifier", ADA)]).await;
            site.advance(MINUTE).await;
        }
        let sent = site.deliver().await;
        let code = sent.last().and_then(ReceivedMessage::code).expect("a code");
        let [earlier, later] = &mut browsers;
        assert_eq!(problem(earlier, paths::RECOVERY_VERIFY, &[("code", &code)]).await, "code_wrong");
        done(later, paths::RECOVERY_VERIFY, &[("code", &code)]).await;
        done(later, paths::RECOVERY_COMPLETE, &choice(BETTER)).await;
        assert!(site.accepts(ADA, BETTER).await);
    }

    async fn tries_are_counted_over_all_nodes(kind: SiteKind) {
        let site = kind.start(&[]).await;
        site.register(ADA).await;
        let mut browser = site.browser(1);
        done(&mut browser, paths::RECOVERY_START, &[("identifier", ADA)]).await;
        let message = site.deliver().await.remove(0);
        for _ in 0..4 {
            assert_eq!(problem(&mut browser, paths::RECOVERY_VERIFY, &WRONG).await, "code_wrong");
        }
        let code = message.code().expect("a code");
        assert_eq!(problem(&mut browser, paths::RECOVERY_VERIFY, &WRONG).await, "code_dead");
        assert_eq!(problem(&mut browser, paths::RECOVERY_VERIFY, &[("code", &code)]).await, "code_dead");
        let link = message.token(paths::RECOVERY_LINK).expect("a link");
        assert_eq!(complete(&site, 2, &link, BETTER).await, "", "the link is not guessed by codes");
    }

    async fn a_link_dies_with_its_time_with_a_newer_one_and_with_the_account(kind: SiteKind) {
        let site = kind.start(&[]).await;
        site.register(ADA).await;
        let late = site.recovery_link(ADA).await.token;
        site.advance(25 * HOUR).await;
        assert_eq!(complete(&site, 1, &late, BETTER).await, "link_not_valid");
        let older = site.recovery_link(ADA).await.token;
        site.advance(MINUTE).await;
        let newer = site.recovery_link(ADA).await.token;
        assert_eq!(complete(&site, 2, &older, BETTER).await, "link_not_valid");
        site.disable(ADA).await;
        assert_eq!(complete(&site, 3, &newer, BETTER).await, "link_not_valid");
        assert!(!site.accepts(ADA, GOOD).await && !site.accepts(ADA, BETTER).await);
    }

    async fn a_reset_ends_every_session_on_every_node(kind: SiteKind) {
        let site = kind.start(&[]).await;
        site.register(ADA).await;
        let mut browsers = Vec::new();
        for nth in 0..3 {
            let mut browser = site.browser(nth);
            done(&mut browser, paths::SIGN_IN, &[("identifier", ADA), ("password", GOOD)]).await;
            // Every node has seen the session before it ends.
            assert!(is_signed_in(&mut browser).await && is_signed_in(&mut browser).await);
            browsers.push(browser);
        }
        let link = site.recovery_link(ADA).await;
        site.reset(&link.token, BETTER).await;
        for browser in &mut browsers {
            assert!(!is_signed_in(browser).await && !is_signed_in(browser).await, "no node lets it in");
        }
        assert!(is_signed_in(&mut site.signed_in(ADA, BETTER).await).await);
    }

    async fn an_unknown_address_gets_a_journey_and_no_message(kind: SiteKind) {
        let site = kind.start(&[]).await;
        let mut browser = site.browser(1);
        done(&mut browser, paths::RECOVERY_START, &[("identifier", "unknown@example.org")]).await;
        assert_eq!(site.deliver().await, []);
        assert!(browser.get("/recover").await.body.contains("name=\"code\""));
        assert_eq!(problem(&mut browser, paths::RECOVERY_VERIFY, &WRONG).await, "code_wrong");
        assert_eq!(problem(&mut browser, paths::RECOVERY_COMPLETE, &choice(BETTER)).await, "journey_over");
    }

    async fn an_objection_freezes_the_account_on_every_node(kind: SiteKind) {
        let site = kind.start(&[]).await;
        site.register(ADA).await;
        let link = site.recovery_link(ADA).await;
        site.reset(&link.token, BETTER).await;
        let objection = site.not_me_token().await;
        let mut thief = site.signed_in(ADA, BETTER).await;
        let mut owner = site.browser(1);
        owner.get(&format!("{}{objection}", paths::NOT_ME_LINK)).await;
        done(&mut owner, paths::FREEZE, &[]).await;
        assert!(!is_signed_in(&mut thief).await && !is_signed_in(&mut thief).await);
        assert!(!site.accepts(ADA, BETTER).await && !site.accepts(ADA, GOOD).await);
        assert_eq!(problem(&mut owner, paths::FREEZE, &[]).await, "link_not_valid");
    }

    async fn wrong_passwords_are_counted_over_all_nodes(kind: SiteKind) {
        let site = kind.start(&[]).await;
        site.register(ADA).await;
        let mut browser = site.browser(1);
        for _ in 0..5 {
            assert!(!browser.post(Scripts::On, paths::SIGN_IN, &[("identifier", ADA), ("password", BETTER)]).await.is_success());
        }
        assert!(!site.accepts(ADA, GOOD).await, "everyone waits now");
        site.advance(HOUR).await;
        assert!(site.accepts(ADA, GOOD).await);
    }

    async fn of_many_completions_at_once_one_wins(kind: SiteKind) {
        let site = kind.start(&[]).await;
        site.register(ADA).await;
        let link = site.recovery_link(ADA).await;
        let passwords: Vec<String> = (0..16).map(|nth| format!("Nine louder-words{nth}there")).collect();
        let mut racing = tokio::task::JoinSet::new();
        for (nth, password) in passwords.iter().cloned().enumerate() {
            let mut browser = at_link(&site, nth, &link.token).await;
            racing.spawn(async move { problem(&mut browser, paths::RECOVERY_COMPLETE, &choice(&password)).await });
        }
        let told = racing.join_all().await;
        assert_eq!(told.iter().filter(|problem| problem.is_empty()).count(), 1, "{told:?}");
        let mut opened = 0;
        for password in passwords.iter().map(String::as_str).chain([GOOD]) {
            opened += usize::from(site.accepts(ADA, password).await);
            // Wrong passwords are not what is counted here.
            site.advance(HOUR).await;
        }
        assert_eq!(opened, 1);
    }
}
