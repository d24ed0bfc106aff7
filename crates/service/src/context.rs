//! What every operation is given.

use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;

use tokio::sync::Notify;

use rekey_domain::audit::{Actor, AuditEntry, AuditEvent, Client, Detail, Reason, Target};
use rekey_domain::{AccountId, Digest, JourneyId, SessionId};
use rekey_shared::{Lang, Reference, Timestamp};
use rekey_store::Store;

use crate::audit::refusals::{Refusals, network_of};
use crate::hasher::Hasher;
use crate::journey::code_alarm::CodeAlarm;
use crate::journey::decoys::Decoys;
use crate::journey::method::Methods;
use crate::keys::Keys;
use crate::links::Links;
use crate::ports::{BreachData, Clock, Entropy, random};
use crate::setting::live::LiveSettings;
use crate::setting::{Pins, Settings};
use crate::{PlainToken, Unexpected};

/// The services of one process. Cheap to clone.
#[derive(Clone)]
pub struct Services(Arc<Inner>);

/// What [`Services`] share.
pub struct Inner {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Breached passwords.
    pub breaches: Arc<dyn BreachData>,
    /// The database.
    pub store: Store,
    /// The password hasher.
    pub hasher: Hasher,
    /// The keys.
    pub keys: Keys,
    /// The settings; read by [`Services::settings`].
    pub(crate) live: LiveSettings,
    /// Links to ourselves.
    pub links: Links,
    /// Rung when a message was enqueued, so that the worker need not wait for its next look.
    pub wake: Notify,
    /// The methods that journeys can ask for.
    pub methods: Methods,
    /// What this node has written down of refused requests.
    pub refusals: Refusals,
    pub(crate) decoys: Decoys,
    /// This node's alarm on wrong codes.
    pub code_alarm: CodeAlarm,
    /// Answers to challenges that were evaluated, for the proof that the budget is exact.
    pub answers_evaluated: std::sync::atomic::AtomicU64,
}

impl Deref for Services {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

/// What an operation may know of the request that asked for it.
#[derive(Debug, Clone)]
pub struct RequestMeta {
    /// The client's address, judged by the configured proxies.
    pub address: IpAddr,
    /// Browser and system, such as `Firefox on Windows`.
    pub device: String,
    /// The secret in the cookie of a browser that is known, or is to be: a new one where it has none.
    pub browser: PlainToken,
    /// The proof of work that came with it, as it came.
    pub work: Option<String>,
    /// The language of the page.
    pub lang: Lang,
}

/// The parts that [`Services`] are put together from.
pub struct Parts {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Breached passwords.
    pub breaches: Arc<dyn BreachData>,
    /// The database, migrated.
    pub store: Store,
    /// The keys.
    pub keys: Keys,
    /// What holds where no settings document says otherwise.
    pub settings: Settings,
    /// What this node was started with; wins over every settings document.
    pub pins: Pins,
    /// Links to ourselves.
    pub links: Links,
}

impl Services {
    /// Puts the services together and starts the hashing threads.
    pub fn new(parts: Parts) -> Result<Self, Unexpected> {
        Self::with_methods(parts, Methods::built_in())
    }

    /// As [`Services::new`], with methods of the caller's own.
    pub fn with_methods(parts: Parts, methods: Methods) -> Result<Self, Unexpected> {
        let hasher = Hasher::start(
            parts.settings.hashing,
            Arc::clone(&parts.entropy),
            Arc::clone(&parts.clock),
            parts.keys.clone(),
        )?;
        let entropy = Arc::clone(&parts.entropy);
        parts.store.set_jitter(move || u64::from_be_bytes(random(entropy.as_ref())));
        Ok(Self(Arc::new(Inner {
            clock: parts.clock,
            entropy: parts.entropy,
            breaches: parts.breaches,
            store: parts.store,
            hasher,
            keys: parts.keys,
            live: LiveSettings::new(parts.settings, parts.pins),
            links: parts.links,
            wake: Notify::new(),
            methods,
            refusals: Refusals::default(),
            decoys: Decoys::default(),
            code_alarm: CodeAlarm::default(),
            answers_evaluated: std::sync::atomic::AtomicU64::new(0),
        })))
    }

    /// The settings as they are now. Taken once per operation, so that one operation sees one version.
    pub fn settings(&self) -> Arc<Settings> {
        self.live.current()
    }

    /// Logs an unexpected failure once and gives the reference to show.
    pub fn report(&self, failure: &Unexpected) -> Reference {
        failure.report(self.random())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        random(self.entropy.as_ref())
    }

    /// A new random secret for a cookie or link.
    pub fn new_token(&self) -> PlainToken {
        PlainToken::generate(self.entropy.as_ref())
    }

    /// Stands for the client in throttles. IPv6 clients own whole /64 networks, so they count as one.
    pub(crate) fn address_key(&self, meta: &RequestMeta) -> Digest {
        match network_of(meta.address) {
            IpAddr::V4(address) => self.keys.address_key(&address.octets()),
            IpAddr::V6(address) => self.keys.address_key(&address.octets()[..8]),
        }
    }

    /// Stands for the network of the client: what one customer of a provider is given at most, and more than one address
    /// or /64 that is changed with every request (IPv4 /24, IPv6 /48).
    pub(crate) fn network_key(&self, meta: &RequestMeta) -> Digest {
        match meta.address.to_canonical() {
            IpAddr::V4(address) => self.keys.address_key(&address.octets()[..3]),
            IpAddr::V6(address) => self.keys.address_key(&address.octets()[..6]),
        }
    }
}

impl RequestMeta {
    /// An entry of the audit log about this request, by someone who has proven nothing so far.
    pub(crate) fn audit(&self, event: AuditEvent, at: Timestamp) -> AuditEntry {
        let client = Client { address: self.address.to_string(), device: self.device.clone() };
        AuditEntry { client: Some(client), ..AuditEntry::new(event, Actor::Visitor, at) }
    }
}

/// Says more in an entry of the audit log.
pub(crate) trait About {
    /// Who did it, when it was not an unknown visitor.
    fn by(self, actor: Actor) -> Self;
    /// Whose account.
    fn account(self, id: AccountId) -> Self;
    /// Which journey.
    fn journey(self, id: JourneyId) -> Self;
    /// Which session.
    fn session(self, id: SessionId) -> Self;
    /// What it was done to, when that is not the account itself.
    fn target(self, target: Target) -> Self;
    /// Why.
    fn reason(self, reason: Reason) -> Self;
    /// What else is worth knowing.
    fn detail(self, detail: Detail) -> Self;
}

impl About for AuditEntry {
    fn by(self, actor: Actor) -> Self {
        Self { actor, ..self }
    }

    fn account(self, id: AccountId) -> Self {
        Self { account: Some(id), ..self }
    }

    fn journey(self, id: JourneyId) -> Self {
        Self { journey: Some(id), ..self }
    }

    fn session(self, id: SessionId) -> Self {
        Self { session: Some(id), ..self }
    }

    fn target(self, target: Target) -> Self {
        Self { target: Some(target), ..self }
    }

    fn reason(self, reason: Reason) -> Self {
        Self { reason: Some(reason), ..self }
    }

    fn detail(self, detail: Detail) -> Self {
        Self { detail: Some(detail), ..self }
    }
}
