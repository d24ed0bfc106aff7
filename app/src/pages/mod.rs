//! The pages, a file each.
//!
//! A page is a type that implements [`PageRoute`], and a name in the list of its group: [`public`] or [`account`].
//! From the lists follow the router of the app, the addresses at which pages find their data, and the server's rows.

pub(crate) mod account;
mod data;
mod next_step;
pub(crate) mod public;
#[cfg(feature = "ssr")]
mod request;
mod route;

#[cfg(feature = "ssr")]
use std::sync::LazyLock;

use account::AccountPage;
pub(crate) use data::{DataResource, show};
use leptos::prelude::*;
use leptos::tachys::view::iterators::StaticVec;
#[cfg(feature = "ssr")]
use leptos_router::PossibleRouteMatch as _;
use leptos_router::hooks::use_query_map;
use leptos_router::{ChooseView, NestedRoute, SsrMode};
pub(crate) use next_step::next_step;
use public::{FirstPage, PublicPage};
#[cfg(feature = "ssr")]
use rekey_shared::MessageId;
#[cfg(feature = "ssr")]
pub use request::PageEntry;
use route::Pattern;
pub(crate) use route::{MenuEntry, PageGroup, PageRoute, page_group};

/// Any page.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Page {
    /// In the first load.
    First(FirstPage),
    /// In the public chunk.
    Public(PublicPage),
    /// In the chunk of the account.
    Account(AccountPage),
}

impl Page {
    fn all() -> impl Iterator<Item = Self> {
        let first = FirstPage::ALL.iter().copied().map(Self::First);
        let public = PublicPage::ALL.iter().copied().map(Self::Public);
        first.chain(public).chain(AccountPage::ALL.iter().copied().map(Self::Account))
    }

    fn path(self) -> &'static str {
        match self {
            Self::First(page) => page.path(),
            Self::Public(page) => page.path(),
            Self::Account(page) => page.path(),
        }
    }

    fn asks(self) -> bool {
        match self {
            Self::First(page) => page.asks(),
            Self::Public(page) => page.asks(),
            Self::Account(page) => page.asks(),
        }
    }

    #[cfg(feature = "ssr")]
    fn to_entry(self) -> PageEntry {
        match self {
            Self::First(page) => page.to_entry(),
            Self::Public(page) => page.to_entry(),
            Self::Account(page) => page.to_entry(),
        }
    }

    #[cfg(feature = "ssr")]
    fn entry(self) -> Option<&'static PageEntry> {
        PAGES.iter().find(|entry| entry.pattern == self.path())
    }
}

/// As `Lazy` of `LazyRoute` would do it, but with one type for all pages: the request for the data is on its way while
/// the chunk is fetched.
impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        let data = data::data_of(self);
        match self {
            Self::First(page) => public::framed(page, data),
            Self::Public(page) => public::public_chunk(page, data).await,
            Self::Account(page) => account::account_chunk(page, data).await,
        }
    }

    async fn preload(&self) {}
}

/// The routes to all pages.
pub(crate) fn routes() -> StaticVec<NestedRoute<Pattern, (), (), Page>> {
    let route = |page: Page| NestedRoute::new(Pattern(page.path()), page).ssr_mode(SsrMode::Async);
    Page::all().map(route).collect::<Vec<_>>().into()
}

/// Every page, for the server's table of routes.
#[cfg(feature = "ssr")]
pub static PAGES: LazyLock<Vec<PageEntry>> = LazyLock::new(|| Page::all().map(Page::to_entry).collect());

/// The page at a path.
#[cfg(feature = "ssr")]
fn page_at(path: &str) -> Option<Page> {
    Page::all().find(|page| Pattern(page.path()).test(path).is_some_and(|matched| matched.is_complete()))
}

/// What the page at a path is about.
#[cfg(feature = "ssr")]
pub(crate) fn description_of(path: &str) -> Option<MessageId> {
    Some(page_at(path)?.entry()?.description)
}

/// The lazy function that draws the page at a path; `None` for one in the first load.
#[cfg(feature = "ssr")]
pub(crate) fn chunk_of(path: &str) -> Option<&'static str> {
    match page_at(path)? {
        Page::First(_) => None,
        Page::Public(_) => Some("public_chunk"),
        Page::Account(_) => Some("account_chunk"),
    }
}

/// Whether the address says that this has just been done: shown the same with and without scripts.
fn just_done(what: &'static str) -> Signal<bool> {
    let query = use_query_map();
    Signal::derive(move || query.with(|query| query.get("done")).as_deref() == Some(what))
}
