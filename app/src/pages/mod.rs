//! The pages.

pub(crate) mod desk;
pub(crate) mod help;
pub(crate) mod not_found;
pub(crate) mod not_me;
pub(crate) mod recover;
pub(crate) mod register;
pub(crate) mod sign_in;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// What has just been done, as the address says it: shown the same with and without scripts.
fn done() -> Memo<Option<String>> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get("done")))
}
