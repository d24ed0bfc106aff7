//! Drives a running server over loopback: sign-ins at full speed, and light requests alone and beside a flood.
//! Prints one JSON object for each measurement. `cargo xtask bench` runs it.
//!
//! `load ADDRESS prepare` registers the accounts through the development mailbox.
//! `load ADDRESS sign-ins COUNT AT_ONCE` measures sign-ins.
//! `load ADDRESS starts COUNT AT_ONCE known|unknown` measures recoveries begun, for accounts or for addresses of none.
//! `load ADDRESS light SECONDS` measures light requests alone.
//! `load ADDRESS flood COUNT` measures light requests while COUNT sign-ins are in flight.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a measuring program reads the clock and stops when it cannot go on"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [address, "prepare"] => prepare(address).await,
        [address, "sign-ins", count, at_once] => {
            println!("{}", sign_ins(address, number(count), number(at_once)).await);
        }
        [address, "starts", count, at_once, who @ ("known" | "unknown")] => {
            println!("{}", starts(address, number(count), number(at_once), who == "known").await);
        }
        [address, "light", seconds] => {
            let stop = Arc::new(AtomicBool::new(false));
            let timer = tokio::spawn(stop_after(Arc::clone(&stop), Duration::from_secs(number(seconds) as u64)));
            println!("{}", light(address, stop).await);
            timer.await.expect("stops");
        }
        [address, "flood", count] => flood(address, number(count)).await,
        _ => panic!("see the head of this file"),
    }
}

/// As many as may register from one address within an hour, and a few less. A password is tried for an account at
/// most five times at once, so one account alone would measure refusals.
const ACCOUNTS: usize = 48;
const PASSWORD: &str = "a bench of seven quiet words";

fn identifier(nth: usize) -> String {
    format!("bench{}@example.org", nth % ACCOUNTS)
}

fn number(text: &str) -> usize {
    text.parse().expect("a number")
}

async fn stop_after(stop: Arc<AtomicBool>, span: Duration) {
    tokio::time::sleep(span).await;
    stop.store(true, Ordering::Relaxed);
}

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

/// One kept-alive connection.
struct Client {
    stream: BufReader<TcpStream>,
    host: String,
}

impl Client {
    async fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("connects");
        stream.set_nodelay(true).expect("sets");
        let port = address.rsplit(':').next().expect("a port");
        Self { stream: BufReader::new(stream), host: format!("localhost:{port}") }
    }

    async fn get(&mut self, path: &str) -> Answer {
        let host = self.host.clone();
        self.send(format!("GET {path} HTTP/1.1\r\nhost: {host}\r\naccept: text/html\r\n\r\n")).await
    }

    async fn post(&mut self, path: &str, form: &str, cookie: &str) -> Answer {
        let host = self.host.clone();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\norigin: http://{host}\r\nsec-fetch-site: same-origin\r\n\
             content-type: application/x-www-form-urlencoded\r\naccept: application/json\r\ncookie: {cookie}\r\n\
             content-length: {}\r\n\r\n{form}",
            form.len()
        );
        self.send(request).await
    }

    async fn send(&mut self, request: String) -> Answer {
        self.stream.get_mut().write_all(request.as_bytes()).await.expect("sends");
        let head = self.head().await;
        let status = head.get(9..12).and_then(|status| status.parse().ok()).expect("a status");
        let body = self.body(&head).await;
        Answer { status, head, body }
    }

    async fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(self.stream.read_u8().await.expect("answers"));
        }
        String::from_utf8_lossy(&head).into_owned()
    }

    async fn body(&mut self, head: &str) -> Vec<u8> {
        let lower = head.to_ascii_lowercase();
        if lower.contains("transfer-encoding: chunked") {
            return self.chunks().await;
        }
        let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")).map_or(0, number);
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.expect("a body");
        body
    }

    async fn chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let mut line = Vec::new();
            while !line.ends_with(b"\r\n") {
                line.push(self.stream.read_u8().await.expect("a chunk"));
            }
            let size = String::from_utf8_lossy(&line[..line.len() - 2]).into_owned();
            let size = usize::from_str_radix(&size, 16).expect("a size");
            let mut chunk = vec![0; size + 2];
            self.stream.read_exact(&mut chunk).await.expect("a chunk");
            if size == 0 {
                return body;
            }
            body.extend_from_slice(&chunk[..size]);
        }
    }
}

fn sign_in_form(nth: usize) -> String {
    format!("identifier={}&password={}", encoded(&identifier(nth)), encoded(PASSWORD))
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

const SIGN_IN: &str = "/api/session/sign-in";
const START: &str = "/api/recovery/start";

async fn sign_ins(address: &str, count: usize, at_once: usize) -> serde_json::Value {
    post_all(address, SIGN_IN, count, at_once, sign_in_form).await
}

/// Each recovery is for another address, as far as there are accounts enough.
async fn starts(address: &str, count: usize, at_once: usize, known: bool) -> serde_json::Value {
    let identifier_of = move |nth| if known { identifier(nth) } else { format!("stranger{nth}@example.org") };
    let form = move |nth| format!("identifier={}", encoded(&identifier_of(nth)));
    post_all(address, START, count, at_once, form).await
}

/// Posts `count` forms over `at_once` connections. What is answered is counted by its status.
async fn post_all(
    address: &str,
    path: &'static str,
    count: usize,
    at_once: usize,
    form: impl Fn(usize) -> String,
) -> serde_json::Value {
    let forms = |client: usize| (client..count).step_by(at_once).map(&form).collect::<Vec<_>>();
    let forms: Vec<_> = (0..at_once).map(forms).collect();
    let start = Instant::now();
    let clients: Vec<_> =
        forms.into_iter().map(|forms| tokio::spawn(post_each(address.to_owned(), path, forms))).collect();
    let mut answers = Vec::new();
    for client in clients {
        answers.extend(client.await.expect("no panic"));
    }
    let done = answers.iter().filter(|(status, _)| matches!(status, 200 | 302 | 303)).count();
    let rate = done as f64 / start.elapsed().as_secs_f64();
    let mut summary = summary(&answers);
    summary["per_second"] = serde_json::json!((rate * 10.0).round() / 10.0);
    summary
}

async fn post_each(address: String, path: &str, forms: Vec<String>) -> Vec<(u16, Duration)> {
    let mut client = Client::connect(&address).await;
    let mut answers = Vec::with_capacity(forms.len());
    for form in &forms {
        let start = Instant::now();
        let answer = client.post(path, form, "").await;
        answers.push((answer.status, start.elapsed()));
    }
    answers
}

/// Four people who open the first page, again and again.
async fn light(address: &str, stop: Arc<AtomicBool>) -> serde_json::Value {
    let people: Vec<_> = (0..4).map(|_| tokio::spawn(look(address.to_owned(), Arc::clone(&stop)))).collect();
    let mut answers = Vec::new();
    for person in people {
        answers.extend(person.await.expect("no panic"));
    }
    summary(&answers)
}

async fn look(address: String, stop: Arc<AtomicBool>) -> Vec<(u16, Duration)> {
    let mut client = Client::connect(&address).await;
    let mut answers = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let start = Instant::now();
        let answer = client.get("/").await;
        answers.push((answer.status, start.elapsed()));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    answers
}

async fn flood(address: &str, count: usize) {
    let stop = Arc::new(AtomicBool::new(false));
    let watching = tokio::spawn({
        let (address, stop) = (address.to_owned(), Arc::clone(&stop));
        async move { light(&address, stop).await }
    });
    let flood = sign_ins(address, count, count).await;
    stop.store(true, Ordering::Relaxed);
    let light = watching.await.expect("no panic");
    println!("{}", serde_json::json!({ "flood": flood, "light": light }));
}

fn summary(answers: &[(u16, Duration)]) -> serde_json::Value {
    let mut statuses = BTreeMap::<String, usize>::new();
    for (status, _) in answers {
        *statuses.entry(status.to_string()).or_default() += 1;
    }
    let millis = |time: &Duration| (time.as_secs_f64() * 1e5).round() / 100.0;
    let refused = answers.iter().filter(|(status, _)| *status == 503).map(|(_, time)| millis(time));
    let refused = refused.fold(0.0, f64::max);
    let mut times: Vec<f64> = answers.iter().map(|(_, time)| time.as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| {
        times.get(((times.len() as f64 - 1.0) * share) as usize).map_or(0.0, |ms| (ms * 100.0).round() / 100.0)
    };
    serde_json::json!({
        "requests": times.len(), "p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": at(1.0), "statuses": statuses,
        // The slowest word that it is full.
        "refused_max_ms": refused,
    })
}

async fn prepare(address: &str) {
    let mut client = Client::connect(address).await;
    for nth in 0..ACCOUNTS {
        register(&mut client, &identifier(nth)).await;
    }
}

async fn register(client: &mut Client, identifier: &str) {
    let form = format!("identifier={}&consent=on", encoded(identifier));
    let started = client.post("/api/registration/start", &form, "").await;
    let cookie = cookie_of(&started).unwrap_or_else(|| panic!("no cookie: {}", started.head));
    let code = mailed_code(client, identifier).await;
    let verified = client.post("/api/registration/verify", &format!("code={code}"), &cookie).await;
    assert!(verified.status < 400, "the code is right: {}", verified.head);
    let password = encoded(PASSWORD);
    let form = format!("given_name=&family_name=&username=&new_password={password}&confirm_password={password}");
    let made = client.post("/api/registration/complete", &form, &cookie).await;
    assert!(made.status < 400, "registers: {} {}", made.head, String::from_utf8_lossy(&made.body));
}

fn cookie_of(answer: &Answer) -> Option<String> {
    let lower =
        answer.head.lines().find(|line| line.to_ascii_lowercase().starts_with("set-cookie: rekey_register="))?;
    lower.split([' ', ';']).nth(1).map(str::to_owned)
}

async fn mailed_code(client: &mut Client, identifier: &str) -> String {
    for _ in 0..100 {
        let mailbox = client.get("/dev/mailbox.json").await;
        let messages: Vec<serde_json::Value> = serde_json::from_slice(&mailbox.body).expect("JSON");
        let theirs = messages.iter().filter(|message| message["to"] == identifier);
        let texts = theirs.filter_map(|message| message["text"].as_str());
        let code = texts.flat_map(|text| text.split(|c: char| !c.is_ascii_digit())).find(|run| run.len() == 6);
        if let Some(code) = code {
            return code.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no code arrived");
}
