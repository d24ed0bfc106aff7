//! Argon2id and the PHC strings that its hashes are kept in, with or without a pepper.

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash as Phc, Salt};
use argon2::{Algorithm, Argon2, Block, KeyId as PhcKeyId, Params, ParamsBuilder, Version};

use rekey_domain::{KeyId, PasswordHash};

use crate::Unexpected;
use crate::keys::Pepper;

/// A hash with the secret that it was made with.
#[derive(Clone)]
pub(super) struct StoredHash {
    pub hash: PasswordHash,
    pub pepper: Option<Pepper>,
}

/// The memory of one thread, kept between hashes: worth a tenth of the time.
#[derive(Default)]
pub(super) struct Memory(Vec<Block>);

impl Memory {
    fn for_params(&mut self, params: &Params) -> &mut [Block] {
        let blocks = params.block_count();
        if self.0.len() < blocks {
            self.0.resize(blocks, Block::default());
        }
        &mut self.0[..blocks]
    }
}

/// A password, and what goes into its hash beside it.
pub(super) type Peppered<'a> = (&'a [u8], Option<&'a Pepper>);

/// The pepper is Argon2's own secret input (RFC 9106 §3.1).
fn digest(
    memory: &mut Memory,
    params: &Params,
    (password, pepper): Peppered<'_>,
    salt: &[u8],
) -> Result<[u8; 32], Unexpected> {
    let (algorithm, version) = (Algorithm::Argon2id, Version::V0x13);
    let argon2 = match pepper {
        Some(pepper) => Argon2::new_with_secret(&*pepper.secret, algorithm, version, params.clone()),
        None => Ok(Argon2::new(algorithm, version, params.clone())),
    };
    let mut out = [0; 32];
    argon2
        .and_then(|argon2| argon2.hash_password_into_with_memory(password, salt, &mut out, memory.for_params(params)))
        .map_err(Unexpected::new)?;
    Ok(out)
}

/// Hashes a password into a PHC string that names the key of its pepper.
pub(super) fn hash(
    memory: &mut Memory,
    params: &Params,
    new: Peppered<'_>,
    salt: [u8; 16],
) -> Result<PasswordHash, Unexpected> {
    let out = digest(memory, params, new, &salt)?;
    let named = with_key_id(params, new.1.map(|pepper| pepper.id)).map_err(Unexpected::new)?;
    let phc = Phc {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&named).map_err(Unexpected::new)?,
        salt: Some(Salt::new(&salt).map_err(Unexpected::new)?),
        hash: Some(Output::new(&out).map_err(Unexpected::new)?),
    };
    Ok(PasswordHash(phc.to_string()))
}

/// The parameters with the name of the pepper's key: `keyid` of the PHC string.
fn with_key_id(params: &Params, id: Option<KeyId>) -> Result<Params, argon2::Error> {
    let Some(id) = id else { return Ok(params.clone()) };
    let mut named = ParamsBuilder::new();
    named.m_cost(params.m_cost()).t_cost(params.t_cost()).p_cost(params.p_cost());
    named.keyid(PhcKeyId::new(&id.0.to_be_bytes())?).build()
}

/// The key that a hash was peppered with. A name that is none of ours is one that no key has.
pub(super) fn pepper_of(params: &Params) -> Option<KeyId> {
    let name = params.keyid();
    (!name.is_empty()).then(|| KeyId(name.try_into().map_or(0, u32::from_be_bytes)))
}

/// Whether a password is the one of a hash.
pub(super) fn verify(memory: &mut Memory, password: &[u8], against: &StoredHash) -> Result<bool, Unexpected> {
    use subtle::ConstantTimeEq as _;

    let phc = Phc::new(&against.hash.0).map_err(Unexpected::new)?;
    let params = Params::try_from(&phc).map_err(Unexpected::new)?;
    let (Some(salt), Some(expected)) = (phc.salt, phc.hash) else {
        return Err(Unexpected::new("a stored hash lacks its salt or its digest"));
    };
    let out = digest(memory, &params, (password, against.pepper.as_ref()), salt.as_ref())?;
    Ok(out.ct_eq(expected.as_bytes()).into())
}

/// Does what is missing of today's work after the verification of a hash that was made when less was asked for: an
/// account that is known by its quicker answer would be known to exist (T-02).
pub(super) fn top_up(
    memory: &mut Memory,
    password: &[u8],
    against: &StoredHash,
    today: &Params,
) -> Result<(), Unexpected> {
    let phc = Phc::new(&against.hash.0).map_err(Unexpected::new)?;
    let stored = Params::try_from(&phc).map_err(Unexpected::new)?;
    let Some(missing) = missing_work(&stored, today) else { return Ok(()) };
    digest(memory, &missing, (password, None), &[0; 16]).map(|_| ())
}

/// The parameters of a hash that takes as long as today's takes longer than the stored one: time goes with memory times
/// passes. `None` when nothing that Argon2 could do is missing.
fn missing_work(stored: &Params, today: &Params) -> Option<Params> {
    let work = |params: &Params| u64::from(params.m_cost()) * u64::from(params.t_cost());
    let missing = work(today).saturating_sub(work(stored)) / u64::from(today.t_cost());
    Params::new(u32::try_from(missing).ok()?, today.t_cost(), 1, None).ok()
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    fn params() -> Params {
        Params::new(64, 1, 1, None).expect("valid")
    }

    fn pepper(n: u8) -> Pepper {
        Pepper { id: KeyId(n.into()), secret: Zeroizing::new([n; 32]) }
    }

    fn stored(password: &[u8], pepper: Option<&Pepper>) -> StoredHash {
        let hash = hash(&mut Memory::default(), &params(), (password, pepper), [3; 16]).expect("hashes");
        StoredHash { hash, pepper: pepper.cloned() }
    }

    #[test]
    fn what_was_hashed_verifies_and_nothing_else_does() {
        let mut memory = Memory::default();
        let stored = stored(b"four quiet words", None);
        assert!(stored.hash.0.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "a PHC string with its parameters");
        assert!(verify(&mut memory, b"four quiet words", &stored).expect("verifies"));
        assert!(!verify(&mut memory, b"four quiet word", &stored).expect("verifies"));
    }

    #[test]
    fn a_peppered_hash_names_its_key_and_verifies_with_that_alone() {
        let mut memory = Memory::default();
        let one = stored(b"four quiet words", Some(&pepper(1)));
        assert!(one.hash.0.starts_with("$argon2id$v=19$m=64,t=1,p=1,keyid=AAAAAQ$"), "{}", one.hash.0);
        let verifies = |memory: &mut Memory, pepper: Option<Pepper>| {
            verify(memory, b"four quiet words", &StoredHash { hash: one.hash.clone(), pepper }).expect("verifies")
        };
        assert!(verifies(&mut memory, Some(pepper(1))));
        assert!(!verifies(&mut memory, Some(pepper(2))));
        assert!(!verifies(&mut memory, None));
    }

    #[test]
    fn the_librarys_own_verifier_agrees() {
        use argon2::password_hash::PasswordVerifier as _;
        for pepper in [None, Some(pepper(1))] {
            let stored = stored(b"four quiet words", pepper.as_ref());
            let phc = Phc::new(&stored.hash.0).expect("parses");
            let library = match &pepper {
                Some(pepper) => Argon2::new_with_secret(&*pepper.secret, Algorithm::Argon2id, Version::V0x13, params()),
                None => Ok(Argon2::default()),
            };
            assert!(library.expect("valid").verify_password(b"four quiet words", &phc).is_ok());
        }
    }

    #[test]
    fn an_older_hash_and_what_is_missing_are_todays_work() {
        let today = Params::new(19_456, 2, 1, None).expect("valid");
        for (memory, passes) in [(19_456, 1), (9_728, 1), (64, 1), (8, 1), (12_288, 3), (4_096, 3)] {
            let stored = Params::new(memory, passes, 1, None).expect("valid");
            let missing = missing_work(&stored, &today).map_or(0, |missing| missing.m_cost() * missing.t_cost());
            let sum = memory * passes + missing;
            assert!((38_895..=38_912).contains(&sum), "{memory} {passes}: {sum}");
        }
        for (memory, passes) in [(19_456, 2), (19_452, 2), (65_536, 3)] {
            let stored = Params::new(memory, passes, 1, None).expect("valid");
            assert!(missing_work(&stored, &today).is_none(), "{memory} {passes}");
        }
    }

    #[test]
    fn kept_memory_does_not_change_a_hash() {
        let mut kept = Memory::default();
        hash(&mut kept, &params(), (b"something before", None), [1; 16]).expect("hashes");
        let again = hash(&mut kept, &params(), (b"four quiet words", None), [2; 16]).expect("hashes");
        let fresh = hash(&mut Memory::default(), &params(), (b"four quiet words", None), [2; 16]).expect("hashes");
        assert_eq!(again.0, fresh.0);
    }
}
