//! What the browser and the server must agree on: the password policy and its report, identifiers,
//! one-time codes, problems, texts in English and Japanese, and the views that pages may see.
//!
//! **Knows nothing of** I/O, async, time's passing, randomness, Leptos or SQL.
#![deny(missing_docs)]
// Enums are closed: a new variant must not compile before there are words, a rule or a decision for it.
#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

pub mod code;
pub mod field;
pub mod identifier;
pub mod lang;
pub mod password;
pub mod problem;
pub mod secret;
pub mod text;
pub mod time;
pub mod view;
pub mod work;

pub use code::OneTimeCode;
pub use field::{Field, FieldFault, FieldProblem};
pub use lang::Lang;
pub use problem::{Problem, Reference};
pub use secret::Secret;
pub use text::MessageId;
pub use time::Timestamp;
