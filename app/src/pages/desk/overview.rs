//! The account at a glance.

use leptos::prelude::*;
use rekey_shared::view::PersonView;
use rekey_shared::{MessageId, text};

use crate::components::{DataResource, Desk, Loaded, Notice, PageTitle, drawn};
use crate::{paths, start};

pub(in crate::pages) fn page(data: DataResource) -> AnyView {
    view! {
        <Desk here=paths::ACCOUNT>
            <Loaded data view=|data| drawn(data, |(person, browsers): (PersonView, usize)| overview(&person, browsers))/>
        </Desk>
    }
    .into_any()
}

fn overview(person: &PersonView, browsers: usize) -> AnyView {
    let lang = start::lang();
    let done = super::super::just_done();
    let saved = move || (done.get().as_deref() == Some("password")).then(|| MessageId::PASSWORD_SAVED.text(lang));
    let changed =
        person.password_changed_at.map_or_else(|| MessageId::NEVER.text(lang).to_owned(), |at| at.written(lang));
    let ends =
        person.password_ends_in_days.map(|days| view! { <p class="muted">{text::password_ends_in(days, lang)}</p> });
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
    }
    .into_any()
}

/// An address that breaks before its @ when it must break.
fn breakable(identifier: &str) -> impl IntoView + use<> {
    let at = identifier.find('@').unwrap_or(identifier.len());
    let (name, host) = identifier.split_at(at);
    view! { {name.to_owned()} <wbr/> {host.to_owned()} }
}
