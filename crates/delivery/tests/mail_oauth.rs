//! Mail to a server that takes tokens and no passwords.
#![expect(clippy::expect_used, reason = "a helper that cannot go on must stop the test")]

mod support;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use rekey_delivery::{
    MailSettings, OAuthKeys, OAuthSettings, SendError, Sender as _, Senders, SmtpSender, Stats, Worker,
};
use rekey_service::Services;
use rekey_service::registration::{self, Start};
use rekey_shared::Secret;
use rekey_testkit::bench::meta;
use rekey_testkit::{Bench, on_both_databases};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde_json::Value;
use support::smtp::Sink;
use support::{brand, http, mail};

const HOUR: Duration = Duration::from_secs(3600);

/// A mail server that takes one token, and the endpoint that gives it out.
struct Service {
    mails: Sink,
    endpoint: http::Sink,
}

impl Service {
    async fn start() -> Self {
        Self { mails: Sink::start().await, endpoint: http::Sink::start().await }
    }

    /// From now on the endpoint gives out this token, which is the only one that is taken.
    fn grant(&self, token: &str) {
        self.mails.take_token(token);
        self.answer(&format!(r#"{{"access_token":"{token}","token_type":"Bearer","expires_in":3600}}"#));
    }

    fn answer(&self, json: &str) {
        self.endpoint.answer(http::Answer::Json(200, json.to_owned()));
    }

    fn asked(&self) -> Vec<Vec<(String, String)>> {
        self.endpoint.received().iter().map(http::Request::form).collect()
    }

    fn keys(&self) -> OAuthKeys {
        OAuthKeys {
            token_url: Some(format!("{}/token", self.endpoint.url())),
            client_id: Some("rekey".to_owned()),
            scope: Some("mail.send".to_owned()),
            ..OAuthKeys::default()
        }
    }

    fn with_secret(&self) -> OAuthKeys {
        OAuthKeys { client_secret: Some(Secret::new("s3cret")), ..self.keys() }
    }

    fn sender(&self, cx: &Services, keys: OAuthKeys) -> SmtpSender {
        let url = self.mails.url().replace("smtp://", "smtp://noreply%40example.org@");
        let (settings, user) = MailSettings::parse_for_tokens(&url, None, &brand()).expect("settings");
        let oauth = OAuthSettings::parse(keys, &user, false).expect("settings").expect("something is written");
        SmtpSender::with_tokens(settings, oauth, cx.clone()).expect("a sender")
    }

    fn worker(&self, cx: &Services) -> Worker {
        let mail = Some(self.sender(cx, self.with_secret()));
        Worker::new(cx.clone(), Senders { mail, sms: None }, None, Arc::new(Stats::default()))
    }
}

fn value(form: &[(String, String)], name: &str) -> String {
    let found = form.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.clone()).unwrap_or_default()
}

async fn register(t: &Bench, nth: usize) {
    let start = Start { identifier: format!("person{nth}@example.org"), owner: None, consent: true };
    registration::start(&t.cx, &meta(), start).await.expect("starts");
}

on_both_databases! {
    async fn a_token_that_ends_while_mail_is_queued_loses_none(t: Bench) {
        let service = Service::start().await;
        let worker = service.worker(&t.cx);
        service.grant("first");
        for nth in 0..6 {
            register(&t, nth).await;
        }
        worker.drain().await;
        assert_eq!((service.mails.received().len(), service.asked().len()), (6, 1), "one token for all");

        // The server ends the token before its time, while a connection is open and others are not.
        service.mails.take_token("second");
        service.mails.fail(support::smtp::Stage::Mail, support::smtp::Fault::Reply("530 5.7.57 not authenticated"));
        for nth in 6..12 {
            register(&t, nth).await;
        }
        worker.drain().await;
        service.mails.recover();
        service.grant("second");
        for _ in 0..6 {
            t.advance(Duration::from_secs(30));
            worker.drain().await;
        }
        assert_eq!(service.mails.received().len(), 12);
        let asked = service.asked().len();

        // It ends in its time, after a start: the next one is fetched before.
        service.grant("third");
        t.advance(HOUR);
        register(&t, 12).await;
        service.worker(&t.cx).drain().await;
        assert_eq!((service.mails.received().len(), service.asked().len()), (13, asked + 1));
        let counts = t.cx.store.outbox_counts().await.expect("counts");
        assert_eq!((counts.waiting, counts.dead), (0, 0));
    }

    async fn every_node_and_the_next_start_use_the_token_that_is_kept(t: Bench) {
        let service = Service::start().await;
        service.grant("only");
        let other = t.another_node().await;
        for cx in [&t.cx, &other] {
            service.sender(cx, service.with_secret()).send(&mail()).await.expect("taken");
        }
        assert_eq!((service.mails.received().len(), service.asked().len()), (2, 1));
        let (name, sealed) = t.cx.store.list_mail_tokens().await.expect("answers").remove(0);
        assert!(name.contains("rekey") && !String::from_utf8_lossy(&sealed).contains("only"), "{name}");
    }

    async fn of_two_nodes_one_asks_for_the_next_token(t: Bench) {
        let service = Service::start().await;
        service.grant("one");
        let other = t.another_node().await;
        let (a, b) = (service.sender(&t.cx, service.with_secret()), service.sender(&other, service.with_secret()));
        let mail = mail();
        let (first, second) = tokio::join!(a.send(&mail), b.send(&mail));
        assert_eq!(service.asked().len(), 1);
        for answer in [first, second] {
            assert!(matches!(answer, Ok(()) | Err(SendError::NotNow { class: "oauth.renewal" })), "{answer:?}");
        }
    }
}

#[tokio::test]
async fn each_mechanism_shows_the_token_and_hears_that_it_is_refused() {
    for (mechanism, begins, after) in [
        ("xoauth2", "XOAUTH2 user=noreply@example.org\u{1}auth=Bearer good\u{1}\u{1}", ""),
        ("oauthbearer", "OAUTHBEARER n,a=noreply@example.org,\u{1}host=127.0.0.1\u{1}port=", "AQ=="),
    ] {
        let (t, service) = (Bench::sqlite().await, Service::start().await);
        let keys = || OAuthKeys { mechanism: Some(mechanism.to_owned()), ..service.with_secret() };
        service.grant("good");
        service.sender(&t.cx, keys()).send(&mail()).await.expect("taken");
        assert!(service.mails.auths()[0].starts_with(begins), "{:?}", service.mails.auths());

        service.mails.take_token("another");
        let refused = service.sender(&t.cx, keys()).send(&mail()).await;
        assert_eq!(refused, Err(SendError::NotNow { class: "smtp.credentials" }), "{mechanism}");
        assert_eq!(service.mails.auths()[2], format!("after refusal: {after}"));
    }
}

#[tokio::test]
async fn a_secret_asks_as_the_program_itself() {
    let (t, service) = (Bench::sqlite().await, Service::start().await);
    service.grant("a");
    service.sender(&t.cx, service.with_secret()).send(&mail()).await.expect("taken");
    let asked = service.asked().remove(0);
    let given = ["grant_type", "client_id", "client_secret", "scope"].map(|name| value(&asked, name));
    assert_eq!(given, ["client_credentials", "rekey", "s3cret", "mail.send"]);
}

#[tokio::test]
async fn a_refresh_token_that_is_replaced_is_the_one_that_asks_next() {
    let (t, service) = (Bench::sqlite().await, Service::start().await);
    let keys = || OAuthKeys { refresh_token: Some(Secret::new("r1")), ..service.keys() };
    for (token, next) in [("a", r#","refresh_token":"r2""#), ("b", ""), ("c", "")] {
        service.mails.take_token(token);
        service.answer(&format!(r#"{{"access_token":"{token}","expires_in":3600{next}}}"#));
        service.sender(&t.cx, keys()).send(&mail()).await.expect("taken");
        t.advance(HOUR);
    }
    let tokens: Vec<_> = service.asked().iter().map(|form| value(form, "refresh_token")).collect();
    assert_eq!(tokens, ["r1", "r2", "r2"]);
}

#[tokio::test]
async fn a_signed_assertion_says_who_asks_for_whom_and_verifies() {
    let (t, service) = (Bench::sqlite().await, Service::start().await);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/tls");
    let key_file = Some(folder.join("client-rsa.pem").display().to_string());
    service.grant("a");
    let keys = OAuthKeys { key_file, key_id: Some("k1".to_owned()), ..service.keys() };
    service.sender(&t.cx, keys).send(&mail()).await.expect("taken");

    let asked = service.asked().remove(0);
    assert_eq!(value(&asked, "grant_type"), "urn:ietf:params:oauth:grant-type:jwt-bearer");
    let assertion = value(&asked, "assertion");
    let (signed, signature) = assertion.rsplit_once('.').expect("three parts");
    let parts: Vec<Value> = signed
        .split('.')
        .map(|part| serde_json::from_slice(&BASE64.decode(part).expect("base64url")).expect("JSON"))
        .collect();
    assert_eq!((parts[0]["alg"].as_str(), parts[0]["kid"].as_str()), (Some("RS256"), Some("k1")));
    let now = t.cx.clock.now().as_millis() / 1000;
    assert_eq!((parts[1]["iat"].as_i64(), parts[1]["exp"].as_i64()), (Some(now), Some(now + 300)));
    assert_eq!(parts[1]["aud"].as_str(), Some(&*format!("{}/token", service.endpoint.url())));
    for (name, expected) in [("iss", "rekey"), ("sub", "noreply@example.org"), ("scope", "mail.send")] {
        assert_eq!(parts[1][name].as_str(), Some(expected));
    }
    let public = std::fs::read(folder.join("client-rsa.pub.der")).expect("a key");
    let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public);
    public.verify(signed.as_bytes(), &BASE64.decode(signature).expect("base64url")).expect("it verifies");
}

#[tokio::test]
async fn an_endpoint_that_is_away_ends_nothing_while_the_token_lasts() {
    let (t, service) = (Bench::sqlite().await, Service::start().await);
    service.grant("a");
    let sender = || service.sender(&t.cx, service.with_secret());
    sender().send(&mail()).await.expect("taken");
    t.advance(HOUR.saturating_sub(Duration::from_secs(60)));
    for answer in [http::Answer::Status(503), http::Answer::Close, http::Answer::Json(200, "<html>".to_owned())] {
        service.endpoint.answer(answer);
        sender().send(&mail()).await.expect("the token lasts for another minute");
    }
    t.advance(Duration::from_secs(60));
    for (answer, class) in [
        (http::Answer::Status(503), "oauth.5xx"),
        (http::Answer::Json(400, r#"{"error":"invalid_grant"}"#.to_owned()), "oauth.refused"),
        (http::Answer::Json(200, r#"{"access_token":"a\r\nRSET"}"#.to_owned()), "oauth.protocol"),
        (http::Answer::Redirect("http://127.0.0.1:9/".to_owned()), "oauth.5xx"),
    ] {
        service.endpoint.answer(answer);
        assert_eq!(sender().send(&mail()).await, Err(SendError::NotNow { class }));
    }
    service.grant("b");
    sender().send(&mail()).await.expect("it is back");
}

#[test]
fn settings_that_cannot_work_are_told_by_their_key() {
    let keys = || OAuthKeys {
        token_url: Some("https://login.example.com/token".to_owned()),
        client_id: Some("rekey".to_owned()),
        client_secret: Some(Secret::new("s")),
        ..OAuthKeys::default()
    };
    let key_of = |keys, user, password| OAuthSettings::parse(keys, user, password).expect_err("refused").key;
    assert!(OAuthSettings::parse(keys(), "a@example.org", false).expect("right").is_some());
    assert!(OAuthSettings::parse(OAuthKeys::default(), "", false).expect("right").is_none());
    for (url, key) in [("http://login.example.com/", "mail.oauth.token_url"), ("login", "mail.oauth.token_url")] {
        assert_eq!(key_of(OAuthKeys { token_url: Some(url.to_owned()), ..keys() }, "a@b.example", false), key);
    }
    assert_eq!(key_of(OAuthKeys { token_url: None, ..keys() }, "a@b.example", false), "mail.oauth.token_url");
    assert_eq!(key_of(keys(), "", false), "mail.url");
    assert_eq!(key_of(keys(), "a@b.example", true), "mail.url");
    assert_eq!(key_of(OAuthKeys { client_id: None, ..keys() }, "a@b.example", false), "mail.oauth.client_id");
    assert_eq!(key_of(OAuthKeys { client_secret: None, ..keys() }, "a@b.example", false), "mail.oauth.client_secret");
    let pkce = Some("plain".to_owned());
    assert_eq!(key_of(OAuthKeys { mechanism: pkce, ..keys() }, "a@b.example", false), "mail.oauth.mechanism");
    let file = Some("/nowhere/key.pem".to_owned());
    let no_file = OAuthKeys { client_secret: None, key_file: file, ..keys() };
    assert_eq!(key_of(no_file, "a@b.example", false), "mail.oauth.key_file");
}
