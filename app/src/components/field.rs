//! Text fields.

use leptos::prelude::*;
use rekey_shared::{Field, MessageId};
use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;

use super::FormState;

/// The ids of what describes a field: hint and fault.
pub(super) fn described_by(field: Field) -> String {
    let name = field.name();
    format!("{name}-hint {name}-fault")
}

/// The sentence about what is wrong with a field. Always in the page, so that a screen reader hears what appears in it.
#[component]
pub(super) fn Fault(state: FormState, field: Field) -> impl IntoView {
    view! {
        <p class="fault" id=format!("{}-fault", field.name())>
            {move || state.fault(field)}
        </p>
    }
}

/// A field for a line of text.
#[component]
pub(crate) fn TextField(
    state: FormState,
    field: Field,
    label: MessageId,
    #[prop(optional)] hint: Option<MessageId>,
    /// What a browser may fill in.
    autocomplete: &'static str,
    /// Which keyboard a phone shows.
    #[prop(default = "text")]
    inputmode: &'static str,
) -> impl IntoView {
    let invalid = move || state.fault(field).is_some().then_some("true");
    view! {
        <div class="field">
            <label for=field.name()>{label.text(state.lang)}</label>
            <p class="hint" id=format!("{}-hint", field.name())>{hint.map(|hint| hint.text(state.lang))}</p>
            <input
                id=field.name()
                name=field.name()
                type="text"
                inputmode=inputmode
                autocomplete=autocomplete
                autocapitalize="none"
                spellcheck="false"
                value=state.typed(field)
                aria-describedby=described_by(field)
                aria-invalid=invalid
            />
            <Fault state field/>
        </div>
    }
}

/// The checkbox that accepts the terms.
#[component]
pub(crate) fn Consent(state: FormState, terms: String) -> impl IntoView {
    let field = Field::Consent;
    let was_ticked = state.typed(field).is_some_and(|value| !value.is_empty());
    let invalid = move || state.fault(field).is_some().then_some("true");
    view! {
        <div class="field">
            <label class="tick">
                <input
                    id=field.name()
                    name=field.name()
                    type="checkbox"
                    value="yes"
                    checked=was_ticked
                    aria-describedby=described_by(field)
                    aria-invalid=invalid
                />
                <span>{MessageId::CONSENT.text(state.lang)}</span>
            </label>
            <p class="hint" id="consent-hint">
                <a href=terms rel="external noopener" target="_blank">{MessageId::READ_TERMS.text(state.lang)}</a>
            </p>
            <Fault state field/>
        </div>
    }
}

/// The input element of a field on this page.
pub(super) fn find(name: &str) -> Option<HtmlInputElement> {
    document().get_element_by_id(name)?.dyn_into().ok()
}

/// Puts the cursor into the field of that name.
pub(super) fn focus(name: &str) {
    if let Some(input) = find(name) {
        let _ = input.focus();
    }
}
