//! The WebAssembly entry: takes over the page that the server has rendered.
//!
//! **Knows nothing of** anything but `app`.

use leptos::mount::hydrate_from_async;
use leptos::prelude::document;
use rekey_app::App;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the script that the server puts into every page.
///
/// `hydrate_from_async` is `hydrate_lazy` with an end to wait for: chunks of the first route are loaded on
/// the way, and only then is the page alive.
#[wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    hydrate_from_async(leptos::tachys::dom::body(), App).await.forget();
    mark_ready();
}

/// Sets `data-ready` on `<html>`. A server-rendered page looks healthy even when its WebAssembly is broken,
/// so browser tests wait for this mark.
fn mark_ready() {
    if let Some(html) = document().document_element() {
        let _ = html.set_attribute("data-ready", "true");
    }
}
