//! The HTML document around every page.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use crate::context::{self, AppState};
use crate::{App, pages};

/// The document: language, style sheet, and the scripts that bring the page to life.
pub fn shell() -> impl IntoView {
    let lang = context::lang();
    let assets = use_context::<AppState>().map(|state| state.assets).unwrap_or_default();
    // Written here and not by the framework, which names them or not by how its threads come along: a page is the same
    // bytes each time.
    let path = context::path();
    let description = pages::description_of(&path).map(|description| {
        view! { <meta name="description" content=description.text(lang)/> }
    });
    let (css, boot, icon) = (assets.url(&assets.css), assets.url("boot.js"), assets.url("favicon.svg"));
    let nonce = use_nonce();
    // Taken up by `boot.js` after the first paint.
    let modules = [&assets.js, &assets.split].map(|file| {
        view! { <link rel="later" data-rel="modulepreload" href=assets.url(file)/> }
    });
    let chunk = pages::chunk_of(&path).map(|lazy| assets.files_of(lazy)).unwrap_or_default();
    let binaries = std::iter::once(assets.url(&assets.wasm)).chain(chunk).map(|file| {
        view! {
            <link
                rel="later"
                data-rel="preload"
                href=file
                data-as="fetch"
                r#type="application/wasm"
                crossorigin="anonymous"
            />
        }
    });
    let later = (modules.collect_view(), binaries.collect_view());

    view! {
        <!DOCTYPE html>
        <html lang=lang.tag() dir="ltr">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" content="#f9f8f4" media="(prefers-color-scheme: light)"/>
                <meta name="theme-color" content="#11161d" media="(prefers-color-scheme: dark)"/>
                <meta name="robots" content="noindex"/>
                {description}
                <link rel="stylesheet" href=css/>
                <link rel="icon" href=icon type="image/svg+xml"/>
                {later}
                <script type="module" src=boot nonce=nonce></script>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
