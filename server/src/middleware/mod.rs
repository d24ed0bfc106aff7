//! What stands before every handler, from the outside in. The order is part of the rules:
//!
//! 1. [`trace`]: request id, span, count. Sees every answer, also those of the layers below.
//! 2. [`headers`]: security headers on every answer, refusals included.
//! 3. [`panic`]: a handler that panics costs its own request only.
//! 4. [`shed`]: more requests at once than allowed are answered 503 without any work.
//! 5. [`host`]: a name that is not ours goes no further, so nothing below can build on it.
//! 6. [`address`]: which client it is, for throttles and the audit record.
//! 7. [`compress`]: pages that hold nothing personal are packed.
//! 8. [`admission`]: once for each route, before its handler: [`origin`], throttle, access, [`body`], by its row.

pub mod address;
pub mod admission;
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
        .layer(from_fn_with_state(site.clone(), address::find))
        .layer(from_fn_with_state(site.clone(), host::check))
        .layer(from_fn_with_state(site.clone(), shed::shed))
        .layer(from_fn_with_state(site.clone(), panic::catch))
        .layer(from_fn_with_state(site.clone(), headers::add))
        .layer(from_fn_with_state(site.clone(), trace::trace))
}
