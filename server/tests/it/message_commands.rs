//! `rekey message test`, and what became of messages that were given up.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Output, Stdio};
use std::time::Duration;

use http::Request;
use rekey_testkit::TestSite;
use rekey_testkit::site::{InFlight, Installation, MessageProvider};

/// A mail server that answers every recipient like this, on a thread of its own.
fn mail_server(to_recipients: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("smtp://127.0.0.1:{}", listener.local_addr().expect("an address").port());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || talk(&stream, to_recipients));
        }
    });
    url
}

fn talk(mut stream: &TcpStream, to_recipients: &str) -> Option<()> {
    let mut lines = BufReader::new(stream).lines();
    stream.write_all(b"220 ready\r\n").ok()?;
    loop {
        let line = lines.next()?.ok()?;
        let answer = match line.get(..4)? {
            "EHLO" => "250-here\r\n250 8BITMIME",
            "RCPT" => to_recipients,
            "QUIT" => return None,
            _ => "250 ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).ok()?;
    }
}

fn installation(settings: &[(&str, &str)]) -> Installation {
    let cheap = ("REKEY_HASHING__INSECURE_TEST_COST", "true");
    Installation::new(1, &[&[cheap, ("REKEY_DEV_MAILBOX", "false")], settings].concat())
}

fn test_message(installation: &Installation, to: &str) -> (Option<i32>, String) {
    let mut command = installation.command();
    let Output { status, stdout, .. } =
        command.args(["message", "test", "--to", to]).stderr(Stdio::inherit()).output().expect("it runs");
    (status.code(), String::from_utf8(stdout).expect("text").trim().to_owned())
}

#[test]
fn a_test_message_goes_to_the_provider_now() {
    let provider = MessageProvider::start();
    let settings = provider.settings();
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let installation = installation(&settings);
    for to in ["ada@example.org", "+12025550123"] {
        let told = test_message(&installation, to);
        assert_eq!(told, (Some(0), "Sent: the provider has taken the message.".to_owned()), "{to}");
    }
    let messages = provider.messages();
    assert_eq!(messages.iter().map(|message| &*message.to).collect::<Vec<_>>(), ["ada@example.org", "+12025550123"]);
    assert!(messages.iter().all(|message| message.text.contains("Rekey")), "{:?}", messages[1].text);
}

#[test]
fn what_keeps_a_test_message_from_being_sent_is_told() {
    let refusing = mail_server("550 unknown");
    let refused = test_message(&installation(&[("REKEY_MAIL__URL", &refusing)]), "ada@example.org");
    assert_eq!(refused, (Some(1), "Not sent: the provider refuses this message (smtp.5xx).".to_owned()));
    let away = test_message(&installation(&[("REKEY_MAIL__URL", "smtp://127.0.0.1:9")]), "ada@example.org");
    assert_eq!(away, (Some(1), "Not sent: the provider cannot be reached (smtp.connection).".to_owned()));
    let none = test_message(&installation(&[]), "+12025550123");
    assert_eq!(none, (Some(1), "Not sent: text messages have no provider; set sms.url.".to_owned()));
    assert_eq!(test_message(&installation(&[]), "ada").0, Some(1), "a username is no address");
}

#[test]
fn doctor_names_a_mail_service_that_switches_passwords_off() {
    let told = |url: &str| {
        let doctor = installation(&[("REKEY_MAIL__URL", url)]).command().arg("doctor").output().expect("it runs");
        let told = String::from_utf8(doctor.stdout).expect("text");
        told.lines().find(|line| line.contains("switches sign-in")).map(str::to_owned)
    };
    assert_eq!(
        told("smtp://user:password@smtp.office365.com:587").as_deref(),
        Some("warn  smtp.office365.com switches sign-in with passwords off: set mail.oauth")
    );
    assert!(told("smtps://user:password@smtp.gmail.com").is_some_and(|line| line.starts_with("note  smtp.gmail.com")));
    assert_eq!(told("smtp://user:password@mail.example.org:587"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_was_given_up_is_counted_and_told_by_doctor() {
    let refusing = mail_server("550 unknown");
    let installation = installation(&[("REKEY_MAIL__URL", &refusing)]);
    let _node = installation.serve(0, Stdio::null());
    let (port, host) = (installation.ports()[0], format!("localhost:{}", installation.ports()[0]));
    let ask = |request: Request<String>| async move {
        InFlight::send(port, &request).await.expect("it listens").answer().await.expect("an answer")
    };
    let form = Request::post("/api/registration/start").header("host", &host).header("sec-fetch-site", "same-origin");
    let form = form.header("content-type", "application/x-www-form-urlencoded");
    let answer = ask(form.body("identifier=ada%40example.org".to_owned()).expect("a request")).await;
    assert!(answer.is_success(), "{}", answer.body);
    let dead = async {
        loop {
            let metrics = Request::get("/metrics").header("host", &host).body(String::new()).expect("a request");
            if ask(metrics).await.body.contains("\nrekey_outbox_dead 1\n") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), dead).await.expect("it is given up");
    let doctor = installation.command().arg("doctor").output().expect("it runs");
    let told = String::from_utf8(doctor.stdout).expect("text");
    assert!(told.contains("warn  1 message failed"), "{told}");
}

#[tokio::test]
async fn the_page_of_a_registration_says_what_it_takes() {
    let with = TestSite::router().start().await.get("/register").await.body;
    assert!(with.contains(">Email address or phone number<"), "{with}");
    let without = TestSite::router().set("REKEY_REGISTRATION__PHONE", "false").start().await;
    let page = without.get("/register").await.body;
    assert!(page.contains(">Email address<") && !page.contains("or phone number"), "{page}");
}
