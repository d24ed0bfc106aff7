//! Pages, components and server functions.
//!
//! Every page is rendered on the server and works with scripts off: its forms are plain form posts to server
//! functions. WebAssembly makes the same pages live.
//!
//! **Knows nothing of** SQL, mail or the environment.
#![recursion_limit = "256"]

pub mod api;
mod app;
mod breach;
mod components;
mod error;
mod flash;
mod json;
mod lazy;
mod page_context;
pub mod pages;
pub mod paths;
mod rules;

#[cfg(feature = "ssr")]
pub mod context;
#[cfg(feature = "ssr")]
pub mod cookies;
#[cfg(feature = "ssr")]
mod device;
#[cfg(feature = "ssr")]
pub mod form_return;
#[cfg(feature = "ssr")]
pub mod mailed_link;
#[cfg(feature = "ssr")]
pub mod problem;
#[cfg(feature = "ssr")]
pub mod return_to;
#[cfg(feature = "ssr")]
mod shell;

pub use app::App;
pub use error::AppError;
#[cfg(feature = "ssr")]
pub use shell::shell;
