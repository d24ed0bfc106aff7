//! What did not work, above the form.

use leptos::html::Div;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use rekey_shared::{Field, Lang, MessageId, Problem, text};

use super::FormState;
use crate::page_context;
use crate::pages::next_step;

/// Says what happened and what to do, with a link to each field that needs another look.
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
            {move || state.problem.get().map(|problem| describe(&problem, state.lang, &page.get_untracked()))}
        </div>
    }
}

fn describe(problem: &Problem, lang: Lang, page: &str) -> AnyView {
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
        Problem::TooManyRequests | Problem::TooFrequent => {
            view! { <p>{text::problem(problem, lang)}</p> {contact(lang)} }.into_any()
        }
        Problem::SignInRefused
        | Problem::CodeDead
        | Problem::LinkFirst
        | Problem::ResendTooSoon
        | Problem::LinkNotValid
        | Problem::OtherJourney
        | Problem::JourneyOver
        | Problem::SlowDown
        | Problem::TextsStopped
        | Problem::RegistrationClosed
        | Problem::ChangePasswordFirst
        | Problem::NotSignedIn
        | Problem::Busy
        | Problem::Forbidden
        | Problem::BadRequest
        | Problem::Offline
        | Problem::Unexpected(_) => view! { <p>{text::problem(problem, lang)}</p> }.into_any(),
    };
    let next = next_step(problem, page);
    let next = next.map(|(next, label)| view! { <p><a href=next>{label.text(lang)}</a></p> });
    view! {
        <p class="summary-title">{text::problem_title(problem, lang)}</p>
        {body}
        {next}
    }
    .into_any()
}

/// Whom to ask instead of waiting (AC-56): by name where there is an address.
fn contact(lang: Lang) -> Option<impl IntoView> {
    let url = page_context::site().help_url?;
    let address = url.strip_prefix("mailto:").and_then(|rest| rest.split('?').next()).map(|name| format!(" ({name})"));
    Some(view! { <p><a href=url rel="external">{MessageId::ASK_HELP_DESK.text(lang)}{address}</a></p> })
}

/// A link that puts the cursor into a field.
#[component]
fn FieldLink(field: Field, #[prop(into)] text: String) -> impl IntoView {
    let focus = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        super::field::focus(field.name());
    };
    view! { <a href=format!("#{}", field.name()) on:click=focus>{text}</a> }
}
