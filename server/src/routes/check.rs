//! Holds the table against what the app has: no page and no server function without a row, and no row without one.

use std::collections::BTreeSet;

use http::Method;
use rekey_app::pages::PAGES;

use super::{API, Authentication, Body, DenialStyle, Origin, Row, page_listing};

/// What is wrong with the table; nothing, if all is well. Asked at start.
pub fn faults(rows: &[Row]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut names = BTreeSet::new();
    for row in rows {
        if !names.insert(name(&row.rule.method, &row.rule.path)) {
            faults.push(format!("{}: two rows", row.rule.path));
        }
        faults.extend(faults_of(row).map(|fault| format!("{}: {fault}", row.rule.path)));
    }
    faults.extend(served_by_the_app().difference(&names).map(|name| format!("{name}: no row")));
    faults.extend(rows.iter().filter(|row| needs_the_app(row)).filter_map(|row| {
        let name = name(&row.rule.method, &row.rule.path);
        (!served_by_the_app().contains(&name)).then(|| format!("{name}: no such page or server function"))
    }));
    faults
}

fn name(method: &Method, path: &str) -> String {
    format!("{method} {path}")
}

/// The pages, their data and the server functions that the app has.
fn served_by_the_app() -> BTreeSet<String> {
    let functions = server_fn::axum::server_fn_paths().map(|(path, method)| name(&method, path));
    let pages = page_listing().iter().map(|page| name(&Method::GET, page.path()));
    let data = PAGES.iter().filter_map(|page| page.data.as_deref()).map(|path| name(&Method::GET, path));
    functions.chain(pages).chain(data).collect()
}

fn needs_the_app(row: &Row) -> bool {
    matches!(row.rule.denial, DenialStyle::Page | DenialStyle::Form { .. })
}

fn faults_of(row: &Row) -> impl Iterator<Item = &'static str> {
    let rule = &row.rule;
    let reads = rule.method == Method::GET;
    let by_cookies = rule.authentication == Authentication::Cookies;
    let own = rule.origin == Origin::OwnPages;
    [
        (rule.access.is_empty(), "is closed to everyone"),
        (!reads && by_cookies && !own, "takes from other sites what is done in a person's name"),
        (reads && rule.path.starts_with(API) && by_cookies && !own, "lets other sites' scripts read"),
        (!reads && rule.body == Body::None, "changes something and reads no body"),
        (reads && rule.body != Body::None, "reads a body and changes nothing"),
    ]
    .into_iter()
    .filter_map(|(wrong, fault)| wrong.then_some(fault))
}
