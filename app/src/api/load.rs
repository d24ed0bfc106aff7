//! What a page asks the server for before it can be drawn.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use server_fn::codec::GetUrl;

use crate::error::AppError;

/// A page.
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
    /// Registered.
    RegisterDone,
    /// The beginning of a recovery.
    Forgot,
    /// Its code.
    Recover,
    /// The new password.
    RecoverNew,
    /// Recovered.
    RecoverDone,
    /// "It was not me".
    NotMe,
    /// Frozen.
    NotMeDone,
    /// The account.
    Account,
    /// Changing the password.
    AccountPassword,
    /// Signed-in browsers.
    AccountSessions,
    /// Help.
    Help,
}

impl Page {
    /// Whether the page depends on what the server knows.
    pub(crate) const fn asks(self) -> bool {
        !matches!(self, Self::RegisterDone | Self::Forgot | Self::RecoverDone | Self::NotMeDone | Self::Help)
    }
}

/// What the server says to a page that asks.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// What the page is drawn from, as JSON. Each page reads its own, so that nobody loads what others read.
    Data(Box<RawValue>),
    /// Another page is the right one.
    Elsewhere(String),
    /// The page cannot be shown, for this reason.
    Refused(AppError),
}

/// Everything a page needs in one answer: the JSON of an [`Answer`]. Changes nothing.
#[server(endpoint = "page", input = GetUrl)]
pub async fn load(page: Page) -> Result<String, AppError> {
    let answer = on_server::answer(page).await.unwrap_or_else(Answer::Refused);
    serde_json::to_string(&answer).map_err(|_| AppError(rekey_shared::Problem::BadRequest))
}

#[cfg(feature = "ssr")]
mod on_server {
    use rekey_domain::access::{Access, SessionState};
    use rekey_domain::journey::JourneyKind;
    use rekey_service::principal::{Admitted, JourneyHolder, Visitor};
    use rekey_service::recovery::ProofSource;
    use rekey_service::sign_in::Caller;
    use rekey_service::{Services, freeze, owner, password, recovery, registration, sessions, sign_in};
    use rekey_shared::Problem;
    use rekey_shared::view::{JourneyStep, JourneyView, PolicyView};
    use serde::Serialize;

    use super::{Answer, Page};
    use crate::context;
    use crate::error::AppError;
    use crate::flash::cookie::FlashCookie;
    use crate::problem::PublicError;
    use crate::rules::PasswordPage;
    use crate::{paths, rules};

    type Answered = Result<Answer, AppError>;

    pub(super) async fn answer(page: Page) -> Answered {
        let (cx, _) = context::operation()?;
        match context::admit(access(page)) {
            Ok(admitted) => data_of(&cx, page, &admitted).await,
            Err(refused) => Ok(denied(refused.into_problem(&cx))),
        }
    }

    const fn access(page: Page) -> &'static [Access] {
        match page {
            Page::RegisterCode | Page::RegisterDetails => &[Access::Journey(JourneyKind::Registration)],
            Page::Recover | Page::RecoverNew => &[Access::Journey(JourneyKind::Recovery)],
            Page::Account | Page::AccountSessions => &[Access::SignedIn],
            Page::AccountPassword => &[Access::SignedIn, Access::MustChangeOnly],
            Page::SignIn
            | Page::Register
            | Page::RegisterDone
            | Page::Forgot
            | Page::RecoverDone
            | Page::NotMe
            | Page::NotMeDone
            | Page::Help => &[Access::Anyone],
        }
    }

    fn denied(problem: Problem) -> Answer {
        if problem == Problem::NotSignedIn {
            elsewhere(paths::SIGN_IN)
        } else if problem == Problem::ChangePasswordFirst {
            elsewhere(paths::ACCOUNT_PASSWORD)
        } else {
            refused(problem)
        }
    }

    async fn data_of(cx: &Services, page: Page, admitted: &Admitted) -> Answered {
        if let Some(changer) = admitted.password_changer() {
            return own(cx, page, changer.caller()).await;
        }
        if let Some(journey) = admitted.journey() {
            return match page {
                Page::Recover | Page::RecoverNew => recovery(cx, page, &journey).await,
                _ => registration(cx, page, &journey).await,
            };
        }
        let visitor = admitted.visitor().ok_or(AppError(Problem::Forbidden))?;
        match page {
            Page::SignIn => sign_in_page(&visitor),
            Page::Register => register(cx, &visitor).await,
            Page::NotMe => not_me(cx, &visitor).await,
            _ => data(&()),
        }
    }

    fn data(data: &impl Serialize) -> Answered {
        serde_json::value::to_raw_value(data).map(Answer::Data).map_err(|_| AppError(Problem::BadRequest))
    }

    fn elsewhere(page: &str) -> Answer {
        Answer::Elsewhere(page.to_owned())
    }

    fn refused(problem: Problem) -> Answer {
        Answer::Refused(AppError(problem))
    }

    fn failed(cx: &Services, error: impl Into<PublicError>) -> AppError {
        AppError(error.into().into_problem(cx))
    }

    /// The page for a new password, or the reason why there is none.
    fn new_password_or(policy: Option<&PolicyView>, problem: Problem) -> Answered {
        policy.map_or_else(|| Ok(refused(problem)), |policy| data(&password_page(policy)))
    }

    /// The page for a new password, with the report on the last try if a form post without scripts brought one.
    fn password_page(policy: &PolicyView) -> PasswordPage {
        let last = context::flash_cookie().and_then(FlashCookie::into_report);
        rules::page(policy, last.as_ref(), context::lang())
    }

    fn sign_in_page(visitor: &Visitor) -> Answered {
        match visitor.session() {
            SessionState::None | SessionState::Half => data(&()),
            SessionState::MustChange => Ok(elsewhere(paths::ACCOUNT_PASSWORD)),
            SessionState::Full { .. } => Ok(elsewhere(paths::ACCOUNT)),
        }
    }

    async fn own(cx: &Services, page: Page, caller: &Caller) -> Answered {
        let failed = |failure| failed(cx, failure);
        match page {
            Page::AccountPassword => {
                let policy = password::policy(cx, caller).await.map_err(failed)?;
                data(&(caller.must_change, password_page(&policy)))
            }
            Page::AccountSessions => data(&sessions::list(cx, caller).await.map_err(failed)?),
            _ => {
                let browsers = sessions::list(cx, caller).await.map_err(failed)?.len();
                data(&(sign_in::person(cx, caller).await.map_err(failed)?, browsers))
            }
        }
    }

    async fn register(cx: &Services, visitor: &Visitor) -> Answered {
        let for_owner = owner::link_is_open(cx, visitor.owner_link()).await.map_err(|error| failed(cx, error))?;
        if !for_owner && !cx.settings().registration.open {
            return Ok(refused(Problem::RegistrationClosed));
        }
        data(&for_owner)
    }

    async fn registration(cx: &Services, page: Page, journey: &JourneyHolder) -> Answered {
        let handle = journey.handle();
        let view = registration::view(cx, handle).await.map_err(|error| failed(cx, error))?;
        if let Some(other) = misplaced(view.as_ref(), page, paths::REGISTER_CODE, paths::REGISTER_DETAILS) {
            return Ok(other);
        }
        if let (Page::RegisterCode, Some(view)) = (page, view) {
            return data(&view);
        }
        let policy = registration::policy(cx, handle).await.map_err(|error| failed(cx, error))?;
        new_password_or(policy.as_ref(), Problem::JourneyOver)
    }

    async fn recovery(cx: &Services, page: Page, journey: &JourneyHolder) -> Answered {
        let (handle, source) = (journey.handle(), journey.proof_source());
        if let (Page::RecoverNew, ProofSource::Link(_)) = (page, source) {
            let policy = recovery::policy(cx, source).await.map_err(|error| failed(cx, error))?;
            return new_password_or(policy.as_ref(), Problem::LinkNotValid);
        }
        let view = recovery::view(cx, handle).await.map_err(|error| failed(cx, error))?;
        if let Some(other) = misplaced(view.as_ref(), page, paths::RECOVER, paths::RECOVER_NEW) {
            return Ok(other);
        }
        if let (Page::Recover, Some(view)) = (page, view) {
            return data(&view);
        }
        let policy = recovery::policy(cx, source).await.map_err(|error| failed(cx, error))?;
        new_password_or(policy.as_ref(), Problem::JourneyOver)
    }

    /// A journey has one page at a time; the page of another step leads there.
    fn misplaced(view: Option<&JourneyView>, page: Page, code: &str, password: &str) -> Option<Answer> {
        let at_code = matches!(page, Page::RegisterCode | Page::Recover);
        match view.map(|view| view.step) {
            None => Some(refused(Problem::JourneyOver)),
            Some(JourneyStep::Code) if !at_code => Some(elsewhere(code)),
            Some(JourneyStep::Password) if at_code => Some(elsewhere(password)),
            Some(_) => None,
        }
    }

    async fn not_me(cx: &Services, visitor: &Visitor) -> Answered {
        let open = freeze::link_is_open(cx, visitor.not_me_link()).await.map_err(|error| failed(cx, error))?;
        if open { data(&()) } else { Ok(refused(Problem::LinkNotValid)) }
    }
}
