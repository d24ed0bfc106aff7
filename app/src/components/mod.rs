//! The parts that pages are put together from.

mod code_field;
mod desk;
mod door;
mod field;
mod form;
mod loaded;
mod password_field;
mod password_rules;
mod resend;
mod summary;
mod title;

pub(crate) use code_field::CodeField;
pub(crate) use desk::Desk;
pub(crate) use door::{Door, Outcome, Steps};
pub(crate) use field::{Consent, TextField};
pub(crate) use form::{FormState, PostForm, Submit};
pub(crate) use loaded::{DataResource, Loaded, data_of, drawn};
pub(crate) use password_field::{NewPassword, OldPassword};
pub(crate) use resend::Resend;
pub(crate) use summary::ErrorSummary;
pub(crate) use title::{Notice, PageTitle};
