//! Signing in, and the sessions that come of it.

pub(crate) mod known_device;
pub mod sessions;
pub mod sign_in;
