//! Breached passwords, looked up in the browser: it asks for a shard by the first bits of a hash and searches it itself.

use rekey_breach::{Shape, Shard};
use rekey_shared::password::{MAX_INPUT_BYTES, normalise};

/// The name of the shard of a list that would have a password.
pub(crate) fn shard_of(list: &str, password: &str) -> Option<String> {
    let shape = Shape::of_list(list).filter(|_| !password.is_empty() && password.len() <= MAX_INPUT_BYTES)?;
    Some(shape.name_of(shape.algorithm.digest(&normalise(password))))
}

/// Whether a shard has a normalised password; `None` if its bytes are none.
pub(crate) fn found(list: &str, shard: &[u8], password: &str) -> Option<bool> {
    let shape = Shape::of_list(list)?;
    Some(Shard::read(shard, shape.width)?.contains(shape.algorithm.digest(password)))
}

#[cfg(test)]
mod tests {
    use rekey_breach::{Algorithm, Width};

    use super::*;

    #[test]
    fn a_password_is_found_in_the_shard_that_it_names() {
        let list = "sha1-16-4-1767225600";
        assert_eq!(shard_of(list, "password").as_deref(), Some("5"));
        assert_eq!((shard_of(list, ""), shard_of("md5", "password")), (None, None));
        let mut digests = vec![Algorithm::Sha1.digest("password").bits()];
        let shard = Shard::build(&mut digests, Width::Wide);
        assert_eq!(found(list, &shard, "password"), Some(true));
        assert_eq!(found(list, &shard, "four quiet words here"), Some(false));
        assert_eq!(found(list, b"no shard", "password"), None);
    }
}
