//! What the nodes of an installation must agree on.

use rekey_domain::Digest;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DbErr, EntityTrait, IntoActiveModel};

use crate::entity::meta;
use crate::{Store, Unexpected};

const KEY_CHECK: &str = "key_check";

impl Store {
    /// Whether this node's key ring is the installation's. The first node that asks decides which one that is.
    pub async fn claim_key_check(&self, fingerprint: Digest) -> Result<bool, Unexpected> {
        let row = meta::Model { name: KEY_CHECK.to_owned(), value: fingerprint.0.to_vec() };
        let keep_first = OnConflict::column(meta::Column::Name).do_nothing().to_owned();
        let inserted = meta::Entity::insert(row.into_active_model())
            .on_conflict(keep_first)
            .exec_without_returning(&self.writes)
            .await;
        match inserted {
            Ok(_) | Err(DbErr::RecordNotInserted) => {}
            Err(error) => return Err(error.into()),
        }
        let kept = meta::Entity::find_by_id(KEY_CHECK).one(&self.reads).await?;
        Ok(kept.is_some_and(|kept| kept.value == fingerprint.0))
    }
}
