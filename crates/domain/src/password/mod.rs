//! Passwords beside their rules: how old they may grow, and which policies are assigned to whom.

pub mod assignment;
pub mod expiry;
