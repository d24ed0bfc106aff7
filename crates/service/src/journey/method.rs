//! The methods that can be asked for, each with the one place where its answers are compared (T-18).

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;

use rekey_domain::journey::Subject;
use rekey_domain::journey::challenge::Challenge;
use rekey_domain::journey::method::Method;
use rekey_shared::{Field, FieldFault, FieldProblem, OneTimeCode};
use subtle::ConstantTimeEq as _;

use crate::{Services, Unexpected};

/// What comes of comparing an answer.
pub type Compared<'a> = Pin<Box<dyn Future<Output = Result<bool, Unexpected>> + Send + 'a>>;

/// Compares the answers of a method. Called by the verifier alone, which has claimed a try and reserved a guess.
pub trait AnswerCheck: Send + Sync + 'static {
    /// Whether this can be an answer at all. What cannot costs no try.
    fn read(&self, typed: &str) -> Result<(), FieldProblem>;

    /// Whether it is the right answer. Does the same work for a challenge without a factor, and for a subject that is
    /// not known, as for any other.
    fn fits<'a>(&'a self, cx: &'a Services, challenge: &'a Challenge, subject: Subject, typed: &'a str)
    -> Compared<'a>;
}

/// The methods of an installation.
#[derive(Clone)]
pub struct Methods(BTreeMap<Method, Arc<dyn AnswerCheck>>);

impl Methods {
    /// Codes by mail and by text message.
    pub fn built_in() -> Self {
        let issued: Arc<dyn AnswerCheck> = Arc::new(IssuedCode);
        Self([Method::Mail, Method::Text].map(|method| (method, Arc::clone(&issued))).into())
    }

    /// With one more.
    #[must_use]
    pub fn with(mut self, method: Method, check: impl AnswerCheck) -> Self {
        self.0.insert(method, Arc::new(check));
        self
    }

    /// The check of a method; `None` when the installation has no such method.
    pub(crate) fn find(&self, method: Method) -> Option<&dyn AnswerCheck> {
        self.0.get(&method).map(AsRef::as_ref)
    }
}

/// Six digits that were derived when they were sent, and are derived again to be compared.
pub struct IssuedCode;

impl AnswerCheck for IssuedCode {
    fn read(&self, typed: &str) -> Result<(), FieldProblem> {
        let fault = if typed.trim().is_empty() { FieldFault::Missing } else { FieldFault::NotACode };
        OneTimeCode::parse(typed).map(drop).ok_or(FieldProblem { field: Field::Code, fault })
    }

    fn fits<'a>(&'a self, cx: &'a Services, challenge: &'a Challenge, _: Subject, typed: &'a str) -> Compared<'a> {
        let fits = cx.keys.code_of(challenge).map_err(Unexpected::from).map(|live| {
            OneTimeCode::parse(typed)
                .is_some_and(|typed| live.expose().as_bytes().ct_eq(typed.expose().as_bytes()).into())
        });
        Box::pin(std::future::ready(fits))
    }
}
