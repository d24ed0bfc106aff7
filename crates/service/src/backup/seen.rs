//! Whether this is the database that a node has served before.

use rekey_domain::backup::{Continuity, Seen, continuity};
use rekey_store::Store;

use crate::Unexpected;

/// Holds the database against what a node remembers; with what it remembers from now on.
pub async fn look(store: &Store, seen: &Seen) -> Result<(Continuity, Seen), Unexpected> {
    let observed = store.snapshot().await?.observe(seen.seal.map(|(place, _)| place)).await?;
    Ok((continuity(seen, &observed), observed.seen()))
}
