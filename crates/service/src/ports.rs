//! What comes from outside the process: time, randomness, and lists of breached passwords.

use std::pin::Pin;

use rekey_shared::Timestamp;

/// Tells the time. The one real implementation lives in the binary.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// Gives random bytes fit for secrets.
pub trait Entropy: Send + Sync + 'static {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// Whether a password is known from a breach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breach {
    /// It is not on the list.
    Clear,
    /// It is, or is taken for one that is.
    Found,
    /// It is not known: the list is elsewhere and did not answer. Counts as clear, so that no one is shut out.
    Unknown,
}

/// Knows breached passwords.
pub trait BreachData: Send + Sync + 'static {
    /// Looks a password up. It is normalised, as it is judged.
    fn look_up<'a>(&'a self, password: &'a str) -> Pin<Box<dyn Future<Output = Breach> + Send + 'a>>;

    /// Whether the list on this machine has it: for a sign-in, which waits for no other machine.
    fn holds(&self, password: &str) -> bool;

    /// The name of the list that a browser may ask for shards of; `None` if it cannot.
    fn list(&self) -> Option<String>;

    /// One shard of that list by its name, as the browser reads it; `None` if there is none, or the list is another by now.
    fn shard(&self, list: &str, name: &str) -> Option<Vec<u8>>;
}

/// Knows none: for programs that judge no passwords.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoBreaches;

impl BreachData for NoBreaches {
    fn look_up<'a>(&'a self, _password: &'a str) -> Pin<Box<dyn Future<Output = Breach> + Send + 'a>> {
        Box::pin(std::future::ready(Breach::Clear))
    }

    fn holds(&self, _password: &str) -> bool {
        false
    }

    fn list(&self) -> Option<String> {
        None
    }

    fn shard(&self, _list: &str, _name: &str) -> Option<Vec<u8>> {
        None
    }
}

/// An array of random bytes.
pub(crate) fn random<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}
