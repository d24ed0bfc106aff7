//! Signing in, and the sessions that come of it.

pub mod sessions;
pub mod sign_in;
