//! All routes of the product. Every one of them stands in [`crate::registry`].

use std::sync::LazyLock;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{Method, StatusCode};
use leptos::config::LeptosOptions;
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{
    AxumRouteListing, LeptosRoutes as _, ResponseOptions, generate_route_list, render_app_async_with_context,
};
use rekey_app::pages::{PAGES, PageEntry};
use rekey_app::{App, shell};
use rekey_shared::Problem;

use crate::middleware::headers::page_policy;
use crate::refuse::{RefusalFormat, answer};
use crate::site::Site;
use crate::{assets, breach, health, language, links, mailbox, middleware, registry};

/// A route that is not the app's.
type Own = (&'static str, Method, MethodRouter<Site>);

/// Everything, with all that stands before it.
pub fn router(site: &Site) -> Router {
    let mut own = Router::new();
    for (path, _, route) in own_routes(site) {
        own = own.route(path, route);
    }
    let own = own.method_not_allowed_fallback(not_allowed).with_state(site.clone());
    let inner = pages(site).merge(own).fallback(missing_of(site));
    middleware::around(inner, site)
}

/// Only the counters, for a listener of their own.
pub fn metrics_router(site: &Site) -> Router {
    Router::new().route("/metrics", get(health::metrics)).with_state(site.clone())
}

/// The server's own routes with their methods.
pub fn own_routes(site: &Site) -> Vec<Own> {
    let mut routes = vec![
        ("/recover/link/{token}", Method::GET, get(links::recovery)),
        ("/owner/{token}", Method::GET, get(links::owner)),
        ("/not-me/{token}", Method::GET, get(links::not_me)),
        ("/language", Method::POST, post(language::choose)),
        ("/.well-known/change-password", Method::GET, get(links::change_password)),
        ("/api/v1/breached/{prefix}", Method::GET, get(breach::shard)),
        ("/pkg/{*file}", Method::GET, get(assets::file)),
        ("/favicon.ico", Method::GET, get(assets::favicon)),
        ("/csp-report", Method::POST, post(count_report)),
        ("/healthz", Method::GET, get(health::up)),
        ("/readyz", Method::GET, get(health::ready)),
        ("/metrics", Method::GET, get(health::metrics_here)),
    ];
    routes.extend(PAGES.iter().filter_map(page_data));
    if site.mailbox.is_some() {
        routes.push(("/dev/mailbox", Method::GET, get(mailbox::page)));
        routes.push(("/dev/mailbox.json", Method::GET, get(mailbox::json)));
        routes.push(("/dev/mailbox.css", Method::GET, get(mailbox::style)));
    }
    routes
}

/// The route at which a page's data is.
fn page_data(page: &'static PageEntry) -> Option<Own> {
    let answer = move |State(site): State<Site>, request: Request| async move {
        let (request, _) = request.into_parts();
        ([(CONTENT_TYPE, "application/json")], page.answer(&site.app, &request).await)
    };
    page.data.as_deref().map(|path| (path, Method::GET, get(answer)))
}

/// The app's pages as the page framework knows them.
///
/// Listed once in a process: while the framework lists them, a page that is drawn by another thread never gets its
/// data (leptos issue 4773).
pub fn page_routes() -> Vec<AxumRouteListing> {
    static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));
    PAGES.clone()
}

/// The pages and the server functions.
fn pages(site: &Site) -> Router {
    let options = LeptosOptions::builder().output_name("rekey").build();
    let context = context_of(site);
    Router::new()
        .leptos_routes_with_context(&options, page_routes(), context, shell)
        .method_not_allowed_fallback(not_allowed_plain)
        .with_state(options)
}

/// What every page and server function finds around it. A page's policy carries its nonce.
fn context_of(site: &Site) -> impl Fn() + Clone + Send + Sync + 'static {
    let app = site.app.clone();
    move || {
        provide_context(app.clone());
        let policy = use_nonce().and_then(|nonce| page_policy(&nonce.to_string()));
        if let (Some(response), Some(policy)) = (use_context::<ResponseOptions>(), policy) {
            response.insert_header(CONTENT_SECURITY_POLICY, policy);
        }
    }
}

/// What is nowhere: a page for people, a problem for scripts.
fn missing_of(site: &Site) -> MethodRouter {
    let render = render_app_async_with_context(context_of(site), shell);
    let site = site.clone();
    axum::routing::any(move |request: Request| async move {
        if request.uri().path().starts_with(registry::API) {
            let format = RefusalFormat::new(&site, request.headers());
            return answer(&site, format, StatusCode::NOT_FOUND, &Problem::BadRequest);
        }
        let mut response = render(request).await;
        *response.status_mut() = StatusCode::NOT_FOUND;
        response
    })
}

async fn not_allowed(State(site): State<Site>, request: Request) -> Response {
    let format = RefusalFormat::new(&site, request.headers());
    answer(&site, format, StatusCode::METHOD_NOT_ALLOWED, &Problem::BadRequest)
}

async fn not_allowed_plain() -> Response {
    StatusCode::METHOD_NOT_ALLOWED.into_response()
}

/// A browser says that a page tried what its policy forbids. Counted, never kept: anybody can send one.
async fn count_report(State(site): State<Site>) -> StatusCode {
    site.metrics.reported();
    StatusCode::NO_CONTENT
}
