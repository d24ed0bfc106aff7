//! The door: one card, one question at a time, nothing else on the page.

use leptos::prelude::*;
use leptos_router::hooks::use_location;
use rekey_shared::{MessageId, text};

use super::PageTitle;
use crate::{paths, start};

/// The frame of every page outside the account.
#[component]
pub(crate) fn Door(children: Children) -> impl IntoView {
    let (lang, site) = (start::lang(), start::site());
    let at_help = use_location().pathname.get_untracked() == paths::HELP;
    let stuck = (!at_help).then(|| {
        let (url, label) = match site.help_url {
            Some(url) => (url, MessageId::ASK_HELP_DESK),
            None => (paths::HELP.to_owned(), MessageId::SEE_HELP),
        };
        view! { <p class="stuck">{MessageId::STUCK.text(lang)} " " <a href=url>{label.text(lang)}</a></p> }
    });
    view! {
        <div class="door">
            <header class="top">
                <Wordmark/>
                <LanguageSwitch/>
            </header>
            <main id="main" tabindex="-1">
                <div class="card">{children()}</div>
                {stuck}
            </main>
            <Foot/>
        </div>
    }
}

/// The name of the product, and the way home.
#[component]
pub(super) fn Wordmark() -> impl IntoView {
    view! {
        <a class="mark" href=paths::SIGN_IN aria-label=MessageId::HOME.text(start::lang())>
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
pub(super) fn LanguageSwitch() -> impl IntoView {
    let lang = start::lang();
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

/// Whose door it is, and the pages that everybody may see.
#[component]
pub(super) fn Foot() -> impl IntoView {
    let (lang, site) = (start::lang(), start::site());
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

/// How far a journey has come.
#[component]
pub(crate) fn Steps(step: u8, of: u8) -> impl IntoView {
    let marks = (1..=of).map(|mark| view! { <i class:on=mark <= step></i> }).collect_view();
    view! { <p class="steps" role="img" aria-label=text::step_of(step, of, start::lang())>{marks}</p> }
}

/// The end of a journey: what happened, and the next step.
#[component]
pub(crate) fn Outcome(
    title: MessageId,
    text: MessageId,
    next: &'static str,
    label: MessageId,
    /// Whether this is the good end.
    #[prop(default = true)]
    good: bool,
) -> impl IntoView {
    let lang = start::lang();
    let path = if good { "M5 12.5l4.5 4.5L19 7.5" } else { "M12 6.5v7M12 17.2v.3" };
    view! {
        <p class="seal" class:plain=!good aria-hidden="true">
            <svg viewBox="0 0 24 24" focusable="false"><path d=path></path></svg>
        </p>
        <PageTitle title=title.text(lang)/>
        <p class="lead">{text.text(lang)}</p>
        <a class="btn" href=next>{label.text(lang)}</a>
    }
}
