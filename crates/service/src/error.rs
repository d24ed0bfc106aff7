//! Failures that are no decision: a database that does not answer, a thread that died.

use rekey_shared::Reference;

/// Something that should not happen. Opaque; its chain of causes is for the log, its reference for the person.
#[derive(Debug, thiserror::Error)]
#[error("unexpected failure")]
pub struct Unexpected {
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl Unexpected {
    /// Wraps a cause.
    pub fn new(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { source: source.into() }
    }

    /// Whether others were in the way in the database, and for too long: nothing was changed, and it may go well a moment
    /// later.
    pub fn is_busy(&self) -> bool {
        rekey_store::Unexpected::among_causes_of(self).is_some_and(rekey_store::Unexpected::is_busy)
    }

    /// Writes the chain of causes to the log, once, under a short reference that the person is shown.
    pub fn report(&self, random: [u8; 5]) -> Reference {
        let reference = Reference::from_random(random);
        let mut causes = vec![self.source.to_string()];
        let mut cause = self.source.source();
        while let Some(inner) = cause {
            causes.push(inner.to_string());
            cause = inner.source();
        }
        tracing::error!(error.reference = reference.as_str(), error.causes = ?causes, "unexpected failure");
        reference
    }
}

impl From<rekey_store::Unexpected> for Unexpected {
    fn from(cause: rekey_store::Unexpected) -> Self {
        Self::new(cause)
    }
}

/// Lets an operation's error carry a failure of the store in its `Unexpected` variant, so that `?` works on queries.
macro_rules! from_store {
    ($($error:ty),+ $(,)?) => {$(
        impl From<rekey_store::Unexpected> for $error {
            fn from(cause: rekey_store::Unexpected) -> Self {
                Self::Unexpected(cause.into())
            }
        }
    )+};
}
pub(crate) use from_store;
