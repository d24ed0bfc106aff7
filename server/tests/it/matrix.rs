//! Every route against every kind of requester: each row admits and refuses as written.
//!
//! The router is the real one, with what answers replaced by a probe, so that a handler is seen to be reached or not.
//! What each row is expected to ask for stands here a second time, written by hand.

use std::time::Duration;

use axum::routing::{MethodRouter, get, post};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use rekey::router::router_of;
use rekey::routes::check::faults;
use rekey::routes::{Authentication, Body, DenialStyle, Origin, Row, Rule, metrics_table, table};
use rekey::site::Site;
use rekey_domain::access::Access;
use rekey_domain::journey::method::Method as ProofMethod;
use rekey_service::message::compose::Prepared;
use rekey_service::{PlainToken, operator, owner, recovery, registration, sign_in};
use rekey_testkit::bench::{GOOD, code_in, last_segment, meta, prepare, session_like};

use rekey_testkit::TestSite;
use rekey_testkit::site::Answer;
use rekey_testkit::site::request::{from_peer, send};

/// What a route asks for, in one word for each set of requirements, and who meets it.
const EXPECTED: &[(&str, &[&str])] = &[
    (
        "anyone",
        &[
            "GET /",
            "GET /register",
            "GET /register/owner",
            "GET /register/done",
            "GET /forgot",
            "GET /recover/done",
            "GET /recover/link",
            "GET /owner",
            "GET /freeze",
            "GET /not-me",
            "GET /not-me/done",
            "GET /help",
            "GET /api/page/",
            "GET /api/page/register",
            "GET /api/page/register/owner",
            "GET /api/page/not-me",
            "POST /api/registration/start",
            "POST /api/registration/start-owner",
            "POST /api/recovery/start",
            "POST /api/account/freeze",
            "POST /api/link/recovery",
            "POST /api/link/owner",
            "POST /api/link/freeze",
            "POST /api/session/sign-in",
            "POST /api/session/sign-out",
            "GET /recover/link/{token}",
            "GET /owner/{token}",
            "GET /not-me/{token}",
            "POST /language",
            "GET /.well-known/change-password",
            "GET /api/v1/breached/{prefix}",
            "GET /api/v1/work/{journey}",
            "GET /pkg/{*file}",
            "GET /favicon.ico",
            "GET /healthz",
            "GET /readyz",
            "POST /csp-report",
        ],
    ),
    ("on this machine", &["GET /dev/mailbox", "GET /dev/mailbox.json", "GET /dev/mailbox.css"]),
    (
        "registering",
        &[
            "GET /register/code",
            "GET /register/details",
            "GET /api/page/register/code",
            "GET /api/page/register/details",
            "POST /api/registration/verify",
            "POST /api/registration/resend",
            "POST /api/registration/complete",
        ],
    ),
    (
        "recovering",
        &[
            "GET /recover",
            "GET /recover/new",
            "GET /api/page/recover",
            "GET /api/page/recover/new",
            "POST /api/recovery/verify",
            "POST /api/recovery/resend",
            "POST /api/recovery/complete",
        ],
    ),
    (
        "signed in",
        &[
            "GET /account",
            "GET /account/sessions",
            "GET /api/page/account",
            "GET /api/page/account/sessions",
            "POST /api/session/end",
            "POST /api/session/end-others",
        ],
    ),
    ("changing", &["GET /account/password", "GET /api/page/account/password", "POST /api/password/change"]),
    ("scraping", &["GET /metrics"]),
];

/// Every kind of requester, and the words of [`EXPECTED`] that it meets beside "anyone".
const REQUESTERS: [(&str, &[&str]); 18] = [
    ("anonymous", &[]),
    ("invented cookies", &[]),
    ("registering", &["registering"]),
    ("recovering", &["recovering"]),
    ("recovering by link", &["recovering"]),
    ("handles in each other's cookies", &[]),
    ("owner's link", &[]),
    ("temporary password", &["changing"]),
    ("marked for change", &["changing"]),
    ("half signed in", &[]),
    ("signed in", &["signed in", "changing"]),
    ("signed in an hour ago", &["signed in", "changing"]),
    ("signed out", &[]),
    ("owner", &["signed in", "changing"]),
    ("bearer", &[]),
    ("bearer with a session", &[]),
    ("scraper", &["scraping", "on this machine"]),
    ("metrics token", &["scraping"]),
];

const ADA: &str = "ada@example.org";
const MARKED: &str = "marked@example.org";
const OWNER: &str = "owner@example.org";
const NEWCOMER: &str = "newcomer@example.org";
const METRICS_TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// What answers in a handler's place.
const REACHED: StatusCode = StatusCode::IM_A_TEAPOT;

fn probed(Row { rule, .. }: Row) -> Row {
    let handler: MethodRouter<Site> = match rule.method {
        Method::GET => get(async || REACHED),
        Method::POST => post(async || REACHED),
        ref other => panic!("no probe for {other}"),
    };
    Row { rule, handler }
}

fn name(rule: &Rule) -> String {
    format!("{} {}", rule.method, rule.path)
}

fn expectation(rule: &Rule) -> &'static str {
    let name = name(rule);
    let found = EXPECTED.iter().find(|(_, routes)| routes.contains(&name.as_str()));
    found.unwrap_or_else(|| panic!("{name} is not expected")).0
}

/// Requests of every kind of requester to one site.
struct Matrix {
    site: TestSite,
    router: axum::Router,
    requesters: Vec<(&'static str, HeaderMap)>,
}

impl Matrix {
    async fn new() -> Self {
        let site = TestSite::router().set("REKEY_METRICS__TOKEN", METRICS_TOKEN).start().await;
        let router = router_of(site.app(), table(site.app()).into_iter().map(probed).collect());
        account(&site, ADA, None).await;
        account(&site, MARKED, None).await;
        let token = owner_token(&site).await;
        account(&site, OWNER, Some(token)).await;
        let mut requesters = Vec::new();
        for (kind, _) in REQUESTERS {
            requesters.push((kind, headers_of(&site, kind).await));
        }
        Self { site, router, requesters }
    }

    async fn send(&self, rule: &Rule, kind: &str, headers: &HeaderMap, accept: &'static str) -> Answer {
        let path = rule.path.replace("{token}", "x").replace("{prefix}", "x").replace("{*file}", "x");
        let request = Request::builder().method(rule.method.clone()).uri(path).header("host", "localhost:3000");
        let request = request.header("sec-fetch-site", "same-origin").header(ACCEPT, accept);
        let request = request.header(
            CONTENT_TYPE,
            match rule.body {
                Body::Json { .. } => "application/json",
                Body::None | Body::Form | Body::Upload { .. } => "application/x-www-form-urlencoded",
            },
        );
        let mut request = request.body(axum::body::Body::empty()).expect("a request");
        request.headers_mut().extend(headers.clone());
        // An address for each, so that they do not slow each other down.
        let nth = REQUESTERS.iter().position(|(known, _)| *known == kind).expect("a requester");
        let peer = if kind == "scraper" { "127.0.0.1".to_owned() } else { format!("203.0.113.{nth}") };
        send(&self.router, from_peer(request, &peer)).await
    }
}

async fn headers_of(site: &TestSite, kind: &str) -> HeaderMap {
    let cookies = match kind {
        "registering" => format!("rekey_register={}", registering(site, NEWCOMER, None).await),
        "recovering" => format!("rekey_recover={}", recovering(site).await),
        "recovering by link" => "rekey_link=cut".to_owned(),
        "handles in each other's cookies" => {
            let (one, other) = (registering(site, NEWCOMER, None).await, recovering(site).await);
            format!("rekey_register={other}; rekey_recover={one}")
        }
        "owner's link" => format!("rekey_owner={}", owner_token(site).await),
        "temporary password" => session(&session_by(site, ProofMethod::TemporaryPassword).await),
        "half signed in" => session(&session_by(site, ProofMethod::Authenticator).await),
        "marked for change" => session(&marked(site).await),
        "signed in" | "bearer with a session" => session(&signed_in(site, ADA).await),
        "signed in an hour ago" => session(&aged(site).await),
        "signed out" => session(&signed_out(site).await),
        "owner" => session(&signed_in(site, OWNER).await),
        "invented cookies" => invented(),
        "anonymous" | "bearer" | "scraper" | "metrics token" => String::new(),
        other => panic!("no such requester: {other}"),
    };
    let mut headers = HeaderMap::new();
    if !cookies.is_empty() {
        headers.insert(COOKIE, HeaderValue::try_from(cookies).expect("cookies"));
    }
    if kind.starts_with("bearer") {
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer garbage"));
    }
    if kind == "metrics token" {
        headers.insert(AUTHORIZATION, HeaderValue::try_from(format!("Bearer {METRICS_TOKEN}")).expect("a header"));
    }
    headers
}

fn session(token: &PlainToken) -> String {
    format!("rekey_session={}", token.expose())
}

/// A token of the right form for every cookie, which none of them was given.
fn invented() -> String {
    let token = "A".repeat(43);
    let names = ["session", "register", "recover", "owner", "not_me"];
    names.map(|name| format!("rekey_{name}={token}")).join("; ")
}

async fn owner_token(site: &TestSite) -> String {
    let link = owner::make_link(site.app().services()).await.expect("makes");
    last_segment(&link).expect("a token")
}

async fn registering(site: &TestSite, identifier: &str, owner: Option<String>) -> String {
    let start = registration::Start { identifier: identifier.to_owned(), owner, consent: true };
    registration::start(site.app().services(), &meta(), start).await.expect("starts").expose()
}

async fn recovering(site: &TestSite) -> String {
    recovery::start(site.app().services(), &meta(), ADA).await.expect("starts").expose()
}

/// Registers an account as its owner would, by the code that is sent.
async fn account(site: &TestSite, identifier: &str, owner: Option<String>) {
    let cx = site.app().services();
    let handle = registering(site, identifier, owner).await;
    let now = cx.clock.now();
    let until = now.plus(Duration::from_secs(60));
    let mut messages = Vec::new();
    for item in cx.store.lease_outbox(9, now, until, uuid::Uuid::nil()).await.expect("leases") {
        if let Prepared::Send(message) = prepare(cx, &item).await {
            messages.push(*message);
        }
    }
    let code = code_in(&messages).expect("a code");
    registration::verify(cx, &meta(), &handle, &code).await.expect("right");
    let details = registration::Complete {
        given_name: "Ada".to_owned(),
        new_password: GOOD.into(),
        confirm_password: GOOD.into(),
        ..registration::Complete::default()
    };
    registration::complete(cx, &meta(), &handle, details).await.expect("registers");
}

async fn signed_in(site: &TestSite, identifier: &str) -> PlainToken {
    sign_in::sign_in(site.app().services(), &meta(), identifier, GOOD.into()).await.expect("signs in")
}

async fn signed_out(site: &TestSite) -> PlainToken {
    let cx = site.app().services();
    let token = signed_in(site, ADA).await;
    let caller = sign_in::authenticate(cx, &token.expose()).await.expect("answers").expect("signed in");
    sign_in::sign_out(cx, &meta(), &caller).await.expect("signs out");
    token
}

async fn marked(site: &TestSite) -> PlainToken {
    let token = signed_in(site, MARKED).await;
    operator::require_change(site.app().services(), MARKED).await.expect("marks");
    token
}

/// A session like that of a sign-in, but for what was proven in it and when.
async fn session_by(site: &TestSite, method: ProofMethod) -> PlainToken {
    proven_ago(site, method, Duration::ZERO).await
}

async fn aged(site: &TestSite) -> PlainToken {
    proven_ago(site, ProofMethod::Password, Duration::from_secs(3600)).await
}

async fn proven_ago(site: &TestSite, method: ProofMethod, ago: Duration) -> PlainToken {
    let cx = site.app().services();
    let token = signed_in(site, ADA).await;
    let caller = sign_in::authenticate(cx, &token.expose()).await.expect("answers").expect("signed in");
    session_like(cx, &caller.session, method, cx.clock.now().minus(ago)).await
}

#[tokio::test]
async fn every_route_admits_and_refuses_as_its_row_says() {
    let matrix = Matrix::new().await;
    let rows = table(matrix.site.app());
    for Row { rule, .. } in &rows {
        let expected = expectation(rule);
        for ((kind, headers), (_, meets)) in matrix.requesters.iter().zip(REQUESTERS) {
            let admitted = expected == "anyone" || meets.contains(&expected);
            for accept in ["text/html", "application/json"] {
                let answer = matrix.send(rule, kind, headers, accept).await;
                let reached = answer.status == REACHED;
                assert_eq!(reached, admitted, "{} for {kind} ({accept}): {}", name(rule), answer.status);
                if !admitted {
                    refused_in_style(rule, kind, accept, &answer);
                }
            }
        }
    }
    assert_eq!(rows.len(), EXPECTED.iter().map(|(_, routes)| routes.len()).sum::<usize>(), "no row is missing");
}

/// A refusal says what would help, in the way of its route.
fn refused_in_style(rule: &Rule, kind: &str, accept: &str, answer: &Answer) {
    let must_change = matches!(kind, "temporary password" | "marked for change");
    let journey = matches!(expectation(rule), "registering" | "recovering");
    let problem = match (kind, expectation(rule)) {
        (_, "scraping") => "forbidden",
        _ if journey => "journey_over",
        _ if must_change => "change_password_first",
        _ => "not_signed_in",
    };
    let helps = if problem == "change_password_first" { "/account/password" } else { "/" };
    let told = (answer.status, answer.header("location"));
    let context = format!("{} for {kind} ({accept})", name(rule));
    if expectation(rule) == "on this machine" {
        assert_eq!(told, (StatusCode::NOT_FOUND, ""), "{context}: as if it were not there");
        return;
    }
    let program = kind.starts_with("bearer") || kind == "metrics token";
    if program && expectation(rule) != "scraping" {
        assert_eq!(told, (StatusCode::UNAUTHORIZED, ""), "{context}: no page and no form is for programs");
        return;
    }
    match (rule.denial, accept) {
        (DenialStyle::Page, _) if journey => assert_eq!(told.1, "", "{context}: in its place"),
        (DenialStyle::Page, _) => assert_eq!(told, (StatusCode::SEE_OTHER, helps), "{context}"),
        (DenialStyle::Form { page, .. }, "text/html") => {
            let back = if problem == "journey_over" { page } else { helps };
            assert_eq!(told, (StatusCode::SEE_OTHER, back), "{context}");
            assert!(answer.header("set-cookie").starts_with("rekey_flash="), "{context}");
        }
        (DenialStyle::Form { .. }, _) | (DenialStyle::Problem, "application/json") => {
            assert_eq!(answer.body, format!("{{\"problem\":\"{problem}\"}}"), "{context}");
        }
        (DenialStyle::Problem, _) => {
            let status = match problem {
                "journey_over" => StatusCode::GONE,
                "not_signed_in" => StatusCode::UNAUTHORIZED,
                _ => StatusCode::FORBIDDEN,
            };
            assert_eq!(told.0, status, "{context}");
        }
    }
}

#[tokio::test]
async fn the_table_has_a_row_for_everything_that_the_app_serves() {
    let site = TestSite::router().start().await;
    assert_eq!(faults(&table(site.app())), Vec::<String>::new());
    for missing in ["/account", "/api/session/sign-in", "/api/page/account"] {
        let rows = table(site.app()).into_iter().filter(|row| row.rule.path != missing).collect::<Vec<_>>();
        assert_eq!(faults(&rows).len(), 1, "{missing}");
        let mut twice = table(site.app());
        twice.extend(table(site.app()).into_iter().filter(|row| row.rule.path == missing));
        assert_eq!(faults(&twice), [format!("{missing}: two rows")]);
    }
}

#[tokio::test]
async fn a_row_that_would_be_dangerous_is_a_fault() {
    let site = TestSite::router().start().await;
    let faults_with = |path: &str, change: fn(&mut Rule)| {
        let mut rows = table(site.app());
        rows.iter_mut().filter(|row| row.rule.path == path).for_each(|row| change(&mut row.rule));
        faults(&rows).len()
    };
    assert_eq!(faults_with("/account", |rule| rule.access = &[]), 1);
    assert_eq!(faults_with("/api/session/end", |rule| rule.origin = Origin::Anywhere), 1);
    assert_eq!(faults_with("/api/session/end", |rule| rule.body = Body::None), 1);
    assert_eq!(faults_with("/api/page/account", |rule| rule.origin = Origin::Anywhere), 1);
    assert_eq!(faults_with("/help", |rule| rule.body = Body::Form), 1);
    assert_eq!(faults_with("/help", |rule| rule.path = "/halp".into()), 2);
}

#[tokio::test]
async fn what_is_the_same_for_everyone_looks_at_no_cookie() {
    let site = TestSite::router().start().await;
    for Row { rule, .. } in table(site.app()) {
        let open = rule.access == [Access::Anyone] || rule.access == [Access::MetricsReader];
        assert!(open || rule.authentication == Authentication::Cookies, "{}", name(&rule));
        let file = ["/pkg/", "/dev/", "/healthz", "/readyz", "/metrics", "/favicon"];
        if file.iter().any(|path| rule.path.starts_with(path)) {
            assert_eq!(rule.authentication, Authentication::None, "{}", name(&rule));
        }
    }
}

#[test]
fn the_listener_for_counters_serves_nothing_else() {
    let names: Vec<_> = metrics_table().iter().map(|row| name(&row.rule)).collect();
    assert_eq!(names, ["GET /metrics"]);
}
