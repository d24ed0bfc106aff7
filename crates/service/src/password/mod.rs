//! Passwords: the one writer, the forms that take a new one, hashing, policies and age.

mod argon2id;
mod change;
pub mod hasher;
pub(crate) mod history;
pub(crate) mod new_password;
mod operator;
mod personal;
pub mod policies;
mod set;
pub mod temporary;

pub use change::{Change, ChangeError, change, policy};
pub use operator::{OperatorSetError, set_by_operator};
pub(crate) use personal::{personal_of, personal_of_account};
pub(crate) use set::{SetError, SetPassword, set, upgrade};
