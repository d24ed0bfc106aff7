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
    let chunk = pages::chunk_of(&context::path());
    let chunk = chunk.map(|lazy| {
        let files = assets.files_of(lazy).into_iter().map(|file| {
            view! { <link rel="preload" href=file r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/> }
        });
        view! {
            {files.collect_view()}
            <link rel="modulepreload" href=assets.url(&assets.split)/>
        }
    });
    let (css, boot) = (assets.url(&assets.css), assets.url("boot.js"));
    let (js, wasm, icon) = (assets.url(&assets.js), assets.url(&assets.wasm), assets.url("favicon.svg"));
    let nonce = use_nonce();

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
                <link rel="stylesheet" href=css/>
                <link rel="icon" href=icon type="image/svg+xml"/>
                <link rel="modulepreload" href=js nonce=nonce.clone()/>
                <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
                {chunk}
                <script type="module" src=boot nonce=nonce></script>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
