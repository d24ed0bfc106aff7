//! The pages of a signed-in person: fetched as one lazy chunk.

mod overview;
mod password;
mod sessions;

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use crate::api::Page;
use crate::components::{DataResource, data_of};

/// The account.
pub(crate) struct OverviewRoute(DataResource);

/// Changing the password.
pub(crate) struct PasswordRoute(DataResource);

/// Signed-in browsers.
pub(crate) struct SessionsRoute(DataResource);

#[lazy_route]
impl LazyRoute for OverviewRoute {
    fn data() -> Self {
        Self(data_of(Page::Overview))
    }

    fn view(this: Self) -> AnyView {
        overview::page(this.0)
    }
}

#[lazy_route]
impl LazyRoute for PasswordRoute {
    fn data() -> Self {
        Self(data_of(Page::Password))
    }

    fn view(this: Self) -> AnyView {
        password::page(this.0)
    }
}

#[lazy_route]
impl LazyRoute for SessionsRoute {
    fn data() -> Self {
        Self(data_of(Page::Sessions))
    }

    fn view(this: Self) -> AnyView {
        sessions::page(this.0)
    }
}
