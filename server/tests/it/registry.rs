//! The table of routes against the routes that are there.

use std::collections::BTreeSet;

use rekey::registry::{ROUTES, find};
use rekey::router::{own_routes, page_routes};
use rekey_domain::session::SessionKind;

use rekey_testkit::TestSite;

/// `GET /path` of everything that can be reached.
async fn reached() -> BTreeSet<String> {
    let running = TestSite::router().start().await;
    let mut all = BTreeSet::new();
    for (path, method) in server_fn::axum::server_fn_paths() {
        all.insert(format!("{method} {path}"));
    }
    for listing in page_routes() {
        all.insert(format!("GET {}", listing.path()));
    }
    for (path, method, _) in own_routes(running.app()) {
        all.insert(format!("{method} {path}"));
    }
    all
}

#[tokio::test]
async fn every_route_is_in_the_table_and_the_table_has_no_others() {
    let table: BTreeSet<_> = ROUTES.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    assert_eq!(reached().await, table);
    assert_eq!(table.len(), ROUTES.len(), "no route twice");
}

#[test]
fn every_route_that_changes_something_is_posted_and_limited() {
    for route in ROUTES {
        let changes = route.method != http::Method::GET;
        assert_eq!(changes, route.body_limit > 0, "{}", route.path);
        assert!(route.body_limit <= 64 * 1024, "{}", route.path);
        assert!(find(route.path, &route.method).is_some());
    }
}

#[test]
fn what_belongs_to_an_account_is_for_the_signed_in() {
    for route in ROUTES.iter().filter(|route| route.path.starts_with("/account")) {
        let changes = route.path == "/account/password";
        let kinds = if changes { &[SessionKind::Full, SessionKind::Recovery][..] } else { &[SessionKind::Full] };
        assert_eq!(route.sessions, kinds, "{}", route.path);
    }
}
