//! The router, built from the rows of [`crate::routes`].

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use http::StatusCode;
use rekey_shared::Problem;

use crate::health::MetricsListener;
use crate::middleware;
use crate::middleware::admission::{Admission, hold};
use crate::refusal::{RefusalFormat, answer};
use crate::routes::{API, DrawPage, Row, draw_page, metrics_table, page_listing, table};
use crate::site::Site;

/// Everything, with all that stands before it.
pub fn router(site: &Site) -> Router {
    router_of(site, table(site))
}

/// These rows, with all that stands before them.
pub fn router_of(site: &Site, rows: Vec<Row>) -> Router {
    // Starts the framework's executor, which the pages need.
    let _pages = page_listing();
    let routes = routes(site, rows).method_not_allowed_fallback(not_allowed).fallback(missing);
    middleware::around(routes.with_state(site.clone()), site)
}

/// Only the counters, for a listener of their own.
pub fn metrics_router(site: &Site) -> Router {
    routes(site, metrics_table()).with_state(site.clone()).layer(axum::Extension(MetricsListener))
}

/// The one way from a row to a route.
fn routes(site: &Site, rows: Vec<Row>) -> Router<Site> {
    let draw = draw_page(site);
    rows.into_iter().fold(Router::new(), |routes, Row { rule, handler }| {
        let path = rule.path.clone();
        let admission = Arc::new(Admission { site: site.clone(), rule, draw: DrawPage::clone(&draw) });
        routes.route(&path, handler.route_layer(from_fn_with_state(admission, hold)))
    })
}

/// What is nowhere: a page for people, a problem for scripts.
async fn missing(State(site): State<Site>, request: Request) -> Response {
    if request.uri().path().starts_with(API) {
        let format = RefusalFormat::new(&site, request.headers());
        return answer(&site, format, StatusCode::NOT_FOUND, &Problem::BadRequest);
    }
    let mut response = draw_page(&site)(request).await;
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

async fn not_allowed(State(site): State<Site>, request: Request) -> Response {
    let format = RefusalFormat::new(&site, request.headers());
    answer(&site, format, StatusCode::METHOD_NOT_ALLOWED, &Problem::BadRequest)
}
