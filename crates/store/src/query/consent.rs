//! Terms that owners of accounts accepted.

use rekey_domain::{AccountId, Consent};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::finders;
use crate::entity::consent;
use crate::{Unexpected, Write};

finders! {
    /// The terms that the owner of an account accepted last.
    fn find_latest_consent(account: AccountId) -> Option<Consent>;
}

async fn find_latest_consent(db: &impl ConnectionTrait, account: AccountId) -> Result<Option<Consent>, Unexpected> {
    let of_account = consent::Entity::find().filter(consent::COLUMN.account.eq(account.0));
    Ok(of_account.order_by_desc(consent::COLUMN.at).one(db).await?.map(Consent::from))
}

impl Write {
    /// Writes down that terms were accepted.
    pub async fn insert_consent(&self, consent: &Consent) -> Result<(), Unexpected> {
        let row = consent::Model::from(consent).into_active_model();
        consent::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }
}
