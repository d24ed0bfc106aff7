//! What the proofs share: a site in this process whose clock stands still, a person's browser, and a way to compare
//! answers; the real program in a process of its own, and a mail server that takes what it is given.
#![allow(dead_code, reason = "each proof takes what it needs")]

pub mod browser;
pub mod chance;
pub mod house;
pub mod mask;
pub mod owed;
pub mod program;
pub mod scan;
pub mod sink;
pub mod walk;
