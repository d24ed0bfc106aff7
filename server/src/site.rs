//! What every handler and every middleware is given.

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use rekey_app::context::AppState;
use rekey_delivery::{DevMailbox, Stats};
use rekey_service::Services;
use rekey_shared::{Reference, Secret};
use tokio::sync::Semaphore;

use crate::clock_skew::ClockSkew;
use crate::config::{Config, Limits, Network};
use crate::metrics::Metrics;
use crate::page_cache::PageCache;
use crate::public_host::PublicHost;
use crate::throttle::Buckets;
use crate::unknown_proxy::UnknownProxy;

/// The running site. Cheap to clone.
#[derive(Clone)]
pub struct Site(Arc<Inner>);

/// What all share.
pub struct Inner {
    /// What pages and server functions are given.
    pub app: AppState,
    /// The one name that we answer to.
    pub host: PublicHost,
    /// The proxies that are believed about a client's address.
    pub proxies: Vec<Network>,
    /// Whether there seems to be one that is not configured.
    pub unknown_proxy: UnknownProxy,
    /// How far our clock is from the database's.
    pub clock_skew: Arc<ClockSkew>,
    /// What one request and all together may take.
    pub limits: Limits,
    /// What limits client addresses.
    pub buckets: Buckets,
    /// Requests that may still begin.
    pub request_slots: Semaphore,
    /// The development mailbox, when it is shown.
    pub mailbox: Option<DevMailbox>,
    /// Pages that are the same for strangers.
    pub pages: PageCache,
    /// What is counted.
    pub metrics: Metrics,
    /// What a scraper on another machine shows.
    pub metrics_token: Option<Secret>,
    /// Whether `/metrics` is on this listener.
    pub metrics_here: bool,
}

/// The address at the other end of the connection. The listener puts it into the request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct PeerAddress(pub IpAddr);

impl Deref for Site {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Site {
    /// Puts the site together.
    pub fn new(config: &Config, app: AppState, mailbox: Option<DevMailbox>, delivery: Arc<Stats>) -> Self {
        let clock_skew = Arc::<ClockSkew>::default();
        Self(Arc::new(Inner {
            host: PublicHost::new(&config.public_url),
            proxies: config.trusted_proxies.clone(),
            unknown_proxy: UnknownProxy::default(),
            limits: config.limits,
            buckets: Buckets::default(),
            request_slots: Semaphore::new(config.limits.requests),
            metrics: Metrics::new(delivery, app.services.clone(), Arc::clone(&clock_skew)),
            clock_skew,
            pages: PageCache::default(),
            metrics_token: config.metrics_token.clone(),
            metrics_here: config.metrics_listen.is_none(),
            mailbox,
            app,
        }))
    }

    /// The services.
    pub fn services(&self) -> &Services {
        &self.app.services
    }

    /// A new reference, for the log and for the person.
    pub fn reference(&self) -> Reference {
        Reference::from_random(self.random())
    }

    /// Random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.services().entropy.fill(&mut bytes);
        bytes
    }
}
