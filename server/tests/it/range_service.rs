//! A range service of breached passwords over TLS, asked by the program itself.

use std::sync::{Arc, Mutex};

use rekey_testkit::bench::GOOD;
use rekey_testkit::site::{Scripts, paths};
use rekey_testkit::tls::{self, ca_file, other_ca_file};
use rekey_testkit::{Database, TestSite};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const ADA: &str = "ada@example.org";
/// No list holds it but the one of this service.
const LEAKED: &str = "Quiet harbour 27 gulls";
/// Its SHA-1 is 2E836 B83D46C520DA40838EF60BAE9B1208FE3C9.
const PREFIX: &str = "/range/2E836";
const ANSWER: &str = "0018A45C4D1DEF81644B54AB7F969B88D65:0\r\nB83D46C520DA40838EF60BAE9B1208FE3C9:7\r\n";

/// What a service was asked for: the first lines of requests.
type Asked = Arc<Mutex<Vec<String>>>;

/// A service on this machine, and what it was asked for.
async fn service() -> (String, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let port = listener.local_addr().expect("an address").port();
    let asked = Asked::default();
    let heard = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, Arc::clone(&heard)));
        }
    });
    (format!("https://localhost:{port}/range/"), asked)
}

async fn talk(stream: TcpStream, asked: Asked) -> Option<()> {
    let mut stream = tls::accept(stream).await?;
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.ok()?);
    }
    let line = String::from_utf8(request).ok()?.lines().next()?.to_owned();
    asked.lock().expect("lock").push(line);
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{ANSWER}", ANSWER.len());
    stream.write_all(answer.as_bytes()).await.ok()?;
    stream.shutdown().await.ok()
}

/// What a change to a password comes to at a site that asks this service.
async fn change_to(site: &TestSite, password: &str) -> String {
    let mut browser = site.signed_in(ADA, GOOD).await;
    let form = [("current_password", GOOD), ("new_password", password), ("confirm_password", password)];
    let answer = browser.post(Scripts::On, paths::CHANGE_PASSWORD, &form).await;
    if answer.is_success() { "changed".to_owned() } else { answer.body }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_behind_a_trusted_certificate_is_asked_for_five_digits() {
    let (address, asked) = service().await;
    let ca = ca_file();
    let site = TestSite::program().on(Database::sqlite().await).set("REKEY_BREACH__REMOTE_URL", &address);
    let site = site.set("SSL_CERT_FILE", &ca.display().to_string()).start().await;
    site.register(ADA).await;
    asked.lock().expect("lock").clear();
    let refused = change_to(&site, LEAKED).await;
    assert!(refused.contains("breached"), "{refused}");
    assert_eq!(*asked.lock().expect("lock"), [format!("GET {PREFIX} HTTP/1.1")]);
    assert_eq!(change_to(&site, "Quiet harbour 28 gulls").await, "changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_behind_another_certificate_is_told_nothing_and_stops_no_one() {
    let (address, asked) = service().await;
    let ca = other_ca_file();
    let site = TestSite::program().on(Database::sqlite().await).set("REKEY_BREACH__REMOTE_URL", &address);
    let site = site.set("SSL_CERT_FILE", &ca.display().to_string()).start().await;
    site.register(ADA).await;
    assert_eq!(change_to(&site, LEAKED).await, "changed");
    assert!(asked.lock().expect("lock").is_empty());
    let log = std::fs::read_to_string(site.as_program().log_file(0)).expect("a log");
    assert!(log.contains("the range service of breached passwords does not answer"), "{log}");
}
