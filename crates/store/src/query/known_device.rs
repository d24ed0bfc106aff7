//! Browsers that an account's owner has used before.

use rekey_domain::session::known_device::{KnownDevice, MOST};
use rekey_domain::{AccountId, Digest, Epoch, KnownDeviceId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::finders;
use crate::entity::known_device;
use crate::{Unexpected, Write};

finders! {
    /// The browser with that secret, as far as it was used for that account. `token` is the SHA-256 of the secret.
    fn find_known_device(account: AccountId, token: Digest) -> Option<KnownDevice>;
    /// The known browser of that id.
    fn find_known_device_by_id(id: KnownDeviceId) -> Option<KnownDevice>;
    /// Every browser that the owner of an account has used, whatever its epoch was then.
    fn list_known_devices(account: AccountId) -> Vec<KnownDevice>;
    /// Whether the owner of an account has used any browser since its credentials are those of that epoch.
    fn has_known_device(account: AccountId, epoch: Epoch) -> bool;
}

async fn find_known_device(
    db: &impl ConnectionTrait,
    account: AccountId,
    token: Digest,
) -> Result<Option<KnownDevice>, Unexpected> {
    let row = known_device::Entity::find()
        .filter(known_device::COLUMN.account.eq(account.0))
        .filter(known_device::COLUMN.token.eq(token.0.to_vec()))
        .one(db)
        .await?;
    Ok(row.map(KnownDevice::from))
}

async fn find_known_device_by_id(
    db: &impl ConnectionTrait,
    id: KnownDeviceId,
) -> Result<Option<KnownDevice>, Unexpected> {
    Ok(known_device::Entity::find_by_id(id.0).one(db).await?.map(KnownDevice::from))
}

async fn list_known_devices(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<KnownDevice>, Unexpected> {
    let rows = known_device::Entity::find().filter(known_device::COLUMN.account.eq(account.0)).all(db).await?;
    Ok(rows.into_iter().map(KnownDevice::from).collect())
}

async fn has_known_device(db: &impl ConnectionTrait, account: AccountId, epoch: Epoch) -> Result<bool, Unexpected> {
    let known = known_device::Entity::find()
        .filter(known_device::COLUMN.account.eq(account.0))
        .filter(known_device::COLUMN.epoch.eq(epoch.0));
    Ok(known.count(db).await? > 0)
}

impl Write {
    /// Remembers a browser, or that it was used once more. Beyond [`MOST`] the one that was used longest ago is
    /// forgotten. `token` is the SHA-256 of its secret.
    pub async fn remember_device(&self, device: &KnownDevice, token: Digest) -> Result<(), Unexpected> {
        let again = OnConflict::columns([known_device::Column::Account, known_device::Column::Token])
            .update_columns([
                known_device::Column::Epoch,
                known_device::Column::Label,
                known_device::Column::LastUsedAt,
            ])
            .to_owned();
        let row = known_device::Model::of(device, token).into_active_model();
        known_device::Entity::insert(row).on_conflict(again).exec_without_returning(&self.tx).await?;
        self.forget_surplus(device.account).await
    }

    async fn forget_surplus(&self, account: AccountId) -> Result<(), Unexpected> {
        let of_account = || known_device::Entity::find().filter(known_device::COLUMN.account.eq(account.0));
        if of_account().count(&self.tx).await? <= MOST {
            return Ok(());
        }
        let kept = of_account()
            .select_only()
            .column(known_device::Column::Id)
            .order_by_desc(known_device::COLUMN.last_used_at)
            .order_by_desc(known_device::COLUMN.id)
            .limit(MOST)
            .into_query();
        known_device::Entity::delete_many()
            .filter(known_device::COLUMN.account.eq(account.0))
            .filter(known_device::COLUMN.id.not_in_subquery(kept))
            .exec(&self.tx)
            .await?;
        Ok(())
    }
}
