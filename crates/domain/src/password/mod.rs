//! Passwords beside their rules: what setting one brings with it, how old they may grow, and which policies are
//! assigned to whom.

pub mod assignment;
pub mod expiry;
pub mod set;
