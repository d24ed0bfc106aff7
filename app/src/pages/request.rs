//! Loading the data of a page: what a page is told of the request, and what it may answer.

use std::pin::Pin;

use http::request::Parts;
use rekey_domain::access::{Access, Denial};
use rekey_service::principal::{Admitted, JourneyHolder, PasswordChanger, Person, Visitor};
use rekey_service::{Services, Unexpected};
use rekey_shared::view::PolicyView;
use rekey_shared::{Lang, MessageId, Problem};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::data::DATA;
use super::route::{PageRoute, Pattern};
use crate::context::{self, AppState, PageRefusal};
use crate::cookies::Cookie;
use crate::error::AppError;
use crate::flash::cookie::{self, FlashCookie};
use crate::paths;
use crate::problem::PublicError;
use crate::rules::{self, NewPasswordView};

/// The data of a page, or why it is not shown.
pub(crate) type PageResult<T> = Result<T, NotShown>;

/// Why a page is not shown.
pub(crate) enum NotShown {
    /// Another page is the right one.
    Redirect(&'static str),
    /// It cannot be shown.
    Refused(PublicError),
}

impl From<Problem> for NotShown {
    fn from(problem: Problem) -> Self {
        PublicError::from(problem).into()
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
    admitted: Admitted,
    left: Option<FlashCookie>,
}

impl PageRequest {
    /// The browser, signed in or not.
    pub(super) fn visitor(&self) -> PageResult<Visitor> {
        self.proof(Admitted::visitor)
    }

    /// The signed-in person.
    pub(super) fn person(&self) -> PageResult<Person> {
        self.proof(Admitted::person)
    }

    /// Who may choose a new password for an account.
    pub(super) fn password_changer(&self) -> PageResult<PasswordChanger> {
        self.proof(Admitted::password_changer)
    }

    /// The holder of the journey that the page belongs to.
    pub(super) fn journey(&self) -> PageResult<JourneyHolder> {
        self.proof(Admitted::journey)
    }

    /// None means that the page's access does not ask for what its loading needs.
    fn proof<T>(&self, of: impl FnOnce(&Admitted) -> Option<T>) -> PageResult<T> {
        of(&self.admitted).ok_or_else(|| Problem::Forbidden.into())
    }

    /// What the fields for a new password are drawn from, with the report on the last try if a form post without
    /// scripts brought one.
    pub(super) fn new_password(self, policy: &PolicyView) -> NewPasswordView {
        let last = self.left.and_then(FlashCookie::into_report);
        rules::new_password_view(policy, last.as_ref(), self.lang)
    }
}

/// What is answered to a page that asks for its data. Pages read it as `data::PageAnswer`.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum PageResponse {
    Data(Box<RawValue>),
    Redirect(String),
    Refused(AppError),
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
    /// Whether every browser without a cookie of ours is shown the same.
    pub shared: bool,
    /// What it is about.
    pub(crate) description: MessageId,
    pub(super) pattern: &'static str,
    load: fn(PageRequest) -> Loading,
}

impl PageEntry {
    pub(crate) fn of<P: PageRoute>() -> Self {
        let path = Pattern(P::PATH).for_server();
        let data = P::ASKS.then(|| format!("{DATA}{path}"));
        Self {
            path,
            data,
            access: P::ACCESS,
            shared: P::SHARED,
            description: P::DESCRIPTION,
            pattern: P::PATH,
            load: load::<P>,
        }
    }

    /// The JSON with which a page's request for its data is answered. Changes nothing.
    pub async fn answer(&self, app: &AppState, request: &Parts) -> String {
        let loaded = match admitted(self.access, app, request) {
            Ok(request) => (self.load)(request).await,
            Err(not_shown) => Err(not_shown),
        };
        let response = match loaded {
            Ok(data) => PageResponse::Data(data),
            Err(NotShown::Redirect(page)) => PageResponse::Redirect(page.to_owned()),
            Err(NotShown::Refused(error)) => PageResponse::Refused(AppError(error.into_problem(&app.services))),
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
fn admitted(accesses: &[Access], app: &AppState, request: &Parts) -> PageResult<PageRequest> {
    // Said by what stands before the pages, which knows more about the request than a page does.
    if let Some(PageRefusal(problem)) = request.extensions.get() {
        return Err(problem.clone().into());
    }
    let admitted = request.extensions.get::<Admitted>().ok_or(Problem::Forbidden)?;
    let admitted = admitted.requester().admit(accesses)?;
    let (headers, secure) = (&request.headers, app.secure_cookies);
    let left = Cookie::Flash.read(headers, secure).and_then(|text| cookie::decode(&text));
    Ok(PageRequest { services: app.services.clone(), lang: context::lang_of(headers, secure), admitted, left })
}

impl From<Denial> for NotShown {
    fn from(denial: Denial) -> Self {
        PublicError::from(denial).into()
    }
}

impl From<PublicError> for NotShown {
    fn from(error: PublicError) -> Self {
        match error {
            PublicError::Problem(Problem::NotSignedIn) => Self::Redirect(paths::SIGN_IN),
            PublicError::Problem(Problem::ChangePasswordFirst) => Self::Redirect(paths::ACCOUNT_PASSWORD),
            error => Self::Refused(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::data::PageAnswer;
    use super::*;
    use crate::json::{self, Raw};

    #[test]
    fn pages_read_what_is_answered() {
        let data = to_raw_value(&("text", [1, 2])).expect("writes");
        let read = |response| serde_json::to_string(&response).expect("writes");
        let text = read(PageResponse::Data(data));
        assert_eq!(json::from_str(&text), Ok(PageAnswer::Data(Raw(r#"["text",[1,2]]"#))));
        let text = read(PageResponse::Redirect(paths::ACCOUNT.to_owned()));
        assert_eq!(json::from_str(&text), Ok(PageAnswer::Redirect(paths::ACCOUNT.to_owned())));
        let text = read(PageResponse::Refused(AppError(Problem::CodeWrong { tries_left: 3 })));
        assert_eq!(json::from_str(&text), Ok(PageAnswer::Refused(AppError(Problem::CodeWrong { tries_left: 3 }))));
    }
}
