//! The one table of routes: what each asks for and what answers it.
//!
//! The router is built from the rows, each behind the same layer ([`crate::middleware::admission`]), so nothing is served
//! without a row, and a row says what is enforced.

pub mod check;
mod handlers;
mod table;

use std::borrow::Cow;

use axum::handler::Handler;
use axum::routing::{MethodRouter, get, post};
use http::Method;
use rekey_domain::access::Access;
use rekey_shared::Field;

pub use handlers::{DrawPage, draw_page, page_listing};
pub use table::{metrics_table, table};

use crate::site::Site;
use crate::throttle::Throttle;

/// Where server functions, the data of pages and the API are.
pub const API: &str = "/api/";

/// One route.
#[derive(Debug, Clone)]
pub struct Row {
    /// What is enforced before the handler.
    pub rule: Rule,
    /// What answers.
    pub handler: MethodRouter<Site>,
}

/// What is asked of a request before it reaches its handler.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The pattern, as the router knows it.
    pub path: Cow<'static, str>,
    /// The method. `HEAD` goes where `GET` goes.
    pub method: Method,
    /// Who may: anyone who meets one of these.
    pub access: &'static [Access],
    /// By what requests are authenticated.
    pub authentication: Authentication,
    /// Where requests may come from.
    pub origin: Origin,
    /// How often one client may.
    pub throttle: Throttle,
    /// What a request carries.
    pub body: Body,
    /// How a denial is told.
    pub denial: DenialStyle,
}

/// By what the requests of a route are authenticated. The classes do not mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// By nothing: the answer is the same for everyone, and no cookie is looked at.
    None,
    /// By cookies. A request that brings a bearer token all the same is a program's, and its cookies do not count.
    Cookies,
    /// By a bearer token or client authentication. No cookie is looked at.
    Credentials,
}

/// Where the requests of a route may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// From anywhere: links, files, what is not authenticated by what a browser sends of itself.
    Anywhere,
    /// From our own pages alone, as `Origin` and Fetch-Metadata say (FE-3).
    OwnPages,
    /// From this machine alone, by no proxy. Nothing else learns that the route is there.
    ThisMachine,
}

/// What a request carries, and how much at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    None,
    /// A form of ours, read whole; `limits.body_bytes` is its limit.
    Form,
    /// JSON, read whole.
    Json {
        /// Bytes.
        limit: usize,
    },
    /// Anything, handed on as it comes.
    Upload {
        /// Bytes.
        limit: usize,
    },
}

/// How a denial is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DenialStyle {
    /// By leading to the page that helps, or by the reason in the page's place.
    Page,
    /// To a script by a problem; to a browser without scripts by leading back to the form, with nothing typed lost.
    Form {
        /// The page that the form is on.
        page: &'static str,
        /// The fields whose values may be shown again: never a secret.
        shown: &'static [Field],
    },
    /// By a problem: a plain page for people, JSON for scripts.
    Problem,
}

impl Row {
    fn new(path: Cow<'static, str>, method: Method, access: &'static [Access], handler: MethodRouter<Site>) -> Self {
        let rule = Rule {
            path,
            method,
            access,
            authentication: Authentication::None,
            origin: Origin::Anywhere,
            throttle: Throttle::None,
            body: Body::None,
            denial: DenialStyle::Problem,
        };
        Self { rule, handler }
    }

    /// Something that is read, from anywhere.
    pub fn get<H, T>(path: impl Into<Cow<'static, str>>, access: &'static [Access], handler: H) -> Self
    where
        H: Handler<T, Site>,
        T: 'static,
    {
        Self::new(path.into(), Method::GET, access, get(handler))
    }

    /// Something that is posted, from our own pages unless [`Row::from_anywhere`] says otherwise.
    pub fn post<H, T>(path: impl Into<Cow<'static, str>>, access: &'static [Access], body: Body, handler: H) -> Self
    where
        H: Handler<T, Site>,
        T: 'static,
    {
        let row = Self::new(path.into(), Method::POST, access, post(handler));
        Self { rule: Rule { body, origin: Origin::OwnPages, ..row.rule }, ..row }
    }

    /// Authenticated by cookies.
    #[must_use]
    pub fn by_cookies(mut self) -> Self {
        self.rule.authentication = Authentication::Cookies;
        self
    }

    /// From our own pages alone, though it changes nothing.
    #[must_use]
    pub fn from_own_pages(mut self) -> Self {
        self.rule.origin = Origin::OwnPages;
        self
    }

    /// From anywhere, though it is posted.
    #[must_use]
    pub fn from_anywhere(mut self) -> Self {
        self.rule.origin = Origin::Anywhere;
        self
    }

    /// From this machine alone.
    #[must_use]
    pub fn from_this_machine(mut self) -> Self {
        self.rule.origin = Origin::ThisMachine;
        self
    }

    /// No more often than its class allows.
    #[must_use]
    pub fn throttled(mut self, class: Throttle) -> Self {
        self.rule.throttle = class;
        self
    }

    /// With denials told in this way.
    #[must_use]
    pub fn denied_by(mut self, style: DenialStyle) -> Self {
        self.rule.denial = style;
        self
    }

    /// For a form on `page`, whose values in `shown` come back when it is refused.
    #[must_use]
    pub fn on_page(self, page: &'static str, shown: &'static [Field]) -> Self {
        self.denied_by(DenialStyle::Form { page, shown })
    }
}
