//! What vouches for the audit log as a whole: its head, and where it begins since old entries went.

use rekey_domain::KeyId;
use rekey_domain::audit::chain::{Seal, Voucher};
use sea_orm::entity::prelude::*;

use crate::Unexpected;
use crate::text::{count, digest};

/// The seal of the latest entry.
pub const HEAD: &str = "head";
/// The seal of the last entry that was removed.
pub const CHECKPOINT: &str = "checkpoint";

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_voucher")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    pub seq: i64,
    pub key: i64,
    pub mac: Vec<u8>,
    pub by_key: i64,
    pub by_mac: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// A voucher of one of the two kinds.
    pub fn of(kind: &str, voucher: &Voucher) -> Result<Self, Unexpected> {
        Ok(Self {
            kind: kind.to_owned(),
            seq: i64::try_from(voucher.seal.seq).map_err(|_| Unexpected::row("audit_voucher", "seq"))?,
            key: voucher.seal.key.0.into(),
            mac: voucher.seal.mac.0.to_vec(),
            by_key: voucher.key.0.into(),
            by_mac: voucher.mac.0.to_vec(),
        })
    }
}

impl TryFrom<Model> for Voucher {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        const TABLE: &str = "audit_voucher";
        let seal = Seal {
            seq: count(row.seq, TABLE, "seq")?,
            key: KeyId(count(row.key, TABLE, "key")?),
            mac: digest(&row.mac, TABLE, "mac")?,
        };
        Ok(Self { seal, key: KeyId(count(row.by_key, TABLE, "by_key")?), mac: digest(&row.by_mac, TABLE, "by_mac")? })
    }
}
