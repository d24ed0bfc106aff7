//! Services over a real database, with a clock that stands still, seeded randomness and captured messages.

use std::net::{IpAddr, Ipv4Addr};
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rekey_domain::journey::method::Method;
use rekey_domain::message::{OutboxItem, Outcome};
use rekey_domain::session::Session;
use rekey_domain::session::assurance::sign_in_proof;
use rekey_domain::throttle::rate::Rate;
use rekey_domain::{AccountIdentifier, IdentifierId, ProofId, SessionId};
use rekey_service::context::Parts;
use rekey_service::job::Runner;
use rekey_service::journey::method::Methods;
use rekey_service::journey::resolve::resolve;
use rekey_service::keys::{Freshness, Key, Keys};
use rekey_service::links::Links;
use rekey_service::message::compose::{self, Message, MessageBody, Prepared, Recipient};
use rekey_service::ports::{Breach, BreachData};
use rekey_service::setting::{Ceiling, Hashing, Pins, Requests, Settings};
use rekey_service::sign_in::{self, Caller, SignInError};
use rekey_service::{Clock, Entropy, PlainToken, RequestMeta, Services, recovery, registration};
use rekey_shared::identifier::Identifier;
use rekey_shared::{Lang, Secret, Timestamp};
use rekey_store::Store;
use url::Url;
use uuid::Uuid;

use crate::database::Database;
use crate::random::{STEP, mix};

/// A password that every preset takes.
pub const GOOD: &str = "Four quiet-words7here";
/// Another one.
pub const BETTER: &str = "Nine louder-words8there";

/// A clock that moves only when told to.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// Some Friday in 2026.
    pub fn new() -> Self {
        Self(AtomicI64::new(1_795_165_505_000))
    }

    /// Lets time pass.
    pub fn advance(&self, span: Duration) {
        self.0.fetch_add(i64::try_from(span.as_millis()).expect("a short span"), Ordering::SeqCst);
    }
}

impl Default for FixedClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Random bytes that are the same in every run (splitmix64).
#[derive(Debug)]
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let bytes = mix(self.0.fetch_add(STEP, Ordering::SeqCst)).to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}

/// Settings that are quick to test with: the recommended ones but for the cost of a hash and the address rate.
pub fn quick_settings() -> Settings {
    let mut settings = Settings::recommended();
    make_quick(&mut settings);
    settings
}

/// Lowers the cost of a hash and lifts the limits on requests.
pub fn make_quick(settings: &mut Settings) {
    settings.hashing = Hashing { memory_kib: 64, iterations: 1, permits: Some(2), queue: Some(4096), pepper: false };
    settings.sign_in.address_rate = Rate::per_minute(1_000_000, 1_000_000);
    let unlimited = Ceiling { address_per_minute: 1_000_000, node_per_minute: 1_000_000 };
    settings.requests = Requests { starts: unlimited, codes: unlimited, writes: unlimited };
}

/// What services are given of the world around them, apart from database, clock and randomness.
#[derive(Clone)]
pub struct Surroundings {
    /// Where people reach the site.
    pub public_url: Url,
    /// The list of breached passwords.
    pub breaches: Arc<dyn BreachData>,
    /// Settings that stand in the file or the environment.
    pub pins: Pins,
}

impl Default for Surroundings {
    /// A public site, and one breached password.
    fn default() -> Self {
        let public_url = Url::parse("https://id.example.org").expect("a URL");
        Self { public_url, breaches: Arc::new(KnownBreaches), pins: Pins::default() }
    }
}

/// The services of one or more nodes over one database.
pub struct Bench {
    /// The first node.
    pub cx: Services,
    /// The clock of all nodes.
    pub clock: Arc<FixedClock>,
    /// The database, dropped with the bench.
    pub database: Database,
    /// The keys file that all nodes share.
    pub keys_file: Arc<Mutex<Vec<Key>>>,
    // Away from the stack: every test moves a bench through its futures.
    settings: Box<Settings>,
    around: Surroundings,
    seeds: AtomicU64,
}

impl Bench {
    /// Over a fresh SQLite file.
    pub async fn sqlite() -> Self {
        Self::over(Database::sqlite().await, quick_settings()).await
    }

    /// Over a fresh PostgreSQL database.
    pub async fn postgres() -> Self {
        Self::over(Database::postgres().await, quick_settings()).await
    }

    /// Over any database with any settings.
    pub async fn over(database: Database, settings: Settings) -> Self {
        Self::within(database, settings, Surroundings::default()).await
    }

    /// Over any database with any settings at any place.
    pub async fn within(database: Database, settings: Settings, around: Surroundings) -> Self {
        let clock = Arc::new(FixedClock::new());
        let keys_file = Arc::new(Mutex::new(vec![first_key()]));
        let settings = Box::new(settings);
        let start = NodeStart::once(settings.as_ref().clone(), around.clone(), held(&keys_file));
        let cx = services(database.store().await, clock.clone(), 1, start).await;
        Self { cx, clock, database, keys_file, settings, around, seeds: AtomicU64::new(2) }
    }

    /// Starts again with other settings, over the same database and under the same clock.
    pub async fn with(self, change: impl FnOnce(&mut Settings)) -> Self {
        let Self { database, clock, keys_file, mut settings, around, seeds, .. } = self;
        change(&mut settings);
        let seed = seeds.fetch_add(1, Ordering::SeqCst);
        let store = database.another_store().await;
        let start = NodeStart::once(settings.as_ref().clone(), around.clone(), held(&keys_file));
        let cx = services(store, clock.clone(), seed, start).await;
        Self { cx, clock, database, keys_file, settings, around, seeds }
    }

    /// One more node on the same database, with the same keys.
    pub async fn another_node(&self) -> Services {
        self.another_node_with(self.around.pins.clone()).await
    }

    /// One more node, started with settings of its own.
    pub async fn another_node_with(&self, pins: Pins) -> Services {
        self.start(NodeStart::once(
            self.settings.as_ref().clone(),
            Surroundings { pins, ..self.around.clone() },
            held(&self.keys_file),
        ))
        .await
    }

    /// One more node that goes on looking for new keys, as a server does: when it has not looked for too long
    /// ([`Self::refresh_keys`]), it makes nothing new.
    pub async fn another_server(&self) -> Services {
        let once = NodeStart::once(self.settings.as_ref().clone(), self.around.clone(), held(&self.keys_file));
        self.start(NodeStart { freshness: Freshness::Watched, ..once }).await
    }

    async fn start(&self, start: NodeStart) -> Services {
        let seed = self.seeds.fetch_add(1, Ordering::SeqCst);
        services(self.database.another_store().await, self.clock.clone(), seed, start).await
    }

    /// Has a node look at the keys file and the database again, as every node does every few seconds.
    pub async fn refresh_keys(&self, node: &Services) {
        let (file, now) = (held(&self.keys_file), self.clock.now());
        node.keys.refresh(&node.store, Some(file), node.entropy.as_ref(), now).await.expect("refreshes");
    }

    /// One more node, with methods and settings of its own.
    pub async fn node_with(&self, methods: Methods, change: impl FnOnce(&mut Settings)) -> Services {
        let mut settings = self.settings.as_ref().clone();
        change(&mut settings);
        let once = NodeStart::once(settings, self.around.clone(), held(&self.keys_file));
        self.start(NodeStart { methods, ..once }).await
    }

    /// Lets time pass.
    pub fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }

    /// Does every job that is due, and seals the audit log, as a running server does.
    pub async fn run_jobs(&self) {
        Runner::new(self.cx.clone()).drain().await.expect("works");
    }

    /// Sends what is owed, as the worker does, and gives it back.
    pub async fn deliver(&self) -> Vec<Message> {
        let (cx, owner, now) = (&self.cx, Uuid::from_u128(7), self.clock.now());
        let mut messages = Vec::new();
        loop {
            let leased =
                cx.store.lease_outbox(64, now, now.plus(Duration::from_secs(60)), owner).await.expect("leases");
            if leased.is_empty() {
                return messages;
            }
            for item in leased {
                let prepared = prepare(cx, &item).await;
                let outcome = match prepared {
                    Prepared::Send(message) => {
                        messages.push(*message);
                        Outcome::Sent
                    }
                    Prepared::Drop => Outcome::Dropped,
                };
                assert!(cx.store.finish_outbox(item.id, owner, outcome, now).await.expect("settles"));
            }
        }
    }

    /// Registers a person as they would themselves, and gives the password [`GOOD`].
    pub async fn account(&self, identifier: &str) {
        self.account_with(identifier, "", GOOD).await;
    }

    /// Registers a person with a user name and a password of their own.
    pub async fn account_with(&self, identifier: &str, username: &str, password: &str) {
        let start = registration::Start { identifier: identifier.to_owned(), owner: None, consent: true };
        let handle = registration::start(&self.cx, &meta(), start).await.expect("starts").expose();
        let code = code_in(&self.deliver().await).expect("a code was sent");
        registration::verify(&self.cx, &meta(), &handle, &code).await.expect("the code is right");
        let details = registration::Complete {
            given_name: "Ada".to_owned(),
            family_name: "Example".to_owned(),
            username: username.to_owned(),
            new_password: password.into(),
            confirm_password: password.into(),
        };
        registration::complete(&self.cx, &meta(), &handle, details).await.expect("registers");
        // What tests count comes after it.
        let told = self.deliver().await;
        let is_welcome = |message: &Message| matches!(message.content, MessageBody::Welcome { .. });
        assert!(told.iter().all(is_welcome), "{told:?}");
    }

    /// Gives an account a second verified address or number, as if its owner had proven it.
    pub async fn add_identifier(&self, of: &str, added: &str) {
        let parse = |typed| Identifier::parse(typed, "US").expect("an identifier");
        let (of, added) = (parse(of), parse(added));
        let found = self.cx.store.find_account_by(of.kind(), of.canonical()).await.expect("answers");
        let (account, _) = found.expect("an account");
        let now = self.clock.now();
        let identifier = AccountIdentifier {
            id: IdentifierId::new(now, [9; 10]),
            account: account.id,
            kind: added.kind(),
            canonical: added.canonical().to_owned(),
            shown: added.shown().to_owned(),
            verified_at: Some(now),
        };
        let tx = self.cx.store.begin_write().await.expect("begins");
        tx.insert_identifier(&identifier).await.expect("inserts");
        tx.commit().await.expect("commits");
    }

    /// Asks for a recovery and gives its handle and what was sent.
    pub async fn ask(&self, identifier: &str) -> (String, Vec<Message>) {
        let handle = recovery::start(&self.cx, &meta(), identifier).await.expect("starts").expose();
        (handle, self.deliver().await)
    }

    /// The token in the link that a recovery of this account mails.
    pub async fn recovery_link(&self, identifier: &str) -> String {
        link_in(&self.ask(identifier).await.1).expect("a link was mailed")
    }

    /// Replaces a password by a link's token.
    pub async fn complete_by_link(&self, token: &str, password: &str) -> Result<(), recovery::CompleteError> {
        recovery::complete(&self.cx, &meta(), recovery::ProofSource::Link(token), choice(password)).await
    }

    /// Signs in.
    pub async fn sign_in(&self, identifier: &str, password: &str) -> Result<PlainToken, SignInError> {
        sign_in::sign_in(&self.cx, &meta(), identifier, Secret::new(password)).await
    }

    /// Signs in and gives what the session is worth.
    pub async fn caller(&self, identifier: &str, password: &str) -> Caller {
        let token = self.sign_in(identifier, password).await.expect("signs in");
        self.authenticate(&token).await.expect("is signed in")
    }

    /// Who a session cookie stands for.
    pub async fn authenticate(&self, token: &PlainToken) -> Option<Caller> {
        sign_in::authenticate(&self.cx, &token.expose()).await.expect("answers")
    }
}

/// A session like another one, whose first proof was given by `method` at `proven_at`.
pub async fn session_like(cx: &Services, like: &Session, method: Method, proven_at: Timestamp) -> PlainToken {
    let (now, token) = (cx.clock.now(), PlainToken::generate(cx.entropy.as_ref()));
    let mut random = [0; 10];
    cx.entropy.fill(&mut random);
    let session = Session { id: SessionId::new(now, random), ..like.clone() };
    let proof = sign_in_proof(&session, method, None, ProofId(session.id.0), proven_at);
    let tx = cx.store.begin_write().await.expect("begins");
    tx.insert_session(&session, token.digest()).await.expect("inserts");
    tx.insert_proof(&proof).await.expect("inserts");
    tx.commit().await.expect("commits");
    token
}

/// Finds out what to send for a queued message, as the worker does.
pub async fn prepare(cx: &Services, item: &OutboxItem) -> Prepared {
    resolve(cx, item.notification).await.expect("resolves");
    compose::prepare(cx, item).await.expect("prepares")
}

/// The one password that is breached in tests.
pub const BREACHED_PASSWORD: &str = "seven swans a swimming";

/// Knows [`BREACHED_PASSWORD`].
struct KnownBreaches;

impl BreachData for KnownBreaches {
    fn look_up<'a>(&'a self, password: &'a str) -> Pin<Box<dyn Future<Output = Breach> + Send + 'a>> {
        let found = if self.holds(password) { Breach::Found } else { Breach::Clear };
        Box::pin(std::future::ready(found))
    }

    fn holds(&self, password: &str) -> bool {
        password == BREACHED_PASSWORD
    }

    fn list(&self) -> Option<String> {
        None
    }

    fn shard(&self, _list: &str, _name: &str) -> Option<Vec<u8>> {
        None
    }
}

/// A node in a process of its own, on a database that is migrated, with the real time.
pub async fn node_of(url: &str) -> Services {
    let store = Store::connect(url).await.expect("the database answers");
    let seed = u64::from(std::process::id()).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let start = NodeStart::once(quick_settings(), Surroundings::default(), vec![first_key()]);
    services(store, Arc::new(RealClock), seed, start).await
}

/// The time of this machine.
struct RealClock;

impl Clock for RealClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        Timestamp::from_millis(i64::try_from(since.as_millis()).expect("before the end of time"))
    }
}

/// The key that every installation begins with here.
fn first_key() -> Key {
    Key::new([42; 32], Timestamp::default())
}

/// What the keys file holds now.
fn held(file: &Mutex<Vec<Key>>) -> Vec<Key> {
    file.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// What a node starts with.
struct NodeStart {
    settings: Settings,
    around: Surroundings,
    keys: Vec<Key>,
    freshness: Freshness,
    methods: Methods,
}

impl NodeStart {
    /// Without looking for new keys, with the methods that are built in.
    fn once(settings: Settings, around: Surroundings, keys: Vec<Key>) -> Self {
        Self { settings, around, keys, freshness: Freshness::Once, methods: Methods::built_in() }
    }
}

async fn services(store: Store, clock: Arc<dyn Clock>, seed: u64, start: NodeStart) -> Services {
    let NodeStart { settings, around, keys, freshness, methods } = start;
    let Surroundings { public_url, breaches, pins } = around;
    let links = Links::new(public_url);
    let entropy = Arc::new(SeededEntropy::new(seed));
    let unlocked = Keys::unlock(&store, keys, entropy.as_ref(), clock.now(), freshness).await;
    let keys = unlocked.expect("the keys belong to the database");
    let parts = Parts { clock, entropy, breaches, store, keys, settings, pins, links };
    Services::with_methods(parts, methods).expect("starts")
}

/// A password chosen and typed again.
pub fn choice(password: &str) -> recovery::Complete {
    recovery::Complete { journey: None, new_password: password.into(), confirm_password: password.into() }
}

/// A request from somewhere.
pub fn meta() -> RequestMeta {
    meta_from(Ipv4Addr::new(192, 0, 2, 1).into())
}

/// A request from this address.
pub fn meta_from(address: IpAddr) -> RequestMeta {
    RequestMeta { address, device: "Firefox on Linux".to_owned(), browser: browser(1), work: None, lang: Lang::En }
}

/// The secret of a browser's cookie, one for each number.
pub fn browser(number: u8) -> PlainToken {
    PlainToken::generate(&SeededEntropy::new(number.into()))
}

/// The code in the first message that has one.
pub fn code_in(messages: &[Message]) -> Option<String> {
    messages.iter().find_map(|message| match &message.content {
        MessageBody::RegistrationCode { code, .. } | MessageBody::Recovery { code, .. } => {
            Some(code.expose().to_owned())
        }
        _ => None,
    })
}

/// The token of the recovery link in the first message that has one.
pub fn link_in(messages: &[Message]) -> Option<String> {
    messages.iter().find_map(|message| match &message.content {
        MessageBody::Recovery { link: Some(link), .. } => last_segment(link),
        _ => None,
    })
}

/// The temporary password in the first message that has one, as it is read.
pub fn temporary_in(messages: &[Message]) -> Option<String> {
    messages.iter().find_map(|message| match &message.content {
        MessageBody::TemporaryPassword { password, .. } => Some(password.expose()),
        _ => None,
    })
}

/// The token of the "this was not me" link in the first message that has one.
pub fn not_me_in(messages: &[Message]) -> Option<String> {
    messages.iter().find_map(|message| match &message.content {
        MessageBody::PasswordChanged { not_me, .. } => last_segment(not_me),
        _ => None,
    })
}

/// The token at the end of a link of ours.
pub fn last_segment(link: &Url) -> Option<String> {
    link.path_segments()?.next_back().map(str::to_owned)
}

/// Where a message goes.
pub fn address_of(message: &Message) -> &str {
    match &message.to {
        Recipient::Email(address) | Recipient::Phone(address) => address,
    }
}
