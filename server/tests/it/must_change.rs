//! A session that may do nothing but choose a new password.

use http::StatusCode;
use rekey_service::operator;
use rekey_testkit::TestSite;
use rekey_testkit::bench::{BETTER, GOOD};
use rekey_testkit::site::{Answer, ReceivedMessage, Scripts, paths};

const ADA: &str = "ada@example.org";

fn redirect(answer: &Answer) -> (StatusCode, &str) {
    (answer.status, answer.header("location"))
}

#[tokio::test]
async fn every_page_leads_to_the_new_password_and_every_form_is_refused_until_it_is_there() {
    let site = TestSite::router().start().await;
    site.register(ADA).await;
    let mut browser = site.signed_in(ADA, GOOD).await;
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);

    operator::require_change(&site.bench().cx, ADA).await.expect("marks");
    for page in ["/", "/account", "/account/sessions"] {
        assert_eq!(redirect(&browser.get(page).await), (StatusCode::SEE_OTHER, "/account/password"), "{page}");
    }
    let page = browser.get("/account/password").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Choose a new password to continue."), "{}", page.body);
    for path in [paths::END_OTHERS, "/api/session/end"] {
        let scripted = browser.post(Scripts::On, path, &[]).await;
        assert_eq!(scripted.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(scripted.body, r#"{"problem":"change_password_first"}"#, "{path}");
        let plain = browser.post(Scripts::Off, path, &[]).await;
        assert_eq!(redirect(&plain), (StatusCode::SEE_OTHER, "/account/password"), "{path}");
    }

    let change = [("current_password", GOOD), ("new_password", BETTER), ("confirm_password", BETTER)];
    let changed = browser.post(Scripts::Off, paths::CHANGE_PASSWORD, &change).await;
    assert_eq!(redirect(&changed), (StatusCode::SEE_OTHER, "/account/sessions"), "what was asked for last");
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_temporary_password_leads_to_a_page_that_does_not_ask_for_the_old_one() {
    let site = TestSite::router().set("REKEY_RECOVERY__KIND", "temporary_password").start().await;
    site.register(ADA).await;
    assert!(site.get("/forgot").await.body.contains("a temporary password or a code"));
    let mut browser = site.browser(1);
    let asked = browser.post(Scripts::Off, paths::RECOVERY_START, &[("identifier", ADA)]).await;
    assert_eq!(redirect(&asked), (StatusCode::SEE_OTHER, "/recover"));
    let page = browser.get("/recover").await;
    assert!(page.body.contains("emailed it a temporary password"), "{}", page.body);

    let temporary = site.deliver().await.iter().find_map(ReceivedMessage::temporary_password);
    let temporary = temporary.expect("a temporary password");
    let sign_in = [("identifier", ADA), ("password", temporary.as_str())];
    browser.post(Scripts::Off, paths::SIGN_IN, &sign_in).await;
    assert_eq!(browser.get("/account").await.header("location"), "/account/password");
    let page = browser.get("/account/password").await.body;
    assert!(page.contains("Your temporary password can't be used again."), "{page}");
    assert!(page.contains("name=\"new_password\"") && !page.contains("name=\"current_password\""), "{page}");

    let change = [("new_password", BETTER), ("confirm_password", BETTER)];
    let changed = browser.post(Scripts::Off, paths::CHANGE_PASSWORD, &change).await;
    assert_eq!(changed.header("location"), "/account?done=password");
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
}
