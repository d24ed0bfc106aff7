//! Argon2id on threads of its own: as many as cores, each keeping its memory, with a bounded queue before them.
//!
//! A queue permit is taken before anything is claimed in the database, so a full queue costs no one a try.
//! The permit belongs to the job, not to the request: a client that hangs up does not free it early (T-38).

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use argon2::Params;
use argon2::password_hash::phc::PasswordHash as Phc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use zeroize::Zeroizing;

use rekey_domain::PasswordHash;
use rekey_shared::Secret;
use rekey_shared::password::normalise;

use crate::Unexpected;
use crate::keys::{KeyError, Keys, Pepper};
use crate::password::argon2id::{Memory, Peppered, StoredHash, hash, pepper_of, top_up, verify};
use crate::ports::{Clock, Entropy, random};
use crate::setting::Hashing;

/// The longest that a job should wait before it is begun, as long as the cores do nothing else: the queue is cut to
/// that. In a flood they also answer everyone who is turned away, which takes up to twice as long.
const LONGEST_WAIT_MILLIS: u64 = 900;

/// No queue permit is left; the caller answers 503 at once.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the hashing queue is full")]
pub struct Busy;

/// Hashes and verifies passwords. Cheap to clone.
#[derive(Clone)]
pub struct Hasher {
    queue: Arc<Mutex<mpsc::Sender<Job>>>,
    places: Arc<Semaphore>,
    params: Params,
    /// A hash that no password fits, with the present parameters: what an account without one is verified against.
    decoy: Arc<StoredHash>,
    evaluated: Arc<AtomicU64>,
    verifications: Arc<AtomicU64>,
    entropy: Arc<dyn Entropy>,
    clock: Arc<dyn Clock>,
    keys: Keys,
    is_peppered: bool,
}

/// A permit to queue one job.
#[derive(Debug)]
pub struct QueuePermit(
    #[expect(dead_code, reason = "held, not read: dropping it frees the permit")] OwnedSemaphorePermit,
);

struct Job {
    password: Zeroizing<String>,
    work: Work,
    _place: QueuePermit,
}

enum Work {
    Hash {
        salt: [u8; 16],
        pepper: Option<Pepper>,
        reply: oneshot::Sender<Result<PasswordHash, Unexpected>>,
    },
    /// Verifies against each of them, and hashes what is none of them.
    HashUnless {
        against: Vec<StoredHash>,
        salt: [u8; 16],
        pepper: Option<Pepper>,
        reply: oneshot::Sender<Result<Option<PasswordHash>, Unexpected>>,
    },
    Verify {
        against: Arc<StoredHash>,
        reply: oneshot::Sender<Result<bool, Unexpected>>,
    },
    /// Something else that takes long about a password.
    Judge(Box<dyn FnOnce(&str) + Send>),
}

impl Hasher {
    /// Starts the threads and measures one hash to size the queue.
    pub fn start(
        settings: Hashing,
        entropy: Arc<dyn Entropy>,
        clock: Arc<dyn Clock>,
        keys: Keys,
    ) -> Result<Self, Unexpected> {
        let params = Params::new(settings.memory_kib, settings.iterations, 1, None).map_err(Unexpected::new)?;
        let threads = settings.permits.unwrap_or_else(cores).max(1);
        let before = clock.now();
        let unguessable: [u8; 32] = random(entropy.as_ref());
        let pepper = settings.pepper.then(|| keys.pepper(before)).transpose()?;
        let decoy = hash(&mut Memory::default(), &params, (&unguessable, pepper.as_ref()), random(entropy.as_ref()))?;
        let took = u64::try_from(clock.now().since(before).as_millis()).unwrap_or(1).max(1);
        let in_time = usize::try_from(LONGEST_WAIT_MILLIS / took).unwrap_or(1).clamp(8, 1024);
        let places = settings.queue.unwrap_or(threads * in_time).max(1);
        Ok(Self {
            queue: Arc::new(Mutex::new(spawn(threads, &params)?)),
            places: Arc::new(Semaphore::new(places)),
            params,
            decoy: Arc::new(StoredHash { hash: decoy, pepper }),
            evaluated: Arc::default(),
            verifications: Arc::default(),
            entropy,
            clock,
            keys,
            is_peppered: settings.pepper,
        })
    }

    /// Does something with a password that takes more than 100 µs, such as an estimate of its strength: there, it holds
    /// up no request that hashes nothing. The password is as it was typed.
    pub(crate) async fn judge<T: Send + 'static>(
        &self,
        permit: QueuePermit,
        password: &Secret,
        work: impl FnOnce(&str) -> T + Send + 'static,
    ) -> Result<T, Unexpected> {
        let (reply, answer) = oneshot::channel();
        let judge = move |typed: &str| {
            if !reply.is_closed() {
                let _ = reply.send(work(typed));
            }
        };
        let typed = Zeroizing::new(password.expose().to_owned());
        self.queue(Job { password: typed, work: Work::Judge(Box::new(judge)), _place: permit })?;
        answer.await.map_err(Unexpected::new)
    }

    /// Takes a queue permit, or says at once that none is left.
    pub fn permit(&self) -> Result<QueuePermit, Busy> {
        Arc::clone(&self.places).try_acquire_owned().map(QueuePermit).map_err(|_| Busy)
    }

    /// Hashes a new password with a fresh salt.
    pub async fn hash(&self, permit: QueuePermit, password: &Secret) -> Result<PasswordHash, Unexpected> {
        let (reply, answer) = oneshot::channel();
        let (salt, pepper) = (random(self.entropy.as_ref()), self.pepper()?);
        self.send(permit, password, Work::Hash { salt, pepper, reply })?;
        answer.await.map_err(Unexpected::new)?
    }

    /// Hashes a new password with a fresh salt unless it is one of `against`; `None` when it is. One job, whatever their
    /// number: a job behind it waits for all of them.
    pub(crate) async fn hash_unless(
        &self,
        permit: QueuePermit,
        password: &Secret,
        against: Vec<PasswordHash>,
    ) -> Result<Option<PasswordHash>, Unexpected> {
        // One whose key was given up fits no password any more.
        let against = against.iter().filter_map(|hash| self.with_pepper(hash).transpose());
        let against = against.collect::<Result<Vec<_>, _>>()?;
        self.evaluated.fetch_add(u64::try_from(against.len()).unwrap_or(0), Ordering::Relaxed);
        let (reply, answer) = oneshot::channel();
        let (salt, pepper) = (random(self.entropy.as_ref()), self.pepper()?);
        self.send(permit, password, Work::HashUnless { against, salt, pepper, reply })?;
        answer.await.map_err(Unexpected::new)?
    }

    /// Verifies a password against a real hash. The only function that does, beside [`Self::hash_unless`]: it counts
    /// (see [`Self::evaluated`]). A hash whose key was given up fits no password, in the same time.
    pub(crate) async fn verify(
        &self,
        permit: QueuePermit,
        password: &Secret,
        against: &PasswordHash,
    ) -> Result<bool, Unexpected> {
        let Some(against) = self.with_pepper(against)? else { return self.verify_decoy(permit, password).await };
        self.evaluated.fetch_add(1, Ordering::Relaxed);
        self.verify_uncounted(permit, password, Arc::new(against)).await
    }

    /// Does the work of a verification for no account: always `false`, in the same time (T-02).
    pub(crate) async fn verify_decoy(&self, permit: QueuePermit, password: &Secret) -> Result<bool, Unexpected> {
        self.verify_uncounted(permit, password, Arc::clone(&self.decoy)).await.map(|_| false)
    }

    /// How many passwords were verified against real hashes since the start.
    pub fn evaluated(&self) -> u64 {
        self.evaluated.load(Ordering::Relaxed)
    }

    /// How many passwords were verified since the start, for the metrics: those without anything to verify them against
    /// count like any other, or the count would tell who has an account.
    pub fn verifications(&self) -> u64 {
        self.verifications.load(Ordering::Relaxed)
    }

    /// Jobs that could still be queued, for the metrics.
    pub fn free_permits(&self) -> usize {
        self.places.available_permits()
    }

    /// Whether a stored hash was made with less than the present parameters (PW-10), or with another pepper than a new
    /// one would be.
    pub(crate) fn is_outdated(&self, stored: &PasswordHash) -> bool {
        let Ok(phc) = Phc::new(&stored.0) else { return true };
        let Ok(params) = Params::try_from(&phc) else { return true };
        let is_weaker = params.m_cost() < self.params.m_cost() || params.t_cost() < self.params.t_cost();
        let pepper = self.pepper().map(|pepper| pepper.map(|pepper| pepper.id));
        // A node that has no key for new hashes leaves the old ones alone.
        is_weaker || pepper.is_ok_and(|pepper| pepper_of(&params) != pepper)
    }

    /// What a new hash is peppered with.
    fn pepper(&self) -> Result<Option<Pepper>, KeyError> {
        self.is_peppered.then(|| self.keys.pepper(self.clock.now())).transpose()
    }

    /// A stored hash with its pepper, whether or not new ones get any; `None` when its key was given up.
    fn with_pepper(&self, stored: &PasswordHash) -> Result<Option<StoredHash>, Unexpected> {
        let phc = Phc::new(&stored.0).map_err(Unexpected::new)?;
        let params = Params::try_from(&phc).map_err(Unexpected::new)?;
        let pepper = match pepper_of(&params).map(|id| self.keys.pepper_of(id)) {
            None => None,
            Some(Ok(pepper)) => Some(pepper),
            Some(Err(KeyError::Retired(_) | KeyError::Unknown)) => return Ok(None),
            // To say that the password is wrong would be a lie, and would lock the account.
            Some(Err(error @ (KeyError::Missing(_) | KeyError::Outdated))) => return Err(error.into()),
        };
        Ok(Some(StoredHash { hash: stored.clone(), pepper }))
    }

    async fn verify_uncounted(
        &self,
        permit: QueuePermit,
        password: &Secret,
        against: Arc<StoredHash>,
    ) -> Result<bool, Unexpected> {
        self.verifications.fetch_add(1, Ordering::Relaxed);
        let (reply, answer) = oneshot::channel();
        self.send(permit, password, Work::Verify { against, reply })?;
        answer.await.map_err(Unexpected::new)?
    }

    fn send(&self, permit: QueuePermit, password: &Secret, work: Work) -> Result<(), Unexpected> {
        self.queue(Job { password: Zeroizing::new(normalise(password.expose())), work, _place: permit })
    }

    fn queue(&self, job: Job) -> Result<(), Unexpected> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.send(job).map_err(|_| Unexpected::new("the hashing threads are gone"))
    }
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn spawn(threads: usize, params: &Params) -> Result<mpsc::Sender<Job>, Unexpected> {
    let (queue, jobs) = mpsc::channel::<Job>();
    let jobs = Arc::new(Mutex::new(jobs));
    for number in 0..threads {
        let (jobs, params) = (Arc::clone(&jobs), params.clone());
        std::thread::Builder::new()
            .name(format!("hasher-{number}"))
            .spawn(move || work(&jobs, &params))
            .map_err(Unexpected::new)?;
    }
    Ok(queue)
}

/// How much later than others the hashing threads come: the nice value of Linux, at most 19.
const YIELDING: i32 = 10;

/// Lets the threads that answer go first: a hash takes twenty milliseconds of a core, and a page one.
///
/// On Linux a thread has a priority of its own; elsewhere a process has one for all of its threads, and it stays.
fn yield_to_others() {
    #[cfg(target_os = "linux")]
    if let Err(refusal) = rustix::process::setpriority_process(None, YIELDING) {
        tracing::debug!(error = %refusal, "hashing threads have no priority of their own");
    }
}

fn work(jobs: &Mutex<mpsc::Receiver<Job>>, params: &Params) {
    yield_to_others();
    let mut memory = Memory::default();
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        // The queue is closed when the last `Hasher` is gone.
        let Ok(job) = next else { return };
        run(job, &mut memory, params);
    }
}

/// Does one job, unless the one who asked for it has left.
fn run(job: Job, memory: &mut Memory, params: &Params) {
    let password = job.password.as_bytes();
    match job.work {
        Work::Judge(judge) => judge(&job.password),
        Work::Hash { reply, .. } if reply.is_closed() => {}
        Work::Verify { reply, .. } if reply.is_closed() => {}
        Work::Hash { salt, pepper, reply } => {
            let _ = reply.send(hash(memory, params, (password, pepper.as_ref()), salt));
        }
        Work::HashUnless { against, salt, pepper, reply } => {
            let new = (password, pepper.as_ref());
            let done = hash_unless(memory, params, (new, salt), &against, || reply.is_closed());
            let _ = reply.send(done);
        }
        Work::Verify { against, reply } => {
            let right = verify(memory, password, &against);
            let _ = reply.send(right.and_then(|right| top_up(memory, password, &against, params).map(|()| right)));
        }
    }
}

/// Begins nothing more once the one who asked has left.
fn hash_unless(
    memory: &mut Memory,
    params: &Params,
    (new, salt): (Peppered<'_>, [u8; 16]),
    against: &[StoredHash],
    is_left: impl Fn() -> bool,
) -> Result<Option<PasswordHash>, Unexpected> {
    for past in against {
        if is_left() || verify(memory, new.0, past)? {
            return Ok(None);
        }
    }
    hash(memory, params, new, salt).map(Some)
}
