//! What did not work, above the form.

use leptos::html::Div;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use rekey_shared::{Field, Lang, MessageId, Problem, text};

use super::FormState;
use crate::paths;

/// Says what happened and what to do, with a link to each box that needs another look.
/// Takes the focus when an answer comes, and when the page comes back after a form post without scripts.
#[component]
pub(crate) fn ErrorSummary(state: FormState) -> impl IntoView {
    let area = NodeRef::<Div>::new();
    let page = use_location().pathname;
    let came_back = state.problem.with_untracked(Option::is_some);
    Effect::new(move || {
        if state.answers.get() > 0
            && state.problem.with_untracked(Option::is_some)
            && let Some(area) = area.get_untracked()
        {
            let _ = area.focus();
        }
    });
    view! {
        <div
            class="summary"
            role="alert"
            tabindex="-1"
            node_ref=area
            autofocus=came_back
            hidden=move || state.problem.with(Option::is_none)
        >
            {move || state.problem.get().map(|problem| told(&problem, state.lang, &page.get_untracked()))}
        </div>
    }
}

fn told(problem: &Problem, lang: Lang, page: &str) -> AnyView {
    let body = match problem {
        Problem::Fields(fields) => {
            let line = |(field, sentence): (Field, &'static str)| view! { <li><FieldLink field text=sentence/></li> };
            let lines = fields.iter().map(|wrong| (wrong.field, text::fault(wrong.field, wrong.fault, lang)));
            view! { <ul>{lines.map(line).collect_view()}</ul> }.into_any()
        }
        Problem::CodeWrong { .. } => {
            view! { <p><FieldLink field=Field::Code text=text::problem(problem, lang)/></p> }.into_any()
        }
        Problem::WeakPassword(_) => {
            view! { <p><FieldLink field=Field::NewPassword text=text::problem(problem, lang)/></p> }.into_any()
        }
        _ => view! { <p>{text::problem(problem, lang)}</p> }.into_any(),
    };
    view! {
        <p class="summary-title">{text::problem_title(problem, lang)}</p>
        {body}
        {way_out(problem, lang, page)}
    }
    .into_any()
}

fn way_out(problem: &Problem, lang: Lang, page: &str) -> Option<impl IntoView + use<>> {
    let (next, label) = match problem {
        Problem::NotSignedIn => (paths::SIGN_IN, MessageId::SIGN_IN),
        Problem::ChangePasswordFirst if page != paths::ACCOUNT_PASSWORD => {
            (paths::ACCOUNT_PASSWORD, MessageId::CHANGE_PASSWORD)
        }
        Problem::LinkNotValid => (paths::FORGOT, MessageId::GET_NEW_CODE),
        Problem::CodeDead => (paths::beginning(page), MessageId::START_AGAIN),
        _ => return None,
    };
    Some(view! { <p><a href=next>{label.text(lang)}</a></p> })
}

/// A link that puts the cursor into a box.
#[component]
fn FieldLink(field: Field, #[prop(into)] text: String) -> impl IntoView {
    let focus = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        super::password_field::focus(field.name());
    };
    view! { <a href=format!("#{}", field.name()) on:click=focus>{text}</a> }
}
