//! The audit log: sealing it, verifying it, exporting it. Entries are written where things happen, by
//! `tx.record(meta.audit(…))`.

mod export;
pub(crate) mod links;
pub mod refusals;
mod retention;
mod seal;
mod verify;

pub use export::{Span, export};
pub(crate) use retention::remove_old;
pub use seal::seal;
pub use verify::{Anchor, Verdict, verify};

use rekey_domain::{Digest, KeyId};

use crate::Services;

/// Makes the digests of seals with the key ring.
fn mac(cx: &Services) -> impl Fn(KeyId, &[u8]) -> Option<Digest> {
    |key, bytes| cx.keys.audit_mac_with(key, bytes)
}
