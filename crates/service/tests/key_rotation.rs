//! Keys are rotated and the oldest retired while three nodes are busy with recoveries: none of these fails, whichever
//! node begins, sends or ends it.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use rekey_domain::KeyId;
use rekey_domain::key::{RetireRefusal, SHORTEST_DELAY};
use rekey_domain::message::Outcome;
use rekey_domain::setting::{RecoveryThrottle, Sends};
use rekey_service::keys::{self, Freshness, Key, Keys, RetireError};
use rekey_service::message::compose::{Message, Prepared};
use rekey_service::setting::Settings;
use rekey_service::{Clock as _, Services, audit, recovery};
use rekey_shared::Timestamp;
use rekey_testkit::bench::{BETTER, address_of, choice, code_in, link_in, meta, prepare};
use rekey_testkit::{Bench, assert_matches, on_both_databases};
use tokio::sync::{Mutex, RwLock, mpsc, watch};
use tokio::time::timeout;
use uuid::Uuid;

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Between two steps of the clock.
const STEP: Duration = Duration::from_secs(5);
/// A node looks at the keys at every third step: more seldom than a server does.
const LOOK_EVERY: usize = 3;
/// People who recover again and again, one after another each.
const PEOPLE: usize = 9;
/// Recoveries that are begun before a rotation and ended after it.
const HELD: usize = 6;
/// Recoveries that end within one step of the clock.
const LOAD: u64 = 3;
/// A step takes milliseconds: what takes as long as that never ends.
const STUCK: Duration = Duration::from_secs(300);

/// A recovery whose message has come.
struct Begun {
    handle: String,
    message: Message,
}

/// Three nodes, and what is common to all who use them.
struct Site {
    nodes: Vec<Services>,
    inboxes: HashMap<String, mpsc::UnboundedSender<Message>>,
    ended: watch::Sender<u64>,
    /// Taken for writing while time leaps further than nodes may go without looking.
    leap: RwLock<()>,
    leases: AtomicU64,
    stop: AtomicBool,
}

/// Someone with an account, and what they were sent.
struct Person {
    address: String,
    inbox: Mutex<mpsc::UnboundedReceiver<Message>>,
}

impl Site {
    async fn new(t: &Bench, addresses: impl Iterator<Item = String>) -> (Arc<Self>, Vec<Arc<Person>>) {
        let (mut nodes, mut inboxes, mut people) = (Vec::new(), HashMap::new(), Vec::new());
        for _ in 0..3 {
            nodes.push(t.another_server().await);
        }
        for address in addresses {
            t.account(&address).await;
            let (sender, inbox) = mpsc::unbounded_channel();
            inboxes.insert(address.clone(), sender);
            people.push(Arc::new(Person { address, inbox: Mutex::new(inbox) }));
        }
        let (ended, leap) = (watch::Sender::new(0), RwLock::new(()));
        let (leases, stop) = (AtomicU64::new(1), AtomicBool::new(false));
        (Arc::new(Self { nodes, inboxes, ended, leap, leases, stop }), people)
    }

    fn node(&self, n: usize) -> &Services {
        &self.nodes[n % self.nodes.len()]
    }

    /// Sends everything that waits, as one node.
    async fn deliver(&self, node: &Services) {
        let owner = Uuid::from_u128(self.leases.fetch_add(1, Ordering::SeqCst).into());
        let now = node.clock.now();
        let leased = node.store.lease_outbox(64, now, now.plus(DAY), owner).await.expect("leases");
        for item in leased {
            let outcome = match prepare(node, &item).await {
                Prepared::Send(message) => {
                    let inbox = self.inboxes.get(address_of(&message)).expect("someone's own address");
                    inbox.send(*message).expect("is read");
                    Outcome::Sent
                }
                Prepared::Drop => Outcome::Dropped,
            };
            assert!(node.store.finish_outbox(item.id, owner, outcome, now).await.expect("settles"));
        }
    }

    /// Begins on one node, sends from the next.
    async fn begin(&self, person: &Person, n: usize) -> Begun {
        let handle = recovery::start(self.node(n), &meta(), &person.address).await.expect("starts").expose();
        self.deliver(self.node(n + 1)).await;
        let mut inbox = person.inbox.lock().await;
        loop {
            // Another task may be sending it.
            let message = timeout(STUCK, inbox.recv()).await.expect("a message comes").expect("is open");
            if link_in(std::slice::from_ref(&message)).is_some() {
                return Begun { handle, message };
            }
        }
    }

    /// Ends on two nodes more, by the code or by the link.
    async fn end(&self, begun: &Begun, n: usize) {
        let sent = std::slice::from_ref(&begun.message);
        let password = choice(&format!("{BETTER} number {n}"));
        if n.is_multiple_of(2) {
            let code = code_in(sent).expect("a code");
            recovery::verify(self.node(n + 2), &meta(), &begun.handle, &code).await.expect("the code is right");
            let proven = recovery::ProofSource::Journey(&begun.handle);
            recovery::complete(self.node(n), &meta(), proven, password).await.expect("a proven recovery ends");
        } else {
            let link = link_in(sent).expect("a link");
            let by_link = recovery::ProofSource::Link(&link);
            recovery::complete(self.node(n + 2), &meta(), by_link, password).await.expect("a recovery by link ends");
        }
        self.ended.send_modify(|ended| *ended += 1);
    }

    async fn recover_again_and_again(&self, person: &Person, first: usize) {
        for n in (first..).step_by(PEOPLE) {
            if self.stop.load(Ordering::SeqCst) {
                return;
            }
            // Taken once for both: asking again while a leap waits would wait for that, and the leap for this.
            let _no_leap = self.leap.read().await;
            let begun = self.begin(person, n).await;
            self.end(&begun, n).await;
        }
    }

    /// Lets time pass in steps. Nodes look at the keys in turns, and recoveries end all the while.
    async fn pass(&self, t: &Bench, span: Duration) {
        let until = t.clock.now().plus(span);
        for step in 0.. {
            if t.clock.now() >= until {
                return;
            }
            t.advance(STEP);
            for (n, node) in self.nodes.iter().enumerate() {
                if (n + step).is_multiple_of(LOOK_EVERY) {
                    t.refresh_keys(node).await;
                }
            }
            self.go_on().await;
        }
    }

    /// Waits until more recoveries have ended.
    async fn go_on(&self) {
        let mut ended = self.ended.subscribe();
        let enough = *ended.borrow() + LOAD;
        let _ended = timeout(STUCK, ended.wait_for(|ended| *ended >= enough)).await.expect("recoveries go on").is_ok();
    }

    /// Lets time pass at once, as for a machine that sleeps: nodes look before anyone asks them again.
    async fn leap(&self, t: &Bench, until: Timestamp) {
        let _alone = self.leap.write().await;
        t.advance(until.since(t.clock.now()));
        for node in &self.nodes {
            t.refresh_keys(node).await;
        }
    }

    /// Adds a key and lets its moment come.
    async fn rotate(&self, t: &Bench, n: u8) -> KeyId {
        let (key, asked_at) = (key(n), t.clock.now());
        t.keys_file.lock().unwrap_or_else(PoisonError::into_inner).push(key.clone());
        if n.is_multiple_of(2) {
            // A running node finds the key in the file before the command tells of it.
            t.refresh_keys(&self.nodes[1]).await;
        }
        let announced = keys::announce(&self.nodes[0], &key, SHORTEST_DELAY).await.expect("announces");
        assert_eq!(announced.not_before, asked_at.plus(SHORTEST_DELAY), "whichever told of it first");
        self.pass(t, SHORTEST_DELAY + STEP * 4).await;
        let known = keys::list(&self.nodes[2]).await.expect("lists").pop().expect("a key");
        assert_eq!((known.key.id, known.state), (key.id(), rekey_domain::key::RingKeyState::Current));
        key.id()
    }

    async fn retire(&self, n: usize, id: KeyId) -> Result<keys::Retired, RetireError> {
        keys::retire(self.node(n), id, false).await
    }
}

fn key(n: u8) -> Key {
    Key::new([n; 32], Timestamp::default())
}

fn needed_until(refused: Result<keys::Retired, RetireError>) -> Timestamp {
    match refused {
        Err(RetireError::Refused(RetireRefusal::Until(until))) => until,
        other => panic!("{other:?}"),
    }
}

/// A request that a throttle refuses looks like an accepted one, and sends nothing: a test that waits for its message
/// never ends. Codes have a throttle of their own.
fn make_unthrottled(settings: &mut Settings) {
    settings.recovery.throttle = RecoveryThrottle::none();
    settings.sends = Sends { per_hour_target: 0, per_hour_address: 0 };
}

/// Begins recoveries that are ended later.
async fn hold(site: &Site, held: &[Arc<Person>]) -> Vec<Begun> {
    let mut begun = Vec::new();
    for (n, person) in held.iter().enumerate() {
        begun.push(site.begin(person, n).await);
    }
    begun
}

async fn end_all(site: &Site, held: &[Begun]) {
    for (n, begun) in held.iter().enumerate() {
        site.end(begun, n).await;
    }
}

/// The whole story; see the assertions.
async fn rotate_under_load(t: &Bench, site: &Site, held: &[Arc<Person>]) {
    let first = key(42).id();
    let at_start = hold(site, held).await;
    let second = site.rotate(t, 2).await;
    end_all(site, &at_start).await;
    let before_third = hold(site, held).await;
    let third = site.rotate(t, 3).await;
    end_all(site, &before_third).await;

    let until = needed_until(site.retire(0, first).await);
    site.leap(t, until.minus(Duration::from_millis(1))).await;
    assert_eq!(needed_until(site.retire(1, first).await), until, "to the millisecond");
    site.leap(t, until).await;

    // With recoveries under way that were made with the key in use, and the next rotation begun.
    let with_third = hold(site, held).await;
    let fourth = site.rotate(t, 4).await;
    site.retire(0, first).await.expect("nothing needs it");
    site.pass(t, STEP * 4).await;
    assert!(needed_until(site.retire(2, third).await) > t.clock.now(), "recoveries that it made are under way");
    end_all(site, &with_third).await;

    // Every secret of the second and third key has died.
    site.leap(t, t.clock.now().plus(DAY * 8)).await;
    let with_fourth = hold(site, held).await;
    for id in [second, third] {
        site.retire(1, id).await.expect("nothing needs it");
        site.pass(t, STEP * 4).await;
    }
    end_all(site, &with_fourth).await;
    assert_matches!(site.retire(2, fourth).await, Err(RetireError::Refused(RetireRefusal::Current { .. })));
}

on_both_databases! {
    async fn no_recovery_fails_while_keys_are_rotated_and_the_oldest_are_retired(t: Bench) {
        let t = t.with(make_unthrottled).await;
        let addresses = (0..PEOPLE + HELD).map(|n| format!("person{n}@example.org"));
        let (site, mut people) = Site::new(&t, addresses).await;
        let held = people.split_off(PEOPLE);
        let load = |(n, person): (usize, &Arc<Person>)| {
            let (site, person) = (Arc::clone(&site), Arc::clone(person));
            tokio::spawn(async move { site.recover_again_and_again(&person, n).await })
        };
        let load: Vec<_> = people.iter().enumerate().map(load).collect();

        rotate_under_load(&t, &site, &held).await;
        site.stop.store(true, Ordering::SeqCst);
        for task in load {
            timeout(STUCK, task).await.expect("ends").expect("no recovery has failed");
        }

        // A node that starts now needs the newest key alone, and finds the whole log as it was written.
        let store = t.database.another_store().await;
        let now = t.clock.now();
        Keys::unlock(&store, vec![key(4)], t.cx.entropy.as_ref(), now, Freshness::Once).await.expect("is enough");
        t.run_jobs().await;
        let verdict = audit::verify(&t.cx, None).await.expect("verifies");
        assert_eq!((verdict.broken, verdict.unsealed.entries), (None, 0));
        assert!(verdict.entries > *site.ended.borrow(), "{verdict:?}");
    }
}
