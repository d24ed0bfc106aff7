//! No secret is written down where it does not belong (P9, T-44): passwords right and wrong, codes, the tokens of
//! links, sessions and journeys are driven through every flow, and then looked for in the log at its most talkative,
//! in the counters, in the database and in the answers, in every form that they could have been given.
#![expect(clippy::expect_used, reason = "a helper that cannot go on must stop the test")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rekey_testkit::site::{Answer, Browser, Canary, Hit, ReceivedMessage, Scripts, forms, hits, paths, request};
use rekey_testkit::{Database, TestSite};
use tracing_subscriber::fmt::format::FmtSpan;

const PUBLIC_URL: &str = "https://id.example.org";
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
    /// A subscriber that writes down everything that is said, libraries included.
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
    site: TestSite,
    browser: Browser,
    planted: Vec<Canary>,
    answers: Vec<Answer>,
}

impl Tour {
    async fn new() -> Self {
        let site = TestSite::router().at(PUBLIC_URL).start().await;
        let browser = site.browser(1);
        let mut tour = Self { site, browser, planted: Vec::new(), answers: Vec::new() };
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
    async fn send(&mut self, scripts: Scripts, path: &str, fields: &[(&str, &str)]) -> u16 {
        let answers = self.browser.submit(scripts, path, fields).await;
        let status = answers[0].status.as_u16();
        for answer in answers {
            self.keep(answer);
        }
        status
    }

    /// The same by both ways of sending forms: for what is refused.
    async fn refused(&mut self, path: &str, fields: &[(&str, &str)]) {
        assert_eq!(self.send(Scripts::Off, path, fields).await, 303, "{path}");
        let status = self.send(Scripts::On, path, fields).await;
        assert!((400..500).contains(&status), "{path}: {status}");
    }

    async fn done(&mut self, path: &str, fields: &[(&str, &str)]) {
        let status = self.send(Scripts::On, path, fields).await;
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
        let sent = self.site.deliver().await;
        let code = sent.iter().find_map(ReceivedMessage::code).unwrap_or_default();
        let tokens = [paths::RECOVERY_LINK, paths::NOT_ME_LINK];
        let mut links = sent.iter().flat_map(|message| tokens.iter().filter_map(|path| message.link(path)));
        let link = links.next().unwrap_or_default();
        self.plant("code", &code);
        self.plant("link", link.rsplit('/').next().unwrap_or_default());
        (code, link)
    }

    async fn registers(&mut self) {
        let token = self.site.owner_link().await;
        self.plant("owner", &token);
        self.open(&format!("/owner/{token}")).await;
        self.open("/register/owner").await;
        self.refused(paths::REGISTRATION_START_OWNER, &[("identifier", "Kanarie-6@")]).await;
        self.done(paths::REGISTRATION_START_OWNER, &[("identifier", ADA)]).await;
        let (code, _) = self.mailed().await;
        self.open("/register/code").await;
        self.refused(paths::REGISTRATION_VERIFY, &[("code", "000000")]).await;
        self.done(paths::REGISTRATION_VERIFY, &[("code", &code)]).await;
        self.open("/register/details").await;
        self.chooses(paths::REGISTRATION_COMPLETE, FIRST).await;
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
            self.refused(paths::SIGN_IN, &[("identifier", ADA), ("password", wrong)]).await;
        }
        for scripts in Scripts::BOTH {
            self.send(scripts, paths::SIGN_IN, &[("identifier", ADA), ("password", password)]).await;
            assert!(self.browser.cookie("rekey_session").is_some(), "signed in");
        }
        for page in ["/account", "/account/sessions", "/account/password", "/api/page/account/sessions", "/"] {
            self.open(page).await;
        }
    }

    async fn changes(&mut self) {
        for (old, new, again) in [(WRONG, SECOND, SECOND), (FIRST, WEAK, WEAK), (FIRST, SECOND, OTHER)] {
            let fields = [("current_password", old), ("new_password", new), ("confirm_password", again)];
            self.refused(paths::CHANGE_PASSWORD, &fields).await;
        }
        let fields = [("current_password", FIRST), ("new_password", SECOND), ("confirm_password", SECOND)];
        self.done(paths::CHANGE_PASSWORD, &fields).await;
        self.done(paths::END_OTHERS, &[]).await;
        self.done(paths::SIGN_OUT, &[]).await;
        self.mailed().await;
    }

    async fn recovers_by_link(&mut self) {
        self.done(paths::RECOVERY_START, &[("identifier", ADA)]).await;
        let (_, link) = self.mailed().await;
        self.open(&link).await;
        self.open("/recover/new").await;
        self.chooses(paths::RECOVERY_COMPLETE, THIRD).await;
        self.mailed().await;
        self.open(&link).await;
        self.refused(paths::RECOVERY_COMPLETE, &[("new_password", LOST), ("confirm_password", LOST)]).await;
        self.signs_in(THIRD).await;
    }

    async fn recovers_by_code_and_objects(&mut self) {
        // One address is sent three messages for an account within the hour.
        self.site.advance(Duration::from_secs(3601)).await;
        self.done(paths::RECOVERY_START, &[("identifier", ADA)]).await;
        self.mailed().await;
        self.refused(paths::RECOVERY_VERIFY, &[("code", "000000")]).await;
        self.refused(paths::RECOVERY_RESEND, &[]).await;
        self.site.advance(Duration::from_secs(61)).await;
        self.done(paths::RECOVERY_RESEND, &[]).await;
        let (code, _) = self.mailed().await;
        self.open("/recover").await;
        self.done(paths::RECOVERY_VERIFY, &[("code", &code)]).await;
        self.chooses(paths::RECOVERY_COMPLETE, FOURTH).await;
        self.signs_in(FOURTH).await;
        let (_, objection) = self.mailed().await;
        assert!(objection.starts_with("/not-me/"), "{objection}");
        self.open(&objection).await;
        self.open("/not-me").await;
        self.done(paths::FREEZE, &[]).await;
        self.refused(paths::FREEZE, &[]).await;
        self.mailed().await;
    }

    async fn registers_a_telephone(&mut self) {
        self.done(paths::REGISTRATION_START, &[("identifier", GRACE)]).await;
        let (code, _) = self.mailed().await;
        self.done(paths::REGISTRATION_VERIFY, &[("code", &code)]).await;
        self.chooses(paths::REGISTRATION_COMPLETE, FIRST).await;
        self.done(paths::RECOVERY_START, &[("identifier", GRACE)]).await;
        self.mailed().await;
    }

    /// Secrets in places where no form of ours has them. Pages may hold their own address, so answers are not kept.
    async fn gets_lost(&mut self) {
        let lost: String = url::form_urlencoded::byte_serialize(LOST.as_bytes()).collect();
        for path in ["/nowhere", "/api/nowhere", "/", "/recover/new", "/recover", "/account", "/pkg/x"] {
            self.browser.get(&format!("{path}?password={lost}&identifier={ADA}")).await;
            self.browser.get(&format!("{path}/{lost}")).await;
            self.browser.post(Scripts::On, path, &[("password", LOST), ("identifier", ADA)]).await;
        }
        for path in ["/recover/link/", "/owner/", "/not-me/"] {
            self.browser.get(&format!("{path}{lost}")).await;
        }
        let huge = LOST.repeat(5_000);
        for path in [paths::SIGN_IN, paths::RECOVERY_COMPLETE, "/language", "/csp-report"] {
            let fields = [("password", huge.as_str()), ("new_password", LOST), ("return_to", LOST)];
            self.browser.post(Scripts::On, path, &fields).await;
        }
    }

    /// The database falls ill, and requests fail as no one has foreseen.
    async fn falls_ill(&mut self) {
        let path = self.site.bench().database.url().trim_start_matches("sqlite://").to_owned();
        let length = fs::metadata(&path).expect("a database").len();
        let mut file = fs::OpenOptions::new().write(true).open(&path).expect("opens");
        file.write_all(&vec![0x55; usize::try_from(length).expect("small")]).expect("written");
        let _ = fs::write(format!("{path}-wal"), [0x55; 4096]);
        let sign_in = [("identifier", ADA), ("password", FOURTH)];
        assert_eq!(self.send(Scripts::On, paths::SIGN_IN, &sign_in).await, 500, "it is ill");
        self.send(Scripts::On, paths::RECOVERY_START, &[("identifier", ADA)]).await;
        self.send(Scripts::Off, paths::REGISTRATION_START, &[("identifier", GRACE)]).await;
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

async fn counters(site: &TestSite) -> Vec<u8> {
    let mut request = request::get("/metrics");
    request.headers_mut().insert("host", http::HeaderValue::from_static("127.0.0.1"));
    let answer = site.send(request::from_peer(request, "127.0.0.1")).await;
    assert_eq!(answer.status, 200);
    answer.body.into_bytes()
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
    let url = tour.site.bench().database.url().trim_start_matches("sqlite://").to_owned();
    let database = files(Path::new(&url).parent().expect("a folder"));
    let counters = counters(&tour.site).await;
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

/// What a person does at the real program, and everything that must stay secret about it.
async fn secrets_of_a_person_at(site: &TestSite) -> Vec<Canary> {
    let mut browser = site.browser(1);
    let mut planted: Vec<(String, String)> = [FIRST, SECOND, WRONG].map(|word| ("password".into(), word.into())).into();
    site.register_as(ADA, "", FIRST).await;
    assert!(!site.accepts(ADA, WRONG).await);
    assert_eq!(
        browser.post(Scripts::On, paths::SIGN_IN, &[("identifier", ADA), ("password", FIRST)]).await.status,
        200
    );
    let link = site.recovery_link(ADA).await;
    browser.get(&format!("{}{}", paths::RECOVERY_LINK, link.token)).await;
    browser.post(Scripts::On, paths::RECOVERY_VERIFY, &[("code", "000000")]).await;
    planted.extend(browser.cookies().map(|(name, token)| (name.to_owned(), token.to_owned())));
    site.reset(&link.token, SECOND).await;
    planted.push(("not me".into(), site.not_me_token().await));
    planted.extend([("link".into(), link.token), ("code".into(), link.code)]);
    let codes = site.as_program().provider().messages().into_iter().filter_map(|message| message.code());
    planted.extend(codes.map(|code| ("code".into(), code)));
    planted.into_iter().map(|(name, secret)| Canary { name, secret }).collect()
}

/// Drives the real program, and looks at what each node has logged, at the counters, and at what the database holds.
async fn nothing_is_written_down(site: TestSite, database: impl AsyncFnOnce(&TestSite) -> Vec<u8>) {
    let mut planted = secrets_of_a_person_at(&site).await;
    let (tables, counters) = (database(&site).await, site.as_program().counters().await);
    println!("{} canaries, {} bytes of tables", planted.len(), tables.len());
    assert_eq!(hits(&people()[..1], &tables).len(), 1, "the database can be read");
    assert_eq!(hits(&planted, &tables), NONE, "the database");
    planted.extend(people());
    assert_eq!(hits(&planted, counters.as_bytes()), NONE, "the counters");
    let mut sent = 0;
    for node in 0..site.as_program().nodes() {
        site.as_program().kill(node);
        let log = fs::read(site.as_program().log_file(node)).expect("readable");
        let text = String::from_utf8_lossy(&log);
        sent += text.matches("message settled").count();
        assert!(text.contains("/api/registration/"), "the log of node {node} is on");
        assert_eq!(hits(&planted, &log), NONE, "the log of node {node}");
    }
    assert!(sent >= 3, "code, link and notice were sent by some node");
}

#[tokio::test]
async fn the_program_itself_writes_no_secret_down() {
    let site = TestSite::program().set("REKEY_LOG__LEVEL", "trace").set("REKEY_LOG__FORMAT", "json").start().await;
    nothing_is_written_down(site, async |site| files(&site.as_program().installation().folder().join("data"))).await;
}

#[tokio::test]
async fn two_nodes_over_postgresql_write_no_secret_down() {
    let options = TestSite::program().nodes(2).on(Database::postgres().await);
    let site = options.set("REKEY_LOG__LEVEL", "trace").set("REKEY_LOG__FORMAT", "json").start().await;
    nothing_is_written_down(site, async |site| Database::dump(site.as_program().database_url())).await;
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
