//! Loading the data of a page: what a page is told of the request, and what it may answer.

use std::pin::Pin;

use http::HeaderMap;
use http::request::Parts;
use rekey_domain::access::{self, Access, Denial, Identity, Principal, SessionState};
use rekey_service::sign_in::{self, Caller};
use rekey_service::{Services, Unexpected};
use rekey_shared::view::PolicyView;
use rekey_shared::{Lang, Problem};
use serde_json::value::{RawValue, to_raw_value};

use super::data::{DATA, PageResponse};
use super::route::{PageRoute, Pattern};
use super::account::AccountPassword;
use super::public::SignIn;
use crate::context::{self, AppState};
use crate::cookies::Cookie;
use crate::error::AppError;
use crate::flash::{self, Left};
use crate::problem::Told;
use crate::rules::{self, NewPasswordView};

/// The data of a page, or why it is not shown.
pub(crate) type PageResult<T> = Result<T, NotShown>;

/// Why a page is not shown.
pub(crate) enum NotShown {
    /// Another page is the right one.
    Redirect(&'static str),
    /// It cannot be shown.
    Refused(Told),
}

impl From<Problem> for NotShown {
    fn from(problem: Problem) -> Self {
        Self::Refused(problem.into())
    }
}

impl From<Unexpected> for NotShown {
    fn from(failure: Unexpected) -> Self {
        Self::Refused(failure.into())
    }
}

/// What a page is told of the request. Its access was checked before.
pub(crate) struct PageRequest {
    /// The services.
    pub services: Services,
    /// The language of the page.
    pub lang: Lang,
    /// Who is signed in, if anyone is.
    pub caller: Option<Caller>,
    headers: HeaderMap,
    secure: bool,
}

impl PageRequest {
    /// Who is signed in, for a page whose access asks for that.
    pub(super) fn signed_in(&self) -> PageResult<&Caller> {
        self.caller.as_ref().ok_or(NotShown::Redirect(SignIn::PATH))
    }

    /// A cookie of this request; empty when there is none, which no service takes for a secret.
    pub(super) fn cookie(&self, cookie: Cookie) -> String {
        cookie.read(&self.headers, self.secure).unwrap_or_default()
    }

    /// What the fields for a new password are drawn from, with the report on the last try if a form post without
    /// scripts brought one.
    pub(super) fn new_password(&self, policy: &PolicyView) -> NewPasswordView {
        let last = flash::decode(&self.cookie(Cookie::Flash)).and_then(Left::into_report);
        rules::new_password_view(policy, last.as_ref(), self.lang)
    }
}

type Loading = Pin<Box<dyn Future<Output = PageResult<Box<RawValue>>> + Send>>;

/// A page as the server's table of routes needs it.
pub struct PageEntry {
    /// Where the page is.
    pub path: String,
    /// Where its data is; `None` for a page that is the same for everyone.
    pub data: Option<String>,
    /// Who may open it and ask for its data: anyone who meets one of these.
    pub access: &'static [Access],
    pub(super) pattern: &'static str,
    load: fn(PageRequest) -> Loading,
}

impl PageEntry {
    pub(crate) fn of<P: PageRoute>() -> Self {
        let path = Pattern(P::PATH).for_server();
        let data = P::ASKS.then(|| format!("{DATA}{path}"));
        Self { path, data, access: P::ACCESS, pattern: P::PATH, load: load::<P> }
    }

    /// The JSON with which a page's request for its data is answered. Changes nothing.
    pub async fn answer(&self, app: &AppState, request: &Parts) -> String {
        let loaded = match admitted(self.access, app, request).await {
            Ok(request) => (self.load)(request).await,
            Err(not_shown) => Err(not_shown),
        };
        let response = match loaded {
            Ok(data) => PageResponse::Data(data),
            Err(NotShown::Redirect(page)) => PageResponse::Redirect(page.to_owned()),
            Err(NotShown::Refused(error)) => PageResponse::Refused(AppError(error.outwards(&app.services))),
        };
        serde_json::to_string(&response).unwrap_or_default()
    }
}

fn load<P: PageRoute>(request: PageRequest) -> Loading {
    Box::pin(async move {
        let data = P::load(request).await?;
        to_raw_value(&data).map_err(|_| Problem::BadRequest.into())
    })
}

/// The request for a page, if its access allows it.
async fn admitted(access: &[Access], app: &AppState, request: &Parts) -> PageResult<PageRequest> {
    let (services, secure) = (app.services.clone(), app.secure_cookies);
    let headers = request.headers.clone();
    let token = Cookie::Session.read(&headers, secure).unwrap_or_default();
    let caller = if token.is_empty() { None } else { sign_in::authenticate(&services, &token).await? };
    let session = match &caller {
        None => SessionState::None,
        Some(caller) if caller.must_change.is_some() => SessionState::MustChange,
        Some(caller) => SessionState::Full { proven_at: caller.session.created_at, rights: Vec::new() },
    };
    let identity = Identity::Browser { session, journeys: Vec::new() };
    access::admits_any(access, &Principal { identity, reads_metrics: false }, services.clock.now())?;
    Ok(PageRequest { lang: context::lang_of(&headers, secure), services, caller, headers, secure })
}

impl From<Denial> for NotShown {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::NotSignedIn | Denial::SecondFactorFirst => Self::Redirect(SignIn::PATH),
            Denial::ChangePasswordFirst => Self::Redirect(AccountPassword::PATH),
            Denial::NoJourney(_) => Problem::JourneyOver.into(),
            Denial::AlreadySignedIn
            | Denial::NotFresh
            | Denial::RightMissing(_)
            | Denial::ProgramsOnly
            | Denial::BrowsersOnly
            | Denial::CredentialsRefused
            | Denial::ScopeMissing(_)
            | Denial::NotMetricsReader => Problem::Forbidden.into(),
        }
    }
}
