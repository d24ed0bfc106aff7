//! The field for a six-digit code.

use leptos::prelude::*;
use rekey_shared::{Field, MessageId};

use super::FormState;
use super::field::{Fault, described_by};

/// One field for all six digits, so that pasting, filling in and correcting work as everywhere else.
/// No `maxlength`: it would cut a code that is pasted with blanks.
#[component]
pub(crate) fn CodeField(state: FormState) -> impl IntoView {
    let field = Field::Code;
    let invalid = move || state.fault(field).is_some().then_some("true");
    view! {
        <div class="field">
            <label for="code">{MessageId::CODE.text(state.lang)}</label>
            <p class="hint" id="code-hint">{MessageId::CODE_HINT.text(state.lang)}</p>
            <input
                id="code"
                name="code"
                class="code"
                type="text"
                inputmode="numeric"
                autocomplete="one-time-code"
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
