//! The parts that pages are put together from.

mod code_field;
mod code_from_text;
mod field;
mod form;
mod moment;
mod outcome;
mod password_field;
mod password_rules;
mod resend;
mod summary;
mod title;
mod work;

pub(crate) use code_field::CodeField;
pub(crate) use field::{Consent, TextField};
pub(crate) use form::{FormState, PostForm, Submit};
pub(crate) use moment::Moment;
pub(crate) use outcome::{Outcome, Steps};
pub(crate) use password_field::{ExistingPassword, NewPassword};
pub(crate) use resend::Resend;
pub(crate) use summary::ErrorSummary;
pub(crate) use title::{Notice, PageTitle};
pub(crate) use work::Work;
