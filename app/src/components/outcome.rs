//! How far a journey has come, and its end.

use leptos::prelude::*;
use rekey_shared::{MessageId, text};

use super::PageTitle;
use crate::page_context;

/// How far a journey has come.
#[component]
pub(crate) fn Steps(step: u8, of: u8) -> impl IntoView {
    let marks = (1..=of).map(|mark| view! { <i class:on=mark <= step></i> }).collect_view();
    view! { <p class="steps" role="img" aria-label=text::step_of(step, of, page_context::lang())>{marks}</p> }
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
    let lang = page_context::lang();
    let path = if good { "M5 12.5l4.5 4.5L19 7.5" } else { "M12 6.5v7M12 17.2v.3" };
    view! {
        <p class="outcome-icon" class:plain=!good aria-hidden="true">
            <svg viewBox="0 0 24 24" focusable="false"><path d=path></path></svg>
        </p>
        <PageTitle title=title.text(lang)/>
        <p class="lead">{text.text(lang)}</p>
        <a class="btn" href=next>{label.text(lang)}</a>
    }
}
