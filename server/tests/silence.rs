//! What a stranger can learn of an account from the forms that anyone can use: nothing (T-01, T-05, T-06).
//!
//! Seven kinds of accounts walk through every public form side by side, with and without scripts: at one moment of a
//! clock that stands still, and on two nodes of the real program over PostgreSQL. After each step all answers to
//! identifiers of one shape must be the same bytes.
#![expect(clippy::expect_used, reason = "a helper that cannot go on must stop the test")]

use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode};
use rekey_testkit::bench::{BETTER, GOOD};
use rekey_testkit::site::{Answer, Cohort, Scripts, Shape, SiteKind, Step, Visitor, as_text, email, masked, paths};
use rekey_testkit::{TestSite, on_every_site};

/// A code that is sent to no one here: the walks look.
const WRONG: &str = "000000";
const MINUTE: Duration = Duration::from_secs(61);
const HOUR: Duration = Duration::from_secs(3601);

const UNKNOWN: &str = "unknown0@example.org";
const KNOWN: &str = "known000@example.org";
const DISABLED: &str = "disabled@example.org";
const LOCKED: &str = "locked00@example.org";
const FROZEN: &str = "frozen00@example.org";
const PHONE: &str = "+12025550123";
const USERNAME: &str = "known-ad";

/// Seven kinds of accounts, and for each shape an identifier without one.
fn visitors() -> Vec<Visitor> {
    let phone = |typed: &str, shown: &str| Visitor { shown: shown.to_owned(), ..Visitor::new(Shape::Phone, typed) };
    let mut visitors: Vec<_> = [UNKNOWN, KNOWN, DISABLED, LOCKED, FROZEN].map(email).into();
    visitors.extend([phone("+12025550124", "+1 202-555-0124"), phone(PHONE, "+1 202-555-0123")]);
    visitors.extend(["nobody00", USERNAME, "locked-l"].map(|typed| Visitor::new(Shape::Username, typed)));
    visitors
}

/// A site with their accounts. User names belong to accounts of their own.
async fn site_of(kind: SiteKind) -> TestSite {
    let site = kind.start(&[]).await;
    site.register(KNOWN).await;
    site.register(PHONE).await;
    site.register_as("grace@example.org", USERNAME, GOOD).await;
    site.register(DISABLED).await;
    site.disable(DISABLED).await;
    site.register(FROZEN).await;
    site.freeze(FROZEN).await;
    site.register(LOCKED).await;
    site.register_as("lovelace@example.org", "locked-l", GOOD).await;
    // What it took to get here no longer counts against any of them.
    site.advance(2 * HOUR).await;
    site.lock("locked-l").await;
    site.advance(HOUR).await;
    site.lock(LOCKED).await;
    site.deliver().await;
    site
}

const SIGN_IN: Step<'_> = Step::Send(paths::SIGN_IN, &[("identifier", "{}"), ("password", GOOD)]);
const MISTYPED: Step<'_> = Step::Send(paths::SIGN_IN, &[("identifier", "{}"), ("password", "mistyped it")]);

on_every_site! {
    async fn signing_in_tells_nothing_however_often(kind: SiteKind) {
        for &scripts in kind.scripts() {
            let site = site_of(kind).await;
            let mut cohort = Cohort::new(&site, scripts, &visitors());
            cohort.all(Step::Open("/")).await;
            for _ in 0..7 {
                cohort.all_refused("sign_in_refused", MISTYPED).await;
            }
            // By now everyone has to wait, even those who know their password.
            cohort.all_refused("sign_in_refused", SIGN_IN).await;
            cohort.all(Step::Open("/account")).await;
        }
    }
}

on_every_site! {
    async fn a_right_password_of_an_account_that_is_off_is_a_wrong_one(kind: SiteKind) {
        for &scripts in kind.scripts() {
            let site = site_of(kind).await;
            let closed = [UNKNOWN, DISABLED, LOCKED, FROZEN].map(email);
            Cohort::new(&site, scripts, &closed).all_refused("sign_in_refused", SIGN_IN).await;
            // A request that is let in looks different: the comparison is not blind.
            Cohort::new(&site, scripts, &[email(KNOWN)]).all_led("/account", SIGN_IN).await;
        }
    }
}

/// A journey with codes: its functions and its pages.
struct Codes {
    api: &'static str,
    start: &'static str,
    code: &'static str,
    /// The page of the next step.
    beyond: &'static str,
}

const RECOVERY: Codes = Codes { api: "recovery", start: "/forgot", code: "/recover", beyond: "/recover/new" };
const REGISTRATION: Codes =
    Codes { api: "registration", start: "/register", code: "/register/code", beyond: "/register/details" };

impl Codes {
    fn function(&self, name: &str) -> String {
        format!("/api/{}/{name}", self.api)
    }

    /// From the first page to where it ends without the right code.
    async fn walk(&self, site: &TestSite, scripts: Scripts, visitors: &[Visitor]) {
        let (verify, resend, complete) = (self.function("verify"), self.function("resend"), self.function("complete"));
        let (wrong, again) = (Step::Send(&verify, &[("code", WRONG)]), Step::Send(&resend, &[]));
        let mut cohort = Cohort::new(site, scripts, visitors);
        cohort.all(Step::Open(self.start)).await;
        self.start(&mut cohort).await;
        // Before the worker has found out who it is, and after.
        cohort.all_refused("code_wrong", wrong).await;
        send(site).await;
        self.look(&mut cohort).await;
        cohort.all_refused("code_wrong", wrong).await;
        cohort.all_refused("fields", Step::Send(&verify, &[("code", "12345")])).await;
        cohort.all_refused("resend_too_soon", again).await;
        site.advance(MINUTE).await;
        cohort.all_led(&format!("{}?done=resent", self.code), again).await;
        send(site).await;
        self.look(&mut cohort).await;
        for problem in ["code_wrong", "code_wrong", "code_dead", "code_dead"] {
            cohort.all_refused(problem, wrong).await;
        }
        site.advance(MINUTE).await;
        cohort.all_refused("code_dead", again).await;
        self.look(&mut cohort).await;
        cohort.all(Step::Open(self.beyond)).await;
        let password = [("new_password", BETTER), ("confirm_password", BETTER), ("given_name", "Ada")];
        let complete = Step::Send(&complete, &password);
        match scripts {
            Scripts::On => cohort.all_refused("journey_over", complete).await,
            Scripts::Off => cohort.all_led(self.code, complete).await,
        }
    }

    async fn start(&self, cohort: &mut Cohort) {
        cohort
            .all_led(self.code, Step::Send(&self.function("start"), &[("identifier", "{}"), ("consent", "on")]))
            .await;
        self.look(cohort).await;
    }

    async fn look(&self, cohort: &mut Cohort) {
        for text in cohort.all(Step::Open(self.code)).await {
            assert!(text.starts_with("200") && text.contains("name=\"code\""), "a code is waited for: {text}");
        }
        cohort.all(Step::Open(&format!("/api/page{}", self.code))).await;
    }
}

/// The worker sends what it owes to those who are there.
async fn send(site: &TestSite) {
    let sent = site.deliver().await;
    assert!(!sent.is_empty(), "someone here has an account");
    assert!(sent.iter().all(|message| !message.text.contains(WRONG)), "the wrong code would be right");
}

on_every_site! {
    async fn recovering_tells_nothing_at_any_step(kind: SiteKind) {
        for scripts in Scripts::BOTH {
            RECOVERY.walk(&site_of(kind).await, scripts, &visitors()).await;
        }
    }
}

on_every_site! {
    async fn temporary_passwords_tell_nothing(kind: SiteKind) {
        const GUESSED: Step<'_> =
            Step::Send(paths::SIGN_IN, &[("identifier", "{}"), ("password", "ABCD-EFGH-JKLM-NPQR")]);
        for &scripts in kind.scripts() {
            let site = kind.start(&[("REKEY_RECOVERY__KIND", "temporary_password")]).await;
            site.register(KNOWN).await;
            site.register(DISABLED).await;
            site.disable(DISABLED).await;
            site.advance(2 * HOUR).await;
            site.deliver().await;
            let visitors = [UNKNOWN, KNOWN, DISABLED].map(email);
            RECOVERY.walk(&site, scripts, &visitors).await;
            let mut cohort = Cohort::new(&site, scripts, &visitors);
            for _ in 0..7 {
                cohort.all_refused("sign_in_refused", GUESSED).await;
            }
        }
    }
}

on_every_site! {
    async fn asking_too_often_is_asking_too_often_for_everyone(kind: SiteKind) {
        for &scripts in kind.scripts() {
            let site = site_of(kind).await;
            // More than the five messages of an hour, and more than the ten codes before the budget is used up.
            for nth in 0..7 {
                let mut cohort = Cohort::new(&site, scripts, &visitors());
                RECOVERY.start(&mut cohort).await;
                site.deliver().await;
                RECOVERY.look(&mut cohort).await;
                for _ in 0..3 {
                    cohort.all(Step::Send(paths::RECOVERY_VERIFY, &[("code", WRONG)])).await;
                }
                site.advance(if nth % 2 == 0 { MINUTE } else { MINUTE / 4 }).await;
            }
        }
    }
}

on_every_site! {
    async fn a_browser_that_waits_does_not_see_that_someone_asked_again(kind: SiteKind) {
        for &scripts in kind.scripts() {
            let site = site_of(kind).await;
            let mut earlier = Cohort::new(&site, scripts, &visitors());
            RECOVERY.start(&mut earlier).await;
            send(&site).await;
            site.advance(MINUTE).await;
            RECOVERY.start(&mut Cohort::new(&site, scripts, &visitors())).await;
            send(&site).await;
            RECOVERY.look(&mut earlier).await;
            earlier.all_refused("code_wrong", Step::Send(paths::RECOVERY_VERIFY, &[("code", WRONG)])).await;
            earlier.all_led("/recover?done=resent", Step::Send(paths::RECOVERY_RESEND, &[])).await;
            site.deliver().await;
            RECOVERY.look(&mut earlier).await;
        }
    }
}

on_every_site! {
    async fn a_browser_that_waits_does_not_see_what_the_owner_does(kind: SiteKind) {
        const OTHER: &str = "other000@example.org";
        for &scripts in kind.scripts() {
            let site = site_of(kind).await;
            site.register(OTHER).await;
            let mut stranger = Cohort::new(&site, scripts, &[UNKNOWN, KNOWN, OTHER, LOCKED].map(email));
            RECOVERY.start(&mut stranger).await;
            // One owner takes the link that the stranger caused, one asks for another, one is switched off.
            let sent = site.deliver().await;
            let mail = sent.iter().find(|mail| mail.to == OTHER).expect("a mail");
            site.reset(&mail.token(paths::RECOVERY_LINK).expect("a link"), BETTER).await;
            site.advance(MINUTE).await;
            let link = site.recovery_link(KNOWN).await;
            site.reset(&link.token, BETTER).await;
            site.disable(LOCKED).await;
            RECOVERY.look(&mut stranger).await;
            stranger.all_refused("code_wrong", Step::Send(paths::RECOVERY_VERIFY, &[("code", WRONG)])).await;
            stranger.all_led("/recover?done=resent", Step::Send(paths::RECOVERY_RESEND, &[])).await;
            assert!(site.deliver().await.iter().all(|message| message.link(paths::RECOVERY_LINK).is_none()));
            stranger.all(Step::Open("/recover/new")).await;
        }
    }
}

on_every_site! {
    async fn registering_what_is_taken_looks_like_registering_what_is_free(kind: SiteKind) {
        let contacts: Vec<_> = visitors().into_iter().filter(|visitor| visitor.shape != Shape::Username).collect();
        for &scripts in kind.scripts() {
            REGISTRATION.walk(&site_of(kind).await, scripts, &contacts).await;
        }
    }
}

/// Tokens that once were links, and some that never were.
async fn dead_links(site: &TestSite) -> (Vec<Visitor>, Vec<Visitor>) {
    let used = site.recovery_link(KNOWN).await.token;
    site.reset(&used, BETTER).await;
    let expired_objection = site.not_me_token().await;
    site.advance(8 * 24 * HOUR).await;
    let late = site.recovery_link(KNOWN).await.token;
    site.advance(25 * HOUR).await;
    let replaced = site.recovery_link(KNOWN).await.token;
    let switched_off = site.recovery_link(LOCKED).await.token;
    site.disable(LOCKED).await;
    site.advance(MINUTE).await;
    site.recovery_link(KNOWN).await;
    site.register("later@example.org").await;
    let objected = site.freeze("later@example.org").await;
    let never = "A".repeat(43);
    let as_visitors = |tokens: [&str; 6]| tokens.map(|token| Visitor::new(Shape::Token, token)).into();
    (
        as_visitors([&never, &used, &late, &replaced, &switched_off, &objected]),
        as_visitors([&never, &objected, &expired_objection, &used, &late, &switched_off]),
    )
}

on_every_site! {
    async fn a_dead_link_does_not_tell_what_it_died_of(kind: SiteKind) {
        const CHOICE: [(&str, &str); 2] = [("new_password", BETTER), ("confirm_password", BETTER)];
        for &scripts in kind.scripts() {
            let site = site_of(kind).await;
            let (recoveries, objections) = dead_links(&site).await;
            let mut cohort = Cohort::new(&site, scripts, &recoveries);
            cohort.all_led("/recover/new", Step::Open("/recover/link/{}")).await;
            cohort.all(Step::Open("/recover/new")).await;
            cohort.all(Step::Open("/api/page/recover/new")).await;
            let refused = cohort.all(Step::Send(paths::RECOVERY_COMPLETE, &CHOICE)).await;
            assert!(scripts == Scripts::Off || refused[0].contains("link_not_valid"), "{refused:?}");

            let mut cohort = Cohort::new(&site, scripts, &objections);
            cohort.all_led("/not-me", Step::Open("/not-me/{}")).await;
            cohort.all(Step::Open("/not-me")).await;
            let refused = cohort.all(Step::Send(paths::FREEZE, &[])).await;
            assert!(scripts == Scripts::Off || refused[0].contains("link_not_valid"), "{refused:?}");

            let replaced = site.owner_link().await;
            site.owner_link().await;
            let mut cohort = Cohort::new(&site, scripts, &["A".repeat(43), replaced].map(|token| Visitor::new(Shape::Token, &token)));
            cohort.all_led("/register/owner", Step::Open("/owner/{}")).await;
            cohort.all(Step::Open("/register/owner")).await;
            let refused = cohort.all(Step::Send(paths::REGISTRATION_START_OWNER, &[("identifier", UNKNOWN)])).await;
            assert!(scripts == Scripts::Off || refused[0].contains("link_not_valid"), "{refused:?}");
        }
    }
}

on_every_site! {
    async fn messages_go_to_stored_addresses_only(kind: SiteKind) {
        let site = site_of(kind).await;
        let mut browser = site.browser(0);
        let expected: [(&str, Option<&str>, &str); 11] = [
            (UNKNOWN, None, UNKNOWN),
            (KNOWN, Some(KNOWN), KNOWN),
            (DISABLED, None, DISABLED),
            (LOCKED, Some(LOCKED), LOCKED),
            (FROZEN, None, FROZEN),
            ("+12025550124", None, "+12025550124"),
            ("(202) 555-0123", Some(PHONE), PHONE),
            ("nobody00", None, ""),
            (USERNAME, Some("grace@example.org"), ""),
            ("KNOWN-AD", Some("grace@example.org"), ""),
            ("KNOWN000@EXAMPLE.ORG", Some(KNOWN), KNOWN),
        ];
        for (typed, recovery, registration) in expected {
            // One address is sent three messages for an account within the hour.
            site.advance(HOUR).await;
            browser.post(Scripts::On, paths::RECOVERY_START, &[("identifier", typed)]).await;
            let sent: Vec<_> = site.deliver().await.into_iter().map(|message| message.to).collect();
            assert_eq!(sent, Vec::from_iter(recovery), "recovery of {typed}");
            browser.post(Scripts::On, paths::REGISTRATION_START, &[("identifier", typed)]).await;
            let sent: Vec<_> = site.deliver().await.into_iter().map(|message| message.to).collect();
            assert_eq!(sent, Vec::from_iter(Some(registration).filter(|to| !to.is_empty())), "registration of {typed}");
        }
    }
}

on_every_site! {
    async fn the_comparison_sees_a_throttle_that_is_told(kind: SiteKind) {
        for &scripts in kind.scripts() {
            let site = kind.start(&[("REKEY_RECOVERY__THROTTLE", "commerce")]).await;
            let mut texts = Vec::new();
            for nth in 0..2 {
                let answers = site.browser(nth).submit(scripts, paths::RECOVERY_START, &[("identifier", KNOWN)]).await;
                texts.push(as_text(&answers, &email(KNOWN)));
            }
            assert_ne!(texts[0], texts[1]);
        }
    }
}

#[test]
fn the_comparison_sees_every_part_of_an_answer_but_what_differs_by_its_nature() {
    let parsed = |(name, value): &(&'static str, &'static str)| {
        (http::HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    let headers = |lines: &[_]| lines.iter().map(parsed).collect::<HeaderMap>();
    let answer = |status, lines: &[_], body: &str| {
        masked(&Answer { status, headers: headers(lines), body: body.to_owned() }, &["ada", "bob"])
    };
    let usual = [("date", "now"), ("set-cookie", "a=1234; Path=/"), ("content-security-policy", "'nonce-xyz'")];
    let same = [("date", "then"), ("set-cookie", "a=9876; Path=/"), ("content-security-policy", "'nonce-abc'")];
    let one = answer(StatusCode::OK, &usual, "for ada <script nonce=xyz>");
    assert_eq!(one, answer(StatusCode::OK, &same, "for bob <script nonce=abc>"));
    assert_ne!(one, answer(StatusCode::GONE, &usual, "for ada <script nonce=xyz>"));
    assert_ne!(one, answer(StatusCode::OK, &usual, "for  ada <script nonce=xyz>"));
    assert_ne!(one, answer(StatusCode::OK, &usual, "for ada <script nonce=abc>"));
    assert_ne!(one, answer(StatusCode::OK, &usual[..2], "for ada <script nonce=xyz>"));
    for cookie in ["a=12345; Path=/", "b=1234; Path=/", "a=1234; Path=/; Secure"] {
        let changed = [usual[0], ("set-cookie", cookie), usual[2]];
        assert_ne!(one, answer(StatusCode::OK, &changed, "for ada <script nonce=xyz>"), "{cookie}");
    }
}
