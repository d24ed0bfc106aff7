//! One file of queries for each aggregate. Every file adds its verbs to `Store` and `Write`.

pub(crate) mod account;
pub(crate) mod action_token;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod budget;
pub(crate) mod challenge;
pub(crate) mod consent;
pub(crate) mod expiry;
pub(crate) mod group;
pub(crate) mod job;
pub(crate) mod journey;
pub(crate) mod key;
pub(crate) mod known_device;
pub(crate) mod lease;
pub(crate) mod mail_token;
pub(crate) mod outbox;
pub(crate) mod password;
pub(crate) mod policy;
pub(crate) mod proof;
pub(crate) mod purge;
pub(crate) mod role;
pub(crate) mod session;
pub(crate) mod setting;
pub(crate) mod text_limits;
pub(crate) mod throttle;

/// Puts read-only functions of a file on [`Store`](crate::Store) and, for use inside a transaction,
/// on [`Write`](crate::Write).
macro_rules! finders {
    ($($(#[doc = $doc:literal])+ fn $name:ident($($arg:ident: $type:ty),*) -> $out:ty;)+) => {
        impl crate::Store {$(
            $(#[doc = $doc])+
            pub async fn $name(&self, $($arg: $type),*) -> Result<$out, crate::Unexpected> {
                $name(&self.reads, $($arg),*).await
            }
        )+}

        impl crate::Write {$(
            $(#[doc = $doc])+
            pub async fn $name(&self, $($arg: $type),*) -> Result<$out, crate::Unexpected> {
                $name(&self.tx, $($arg),*).await
            }
        )+}
    };
}

pub(crate) use finders;
