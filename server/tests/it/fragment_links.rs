//! Links from messages whose token is behind the `#`: what a browser sends instead, and where it leads.

use http::StatusCode;
use rekey_testkit::bench::{BETTER, GOOD};
use rekey_testkit::site::{Answer, Browser, Canary, ReceivedMessage, Scripts, Topic, hits, paths};
use rekey_testkit::{TestSite, on_every_site};

const ADA: &str = "ada@example.org";

/// A token in the right form that no one has.
const TOKEN: &str = "C2xqI23uChSRpVDVd98SdWeTCfQ_8nWdUvnsRlgNzf0";

/// The page of a link, the form on it, the same link with its token in the path, and the page that goes on.
const LINKS: [(&str, &str, &str, &str); 3] = [
    ("/recover/link", "/api/link/recovery", "/recover/link/", "/recover/new"),
    ("/owner", "/api/link/owner", "/owner/", "/register/owner"),
    ("/freeze", "/api/link/freeze", "/not-me/", "/not-me"),
];

const FRAGMENT: [(&str, &str); 1] = [("REKEY_LINKS__FORM", "fragment")];

/// What the script of the page does, or the person by hand: opens the page without the fragment, and sends the form.
async fn open(browser: &mut Browser, scripts: Scripts, link: &str) -> Answer {
    let (page, token) = link.split_once('#').expect("a fragment");
    let shown = browser.get(page).await;
    assert_eq!(shown.status, StatusCode::OK);
    assert!(!shown.body.contains(token), "the page is drawn without the token");
    let form = LINKS.iter().find(|(of, ..)| *of == page).expect("a page for it").1;
    browser.post(scripts, form, &[("link", token)]).await
}

fn link_in(sent: &[ReceivedMessage], beginning: &str) -> String {
    sent.iter().find_map(|message| message.link(beginning)).expect("a link")
}

#[tokio::test]
async fn the_form_does_what_the_link_with_its_token_in_the_path_does() {
    let site = TestSite::router().start().await;
    for (page, form, path, next) in LINKS {
        let by_path = site.browser(1).get(&format!("{path}{TOKEN}")).await;
        for pasted in [TOKEN.to_owned(), format!("http://localhost:3000{page}#{TOKEN} "), format!("{path}{TOKEN}")] {
            let plain = site.browser(1).post(Scripts::Off, form, &[("link", &pasted)]).await;
            assert_eq!((plain.status, plain.location()), (StatusCode::SEE_OTHER, Some(next)), "{pasted}");
            assert_eq!(plain.header("set-cookie"), by_path.header("set-cookie"), "{pasted}");
            let scripted = site.browser(1).post(Scripts::On, form, &[("link", &pasted)]).await;
            assert_eq!((scripted.is_success(), scripted.location()), (true, Some(next)), "{pasted}");
            assert_eq!(scripted.header("set-cookie"), by_path.header("set-cookie"), "{pasted}");
        }
    }
}

#[tokio::test]
async fn what_is_no_whole_link_takes_an_older_ones_place_and_the_page_says_so() {
    let site = TestSite::router().start().await;
    for (page, form, _, _) in LINKS {
        for (pasted, told) in
            [("", "Paste the link from the message."), (&TOKEN[1..], "This isn&#x27;t the whole link.")]
        {
            let mut browser = site.browser(1);
            browser.post(Scripts::Off, form, &[("link", TOKEN)]).await;
            let refused = browser.post(Scripts::Off, form, &[("link", pasted)]).await;
            assert_eq!((refused.status, refused.location()), (StatusCode::SEE_OTHER, Some(page)));
            assert!(browser.cookies().any(|(_, value)| value == "cut"), "{page}");
            assert!(browser.cookies().all(|(_, value)| value != TOKEN), "{page}");
            let shown = browser.get(page).await.body.replace("&#39;", "&#x27;").replace('\'', "&#x27;");
            assert!(shown.contains(told), "{page}: {shown}");
            assert!(pasted.is_empty() || !shown.contains(pasted), "what was pasted is not shown again");
        }
    }
}

on_every_site! {
    async fn a_mailed_link_with_a_fragment_works_once(kind: SiteKind) {
        let site = kind.start(&FRAGMENT).await;
        site.register(ADA).await;
        site.browser(1).post(Scripts::On, paths::RECOVERY_START, &[("identifier", ADA)]).await;
        let sent = site.deliver().await;
        assert!(sent.iter().all(|message| message.link(paths::RECOVERY_LINK).is_none()), "{sent:?}");
        let link = link_in(&sent, "/recover/link#");
        // Programs that look at links before people do run the script as well; none of it changes anything.
        for (nth, scripts) in [(2, Scripts::On), (3, Scripts::Off), (4, Scripts::On), (4, Scripts::Off)] {
            let mut scanner = site.browser(nth);
            assert_eq!(open(&mut scanner, scripts, &link).await.location(), Some("/recover/new"));
            assert!(scanner.get("/recover/new").await.body.contains("name=\"new_password\""));
        }
        let choice = [("new_password", BETTER), ("confirm_password", BETTER)];
        let mut browser = site.browser(5);
        open(&mut browser, Scripts::On, &link).await;
        assert!(browser.post(Scripts::On, paths::RECOVERY_COMPLETE, &choice).await.is_success());
        assert!(site.accepts(ADA, BETTER).await && !site.accepts(ADA, GOOD).await);

        assert_eq!(open(&mut browser, Scripts::On, &link).await.location(), Some("/recover/new"));
        assert_eq!(browser.get("/recover/new").await.status, StatusCode::GONE);
        let told = site.deliver_asked_for().await;
        assert!(told.len() == 1 && Topic::of(&told[0]) == Topic::PasswordChanged, "{told:?}");
        open(&mut browser, Scripts::Off, &link_in(&told, "/freeze#")).await;
        assert!(browser.post(Scripts::On, paths::FREEZE, &[]).await.is_success());
        assert!(!site.accepts(ADA, BETTER).await, "frozen");
    }

    async fn links_of_both_forms_work_while_both_are_on_their_way(kind: SiteKind) {
        let site = kind.start(&FRAGMENT).await;
        site.register(ADA).await;
        let token = site.owner_link().await;
        for link in [format!("/owner#{token}"), format!("/owner/{token}")] {
            let mut browser = site.browser(1);
            if link.contains('#') {
                open(&mut browser, Scripts::On, &link).await;
            } else {
                browser.get(&link).await;
            }
            assert_eq!(browser.get("/register/owner").await.status, StatusCode::OK, "{link}");
        }
        site.browser(1).post(Scripts::On, paths::RECOVERY_START, &[("identifier", ADA)]).await;
        let token = site.deliver().await.iter().find_map(|message| message.token("/recover/link#")).expect("a link");
        let mut browser = site.browser(2);
        browser.get(&format!("{}{token}", paths::RECOVERY_LINK)).await;
        assert!(browser.get("/recover/new").await.body.contains("name=\"new_password\""));
    }
}

#[tokio::test]
async fn the_program_writes_no_fragment_down() {
    let options = TestSite::program().set("REKEY_LOG__LEVEL", "trace").set("REKEY_LOG__FORMAT", "json");
    let site = options.set(FRAGMENT[0].0, FRAGMENT[0].1).start().await;
    site.register(ADA).await;
    site.browser(1).post(Scripts::On, paths::RECOVERY_START, &[("identifier", ADA)]).await;
    let link = link_in(&site.deliver().await, "/recover/link#");
    for scripts in Scripts::BOTH {
        open(&mut site.browser(2), scripts, &link).await;
    }
    let secret = link.split('#').nth(1).expect("a token").to_owned();
    let planted = [Canary { name: "link".to_owned(), secret }];
    assert!(!hits(&planted, link.as_bytes()).is_empty(), "it would be found");
    site.as_program().kill(0);
    let log = std::fs::read(site.as_program().log_file(0)).expect("readable");
    assert!(String::from_utf8_lossy(&log).contains("/api/link/recovery"), "the log is on");
    assert_eq!(hits(&planted, &log).len(), 0, "the log");
}
