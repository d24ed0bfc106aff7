//! The public layout: one card with one question, and nothing else on the page.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use rekey_shared::MessageId;

use crate::page_context;
use crate::paths;

/// What stands around every page outside the account.
#[component]
pub(super) fn PublicLayout(children: Children) -> impl IntoView {
    let (lang, site) = (page_context::lang(), page_context::site());
    let at_help = use_location().pathname.get_untracked() == paths::HELP;
    let stuck = (!at_help).then(|| {
        let (url, label) = match site.help_url {
            Some(url) => (url, MessageId::ASK_HELP_DESK),
            None => (paths::HELP.to_owned(), MessageId::SEE_HELP),
        };
        view! { <p class="stuck">{MessageId::STUCK.text(lang)} " " <a href=url>{label.text(lang)}</a></p> }
    });
    view! {
        <div class="public-layout">
            <header class="top">
                <Wordmark/>
                <LanguageSwitch/>
            </header>
            <main id="main" tabindex="-1">
                <div class="card">{children()}</div>
                {stuck}
            </main>
            <Footer/>
        </div>
    }
}

/// The name of the product, and the way home.
#[component]
pub(in crate::pages) fn Wordmark() -> impl IntoView {
    view! {
        <a class="mark" href=paths::SIGN_IN aria-label=MessageId::HOME.text(page_context::lang())>
            <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
                <circle cx="8" cy="12" r="4.6"></circle>
                <path d="M12.6 12H22M18 12v4M22 12v2.6"></path>
            </svg>
            <span aria-hidden="true">"rekey"</span>
        </a>
    }
}

/// Offers the other language, in that language.
#[component]
pub(in crate::pages) fn LanguageSwitch() -> impl IntoView {
    let lang = page_context::lang();
    let other = lang.other();
    let location = use_location();
    view! {
        <form class="language" action=paths::LANGUAGE method="post" aria-label=MessageId::LANGUAGE.text(lang)>
            <input type="hidden" name="lang" value=other.tag()/>
            <input type="hidden" name="return_to" value=location.pathname.get_untracked()/>
            <button type="submit" class="link" lang=other.tag()>{other.own_name()}</button>
        </form>
    }
}

/// The organisation's name, and links to pages that are open to everyone.
#[component]
pub(in crate::pages) fn Footer() -> impl IntoView {
    let (lang, site) = (page_context::lang(), page_context::site());
    let terms = site.terms_url.map(|url| view! { <a href=url rel="external">{MessageId::TERMS.text(lang)}</a> });
    let mailbox = site.dev_mailbox.then(|| {
        view! { <a href=paths::MAILBOX rel="external">{MessageId::MAILBOX.text(lang)}</a> }
    });
    view! {
        <footer class="foot">
            <span>{site.organisation}</span>
            <span class="foot-links">
                {mailbox} {terms} <a href=paths::HELP>{MessageId::HELP.text(lang)}</a>
            </span>
        </footer>
    }
}
