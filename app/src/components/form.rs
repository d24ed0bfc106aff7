//! One form for all server functions: a plain form post without scripts, the same post by `fetch` with them.
//!
//! Leptos' `ActionForm` does this too, but brings a decoder and an action for every server function;
//! this one is compiled once.

use leptos::ev::{Event, SubmitEvent};
use leptos::prelude::*;
use leptos::server::ServerActionError;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use rekey_shared::{Field, Lang, MessageId, Problem, text};
use server_fn::error::ServerFnUrlError;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{FormData, HtmlFormElement, HtmlInputElement, UrlSearchParams};

use super::work::Work;
use crate::error::AppError;
use crate::json;
use crate::page_context;
use crate::paths;

/// The state of a form.
#[derive(Clone, Copy)]
pub(crate) struct FormState {
    /// What did not work the last time.
    pub problem: RwSignal<Option<Problem>>,
    /// Whether an answer is awaited.
    pub pending: RwSignal<bool>,
    /// How many answers came, so that the same problem twice is told twice.
    pub answers: RwSignal<u32>,
    /// The language of the page.
    pub lang: Lang,
    /// The answer that refused a password, as it came: the chunk that reads reports reads it.
    pub refusal: RwSignal<Option<String>>,
    /// The fields that were changed since the last answer: what was wrong with them may be right by now.
    edited: RwSignal<Vec<String>>,
    typed: StoredValue<Vec<(Field, String)>>,
}

impl FormState {
    /// For a form on `page` that posts to `to`. Begins with what an earlier post without scripts left behind.
    pub(crate) fn new(page: &str, to: &str) -> Self {
        let (problem, typed) = match page_context::flash(page) {
            Some(flash) => (Some(flash.problem.0), flash.values),
            None => (problem_in_url(to), Vec::new()),
        };
        Self {
            problem: RwSignal::new(problem),
            pending: RwSignal::new(false),
            answers: RwSignal::new(0),
            lang: page_context::lang(),
            refusal: RwSignal::new(None),
            edited: RwSignal::new(Vec::new()),
            typed: StoredValue::new(typed),
        }
    }

    /// What had been typed into a field before the page came back.
    pub(crate) fn typed(self, field: Field) -> Option<String> {
        self.typed.with_value(|typed| typed.iter().find(|(of, _)| *of == field).map(|(_, value)| value.clone()))
    }

    /// What is wrong with a field, in words.
    pub(crate) fn fault(self, field: Field) -> Option<String> {
        let problem =
            self.problem.get().filter(|_| self.edited.with(|edited| edited.iter().all(|of| of != field.name())))?;
        if field == Field::Code && matches!(problem, Problem::CodeWrong { .. } | Problem::CodeDead) {
            return Some(text::problem(&problem, self.lang));
        }
        if field == Field::NewPassword && matches!(problem, Problem::WeakPassword(_)) {
            return Some(MessageId::SEE_RULES.text(self.lang).to_owned());
        }
        problem.fault_of(field).map(|fault| text::fault(field, fault, self.lang).to_owned())
    }

    /// Takes back what was wrong with both fields of a new password, once a generated password fills them.
    pub(crate) fn clear_password_faults(self) {
        self.problem.try_update(|problem| {
            if let Some(Problem::Fields(faults)) = problem {
                faults.retain(|wrong| !matches!(wrong.field, Field::NewPassword | Field::ConfirmPassword));
            }
            let was_last = matches!(problem, Some(Problem::WeakPassword(_)))
                || matches!(problem, Some(Problem::Fields(faults)) if faults.is_empty());
            if was_last {
                *problem = None;
            }
        });
    }

    fn show_answer(self, problem: Option<Problem>, body: Option<String>) {
        self.pending.try_set(false);
        let of_password = matches!(problem, Some(Problem::WeakPassword(_)));
        self.refusal.try_set(body.filter(|_| of_password));
        self.edited.try_set(Vec::new());
        self.problem.try_set(problem);
        self.answers.try_update(|count| *count += 1);
    }
}

/// What Leptos puts into the address when a form post could not even be read.
fn problem_in_url(to: &str) -> Option<Problem> {
    let error = use_context::<ServerActionError>().filter(|error| error.path() == to)?;
    Some(ServerFnUrlError::<AppError>::decode_err(error.err()).0)
}

/// A form that posts to a server function.
#[component]
pub(crate) fn PostForm(
    /// The server function's path.
    to: &'static str,
    state: FormState,
    /// What to do on success, instead of going where the server leads.
    #[prop(optional, into)]
    stay: Option<Callback<()>>,
    /// The work that is done beside it.
    #[prop(default = None)]
    work: Option<Work>,
    children: Children,
) -> impl IntoView {
    let navigate = use_navigate();
    let submit = move |event: SubmitEvent| {
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        let Some(form) = form.filter(|_| !event.default_prevented()) else { return };
        event.prevent_default();
        if state.pending.get_untracked() {
            return;
        }
        state.pending.set(true);
        let navigate = navigate.clone();
        // What stands in the form now is sent, whatever is typed meanwhile.
        let typed = FormData::new_with_form(&form);
        spawn_local(async move {
            let proof = match work {
                Some(work) => work.finish.run(()).await,
                None => None,
            };
            // The person may be on another page by now.
            if state.pending.is_disposed() {
                return;
            }
            match post(to, typed, proof).await {
                Err((problem, body)) => state.show_answer(Some(problem), body),
                Ok(next) => {
                    state.show_answer(None, None);
                    match stay {
                        Some(stay) => stay.run(()),
                        None => navigate(&next, leptos_router::NavigateOptions::default()),
                    }
                }
            }
        });
    };
    let note_edit = move |event: Event| {
        let edited = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some((work, edited)) = work.zip(edited.as_ref()) {
            work.typed.run(edited.value());
        }
        if let Some(edited) = edited.filter(|_| state.problem.with_untracked(Option::is_some)) {
            state.edited.update(|names| names.push(edited.name()));
        }
    };
    view! {
        <form action=to method="post" novalidate=true on:submit=submit on:input=note_edit>
            {children()}
        </form>
    }
}

/// Sends a form and gives the address to go on to; or what did not work, with the answer that says so.
async fn post(
    to: &str,
    typed: Result<FormData, JsValue>,
    proof: Option<String>,
) -> Result<String, (Problem, Option<String>)> {
    let unsent = |problem| (problem, None);
    let typed = typed.map_err(|_| unsent(Problem::BadRequest))?;
    let typed = UrlSearchParams::new_with_str_sequence_sequence(&typed).map_err(|_| unsent(Problem::BadRequest))?;
    let mut request = gloo_net::http::Request::post(to).header("Accept", "application/json");
    if let Some(proof) = proof {
        request = request.header(paths::WORK_HEADER, &proof);
    }
    let request = request.body(typed).map_err(|_| unsent(Problem::BadRequest))?;
    let answer = request.send().await.map_err(|_| unsent(Problem::Offline))?;
    // Always read: an answer that is not read holds its connection.
    let body = answer.text().await.unwrap_or_default();
    if answer.ok() {
        return Ok(answer.headers().get("Location").unwrap_or_else(|| "/".to_owned()));
    }
    let problem = json::from_str::<AppError>(&body).map_or_else(|_| stopped(answer.status()), |error| error.0);
    Err((problem, Some(body)))
}

/// An answer that did not come from a server function but from what stands before it.
const fn stopped(status: u16) -> Problem {
    match status {
        401 => Problem::NotSignedIn,
        403 => Problem::Forbidden,
        429 => Problem::SlowDown,
        503 => Problem::Busy,
        400..500 => Problem::BadRequest,
        _ => Problem::Offline,
    }
}

/// The button that sends a form. Keeps its width and says what is happening.
#[component]
pub(crate) fn Submit(
    state: FormState,
    label: MessageId,
    /// What it says while it waits.
    busy: MessageId,
    /// Further classes.
    #[prop(default = "btn")]
    class: &'static str,
    /// What the button is called for people who only hear it, when its label is not enough.
    #[prop(optional, into)]
    aria: Option<String>,
) -> impl IntoView {
    let pending = move || state.pending.get();
    view! {
        <button
            type="submit"
            class=class
            class:busy=pending
            aria-label=aria
            aria-disabled=move || pending().then_some("true")
        >
            <span class="btn-label">{label.text(state.lang)}</span>
            <span class="btn-busy">{busy.text(state.lang)}</span>
        </button>
    }
}
