//! What a form post without scripts leaves for the page that it came from. Never holds a secret.

#[cfg(feature = "ssr")]
pub(crate) mod cookie;

use rekey_shared::Field;
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// The part that travels on to the browser with the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Flash {
    /// The page that it is for.
    pub page: String,
    /// What did not work.
    pub problem: AppError,
    /// What had been typed.
    pub values: Vec<(Field, String)>,
}
