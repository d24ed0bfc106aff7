//! There is no such page.

use leptos::prelude::*;
use rekey_shared::MessageId;

use super::PublicLayout;
use crate::components::Outcome;
use crate::paths;

/// What is shown at an address that no page has.
#[component]
pub(crate) fn NotFoundPage() -> impl IntoView {
    note_missing();
    view! {
        <PublicLayout>
            <Outcome
                title=MessageId::NOT_FOUND_TITLE
                text=MessageId::NOT_FOUND_TEXT
                next=paths::SIGN_IN
                label=MessageId::TO_FIRST_PAGE
                good=false
            />
        </PublicLayout>
    }
}

#[cfg(feature = "ssr")]
fn note_missing() {
    crate::context::set_status(404);
}

#[cfg(not(feature = "ssr"))]
fn note_missing() {}
