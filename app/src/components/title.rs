//! The heading of a page, which is also its title.

use leptos::html::H1;
use leptos::prelude::*;
use leptos_meta::Title;
use rekey_shared::text;

use super::FormState;
use crate::page_context;

/// The heading. It takes the focus when the page was reached without loading it anew.
#[component]
pub(crate) fn PageTitle(
    #[prop(into)] title: String,
    /// The form whose problem the title mentions first, so that it is heard first.
    #[prop(optional)]
    state: Option<FormState>,
) -> impl IntoView {
    let lang = page_context::lang();
    let (heading, has_moved) = (NodeRef::<H1>::new(), page_context::has_moved());
    Effect::new(move || {
        let Some(heading) = heading.get() else { return };
        // A frame later: by then the move is noted and the heading is in the document.
        request_animation_frame(move || {
            if has_moved() {
                let _ = heading.focus();
            }
        });
    });
    let wrong = wrong(state);
    let shown = title.clone();
    view! {
        <Title text=move || text::page_title(&title, wrong.get(), lang)/>
        <h1 tabindex="-1" node_ref=heading>{shown}</h1>
    }
}

/// Whether the form has a problem. Not a signal of the page's own arena: on the server the title is read once more
/// when the head is written, outside the page's owner, where an arena signal would be another request's or none.
fn wrong(state: Option<FormState>) -> ArcRwSignal<bool> {
    let has_problem = move |state: FormState| state.problem.with(Option::is_some);
    let wrong = ArcRwSignal::new(untrack(|| state.is_some_and(has_problem)));
    let noted = wrong.clone();
    Effect::new(move || noted.set(state.is_some_and(has_problem)));
    wrong
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
