//! Settings: what holds now, and changing it.
//!
//! What can be set, its ranges and what wins over what is in [`rekey_domain::setting`]. Here the documents are read
//! ([`live`]) and changed ([`documents`]).

pub mod documents;
pub mod live;
mod site;

pub use documents::{ChangeError, Listed, Version, change, history, list, restore};
pub use live::{LoadError, follow, load, refresh};
pub use rekey_domain::setting::*;
pub use site::site_view;
