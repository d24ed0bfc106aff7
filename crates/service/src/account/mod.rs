//! Accounts: owners, freezing, what the operator does with them.

pub mod create;
pub mod freeze;
pub(crate) mod names;
pub mod operator;
pub mod owner;
pub mod state;
