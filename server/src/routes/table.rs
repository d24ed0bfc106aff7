//! The rows.

use axum::extract::{Request, State};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use rekey_app::api::{
    ChangePassword, CompleteRecovery, CompleteRegistration, EndOthers, EndSession, Freeze, OpenFreezeLink,
    OpenOwnerLink, OpenRecoveryLink, ResendRecovery, ResendRegistration, SignIn, SignOut, StartOwnerRegistration,
    StartRecovery, StartRegistration, VerifyRecovery, VerifyRegistration,
};
use rekey_app::pages::{PAGES, PageEntry};
use rekey_app::paths;
use rekey_domain::access::Access;
use rekey_domain::journey::JourneyKind;
use rekey_shared::Field;
use server_fn::ServerFn;

use super::handlers::{DrawPage, draw_page, server_function};
use super::{Body, DenialStyle, Row};
use crate::page_cache::Shared;
use crate::site::Site;
use crate::throttle::Throttle;
use crate::{assets, breach, health, language, links, mailbox, return_to, work};

const ANYONE: &[Access] = &[Access::Anyone];

const SIGNED_IN: &[Access] = &[Access::SignedIn];

/// The signed-in, and those who may do nothing else.
const CHANGING_PASSWORD: &[Access] = &[Access::SignedIn, Access::MustChangeOnly];

const REGISTERING: &[Access] = &[Access::Journey(JourneyKind::Registration)];

const RECOVERING: &[Access] = &[Access::Journey(JourneyKind::Recovery)];

const METRICS: &[Access] = &[Access::MetricsReader];

/// Bytes of a browser's report on the content policy.
const REPORT: usize = 16 * 1024;

/// Everything that the site serves.
pub fn table(site: &Site) -> Vec<Row> {
    let mut rows = pages(site);
    rows.extend(registration(site));
    rows.extend(recovery(site));
    rows.extend(account(site));
    rows.extend(mailed_links(site));
    rows.extend(files());
    rows.extend(probes());
    if site.mailbox.is_some() {
        rows.extend(development());
    }
    rows
}

/// What the listener for counters serves.
pub fn metrics_table() -> Vec<Row> {
    vec![counters()]
}

/// The pages of the app, and where each finds its data.
fn pages(site: &Site) -> Vec<Row> {
    PAGES.iter().flat_map(|entry| std::iter::once(page(site, entry)).chain(page_data(site, entry))).collect()
}

fn page(site: &Site, entry: &'static PageEntry) -> Row {
    let (draw, site) = (draw_page(site), site.clone());
    let answer = move |request: Request| {
        let (site, draw) = (site.clone(), DrawPage::clone(&draw));
        async move {
            let shared = Shared::of(&site, entry, &request);
            if let Some(kept) = shared.as_ref().and_then(|shared| shared.find(&site)) {
                return kept;
            }
            let asked = return_to::asked_for(&site, &request);
            let mut response = draw(request).await;
            if let Some(shared) = shared {
                response = shared.keep(&site, response).await;
            }
            if let Some(asked) = asked {
                return_to::lead_on(&site, &asked, &mut response);
            }
            response
        }
    };
    let row = Row::get(entry.path.as_str(), entry.access, answer);
    row.by_cookies().denied_by(DenialStyle::Page)
}

fn page_data(site: &Site, entry: &'static PageEntry) -> Option<Row> {
    let app = site.app.clone();
    let answer = move |request: Request| async move {
        let (request, _) = request.into_parts();
        ([(CONTENT_TYPE, "application/json")], entry.answer(&app, &request).await)
    };
    entry.data.as_deref().map(|path| Row::get(path, entry.access, answer).by_cookies().from_own_pages())
}

fn form<F: ServerFn>(site: &Site, access: &'static [Access]) -> Row {
    Row::post(F::PATH, access, Body::Form, server_function(site)).by_cookies()
}

fn registration(site: &Site) -> Vec<Row> {
    use Field::{Code, Consent, FamilyName, GivenName, Identifier, Username};

    vec![
        form::<StartRegistration>(site, ANYONE)
            .throttled(Throttle::Start)
            .on_page(paths::REGISTER, &[Identifier, Consent]),
        form::<StartOwnerRegistration>(site, ANYONE)
            .throttled(Throttle::Start)
            .on_page(paths::REGISTER_OWNER, &[Identifier, Consent]),
        form::<VerifyRegistration>(site, REGISTERING).throttled(Throttle::Code).on_page(paths::REGISTER_CODE, &[Code]),
        form::<ResendRegistration>(site, REGISTERING).throttled(Throttle::Code).on_page(paths::REGISTER_CODE, &[]),
        form::<CompleteRegistration>(site, REGISTERING)
            .throttled(Throttle::Password)
            .on_page(paths::REGISTER_DETAILS, &[GivenName, FamilyName, Username]),
    ]
}

fn recovery(site: &Site) -> Vec<Row> {
    vec![
        form::<StartRecovery>(site, ANYONE).throttled(Throttle::Start).on_page(paths::FORGOT, &[Field::Identifier]),
        form::<VerifyRecovery>(site, RECOVERING).throttled(Throttle::Code).on_page(paths::RECOVER, &[Field::Code]),
        form::<ResendRecovery>(site, RECOVERING).throttled(Throttle::Code).on_page(paths::RECOVER, &[]),
        form::<CompleteRecovery>(site, RECOVERING).throttled(Throttle::Password).on_page(paths::RECOVER_NEW, &[]),
    ]
}

fn account(site: &Site) -> Vec<Row> {
    vec![
        form::<SignIn>(site, ANYONE).throttled(Throttle::Password).on_page(paths::SIGN_IN, &[Field::Identifier]),
        form::<SignOut>(site, ANYONE).throttled(Throttle::Write).on_page(paths::ACCOUNT, &[]),
        form::<EndSession>(site, SIGNED_IN).throttled(Throttle::Write).on_page(paths::ACCOUNT_SESSIONS, &[]),
        form::<EndOthers>(site, SIGNED_IN).throttled(Throttle::Write).on_page(paths::ACCOUNT_SESSIONS, &[]),
        form::<ChangePassword>(site, CHANGING_PASSWORD)
            .throttled(Throttle::Password)
            .on_page(paths::ACCOUNT_PASSWORD, &[]),
        form::<Freeze>(site, ANYONE).throttled(Throttle::Write).on_page(paths::NOT_ME, &[]),
    ]
}

/// Links from messages: with the token in the path, and with the token behind the `#`, which a form brings.
fn mailed_links(site: &Site) -> Vec<Row> {
    let opens = |row: Row, page| row.throttled(Throttle::Write).on_page(page, &[]);
    vec![
        Row::get("/recover/link/{token}", ANYONE, links::recovery),
        Row::get("/owner/{token}", ANYONE, links::owner),
        Row::get("/not-me/{token}", ANYONE, links::not_me),
        opens(form::<OpenRecoveryLink>(site, ANYONE), paths::RECOVER_LINK),
        opens(form::<OpenOwnerLink>(site, ANYONE), paths::OWNER_LINK),
        opens(form::<OpenFreezeLink>(site, ANYONE), paths::FREEZE_LINK),
    ]
}

fn files() -> Vec<Row> {
    vec![
        Row::get("/.well-known/change-password", ANYONE, links::change_password),
        Row::post(paths::LANGUAGE, ANYONE, Body::Form, language::choose),
        Row::get(format!("{}/{{journey}}", paths::WORK), ANYONE, work::challenge).from_own_pages(),
        Row::get("/api/v1/breached/{prefix}", ANYONE, breach::shard).from_own_pages(),
        Row::get("/pkg/{*file}", ANYONE, assets::file),
        Row::get("/favicon.ico", ANYONE, assets::favicon),
    ]
}

fn probes() -> Vec<Row> {
    vec![
        Row::get("/healthz", ANYONE, health::up),
        Row::get("/readyz", ANYONE, health::ready),
        counters(),
        // Browsers send reports without a word on where from.
        Row::post("/csp-report", ANYONE, Body::Json { limit: REPORT }, count_report).from_anywhere(),
    ]
}

fn counters() -> Row {
    Row::get("/metrics", METRICS, health::metrics)
}

fn development() -> Vec<Row> {
    vec![
        Row::get(paths::MAILBOX, ANYONE, mailbox::page).from_this_machine(),
        Row::get("/dev/mailbox.json", ANYONE, mailbox::json).from_this_machine(),
        Row::get("/dev/mailbox.css", ANYONE, mailbox::style).from_this_machine(),
    ]
}

/// A browser says that a page tried what its policy forbids. Counted, never kept: anyone can send one.
async fn count_report(State(site): State<Site>) -> StatusCode {
    site.metrics.reported();
    StatusCode::NO_CONTENT
}
