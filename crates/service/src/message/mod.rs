//! Messages: enqueued in the transaction that causes them, composed when they are sent.

pub mod compose;
pub mod mail_token;
pub(crate) mod notices;
pub mod texts;
