//! Messages: enqueued in the transaction that causes them, composed when they are sent.

pub mod compose;
pub(crate) mod notices;
pub mod texts;
