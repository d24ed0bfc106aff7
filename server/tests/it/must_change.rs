//! A session that may do nothing but choose a new password.

use std::time::Duration;

use http::header::{ACCEPT, COOKIE, HeaderValue};
use http::{Request, StatusCode};
use rekey_service::message::compose::{self, Message, Prepared};
use rekey_service::{operator, registration};
use rekey_testkit::bench::{BETTER, GOOD, code_in, meta, temporary_in};

use crate::support::{Answer, Running, get, post};

const ADA: &str = "ada@example.org";

/// What is owed now.
async fn owed(site: &Running) -> Vec<Message> {
    let cx = site.site.services();
    let now = cx.clock.now();
    let owed = cx.store.lease_outbox(9, now, now.plus(Duration::from_secs(60)), uuid::Uuid::nil()).await;
    let mut letters = Vec::new();
    for item in owed.expect("leases") {
        if let Prepared::Send(message) = compose::prepare(cx, &item).await.expect("prepares") {
            letters.push(*message);
        }
    }
    letters
}

/// Registers Ada through the services.
async fn register(site: &Running) {
    let cx = site.site.services();
    let start = registration::Start { identifier: ADA.to_owned(), owner: None, consent: true };
    let handle = registration::start(cx, &meta(), start).await.expect("starts").expose();
    let code = code_in(&owed(site).await).expect("a code");
    registration::verify(cx, &meta(), &handle, &code).await.expect("right");
    let details = registration::Complete {
        given_name: "Ada".to_owned(),
        new_password: GOOD.into(),
        confirm_password: GOOD.into(),
        ..registration::Complete::default()
    };
    registration::complete(cx, &meta(), &handle, details).await.expect("registers");
}

fn with(mut request: Request<axum::body::Body>, cookie: &str, accept: &'static str) -> Request<axum::body::Body> {
    request.headers_mut().insert(COOKIE, HeaderValue::from_str(cookie).expect("a cookie"));
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static(accept));
    request
}

fn session_of(answer: &Answer) -> String {
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
    let mut sessions = cookies.filter(|line| line.contains("session") && !line.contains("Max-Age=0"));
    sessions.next().and_then(|line| line.split(';').next()).expect("a session").to_owned()
}

fn form(pairs: &[(&str, &str)]) -> String {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect();
    pairs.join("&")
}

#[tokio::test]
async fn every_page_leads_to_the_new_password_and_every_form_is_refused_until_it_is_there() {
    let site = Running::new().await;
    register(&site).await;
    let signing_in = form(&[("identifier", ADA), ("password", GOOD)]);
    let signed_in = site.send(with(post("/api/session/sign-in", &signing_in), "", "text/html")).await;
    let session = session_of(&signed_in);
    assert_eq!(site.send(with(get("/account"), &session, "text/html")).await.status, StatusCode::OK);

    operator::require_change(site.site.services(), ADA).await.expect("marks");
    for page in ["/", "/account", "/account/sessions"] {
        let answer = site.send(with(get(page), &session, "text/html")).await;
        let led = (answer.status, answer.header("location"));
        assert_eq!(led, (StatusCode::SEE_OTHER, "/account/password"), "{page}");
    }
    let page = site.send(with(get("/account/password"), &session, "text/html")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("Choose a new password to continue."), "{}", page.body);
    for path in ["/api/session/end-others", "/api/session/end"] {
        let scripted = site.send(with(post(path, ""), &session, "application/json")).await;
        assert_eq!(scripted.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(scripted.body, r#"{"problem":"change_password_first"}"#, "{path}");
        let plain = site.send(with(post(path, ""), &session, "text/html")).await;
        assert_eq!((plain.status, plain.header("location")), (StatusCode::SEE_OTHER, "/account/password"), "{path}");
    }

    let change = form(&[("current_password", GOOD), ("new_password", BETTER), ("confirm_password", BETTER)]);
    let changed = site.send(with(post("/api/password/change", &change), &session, "text/html")).await;
    assert_eq!((changed.status, changed.header("location")), (StatusCode::SEE_OTHER, "/account?done=password"));
    let session = session_of(&changed);
    assert_eq!(site.send(with(get("/account"), &session, "text/html")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_temporary_password_leads_to_a_page_that_does_not_ask_for_the_old_one() {
    let settings = [("REKEY_HASHING__INSECURE_TEST_COST", "true"), ("REKEY_RECOVERY__KIND", "temporary_password")];
    let site = Running::with(&settings).await;
    register(&site).await;
    assert!(site.get("/forgot").await.body.contains("a temporary password or a code"));
    let asked = site.send(with(post("/api/recovery/start", &form(&[("identifier", ADA)])), "", "text/html")).await;
    assert_eq!((asked.status, asked.header("location")), (StatusCode::SEE_OTHER, "/recover"));
    let journey = asked.header("set-cookie").split(';').next().expect("a cookie").to_owned();
    let page = site.send(with(get("/recover"), &journey, "text/html")).await;
    assert!(page.body.contains("emailed it a temporary password"), "{}", page.body);

    let temporary = temporary_in(&owed(&site).await).expect("a temporary password");
    let signing_in = form(&[("identifier", ADA), ("password", &temporary)]);
    let signed_in = site.send(with(post("/api/session/sign-in", &signing_in), "", "text/html")).await;
    let session = session_of(&signed_in);
    let overview = site.send(with(get("/account"), &session, "text/html")).await;
    assert_eq!(overview.header("location"), "/account/password");
    let page = site.send(with(get("/account/password"), &session, "text/html")).await.body;
    assert!(page.contains("Your temporary password can't be used again."), "{page}");
    assert!(page.contains("name=\"new_password\"") && !page.contains("name=\"current_password\""), "{page}");

    let change = form(&[("new_password", BETTER), ("confirm_password", BETTER)]);
    let changed = site.send(with(post("/api/password/change", &change), &session, "text/html")).await;
    assert_eq!(changed.header("location"), "/account?done=password");
    let session = session_of(&changed);
    assert_eq!(site.send(with(get("/account"), &session, "text/html")).await.status, StatusCode::OK);
}
