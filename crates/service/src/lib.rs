//! One module per journey: gather facts, ask `domain`, write through `store`, enqueue notices.
//!
//! **Knows nothing of** HTTP or Leptos. Never sends a message: it enqueues them.
//! Whatever leaves the process comes in through a port: clock and entropy here, senders in `delivery`.

mod choosing;
pub mod context;
pub mod dispatch;
pub mod error;
pub mod expiry;
pub mod hasher;
mod journeys;
pub mod keys;
pub mod links;
mod notices;
pub mod operator;
pub mod owner;
pub mod password;
pub mod policies;
pub mod ports;
pub mod recovery;
pub mod registration;
pub mod repudiation;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod standing;
pub mod temporary;
pub mod token;
pub mod verifier;

pub use context::{RequestMeta, Services};
pub use error::Unexpected;
pub use ports::{Clock, Entropy};
pub use token::PlainToken;
