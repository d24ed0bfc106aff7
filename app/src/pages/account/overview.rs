//! The account at a glance.

use leptos::prelude::*;
use rekey_shared::view::PersonView;
use rekey_shared::{MessageId, text};
use serde::{Deserialize, Serialize};

use crate::components::{Moment, Notice, PageTitle};
use crate::page_context;
use crate::pages::{MenuEntry, PageRoute, just_done};
use crate::paths;
#[cfg(feature = "ssr")]
use {
    crate::pages::request::{PageRequest, PageResult},
    rekey_domain::access::Access,
    rekey_service::{sessions, sign_in},
};

/// The first page of the account.
pub(crate) struct AccountOverview;

/// What it is drawn from.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Overview {
    person: PersonView,
    /// How many browsers are signed in.
    browsers: usize,
}

impl PageRoute for AccountOverview {
    const PATH: &'static str = paths::ACCOUNT;
    const MENU: Option<MenuEntry> = Some(MenuEntry {
        label: MessageId::OVERVIEW,
        icon: "M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z",
    });
    type Data = Overview;

    #[cfg(feature = "ssr")]
    const DESCRIPTION: MessageId = MessageId::ABOUT_ACCOUNT;

    #[cfg(feature = "ssr")]
    const ACCESS: &'static [Access] = &[Access::SignedIn];

    #[cfg(feature = "ssr")]
    async fn load(request: PageRequest) -> PageResult<Overview> {
        let person = request.person()?;
        let caller = person.caller();
        let browsers = sessions::list(&request.services, caller).await?.len();
        Ok(Overview { person: sign_in::person(&request.services, caller).await?, browsers })
    }

    fn view(Overview { person, browsers }: Overview) -> AnyView {
        let lang = page_context::lang();
        let done = just_done("password");
        let saved = move || done.get().then(|| MessageId::PASSWORD_SAVED.text(lang));
        let changed = match person.password_changed_at {
            None => MessageId::NEVER.text(lang).into_any(),
            Some(at) => view! { <Moment at lang/> }.into_any(),
        };
        let ends = person
            .password_ends_in_days
            .map(|days| view! { <p class="muted">{text::password_ends_in(days, lang)}</p> });
        let terms = person.terms.map(|terms| {
            let accepted = text::terms_accepted(terms.version.as_deref(), lang);
            view! { <p class="muted">{accepted} " " <Moment at=terms.accepted_at lang/></p> }
        });
        let owner = person.is_owner.then(|| view! { <p class="chip">{MessageId::OWNER.text(lang)}</p> });
        view! {
            <PageTitle title=text::greeting(&person.given_name, &person.family_name, lang)/>
            {owner}
            <Notice text=Signal::derive(saved)/>
            <div class="tiles">
                <section class="tile">
                    <h2>{MessageId::SIGN_IN_WITH.text(lang)}</h2>
                    <p class="figure">{breakable(&person.identifier)}</p>
                    <p class="muted">{text::full_name(&person.given_name, &person.family_name, lang)}</p>
                </section>
                <section class="tile">
                    <h2>{MessageId::PASSWORD_CHANGED_AT.text(lang)}</h2>
                    <p class="figure">{changed}</p>
                    {ends}
                    <p><a href=paths::ACCOUNT_PASSWORD>{MessageId::CHANGE_PASSWORD.text(lang)}</a></p>
                </section>
                <section class="tile">
                    <h2>{MessageId::SIGNED_IN_ON.text(lang)}</h2>
                    <p class="figure">{text::browsers(browsers, lang)}</p>
                    <p><a href=paths::ACCOUNT_SESSIONS>{MessageId::SEE_SESSIONS.text(lang)}</a></p>
                </section>
            </div>
            <section class="why">
                <h2>{MessageId::SAFETY_TITLE.text(lang)}</h2>
                <p>{MessageId::SAFETY_TEXT.text(lang)}</p>
            </section>
            {terms}
        }
        .into_any()
    }
}

/// An address that breaks before its @ when it must break.
fn breakable(identifier: &str) -> impl IntoView + use<> {
    let at = identifier.find('@').unwrap_or(identifier.len());
    let (name, host) = identifier.split_at(at);
    view! { {name.to_owned()} <wbr/> {host.to_owned()} }
}
