//! Journeys, one file a kind.

pub mod recovery;
pub mod registration;
pub(crate) mod steps;
