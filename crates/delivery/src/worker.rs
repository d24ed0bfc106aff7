//! The outbox worker.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Waiting
//!     Waiting --> Leased: due and free, or its lease ran out
//!     Leased --> Sent: the provider took it
//!     Leased --> Dropped: no one to send it to, or its secret is dead
//!     Leased --> Waiting: not now, again after a growing wait
//!     Leased --> Dead: refused for good, or tried too often
//! ```
//!
//! A process that dies between sending and settling leaves a lease behind; another one takes the row when it runs
//! out and sends the same message under the same Message-ID. That one duplicate is the price of never losing one.

use std::sync::Arc;
use std::time::Duration;

use rekey_domain::OutboxId;
use rekey_domain::job::lease::LeaseRule;
use rekey_domain::message::text_limits::{TextRefusal, TextUse};
use rekey_domain::message::{DeadCause, Notification, OutboxItem, Outcome};
use rekey_service::journey::resolve::resolve;
use rekey_service::message::compose::{self, Prepared, Recipient};
use rekey_service::message::texts;
use rekey_service::{Services, Unexpected};
use rekey_shared::Timestamp;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::render::{self, Brand};
use crate::{Channel, DevMailbox, SendError, Sender, Senders, Stats};

/// Messages in flight at the same time.
const SLOTS: usize = 8;

/// Rows are leased for longer than preparing, sending and settling may take together.
const RULE: LeaseRule = LeaseRule::OUTBOX;

/// The time that finding out what to send gets.
const PREPARE_TIMEOUT: Duration = Duration::from_secs(15);

/// The time that one try of sending gets.
const SEND_TIMEOUT: Duration = Duration::from_secs(20);

/// The time between two looks when nothing was enqueued here.
const POLL: Duration = Duration::from_millis(500);

/// The time that messages in flight get when the process stops.
const GRACE: Duration = Duration::from_secs(10);

/// The wait after the database did not answer.
const TROUBLE: Duration = Duration::from_secs(2);

/// Leases after which a row is given up that never came to an end: each of its workers died. More than a message
/// can have had that waits a week for its provider.
const MAX_LEASES: u32 = 200;

/// Tries of writing down what became of a message: a database that is away for a moment must not cause a duplicate.
const SETTLE_TRIES: u32 = 4;

/// Sends queued messages until the process stops. Any number of them may run, in any number of processes.
#[derive(Clone)]
pub struct Worker(Arc<Inner>);

struct Inner {
    services: Services,
    senders: Senders,
    mailbox: Option<DevMailbox>,
    stats: Arc<Stats>,
    owner: Uuid,
}

/// What became of a message, and why, for the log.
struct Ending {
    channel: Option<Channel>,
    outcome: Outcome,
    class: &'static str,
}

impl Ending {
    fn dropped(class: &'static str) -> Self {
        Self { channel: None, outcome: Outcome::Dropped, class }
    }
}

impl Worker {
    /// `mailbox` takes the messages of channels that have no provider; without it they wait.
    pub fn new(services: Services, senders: Senders, mailbox: Option<DevMailbox>, stats: Arc<Stats>) -> Self {
        let mut random = [0; 16];
        services.entropy.fill(&mut random);
        let owner = uuid::Builder::from_random_bytes(random).into_uuid();
        Self(Arc::new(Inner { services, senders, mailbox, stats, owner }))
    }

    /// Works until `shutdown` is ready; then finishes what is in flight within ten seconds. What is not finished
    /// by then is sent when its lease has run out.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        let mut sending = JoinSet::new();
        tokio::pin!(shutdown);
        loop {
            let more = self.start_sending(&mut sending).await;
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                Some(_) = sending.join_next(), if more => {}
                () = self.rest(), if !more => {}
            }
            while sending.try_join_next().is_some() {}
        }
        if tokio::time::timeout(GRACE, self.finish_sending(&mut sending)).await.is_err() {
            tracing::warn!(outbox.unfinished = sending.len(), "stopped before every message was handed over");
        }
    }

    /// Sends everything that is due now and returns how many rows were looked at. For tests and for one-off runs.
    pub async fn drain(&self) -> usize {
        let (mut sending, mut seen) = (JoinSet::new(), 0);
        loop {
            let before = sending.len();
            self.start_sending(&mut sending).await;
            seen += sending.len() - before;
            if sending.join_next().await.is_none() {
                return seen;
            }
        }
    }

    /// Leases as many rows as there is room for. Whether there may be more.
    async fn start_sending(&self, sending: &mut JoinSet<()>) -> bool {
        let room = SLOTS.saturating_sub(sending.len());
        if room == 0 {
            return true;
        }
        if self.0.is_idle() {
            return false;
        }
        let (now, limit) = (self.0.services.clock.now(), u64::try_from(room).unwrap_or(1));
        let items = match self.0.services.store.lease_outbox(limit, now, RULE.until(now), self.0.owner).await {
            Ok(items) => items,
            Err(failure) => {
                self.0.services.report(&failure.into());
                tokio::time::sleep(TROUBLE).await;
                return false;
            }
        };
        let more = items.len() == room;
        for item in items {
            let worker = self.clone();
            sending.spawn(async move { worker.0.handle(item).await });
        }
        more
    }

    async fn rest(&self) {
        tokio::select! {
            () = self.0.services.wake.notified() => {}
            () = tokio::time::sleep(POLL) => {}
        }
    }

    async fn finish_sending(&self, sending: &mut JoinSet<()>) {
        while sending.join_next().await.is_some() {}
    }
}

impl Inner {
    /// Whether there is nowhere to send anything. Then rows are left alone, and keep their tries.
    fn is_idle(&self) -> bool {
        self.mailbox.is_none() && self.senders.mail.is_none() && self.senders.sms.is_none()
    }

    /// One try of one row, from lease to settlement.
    async fn handle(&self, item: OutboxItem) {
        let ending = self.attempt(&item).await;
        self.stats.count(ending.channel, ending.outcome);
        log(&item, &ending);
        self.record_outcome(item.id, ending.outcome).await;
    }

    async fn attempt(&self, item: &OutboxItem) -> Ending {
        if self.services.clock.now() >= item.expires_at {
            return Ending::dropped("expired");
        }
        if item.attempts > MAX_LEASES {
            let outcome = Outcome::Dead { cause: DeadCause::Unreachable };
            return Ending { channel: None, outcome, class: "crashed" };
        }
        let prepared = tokio::time::timeout(PREPARE_TIMEOUT, self.prepare(item)).await;
        let message = match prepared {
            Ok(Ok(Prepared::Send(message))) => message,
            Ok(Ok(Prepared::Drop)) => return Ending::dropped("nothing_to_send"),
            Ok(Err(failure)) => {
                self.services.report(&failure);
                return self.failed(item, None, SendError::NotNow { class: "prepare" });
            }
            Err(_) => return self.failed(item, None, SendError::NotNow { class: "prepare.timeout" }),
        };
        let channel = Channel::to(&message.to);
        // Made for each message: the organisation may be renamed while the program runs.
        let brand = Brand::new(&self.services.settings(), &self.services.links);
        let rendered = render::render(*message, &brand);
        if let Some(ending) = self.claim(item, &rendered).await {
            return ending;
        }
        match self.send(channel, &rendered).await {
            Ok(()) => Ending { channel: Some(channel), outcome: Outcome::Sent, class: "taken" },
            Err(error) => self.failed(item, Some(channel), error),
        }
    }

    /// Whom a journey is for is found out and written down first; composing only reads.
    async fn prepare(&self, item: &OutboxItem) -> Result<Prepared, Unexpected> {
        resolve(&self.services, item.notification).await?;
        compose::prepare(&self.services, item).await
    }

    /// Claims a text message before it costs anything; `None` when it may be sent. Mail is free, and so is the development
    /// mailbox.
    async fn claim(&self, item: &OutboxItem, rendered: &render::Rendered) -> Option<Ending> {
        let Recipient::Phone(number) = &rendered.to else { return None };
        self.senders.sms.as_ref()?;
        let segments = render::count_segments(&rendered.text);
        match texts::claim(&self.services, item, number, segments).await {
            Ok(Ok(())) => None,
            Ok(Err(refusal)) => {
                self.stats.count_text_refusal(refusal);
                Some(Ending { channel: Some(Channel::Sms), outcome: refused(item, refusal), class: refusal.name() })
            }
            Err(failure) => {
                self.services.report(&failure);
                Some(self.failed(item, Some(Channel::Sms), SendError::NotNow { class: "text.claim" }))
            }
        }
    }

    async fn send(&self, channel: Channel, message: &render::Rendered) -> Result<(), SendError> {
        let route = self.senders.route(channel, self.mailbox.as_ref());
        let sending = tokio::time::timeout(SEND_TIMEOUT, route.send(message)).await;
        sending.unwrap_or(Err(SendError::NotNow { class: "timeout" }))
    }

    fn failed(&self, item: &OutboxItem, channel: Option<Channel>, error: SendError) -> Ending {
        let outcome = verdict(item, error, self.services.clock.now());
        Ending { channel, outcome, class: error.class() }
    }

    /// Writes down what became of a row. A row that another worker has by now is left to it.
    async fn record_outcome(&self, id: OutboxId, outcome: Outcome) {
        for nth in 1..=SETTLE_TRIES {
            let now = self.services.clock.now();
            match self.services.store.finish_outbox(id, self.owner, outcome, now).await {
                Ok(true) => return,
                Ok(false) => {
                    tracing::warn!(outbox.id = %id.0, "the lease was over before the message was settled");
                    return;
                }
                Err(failure) => self.services.report(&failure.into()),
            };
            tokio::time::sleep(Duration::from_millis(250) * nth).await;
        }
    }
}

/// What a refusal means for the row: a code is dropped, since its owner asks again; word of what happened to an account
/// waits until there is room.
fn refused(item: &OutboxItem, refusal: TextRefusal) -> Outcome {
    match (TextUse::of(item.notification), refusal.until()) {
        (TextUse::Notice, Some(at)) => Outcome::Retry { at },
        (TextUse::Notice, None) | (TextUse::Registration | TextUse::Recovery, _) => Outcome::Dropped,
    }
}

/// What a failed try means for the row.
fn verdict(item: &OutboxItem, error: SendError, now: Timestamp) -> Outcome {
    let wait = RULE.wait(item.attempts);
    match error {
        SendError::Refused { .. } => Outcome::Dead { cause: DeadCause::Refused },
        // Not the message's fault: it waits until it expires.
        SendError::NoProvider => Outcome::Retry { at: now.plus(wait) },
        SendError::NotNow { .. } if RULE.is_spent(item.attempts) => Outcome::Dead { cause: DeadCause::Unreachable },
        SendError::NotNow { .. } => Outcome::Retry { at: now.plus(wait + spread(item, wait)) },
    }
}

/// Up to a quarter of the wait, different for each row, so that a provider that comes back is not met by all at once.
fn spread(item: &OutboxItem, wait: Duration) -> Duration {
    let mixed = item.id.0.as_u128().wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    let share = u32::try_from((mixed >> 96) & 0xff).unwrap_or(0);
    wait / 1024 * share
}

/// Says what became of a try. Ids and words from fixed lists only.
fn log(item: &OutboxItem, ending: &Ending) {
    let outcome = match ending.outcome {
        Outcome::Sent => "sent",
        Outcome::Dropped => "dropped",
        Outcome::Retry { .. } => "retry",
        Outcome::Dead { .. } => "dead",
    };
    let (id, kind) = (item.id.0, kind(item.notification));
    let (channel, class) = (ending.channel.map_or("none", Channel::name), ending.class);
    if let Outcome::Retry { .. } | Outcome::Dead { .. } = ending.outcome {
        tracing::warn!(outbox.id = %id, outbox.kind = kind, outbox.channel = channel, attempt = item.attempts,
            outcome, error.class = class, "message not sent");
    } else {
        tracing::info!(outbox.id = %id, outbox.kind = kind, outbox.channel = channel, attempt = item.attempts,
            outcome, outbox.reason = class, "message settled");
    }
}

const fn kind(notification: Notification) -> &'static str {
    match notification {
        Notification::RegistrationSecret { .. } => "registration_secret",
        Notification::RecoverySecret { .. } => "recovery_secret",
        Notification::Welcome { .. } => "welcome",
        Notification::PasswordChanged { .. } => "password_changed",
        Notification::SignInPaused { .. } => "sign_in_paused",
        Notification::NewDevice { .. } => "new_device",
        Notification::PasswordExpires { .. } => "password_expires",
        Notification::AccountFrozen { .. } => "account_frozen",
    }
}
