//! Argon2id on threads of its own: as many as cores, each keeping its memory, with a bounded queue before them.
//!
//! A queue permit is taken before anything is claimed in the database, so a full queue costs no one a try.
//! The permit belongs to the job, not to the request: a client that hangs up does not free it early (T-38).

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash as Phc, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use zeroize::Zeroizing;

use rekey_domain::PasswordHash;
use rekey_shared::Secret;
use rekey_shared::password::normalise;

use crate::Unexpected;
use crate::ports::{Clock, Entropy, random};
use crate::setting::Hashing;

/// The longest that a job should wait before it is begun, as long as the cores do nothing else: the queue is cut to
/// that. In a flood they also answer everybody who is turned away, which takes up to twice as long.
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
    /// A hash that nobody's password fits, with the present parameters: what an account without one is verified against.
    decoy: Arc<PasswordHash>,
    evaluated: Arc<AtomicU64>,
    entropy: Arc<dyn Entropy>,
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
        reply: oneshot::Sender<Result<PasswordHash, Unexpected>>,
    },
    /// Verifies against each of them, and hashes what is none of them.
    HashUnless {
        against: Vec<PasswordHash>,
        salt: [u8; 16],
        reply: oneshot::Sender<Result<Option<PasswordHash>, Unexpected>>,
    },
    Verify {
        against: Arc<PasswordHash>,
        reply: oneshot::Sender<Result<bool, Unexpected>>,
    },
}

impl Hasher {
    /// Starts the threads and measures one hash to size the queue.
    pub fn start(settings: Hashing, entropy: Arc<dyn Entropy>, clock: &dyn Clock) -> Result<Self, Unexpected> {
        let params = Params::new(settings.memory_kib, settings.iterations, 1, None).map_err(Unexpected::new)?;
        let threads = settings.permits.unwrap_or_else(cores).max(1);
        let before = clock.now();
        let unguessable: [u8; 32] = random(entropy.as_ref());
        let decoy = hash(&mut Memory::default(), &params, &unguessable, random(entropy.as_ref()))?;
        let took = u64::try_from(clock.now().since(before).as_millis()).unwrap_or(1).max(1);
        let in_time = usize::try_from(LONGEST_WAIT_MILLIS / took).unwrap_or(1).clamp(8, 1024);
        let places = settings.queue.unwrap_or(threads * in_time).max(1);
        Ok(Self {
            queue: Arc::new(Mutex::new(spawn(threads, &params)?)),
            places: Arc::new(Semaphore::new(places)),
            params,
            decoy: Arc::new(decoy),
            evaluated: Arc::default(),
            entropy,
        })
    }

    /// Takes a queue permit, or says at once that none is left.
    pub fn permit(&self) -> Result<QueuePermit, Busy> {
        Arc::clone(&self.places).try_acquire_owned().map(QueuePermit).map_err(|_| Busy)
    }

    /// Hashes a new password with a fresh salt.
    pub async fn hash(&self, permit: QueuePermit, password: &Secret) -> Result<PasswordHash, Unexpected> {
        let (reply, answer) = oneshot::channel();
        self.send(permit, password, Work::Hash { salt: random(self.entropy.as_ref()), reply })?;
        answer.await.map_err(Unexpected::new)?
    }

    /// Hashes a new password with a fresh salt unless it is one of `against`; `None` when it is. One job, whatever their
    /// number: whoever waits behind it waits for all of them.
    pub(crate) async fn hash_unless(
        &self,
        permit: QueuePermit,
        password: &Secret,
        against: Vec<PasswordHash>,
    ) -> Result<Option<PasswordHash>, Unexpected> {
        self.evaluated.fetch_add(u64::try_from(against.len()).unwrap_or(0), Ordering::Relaxed);
        let (reply, answer) = oneshot::channel();
        self.send(permit, password, Work::HashUnless { against, salt: random(self.entropy.as_ref()), reply })?;
        answer.await.map_err(Unexpected::new)?
    }

    /// Verifies a password against a real hash. The only door to one beside [`Self::hash_unless`]: it counts (see [`Self::evaluated`]).
    pub(crate) async fn verify(
        &self,
        permit: QueuePermit,
        password: &Secret,
        against: &PasswordHash,
    ) -> Result<bool, Unexpected> {
        self.evaluated.fetch_add(1, Ordering::Relaxed);
        self.verify_uncounted(permit, password, Arc::new(against.clone())).await
    }

    /// Does the work of a verification for nobody: always `false`, in the same time (T-02).
    pub(crate) async fn verify_decoy(&self, permit: QueuePermit, password: &Secret) -> Result<bool, Unexpected> {
        self.verify_uncounted(permit, password, Arc::clone(&self.decoy)).await.map(|_| false)
    }

    /// How many passwords were verified against real hashes since the start.
    pub fn evaluated(&self) -> u64 {
        self.evaluated.load(Ordering::Relaxed)
    }

    /// Jobs that could still be queued, for the metrics.
    pub fn free_permits(&self) -> usize {
        self.places.available_permits()
    }

    /// Whether a stored hash was made with less than the present parameters (PW-10).
    pub(crate) fn is_outdated(&self, stored: &PasswordHash) -> bool {
        let Ok(phc) = Phc::new(&stored.0) else { return true };
        let Ok(params) = Params::try_from(&phc) else { return true };
        params.m_cost() < self.params.m_cost() || params.t_cost() < self.params.t_cost()
    }

    async fn verify_uncounted(
        &self,
        permit: QueuePermit,
        password: &Secret,
        against: Arc<PasswordHash>,
    ) -> Result<bool, Unexpected> {
        let (reply, answer) = oneshot::channel();
        self.send(permit, password, Work::Verify { against, reply })?;
        answer.await.map_err(Unexpected::new)?
    }

    fn send(&self, permit: QueuePermit, password: &Secret, work: Work) -> Result<(), Unexpected> {
        let job = Job { password: Zeroizing::new(normalise(password.expose())), work, _place: permit };
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

fn work(jobs: &Mutex<mpsc::Receiver<Job>>, params: &Params) {
    let mut memory = Memory::default();
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        // The queue is closed when the last `Hasher` is gone.
        let Ok(job) = next else { return };
        run(job, &mut memory, params);
    }
}

/// Does one job, unless whoever asked for it has left.
fn run(job: Job, memory: &mut Memory, params: &Params) {
    let password = job.password.as_bytes();
    match job.work {
        Work::Hash { reply, .. } if reply.is_closed() => {}
        Work::Verify { reply, .. } if reply.is_closed() => {}
        Work::Hash { salt, reply } => {
            let _ = reply.send(hash(memory, params, password, salt));
        }
        Work::HashUnless { against, salt, reply } => {
            let done = hash_unless(memory, params, (password, salt), &against, || reply.is_closed());
            let _ = reply.send(done);
        }
        Work::Verify { against, reply } => {
            let _ = reply.send(verify(memory, password, &against));
        }
    }
}

/// Begins nothing more once whoever asked has left.
fn hash_unless(
    memory: &mut Memory,
    params: &Params,
    (password, salt): (&[u8], [u8; 16]),
    against: &[PasswordHash],
    is_left: impl Fn() -> bool,
) -> Result<Option<PasswordHash>, Unexpected> {
    for past in against {
        if is_left() || verify(memory, password, past)? {
            return Ok(None);
        }
    }
    hash(memory, params, password, salt).map(Some)
}

/// The memory of one thread, kept between hashes: worth a tenth of the time.
#[derive(Default)]
struct Memory(Vec<Block>);

impl Memory {
    fn for_params(&mut self, params: &Params) -> &mut [Block] {
        let blocks = params.block_count();
        if self.0.len() < blocks {
            self.0.resize(blocks, Block::default());
        }
        &mut self.0[..blocks]
    }
}

fn digest(memory: &mut Memory, params: &Params, password: &[u8], salt: &[u8]) -> Result<[u8; 32], Unexpected> {
    let mut out = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
        .hash_password_into_with_memory(password, salt, &mut out, memory.for_params(params))
        .map_err(Unexpected::new)?;
    Ok(out)
}

fn hash(memory: &mut Memory, params: &Params, password: &[u8], salt: [u8; 16]) -> Result<PasswordHash, Unexpected> {
    let out = digest(memory, params, password, &salt)?;
    let phc = Phc {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).map_err(Unexpected::new)?,
        salt: Some(Salt::new(&salt).map_err(Unexpected::new)?),
        hash: Some(Output::new(&out).map_err(Unexpected::new)?),
    };
    Ok(PasswordHash(phc.to_string()))
}

fn verify(memory: &mut Memory, password: &[u8], against: &PasswordHash) -> Result<bool, Unexpected> {
    use subtle::ConstantTimeEq as _;

    let phc = Phc::new(&against.0).map_err(Unexpected::new)?;
    let params = Params::try_from(&phc).map_err(Unexpected::new)?;
    let (Some(salt), Some(expected)) = (phc.salt, phc.hash) else {
        return Err(Unexpected::new("a stored hash lacks its salt or its digest"));
    };
    let out = digest(memory, &params, password, salt.as_ref())?;
    Ok(out.ct_eq(expected.as_bytes()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params() -> Params {
        Params::new(64, 1, 1, None).expect("valid")
    }

    #[test]
    fn what_was_hashed_verifies_and_nothing_else_does() {
        let mut memory = Memory::default();
        let stored = hash(&mut memory, &params(), b"four quiet words", [3; 16]).expect("hashes");
        assert!(stored.0.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "a PHC string with its parameters");
        assert!(verify(&mut memory, b"four quiet words", &stored).expect("verifies"));
        assert!(!verify(&mut memory, b"four quiet word", &stored).expect("verifies"));
    }

    #[test]
    fn the_librarys_own_verifier_agrees() {
        use argon2::password_hash::PasswordVerifier as _;
        let stored = hash(&mut Memory::default(), &params(), b"four quiet words", [9; 16]).expect("hashes");
        let phc = Phc::new(&stored.0).expect("parses");
        assert!(Argon2::default().verify_password(b"four quiet words", &phc).is_ok());
    }

    #[test]
    fn kept_memory_does_not_change_a_hash() {
        let mut kept = Memory::default();
        hash(&mut kept, &params(), b"something before", [1; 16]).expect("hashes");
        let again = hash(&mut kept, &params(), b"four quiet words", [2; 16]).expect("hashes");
        let fresh = hash(&mut Memory::default(), &params(), b"four quiet words", [2; 16]).expect("hashes");
        assert_eq!(again.0, fresh.0);
    }
}
