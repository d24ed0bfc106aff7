//! Passwords: choosing, changing, hashing, their policies and their age.

mod change;
pub mod expiry;
pub mod hasher;
pub(crate) mod new_password;
pub mod policies;
pub mod temporary;

pub use change::{Change, ChangeError, change, policy};
pub(crate) use change::{personal_of, personal_of_account};
