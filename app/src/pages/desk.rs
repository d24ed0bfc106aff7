//! The pages of a signed-in person.

pub(super) mod overview;
pub(super) mod password;
pub(super) mod sessions;
