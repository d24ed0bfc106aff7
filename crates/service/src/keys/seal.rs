//! Sealed values: XChaCha20-Poly1305 with a random nonce of 192 bits, long enough to be drawn at random for ever.
//!
//! | Bytes | What |
//! |---|---|
//! | 1 | the format: 1 |
//! | 4 | the key's name, big-endian |
//! | 24 | the nonce |
//! | rest | ciphertext and tag |
//!
//! Format, key, table, column and row are bound into the tag: a value that was moved does not open.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use rekey_domain::KeyId;
use rekey_domain::key::SealContext;

use super::ring::{Key, Purpose};

const FORMAT: u8 = 1;
const NONCE: usize = 24;
/// Format and name of the key.
const HEAD: usize = 5;

/// Why a sealed value does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// It is too short, or of another format.
    #[error("not a sealed value")]
    Malformed,
    /// Its key is not at hand.
    #[error(transparent)]
    Key(#[from] super::KeyError),
    /// It was changed, or stood elsewhere when it was sealed.
    #[error("the seal of a value is broken")]
    Broken,
}

/// A value is too long to be sealed: more than 256 GiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too long to be sealed")]
pub struct TooLong;

/// Seals a value for one place.
pub(super) fn seal(key: &Key, nonce: [u8; NONCE], at: SealContext<'_>, plain: &[u8]) -> Result<Vec<u8>, TooLong> {
    let mut sealed = Vec::with_capacity(HEAD + NONCE + plain.len() + 16);
    sealed.push(FORMAT);
    sealed.extend(key.id().0.to_be_bytes());
    let aad = aad(&sealed, at);
    sealed.extend(nonce);
    let payload = Payload { msg: plain, aad: &aad };
    sealed.extend(cipher(key).encrypt(&XNonce::from(nonce), payload).map_err(|_| TooLong)?);
    Ok(sealed)
}

/// The key that a value was sealed with.
pub(super) fn key_of(sealed: &[u8]) -> Result<KeyId, OpenError> {
    match sealed.first_chunk::<HEAD>() {
        Some([FORMAT, name @ ..]) => Ok(KeyId(u32::from_be_bytes(*name))),
        Some(_) | None => Err(OpenError::Malformed),
    }
}

/// Opens a value that stands at that place with the key that it names.
pub(super) fn open(key: &Key, at: SealContext<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let (head, rest) = sealed.split_at_checked(HEAD).ok_or(OpenError::Malformed)?;
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>().ok_or(OpenError::Malformed)?;
    let payload = Payload { msg: ciphertext, aad: &aad(head, at) };
    let plain = cipher(key).decrypt(&XNonce::from(*nonce), payload).map_err(|_| OpenError::Broken)?;
    Ok(Zeroizing::new(plain))
}

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    let derived = Zeroizing::new(key.derive(Purpose::Seal, &[]));
    XChaCha20Poly1305::new((&*derived).into())
}

fn aad(head: &[u8], at: SealContext<'_>) -> Vec<u8> {
    let mut aad = head.to_vec();
    for part in [at.column.table(), at.column.column(), at.row] {
        // The length goes first, so that no two places run into the same bytes.
        aad.extend((part.len() as u64).to_be_bytes());
        aad.extend(part.as_bytes());
    }
    aad
}

#[cfg(test)]
mod tests {
    use rekey_domain::key::SealedColumn;
    use rekey_shared::Timestamp;

    use super::*;

    const PLAIN: &[u8] = b"the connector's password";

    fn key(n: u8) -> Key {
        Key::new([n; 32], Timestamp::default())
    }

    fn at(row: &str) -> SealContext<'_> {
        SealContext { column: SealedColumn::DataKey, row }
    }

    #[test]
    fn what_was_sealed_opens_and_names_its_key() {
        for plain in [PLAIN, b""] {
            let sealed = seal(&key(1), [5; 24], at("a"), plain).expect("seals");
            assert_eq!(sealed.len(), HEAD + NONCE + plain.len() + 16);
            assert_eq!(key_of(&sealed), Ok(key(1).id()));
            assert_eq!(open(&key(1), at("a"), &sealed).as_deref(), Ok(&plain.to_vec()));
        }
    }

    #[test]
    fn any_bit_that_was_changed_breaks_the_seal() {
        let sealed = seal(&key(1), [5; 24], at("a"), PLAIN).expect("seals");
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&key(1), at("a"), &changed), Err(OpenError::Broken), "bit {bit}");
        }
    }

    #[test]
    fn it_opens_in_its_own_place_with_its_own_key_and_nowhere_else() {
        let sealed = seal(&key(1), [5; 24], at("a"), PLAIN).expect("seals");
        assert_eq!(open(&key(1), at("b"), &sealed), Err(OpenError::Broken));
        assert_eq!(open(&key(1), at(""), &sealed), Err(OpenError::Broken));
        assert_eq!(open(&key(2), at("a"), &sealed), Err(OpenError::Broken));
    }

    #[test]
    fn what_is_no_sealed_value_is_told_apart() {
        let sealed = seal(&key(1), [5; 24], at("a"), PLAIN).expect("seals");
        for cut in 0..HEAD + NONCE {
            assert_eq!(open(&key(1), at("a"), &sealed[..cut]), Err(OpenError::Malformed), "{cut}");
        }
        assert_eq!(open(&key(1), at("a"), &sealed[..HEAD + NONCE]), Err(OpenError::Broken));
        assert_eq!(key_of(&[]), Err(OpenError::Malformed));
        assert_eq!(key_of(&[2, 0, 0, 0, 1, 9]), Err(OpenError::Malformed));
    }

    #[test]
    fn two_sealings_of_one_value_look_different() {
        let sealed = |nonce| seal(&key(1), [nonce; 24], at("a"), PLAIN).expect("seals");
        assert_ne!(sealed(1)[HEAD + NONCE..], sealed(2)[HEAD + NONCE..]);
    }

    /// The published test vector of the construction (draft-irtf-cfrg-xchacha-03, A.3.1), through the same cipher type.
    #[test]
    fn the_cipher_is_the_published_one() {
        let key: [u8; 32] = std::array::from_fn(|n| 0x80 + u8::try_from(n).expect("small"));
        let nonce: [u8; 24] = std::array::from_fn(|n| 0x40 + u8::try_from(n).expect("small"));
        let aad = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7];
        let plain = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, \
                      sunscreen would be it.";
        let payload = Payload { msg: plain, aad: &aad };
        let made = XChaCha20Poly1305::new((&key).into()).encrypt(&XNonce::from(nonce), payload).expect("encrypts");
        assert_eq!(made[..8], [0xbd, 0x6d, 0x17, 0x9d, 0x3e, 0x83, 0xd4, 0x3b]);
        let tag = [0xc0, 0x87, 0x59, 0x24, 0xc1, 0xc7, 0x98, 0x79, 0x47, 0xde, 0xaf, 0xd8, 0x78, 0x0a, 0xcf, 0x49];
        assert_eq!(made[made.len() - 16..], tag);
    }
}
