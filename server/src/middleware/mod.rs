//! What stands before every handler, from the outside in. The order is part of the rules:
//!
//! 1. [`trace`]: request id, span, count. Sees every answer, also those of the layers below.
//! 2. [`headers`]: security headers on every answer, refusals included.
//! 3. [`panic`]: a handler that panics costs its own request only.
//! 4. [`shed`]: more requests at once than allowed are answered 503 without any work.
//! 5. [`host`]: a name that is not ours goes no further, so nothing below can build on it.
//! 6. [`address`]: who is asking, for throttles and the audit record.
//! 7. [`origin`]: a change of state must come from our own pages.
//! 8. [`body`]: the body is read whole, within its limits of size and time.
//! 9. [`compress`]: pages that hold nothing personal are packed.

pub mod address;
pub mod body;
pub mod compress;
pub mod headers;
pub mod host;
pub mod origin;
pub mod panic;
pub mod shed;
pub mod trace;

use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::site::Site;

/// Puts everything around a router.
pub fn around(router: Router, site: &Site) -> Router {
    // The last one added is the outermost.
    router
        .layer(axum::middleware::from_fn(compress::compress))
        .layer(from_fn_with_state(site.clone(), body::read))
        .layer(from_fn_with_state(site.clone(), origin::check))
        .layer(from_fn_with_state(site.clone(), address::find))
        .layer(from_fn_with_state(site.clone(), host::check))
        .layer(from_fn_with_state(site.clone(), shed::shed))
        .layer(from_fn_with_state(site.clone(), panic::catch))
        .layer(from_fn_with_state(site.clone(), headers::add))
        .layer(from_fn_with_state(site.clone(), trace::trace))
}
