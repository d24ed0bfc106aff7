//! No secret is written down where it does not belong (P9, T-44): passwords right and wrong, codes, the tokens of
//! links, sessions and journeys are driven through every flow, and then looked for in the log at its most talkative,
//! in the counters, in the database and in the answers, in every form that somebody could have put them into.
#![expect(clippy::expect_used, reason = "a helper that cannot go on must stop the test")]

mod support_proofs;

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rekey::site::PeerAddress;
use rekey_service::owner;
use rekey_testkit::bench::last_segment;
use support_proofs::browser::{Answer, Browser, Manner};
use support_proofs::house::{HOST, House};
use support_proofs::program::Installation;
use support_proofs::scan::{Canary, Hit, forms, hits};
use support_proofs::sink::Sink;
use tower::ServiceExt as _;
use tracing_subscriber::fmt::format::FmtSpan;

const PATIENCE: Duration = Duration::from_secs(20);

const ADA: &str = "ada.kanarienvogel@example.org";
const GRACE: &str = "+12025550187";
/// Addresses and numbers belong into the database and into messages, and nowhere else.
const PEOPLE: [(&str, &str); 4] =
    [("address", ADA), ("number", GRACE), ("digits", "2025550187"), ("written number", "202-555-0187")];

const FIRST: &str = "Kanarie-1 pfeift & singt=laut";
const SECOND: &str = "Kanarie-2 hüpft % im Käfig";
const THIRD: &str = "Kanarie-3 trinkt + badet gern";
const FOURTH: &str = "Kanarie-4 schläft / nachts tief";
const WEAK: &str = "Kanarie-5";
const WRONG: &str = "Kanarie-6 ist ganz falsch!";
const OTHER: &str = "Kanarie-7 tippt sich anders?";
const LOST: &str = "Kanarie-8 kam nie & nirgends an";

/// What was written to a log.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("lock").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// A subscriber that writes down everything that anybody says, libraries included.
    fn subscriber(&self) -> impl tracing::Subscriber + Send + Sync + 'static {
        let log = self.clone();
        let all = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_span_events(FmtSpan::FULL);
        // The fractions of seconds have six digits, as codes do.
        all.without_time().with_ansi(false).with_writer(move || log.clone()).finish()
    }

    fn bytes(&self) -> Vec<u8> {
        self.0.lock().expect("lock").clone()
    }
}

/// A person, and everything that is planted and answered on their way.
struct Tour {
    house: House,
    browser: Browser,
    planted: Vec<Canary>,
    answers: Vec<Answer>,
}

impl Tour {
    async fn new() -> Self {
        let house = House::quick().await;
        let browser = house.browser(1);
        let mut tour = Self { house, browser, planted: Vec::new(), answers: Vec::new() };
        for password in [FIRST, SECOND, THIRD, FOURTH, WEAK, WRONG, OTHER, LOST] {
            tour.plant("password", password);
        }
        tour
    }

    fn plant(&mut self, name: &str, secret: &str) {
        let known = self.planted.iter().any(|canary| canary.secret == secret);
        if !known && !secret.is_empty() {
            self.planted.push(Canary { name: name.to_owned(), secret: secret.to_owned() });
        }
    }

    async fn open(&mut self, path: &str) {
        let answer = self.browser.get(path).await;
        self.keep(answer);
    }

    /// Sends a form, and gives the status of the answer.
    async fn send(&mut self, manner: Manner, path: &str, fields: &[(&str, &str)]) -> u16 {
        let answers = self.browser.submit(manner, path, fields).await;
        let status = answers[0].status.as_u16();
        for answer in answers {
            self.keep(answer);
        }
        status
    }

    /// The same by both ways of sending forms: for what is refused.
    async fn refused(&mut self, path: &str, fields: &[(&str, &str)]) {
        assert_eq!(self.send(Manner::Plain, path, fields).await, 303, "{path}");
        let status = self.send(Manner::Scripted, path, fields).await;
        assert!((400..500).contains(&status), "{path}: {status}");
    }

    async fn done(&mut self, path: &str, fields: &[(&str, &str)]) {
        let status = self.send(Manner::Scripted, path, fields).await;
        assert!(status < 400, "{path}: {status} {:?}", self.answers.last());
    }

    fn keep(&mut self, answer: Answer) {
        for name in ["session", "register", "recover", "link", "owner", "not_me"] {
            // Other words in these cookies are no secrets.
            let token = self.browser.cookie(&format!("rekey_{name}")).filter(|token| token.len() == 43);
            let token = token.unwrap_or_default().to_owned();
            self.plant(name, &token);
        }
        self.answers.push(answer);
    }

    /// Sends what is owed; gives the code and the link's path in the first message that has them.
    async fn mailed(&mut self) -> (String, String) {
        let sent = self.house.send_owed().await;
        let texts: Vec<_> = sent.iter().map(|message| message.text.clone()).collect();
        let words = texts.iter().flat_map(|text| text.split(|message: char| !message.is_alphanumeric()));
        let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
        let code = words.clone().find(is_code).unwrap_or_default().to_owned();
        let home = format!("https://{HOST}");
        let links = texts.iter().flat_map(|text| text.split_whitespace()).filter_map(|word| word.strip_prefix(&home));
        let link = links.clone().find(|path| path.len() > 43).unwrap_or_default().to_owned();
        self.plant("code", &code);
        self.plant("link", link.rsplit('/').next().unwrap_or_default());
        (code, link)
    }

    async fn registers(&mut self) {
        let link = owner::make_link(&self.house.t.cx).await.expect("a link");
        let token = last_segment(&link).expect("a token");
        self.plant("owner", &token);
        self.open(&format!("/owner/{token}")).await;
        self.open("/register").await;
        self.refused("/api/registration/start", &[("identifier", "Kanarie-6@")]).await;
        self.done("/api/registration/start", &[("identifier", ADA)]).await;
        let (code, _) = self.mailed().await;
        self.open("/register/code").await;
        self.refused("/api/registration/verify", &[("code", "000000")]).await;
        self.done("/api/registration/verify", &[("code", &code)]).await;
        self.open("/register/details").await;
        self.chooses("/api/registration/complete", FIRST).await;
    }

    /// Chooses a weak password, then two different ones, then this one.
    async fn chooses(&mut self, path: &str, password: &str) {
        for (new, again) in [(WEAK, WEAK), (password, OTHER)] {
            let fields = [("given_name", "Ada"), ("new_password", new), ("confirm_password", again)];
            self.refused(path, &fields).await;
        }
        self.done(path, &[("given_name", "Ada"), ("new_password", password), ("confirm_password", password)]).await;
    }

    async fn signs_in(&mut self, password: &str) {
        for wrong in [WRONG, OTHER] {
            self.refused("/api/session/sign-in", &[("identifier", ADA), ("password", wrong)]).await;
        }
        for manner in Manner::BOTH {
            self.send(manner, "/api/session/sign-in", &[("identifier", ADA), ("password", password)]).await;
            assert!(self.browser.cookie("rekey_session").is_some(), "signed in");
        }
        for page in ["/account", "/account/sessions", "/account/password", "/api/page/account/sessions", "/"] {
            self.open(page).await;
        }
    }

    async fn changes(&mut self) {
        for (old, new, again) in [(WRONG, SECOND, SECOND), (FIRST, WEAK, WEAK), (FIRST, SECOND, OTHER)] {
            let fields = [("current_password", old), ("new_password", new), ("confirm_password", again)];
            self.refused("/api/password/change", &fields).await;
        }
        let fields = [("current_password", FIRST), ("new_password", SECOND), ("confirm_password", SECOND)];
        self.done("/api/password/change", &fields).await;
        self.done("/api/session/end-others", &[]).await;
        self.done("/api/session/sign-out", &[]).await;
        self.mailed().await;
    }

    async fn recovers_by_link(&mut self) {
        self.done("/api/recovery/start", &[("identifier", ADA)]).await;
        let (_, link) = self.mailed().await;
        self.open(&link).await;
        self.open("/recover/new").await;
        self.chooses("/api/recovery/complete", THIRD).await;
        self.mailed().await;
        self.open(&link).await;
        self.refused("/api/recovery/complete", &[("new_password", LOST), ("confirm_password", LOST)]).await;
        self.signs_in(THIRD).await;
    }

    async fn recovers_by_code_and_objects(&mut self) {
        self.house.t.advance(Duration::from_secs(61));
        self.done("/api/recovery/start", &[("identifier", ADA)]).await;
        self.mailed().await;
        self.refused("/api/recovery/verify", &[("code", "000000")]).await;
        self.refused("/api/recovery/resend", &[]).await;
        self.house.t.advance(Duration::from_secs(61));
        self.done("/api/recovery/resend", &[]).await;
        let (code, _) = self.mailed().await;
        self.open("/recover").await;
        self.done("/api/recovery/verify", &[("code", &code)]).await;
        self.chooses("/api/recovery/complete", FOURTH).await;
        self.signs_in(FOURTH).await;
        let (_, objection) = self.mailed().await;
        assert!(objection.starts_with("/not-me/"), "{objection}");
        self.open(&objection).await;
        self.open("/not-me").await;
        self.done("/api/account/freeze", &[]).await;
        self.refused("/api/account/freeze", &[]).await;
        self.mailed().await;
    }

    async fn registers_a_telephone(&mut self) {
        self.done("/api/registration/start", &[("identifier", GRACE)]).await;
        let (code, _) = self.mailed().await;
        self.done("/api/registration/verify", &[("code", &code)]).await;
        self.chooses("/api/registration/complete", FIRST).await;
        self.done("/api/recovery/start", &[("identifier", GRACE)]).await;
        self.mailed().await;
    }

    /// Secrets in places where no form of ours has them. Pages may hold their own address, so answers are not kept.
    async fn gets_lost(&mut self) {
        let lost: String = url::form_urlencoded::byte_serialize(LOST.as_bytes()).collect();
        for path in ["/nowhere", "/api/nowhere", "/", "/recover/new", "/recover", "/account", "/pkg/x"] {
            self.browser.get(&format!("{path}?password={lost}&identifier={ADA}")).await;
            self.browser.get(&format!("{path}/{lost}")).await;
            self.browser.post(Manner::Scripted, path, &[("password", LOST), ("identifier", ADA)]).await;
        }
        for path in ["/recover/link/", "/owner/", "/not-me/"] {
            self.browser.get(&format!("{path}{lost}")).await;
        }
        let huge = LOST.repeat(5_000);
        for path in ["/api/session/sign-in", "/api/recovery/complete", "/language", "/csp-report"] {
            let fields = [("password", huge.as_str()), ("new_password", LOST), ("return_to", LOST)];
            self.browser.post(Manner::Scripted, path, &fields).await;
        }
    }

    /// The database falls ill, and requests fail as nobody has foreseen.
    async fn falls_ill(&mut self) {
        let path = self.house.t.database.url().trim_start_matches("sqlite://").to_owned();
        let length = fs::metadata(&path).expect("a database").len();
        let mut file = fs::OpenOptions::new().write(true).open(&path).expect("opens");
        file.write_all(&vec![0x55; usize::try_from(length).expect("small")]).expect("written");
        let _ = fs::write(format!("{path}-wal"), [0x55; 4096]);
        let sign_in = [("identifier", ADA), ("password", FOURTH)];
        assert_eq!(self.send(Manner::Scripted, "/api/session/sign-in", &sign_in).await, 500, "it is ill");
        self.send(Manner::Scripted, "/api/recovery/start", &[("identifier", ADA)]).await;
        self.send(Manner::Plain, "/api/registration/start", &[("identifier", GRACE)]).await;
    }
}

fn people() -> Vec<Canary> {
    PEOPLE.map(|(name, secret)| Canary { name: name.to_owned(), secret: secret.to_owned() }).to_vec()
}

/// Every file in a folder, one after the other.
fn files(folder: &Path) -> Vec<u8> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.filter(|path| path.is_file()).flat_map(|path| fs::read(path).expect("readable")).collect()
}

async fn counters(house: &House) -> Vec<u8> {
    let request = http::Request::get("/metrics").header("host", HOST).extension(PeerAddress([127, 0, 0, 1].into()));
    let request = request.body(axum::body::Body::empty()).expect("a request");
    let answer = house.router.clone().oneshot(request).await.expect("routers do not fail");
    assert_eq!(answer.status(), 200);
    axum::body::to_bytes(answer.into_body(), 1 << 20).await.expect("a whole body").to_vec()
}

/// What is in an answer beside the cookies, in which tokens belong.
fn without_cookies(answer: &Answer) -> Vec<u8> {
    let mut headers = answer.headers.clone();
    headers.remove(http::header::SET_COOKIE);
    format!("{} {headers:?}\n{}", answer.status, answer.body).into_bytes()
}

const NONE: Vec<Hit> = Vec::new();

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_written_down() {
    let log = Log::default();
    tracing::subscriber::set_global_default(log.subscriber()).expect("the first");
    let mut tour = Tour::new().await;
    tour.registers().await;
    tour.signs_in(FIRST).await;
    tour.changes().await;
    tour.recovers_by_link().await;
    tour.recovers_by_code_and_objects().await;
    tour.registers_a_telephone().await;
    tour.gets_lost().await;
    let url = tour.house.t.database.url().trim_start_matches("sqlite://").to_owned();
    let database = files(Path::new(&url).parent().expect("a folder"));
    let counters = counters(&tour.house).await;
    tour.falls_ill().await;

    let (planted, people, log) = (&tour.planted, people(), log.bytes());
    println!("{} canaries, {} answers, {} bytes of log", planted.len(), tour.answers.len(), log.len());
    assert!(planted.len() >= 32 && log.len() > 100_000);
    let text = String::from_utf8_lossy(&log);
    assert!(text.contains("/recover/link/{token}") && text.contains("unexpected failure"), "the log is on");
    assert_eq!(hits(&people[..1], &database).len(), 1, "the database can be read");
    assert_eq!(hits(planted, &log), NONE, "the log");
    assert_eq!(hits(&people, &log), NONE, "the log");
    assert_eq!(hits(planted, &counters), NONE, "the counters");
    assert_eq!(hits(&people, &counters), NONE, "the counters");
    assert_eq!(hits(planted, &database), NONE, "the database");
    let passwords: Vec<_> = planted.iter().filter(|canary| canary.name == "password").cloned().collect();
    for answer in &tour.answers {
        assert_eq!(hits(planted, &without_cookies(answer)), NONE, "an answer");
        assert_eq!(hits(&passwords, format!("{:?}", answer.headers).as_bytes()), NONE, "a cookie");
    }
}

#[test]
fn the_program_itself_writes_no_secret_down() {
    let sink = Sink::start();
    let place = Installation::new(&sink.url()).with("REKEY_LOG__LEVEL", "trace").with("REKEY_LOG__FORMAT", "json");
    let log = tempfile::NamedTempFile::new().expect("a file");
    let process = place.serve_with(Stdio::from(log.reopen().expect("opens")));
    let mut client = place.client();
    let mut send = |path: &str, fields: &[(&str, &str)]| client.post(path, fields).expect("an answer").status;
    assert_eq!(send("/api/registration/start", &[("identifier", ADA)]), 200);
    assert!(sink.wait_until(PATIENCE, |mails| mails.len() == 1), "a mail");
    let code = sink.mails()[0].code().expect("a code");
    assert_eq!(send("/api/registration/verify", &[("code", &code)]), 200);
    let choice = [("new_password", FIRST), ("confirm_password", FIRST)];
    assert_eq!(send("/api/registration/complete", &choice), 200);
    assert_eq!(send("/api/session/sign-in", &[("identifier", ADA), ("password", WRONG)]), 401);
    assert_eq!(send("/api/session/sign-in", &[("identifier", ADA), ("password", FIRST)]), 200);
    assert_eq!(send("/api/recovery/start", &[("identifier", ADA)]), 200);
    assert!(sink.wait_until(PATIENCE, |mails| mails.len() == 2), "another mail");
    let mail = sink.mails()[1].clone();
    let link = mail.link("/recover/link/").expect("a link");
    let token = link.rsplit('/').next().expect("a token");
    client.get(&link).expect("an answer");
    client
        .post("/api/recovery/complete", &[("new_password", SECOND), ("confirm_password", SECOND)])
        .expect("an answer");
    assert!(sink.wait_until(PATIENCE, |mails| mails.len() == 3), "a notice");
    process.kill();

    let secrets =
        [("code", code.as_str()), ("code", &mail.code().expect("a code")), ("link", token), ("password", FIRST)];
    let secrets = secrets.into_iter().chain([("password", SECOND), ("password", WRONG)]);
    let mut planted: Vec<_> =
        secrets.map(|(name, secret)| Canary { name: name.to_owned(), secret: secret.to_owned() }).collect();
    planted.extend(client.jar.iter().map(|(name, token)| Canary { name: name.clone(), secret: token.clone() }));
    let written = fs::read(log.path()).expect("readable");
    assert!(String::from_utf8_lossy(&written).contains("message settled"), "the log is on");
    assert_eq!(hits(&planted, &files(&place.folder().join("data"))), NONE, "the database");
    planted.extend(people());
    assert_eq!(hits(&planted, &written), NONE, "the log");
}

#[test]
fn a_secret_that_is_written_down_is_found_in_every_form() {
    let planted = [("password", LOST), ("code", "482913"), ("link", "q83vEjRWeJq83vEjRWeJq83vEjRWeJq83vEjRWeJq80")]
        .map(|(name, secret)| Canary { name: name.to_owned(), secret: secret.to_owned() });
    for canary in &planted {
        for (form, needle) in forms(&canary.secret) {
            let haystack = [b"before ".as_slice(), &needle, b" after"].concat();
            assert!(hits(&planted, &haystack).iter().any(|hit| hit.name == canary.name), "{form} of {}", canary.name);
        }
    }
    assert_eq!(hits(&planted, b"id 1482913, 0x482913f, 48291"), NONE);
    let log = Log::default();
    tracing::subscriber::with_default(log.subscriber(), || {
        tracing::trace!(typed = LOST, "a slip");
        tracing::trace!(
            "in a cookie: {}",
            base64::Engine::encode(&base64::prelude::BASE64_URL_SAFE, format!("xy {LOST} z"))
        );
    });
    let found = hits(&planted, &log.bytes());
    assert_eq!(found.iter().map(|hit| hit.form.as_str()).collect::<Vec<_>>(), ["raw", "base64"], "{found:?}");
}
