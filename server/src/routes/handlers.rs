//! What draws the app's pages and runs its server functions.

use std::pin::Pin;
use std::sync::{Arc, LazyLock};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::CONTENT_SECURITY_POLICY;
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::{
    AxumRouteListing, ResponseOptions, generate_route_list, handle_server_fns_with_context,
    render_app_async_with_context,
};
use rekey_app::{App, shell};

use crate::middleware::headers::page_policy;
use crate::site::Site;

/// Draws the page at a request's address; for an address that has none, a page that says so.
pub type DrawPage = Arc<dyn Fn(Request) -> Answer + Send + Sync>;

type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

/// What draws the pages of a site.
pub fn draw_page(site: &Site) -> DrawPage {
    let draw = render_app_async_with_context(context_of(site), shell);
    Arc::new(move |request| {
        let drawn = draw(request);
        Box::pin(async move { end_last(drawn.await).await })
    })
}

/// Where the framework ends a document, and then goes on with the data that it was drawn from.
const END: &str = "</body></html>";

/// No page is as long, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;

/// Puts the end of a document behind its last script. Browsers read both the same, but nothing may stand after the end
/// (HTML §13.1).
async fn end_last(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(page) = to_bytes(body, LONGEST).await else {
        // Nothing was sent yet, so a broken page can still be told.
        parts.status = StatusCode::INTERNAL_SERVER_ERROR;
        return Response::from_parts(parts, Body::empty());
    };
    // The first: what people typed is written with its brackets escaped.
    let found = std::str::from_utf8(&page).ok().and_then(|page| page.split_once(END));
    let whole = found.filter(|(_, scripts)| !scripts.is_empty()).map(|(page, scripts)| [page, scripts, END].concat());
    Response::from_parts(parts, whole.map_or_else(|| Body::from(page.clone()), Body::from))
}

/// Runs the server function at a request's address.
pub fn server_function(site: &Site) -> impl Fn(Request) -> Answer + Clone + Send + Sync + 'static {
    let context = context_of(site);
    move |request| {
        let context = context.clone();
        Box::pin(async move { handle_server_fns_with_context(context, request).await.into_response() })
    }
}

/// What every page and server function finds around it. A page's policy carries its nonce.
fn context_of(site: &Site) -> impl Fn() + Clone + Send + Sync + 'static {
    let app = site.app.clone();
    move || {
        provide_context(app.clone());
        let policy = use_nonce().and_then(|nonce| {
            let settings = app.services.settings();
            page_policy(&nonce.to_string(), &settings.sign_in.return_to)
        });
        if let (Some(response), Some(policy)) = (use_context::<ResponseOptions>(), policy) {
            response.insert_header(CONTENT_SECURITY_POLICY, policy);
        }
    }
}

/// The app's pages as the page framework knows them. Also starts the framework's executor.
///
/// Listed once in a process: while the framework lists them, a page that is drawn by another thread never gets its
/// data (leptos issue 4773).
pub fn page_listing() -> &'static [AxumRouteListing] {
    static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));
    &PAGES
}
