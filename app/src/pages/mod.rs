//! The pages. The first is there at once; the others at the door are one chunk, those of the account another,
//! fetched when somebody goes there.

mod desk;
mod help;
pub(crate) mod not_found;
mod not_me;
mod recover;
mod register;
pub(crate) mod sign_in;

use leptos::prelude::*;
use leptos_router::LazyRoute;
use leptos_router::hooks::use_query_map;

use crate::api::Page;
use crate::components::{DataResource, Door, Loaded, data_of};

/// Declares routes by the page they show and the chunk that draws it.
macro_rules! lazy_routes {
    ($($name:ident in $chunk:ident;)+) => {$(
        #[doc = concat!("The route to [`Page::", stringify!($name), "`].")]
        pub(crate) struct $name(DataResource);

        impl LazyRoute for $name {
            fn data() -> Self {
                Self(data_of(Page::$name))
            }

            async fn view(this: Self) -> AnyView {
                $chunk(Page::$name, this.0).await
            }
        }
    )+};
}

lazy_routes! {
    Register in door_chunk;
    RegisterCode in door_chunk;
    RegisterDetails in door_chunk;
    RegisterDone in door_chunk;
    Forgot in door_chunk;
    Recover in door_chunk;
    RecoverNew in door_chunk;
    RecoverDone in door_chunk;
    NotMe in door_chunk;
    NotMeDone in door_chunk;
    Help in door_chunk;
    Account in desk_chunk;
    AccountPassword in desk_chunk;
    AccountSessions in desk_chunk;
}

#[leptos::lazy]
fn door_chunk(page: Page, data: DataResource) -> AnyView {
    let view = match page {
        Page::Register => register::start,
        Page::RegisterCode => register::code,
        Page::RegisterDetails => register::details,
        Page::RegisterDone => register::done,
        Page::Forgot => recover::start,
        Page::Recover => recover::code,
        Page::RecoverNew => recover::new_password,
        Page::RecoverDone => recover::done,
        Page::NotMe => not_me::ask,
        Page::NotMeDone => not_me::done,
        _ => help::page,
    };
    view! { <Door><Loaded data view/></Door> }.into_any()
}

#[leptos::lazy]
fn desk_chunk(page: Page, data: DataResource) -> AnyView {
    match page {
        Page::AccountPassword => desk::password::page(data),
        Page::AccountSessions => desk::sessions::page(data),
        _ => desk::overview::page(data),
    }
}

/// What has just been done, as the address says it: shown the same with and without scripts.
fn just_done() -> Memo<Option<String>> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get("done")))
}
