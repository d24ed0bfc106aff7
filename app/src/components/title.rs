//! The heading of a page, which is also its title.

use leptos::html::H1;
use leptos::prelude::*;
use leptos_meta::Title;
use rekey_shared::text;

use super::FormState;
use crate::start;

/// The heading. It takes the focus when the page was reached without loading it anew.
#[component]
pub(crate) fn PageTitle(
    #[prop(into)] title: String,
    /// The form whose problem the title mentions first, so that it is heard first.
    #[prop(optional)]
    state: Option<FormState>,
) -> impl IntoView {
    let lang = start::lang();
    let heading = NodeRef::<H1>::new();
    Effect::new(move || {
        if let Some(heading) = heading.get().filter(|_| start::has_moved()) {
            let _ = heading.focus();
        }
    });
    let wrong = move || state.is_some_and(|state| state.problem.with(Option::is_some));
    let shown = title.clone();
    view! {
        <Title text=move || text::page_title(&title, wrong(), lang)/>
        <h1 tabindex="-1" node_ref=heading>{shown}</h1>
    }
}

/// Good news on a page.
#[component]
pub(crate) fn Notice(#[prop(into)] text: Signal<Option<&'static str>>) -> impl IntoView {
    view! {
        <div role="status" class="notice" hidden=move || text.get().is_none()>
            {move || text.get()}
        </div>
    }
}
