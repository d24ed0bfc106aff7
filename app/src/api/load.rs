//! What a page asks the server for before it can be drawn.

use leptos::prelude::*;
use rekey_shared::Problem;
use rekey_shared::view::{JourneyView, PersonView, PolicyView, SessionView};
use serde::{Deserialize, Serialize};
use server_fn::codec::GetUrl;

use crate::error::AppError;

/// A page that depends on what the server knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Page {
    /// Sign-in.
    SignIn,
    /// The beginning of a registration.
    Register,
    /// Its code.
    RegisterCode,
    /// Name and password.
    RegisterDetails,
    /// The code of a recovery.
    Recover,
    /// The new password of a recovery.
    RecoverNew,
    /// "It was not me".
    NotMe,
    /// The account.
    Overview,
    /// Changing the password.
    Password,
    /// Signed-in browsers.
    Sessions,
}

/// What a page is drawn from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum PageData {
    /// Nothing more is needed.
    Plain,
    /// Another page is the right one.
    Elsewhere(String),
    /// The page cannot be shown, for this reason.
    Refused(Problem),
    /// A registration may begin.
    Register {
        /// Whether an owner's link led here.
        for_owner: bool,
    },
    /// A code is waited for.
    Code(JourneyView),
    /// A password may be chosen.
    NewPassword(PolicyView),
    /// The account, and how many browsers are signed in to it.
    Overview(PersonView, usize),
    /// The signed-in browsers.
    Sessions(Vec<SessionView>),
}

/// Everything a page needs in one answer. Changes nothing.
#[server(endpoint = "page", input = GetUrl)]
pub async fn load(page: Page) -> Result<PageData, AppError> {
    use crate::context;

    let (cx, _) = context::caller()?;
    match page {
        Page::SignIn | Page::Overview | Page::Password | Page::Sessions => on_server::desk(&cx, page).await,
        Page::Register => on_server::register(&cx).await,
        Page::RegisterCode | Page::RegisterDetails => on_server::registration(&cx, page).await,
        Page::Recover | Page::RecoverNew => on_server::recovery(&cx, page).await,
        Page::NotMe => on_server::not_me(&cx).await,
    }
}

#[cfg(feature = "ssr")]
mod on_server {
    use rekey_service::recovery::Way;
    use rekey_service::sign_in::Caller;
    use rekey_service::{Services, owner, password, recovery, registration, repudiation, sessions, sign_in};
    use rekey_shared::Problem;
    use rekey_shared::view::{JourneyStep, JourneyView, PolicyView};

    use super::{Page, PageData};
    use crate::context::{cookie, refuse, signed_in};
    use crate::cookies::Cookie;
    use crate::error::AppError;
    use crate::paths;

    type Loaded = Result<PageData, AppError>;

    fn elsewhere(page: &str) -> PageData {
        PageData::Elsewhere(page.to_owned())
    }

    pub(super) async fn desk(cx: &Services, page: Page) -> Loaded {
        match (signed_in(cx).await?, page) {
            (None, Page::SignIn) => Ok(PageData::Plain),
            (None, _) => Ok(elsewhere(paths::SIGN_IN)),
            (Some(_), Page::SignIn) => Ok(elsewhere(paths::ACCOUNT)),
            (Some(caller), page) => own(cx, page, &caller).await.map_err(|failure| refuse(cx, failure)),
        }
    }

    async fn own(cx: &Services, page: Page, caller: &Caller) -> Result<PageData, rekey_service::Unexpected> {
        Ok(match page {
            Page::Password => PageData::NewPassword(password::policy(cx, caller).await?),
            Page::Sessions => PageData::Sessions(sessions::list(cx, caller).await?),
            _ => PageData::Overview(sign_in::person(cx, caller).await?, sessions::list(cx, caller).await?.len()),
        })
    }

    pub(super) async fn register(cx: &Services) -> Loaded {
        let for_owner = owner::link_is_open(cx, &cookie(Cookie::Owner)).await.map_err(|error| refuse(cx, error))?;
        if !for_owner && !cx.settings.registration.open {
            return Ok(PageData::Refused(Problem::RegistrationClosed));
        }
        Ok(PageData::Register { for_owner })
    }

    pub(super) async fn registration(cx: &Services, page: Page) -> Loaded {
        let handle = cookie(Cookie::Register);
        let view = registration::view(cx, &handle).await.map_err(|error| refuse(cx, error))?;
        if let Some(other) = misplaced(view.as_ref(), page, paths::REGISTER_CODE, paths::REGISTER_DETAILS) {
            return Ok(other);
        }
        if let (Page::RegisterCode, Some(view)) = (page, view) {
            return Ok(PageData::Code(view));
        }
        Ok(chosen(registration::policy(cx, &handle).await.map_err(|error| refuse(cx, error))?))
    }

    pub(super) async fn recovery(cx: &Services, page: Page) -> Loaded {
        let link = cookie(Cookie::Link);
        if page == Page::RecoverNew && !link.is_empty() {
            let policy = recovery::policy(cx, Way::Link(&link)).await.map_err(|error| refuse(cx, error))?;
            return Ok(policy.map_or(PageData::Refused(Problem::LinkNotValid), PageData::NewPassword));
        }
        let handle = cookie(Cookie::Recover);
        let view = recovery::view(cx, &handle).await.map_err(|error| refuse(cx, error))?;
        if let Some(other) = misplaced(view.as_ref(), page, paths::RECOVER, paths::RECOVER_NEW) {
            return Ok(other);
        }
        if let (Page::Recover, Some(view)) = (page, view) {
            return Ok(PageData::Code(view));
        }
        Ok(chosen(recovery::policy(cx, Way::Journey(&handle)).await.map_err(|error| refuse(cx, error))?))
    }

    /// A journey has one page at a time; the page of another step leads there.
    fn misplaced(view: Option<&JourneyView>, page: Page, code: &str, password: &str) -> Option<PageData> {
        let at_code = matches!(page, Page::RegisterCode | Page::Recover);
        match view.map(|view| view.step) {
            None => Some(PageData::Refused(Problem::JourneyOver)),
            Some(JourneyStep::Code) if !at_code => Some(elsewhere(code)),
            Some(JourneyStep::Password) if at_code => Some(elsewhere(password)),
            Some(_) => None,
        }
    }

    fn chosen(policy: Option<PolicyView>) -> PageData {
        policy.map_or(PageData::Refused(Problem::JourneyOver), PageData::NewPassword)
    }

    pub(super) async fn not_me(cx: &Services) -> Loaded {
        let open = repudiation::link_is_open(cx, &cookie(Cookie::NotMe)).await.map_err(|error| refuse(cx, error))?;
        Ok(if open { PageData::Plain } else { PageData::Refused(Problem::LinkNotValid) })
    }
}
