//! The audit log. What happened is written once; the seal is added once, afterwards.

use rekey_domain::audit::AuditEntry;
use rekey_domain::audit::chain::{FORMAT, Seal, SealedEntry, StoredEntry};
use rekey_domain::{Digest, KeyId};
use rekey_shared::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::entity::prelude::*;

use crate::Unexpected;
use crate::text::{count, digest};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    /// In the order of writing; that of the log is `seq`.
    #[sea_orm(primary_key)]
    pub id: i64,
    pub format: i32,
    pub at: i64,
    pub event: String,
    pub actor: String,
    pub actor_id: Option<Uuid>,
    pub account: Option<Uuid>,
    pub target: Option<String>,
    pub target_id: Option<String>,
    pub reason: Option<String>,
    pub detail: Option<String>,
    pub journey: Option<Uuid>,
    pub session: Option<Uuid>,
    pub address: Option<String>,
    pub device: Option<String>,
    /// 1, 2, 3 … without a gap; absent until the entry is sealed, like the next two.
    pub seq: Option<i64>,
    pub key: Option<i64>,
    pub mac: Option<Vec<u8>>,
}

impl ActiveModelBehavior for ActiveModel {}

impl ActiveModel {
    /// An entry that waits for its seal.
    pub fn of(entry: &AuditEntry) -> Result<Self, Unexpected> {
        let detail = entry.detail.as_ref().map(serde_json::to_string).transpose();
        let client = entry.client.as_ref();
        Ok(Self {
            id: NotSet,
            format: Set(i32::from(FORMAT)),
            at: Set(entry.at.as_millis()),
            event: Set(entry.event.name().to_owned()),
            actor: Set(entry.actor.name().to_owned()),
            actor_id: Set(entry.actor.id()),
            account: Set(entry.account.map(|id| id.0)),
            target: Set(entry.target.as_ref().map(|target| target.name().to_owned())),
            target_id: Set(entry.target.as_ref().map(rekey_domain::audit::Target::id)),
            reason: Set(entry.reason.map(|reason| reason.name().to_owned())),
            detail: Set(detail.map_err(|_| Unexpected::row("audit", "detail"))?),
            journey: Set(entry.journey.map(|id| id.0)),
            session: Set(entry.session.map(|id| id.0)),
            address: Set(client.map(|client| client.address.clone())),
            device: Set(client.map(|client| client.device.clone())),
            seq: Set(None),
            key: Set(None),
            mac: Set(None),
        })
    }
}

impl TryFrom<Model> for StoredEntry {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        Ok(Self {
            id: row.id,
            format: count(row.format.into(), "audit", "format")?,
            at: Timestamp::from_millis(row.at),
            event: row.event,
            actor: row.actor,
            actor_id: row.actor_id,
            account: row.account,
            target: row.target,
            target_id: row.target_id,
            reason: row.reason,
            detail: row.detail,
            journey: row.journey,
            session: row.session,
            address: row.address,
            device: row.device,
        })
    }
}

impl TryFrom<Model> for SealedEntry {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        let seal = seal(row.seq, row.key, row.mac.as_deref())?;
        Ok(Self { entry: row.try_into()?, seal })
    }
}

fn seal(seq: Option<i64>, key: Option<i64>, mac: Option<&[u8]>) -> Result<Seal, Unexpected> {
    let missing = |column| Unexpected::row("audit", column);
    Ok(Seal {
        seq: count(seq.ok_or(missing("seq"))?, "audit", "seq")?,
        // A key id or a digest that cannot be one belongs to no key: verification names the entry.
        key: KeyId(key.and_then(|key| u32::try_from(key).ok()).unwrap_or_default()),
        mac: digest(mac.unwrap_or_default(), "audit", "mac").unwrap_or(Digest([0; 32])),
    })
}
