//! One folder a subject: gather facts, ask `domain`, write through `store`, enqueue notices.
//!
//! **Knows nothing of** HTTP or Leptos. Never sends a message: it enqueues them.
//! Whatever leaves the process comes in through a port: clock and entropy here, senders in `delivery`.
#![deny(missing_docs)]

pub mod account;
pub mod audit;
pub mod backup;
pub mod context;
pub mod error;
pub mod group;
pub mod job;
pub mod journey;
pub mod keys;
pub mod links;
pub mod message;
pub mod password;
pub mod ports;
pub mod principal;
pub mod right;
pub mod session;
pub mod setting;
pub mod token;
pub mod verifier;
pub mod work;

pub use account::{freeze, operator, owner};
pub use context::{RequestMeta, Services};
pub use error::Unexpected;
pub use journey::{recovery, registration};
pub use password::{hasher, policies, temporary};
pub use ports::{Clock, Entropy};
pub use right::role;
pub use session::{sessions, sign_in};
pub use token::PlainToken;
