//! Journeys, one file a kind, and what they have in common: beginning one, finding it again, its challenges, finding
//! out whom it is for, and its end.

pub mod challenge;
pub mod code_alarm;
pub(crate) mod decoys;
pub(crate) mod held;
pub mod method;
pub mod recovery;
pub mod registration;
pub mod resolve;
pub(crate) mod revoke;
pub(crate) mod start;
