//! Browsers that an account's owner has used before: they guess from a budget of their own.
//!
//! Their cookie is read for the operations that verify or set a password, and opens nothing by itself.

use rekey_domain::session::known_device::KnownDevice;
use rekey_domain::{Account, AccountId, Digest, Epoch, KnownDeviceId};
use rekey_store::Write;

use crate::message::notices;
use crate::{RequestMeta, Services, Unexpected, verifier};

/// The browser of this request, as far as it was used for that account before.
pub(crate) async fn find(
    cx: &Services,
    meta: &RequestMeta,
    account: AccountId,
) -> Result<Option<KnownDevice>, Unexpected> {
    Ok(cx.store.find_known_device(account, meta.browser.digest()).await?)
}

/// The guess budget for the password of an account: the browser's own where it is known, else the account's.
pub(crate) async fn password_budget(
    cx: &Services,
    meta: &RequestMeta,
    account: &Account,
) -> Result<Digest, Unexpected> {
    let known = find(cx, meta, account.id).await?.filter(|device| device.is_known_to(account));
    Ok(known.map_or_else(|| verifier::password_budget(cx, account), |device| budget(cx, &device)))
}

/// The guess budget of one known browser for one account: a new one after each reset, like the account's.
pub(crate) fn budget(cx: &Services, device: &KnownDevice) -> Digest {
    let whose = [device.id.0.as_bytes().as_slice(), &device.epoch.0.to_be_bytes()].concat();
    cx.keys.budget_key("password in a known browser", &whose)
}

/// Remembers that the owner of an account has just used the browser of this request.
pub(crate) async fn remember(
    cx: &Services,
    tx: &Write,
    meta: &RequestMeta,
    (account, epoch): (AccountId, Epoch),
) -> Result<(), Unexpected> {
    let now = cx.now();
    let device = KnownDevice {
        id: KnownDeviceId::new(now, cx.random()),
        account,
        epoch,
        label: meta.device.clone(),
        created_at: now,
        last_used_at: now,
    };
    Ok(tx.remember_device(&device, meta.browser.digest()).await?)
}

/// Remembers the browser of a sign-in. The owner is told of one that was not known, if any other is: beside none there
/// is nothing that it would differ from.
pub(crate) async fn remember_sign_in(
    cx: &Services,
    tx: &mut Write,
    meta: &RequestMeta,
    account: &Account,
) -> Result<(), Unexpected> {
    let before = tx.find_known_device(account.id, meta.browser.digest()).await?;
    let is_new = !before.is_some_and(|device| device.is_known_to(account));
    let beside_others = is_new && tx.has_known_device(account.id, account.epoch).await?;
    remember(cx, tx, meta, (account.id, account.epoch)).await?;
    if beside_others && let Some(device) = tx.find_known_device(account.id, meta.browser.digest()).await? {
        let known = tx.list_identifiers(account.id).await?;
        notices::new_device(cx, tx, account, &known, device.id).await?;
    }
    Ok(())
}
