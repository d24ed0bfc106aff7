//! What the operator does with keys: adding one, looking at them, giving one up.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use rekey_domain::KeyId;
use rekey_domain::audit::{Actor, AuditEntry, AuditEvent, Reason, Target};
use rekey_domain::key::{
    DataKeyPurpose, RetireRefusal, RingKey, RingKeyState, RingKeyUses, SHORTEST_DELAY, SealedColumn, activation_of,
    may_retire, period_of, state_of,
};
use rekey_store::{KeyTraces, Write, transaction};

use super::{Key, data, seal};
use crate::context::About as _;
use crate::message::mail_token;
use crate::{Services, Unexpected};

/// A key as the operator sees it.
#[derive(Debug, Clone, Copy)]
pub struct ListedKey {
    /// The key.
    pub key: RingKey,
    /// What it is good for now.
    pub state: RingKeyState,
    /// Whether this node's file holds it.
    pub held: bool,
    /// What still needs it.
    pub uses: RingKeyUses,
    /// Why it could not be retired now; `None` when it could.
    pub refusal: Option<RetireRefusal>,
}

/// What came of a retirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retired {
    /// Passwords that open nothing any more: their owners have to recover.
    pub passwords: u64,
    /// Past passwords that are compared no more.
    pub past_passwords: u64,
}

/// Why a key was not retired.
#[derive(Debug, thiserror::Error)]
pub enum RetireError {
    /// It is still needed, or is none.
    #[error("the key is still needed")]
    Refused(RetireRefusal),
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

crate::error::from_store!(RetireError);

/// Every key that there is or was, by the moment of its use.
pub async fn list(cx: &Services) -> Result<Vec<ListedKey>, Unexpected> {
    let now = cx.now();
    let known = cx.store.list_ring_keys().await?;
    let held: Vec<_> = cx.keys.loaded().ring.held().iter().map(Key::id).collect();
    let mut listed = Vec::new();
    for key in &known {
        let uses = uses_of(cx, &known, *key).await?;
        // What is sealed with it is sealed anew when it is retired.
        let refusal = may_retire(&known, key.id, RingKeyUses { sealed: 0, ..uses }, false, now).err();
        listed.push(ListedKey {
            key: *key,
            state: state_of(&known, *key, now),
            held: held.contains(&key.id),
            uses,
            refusal,
        });
    }
    Ok(listed)
}

/// Tells the other nodes of a key that this node's file holds: it is used after a delay, when all of them have it.
pub async fn announce(cx: &Services, key: &Key, delay: Duration) -> Result<RingKey, Unexpected> {
    let (now, id) = (cx.now(), key.id());
    let not_before = activation_of(key.since(), delay.max(SHORTEST_DELAY), now);
    let known = transaction!(cx.store, |tx| {
        if !tx.insert_ring_key(&RingKey { id, not_before, retired_at: None }).await? {
            // A running node that shares the file has told of it first, with the delay that it gives a key found there.
            // An earlier moment is as safe as a new key's: no node goes without looking for as long as the shortest delay.
            tx.bring_ring_key_forward(id, not_before).await?;
        }
        let known = tx.list_ring_keys().await?.into_iter().find(|known| known.id == id);
        tx.record(entry(cx, AuditEvent::KeyAdded, id));
        Ok::<_, Unexpected>(known)
    })
    .await?;
    known.ok_or_else(|| Unexpected::new("a key that was just written down is not there"))
}

/// New keys for what outlives rotations. Budgets and throttles get other names then, so their counts begin anew.
pub async fn renew_data_keys(cx: &Services, delay: Duration) -> Result<(), Unexpected> {
    let now = cx.now();
    let not_before = now.plus(delay.max(SHORTEST_DELAY));
    transaction!(cx.store, |tx| {
        let known = tx.list_data_keys().await?;
        for purpose in DataKeyPurpose::ALL {
            let latest = known.iter().filter(|key| key.purpose == purpose).map(|key| key.generation).max();
            let next = (purpose, latest.unwrap_or(0) + 1);
            let loaded = cx.keys.loaded();
            let (id, sealed) = data::generate(loaded.ring.at(now)?, cx.entropy.as_ref(), next, not_before)?;
            tx.insert_data_key(&sealed).await?;
            tx.record(entry(cx, AuditEvent::KeyAdded, id));
        }
        Ok(())
    })
    .await
}

/// Gives a key up, unless something still needs it. What is sealed with it is sealed anew first.
pub async fn retire(cx: &Services, id: KeyId, abandon_passwords: bool) -> Result<Retired, RetireError> {
    let now = cx.now();
    let known = cx.store.list_ring_keys().await?;
    let key = known.iter().find(|key| key.id == id).copied();
    let key = key.ok_or(RetireError::Refused(RetireRefusal::Unknown))?;
    reseal(cx, id).await?;
    // Counted outside of the transaction, which would stop everyone who writes for as long as it takes to look at every
    // password: what an old key made only becomes less.
    let uses = uses_of(cx, &known, key).await?;
    let permit = may_retire(&known, id, uses, abandon_passwords, now).map_err(RetireError::Refused)?;
    transaction!(cx.store, |tx| {
        if !tx.retire_ring_key(permit, now).await? {
            return Err(RetireError::Refused(RetireRefusal::AlreadyRetired));
        }
        tx.record(entry(cx, AuditEvent::KeyRetired, id));
        Ok(())
    })
    .await?;
    Ok(Retired { passwords: uses.passwords, past_passwords: uses.past_passwords })
}

/// Seals anew what is sealed with a key, column by column.
async fn reseal(cx: &Services, id: KeyId) -> Result<(), Unexpected> {
    transaction!(cx.store, |tx| reseal_columns(cx, tx, id).await).await
}

async fn reseal_columns(cx: &Services, tx: &Write, id: KeyId) -> Result<(), Unexpected> {
    let loaded = cx.keys.loaded();
    let with = loaded.ring.at(cx.now())?;
    for column in SealedColumn::ALL {
        match column {
            SealedColumn::DataKey => {
                for key in tx.list_data_keys().await?.iter().filter(|key| seal::key_of(&key.sealed) == Ok(id)) {
                    if let Some(again) = data::reseal(loaded.ring.held(), with, cx.entropy.as_ref(), key)? {
                        tx.reseal_data_key(key, again).await?;
                    }
                }
            }
            SealedColumn::MailToken => {
                for (name, sealed) in
                    tx.list_mail_tokens().await?.iter().filter(|(_, sealed)| seal::key_of(sealed) == Ok(id))
                {
                    let plain = cx.keys.open(mail_token::place(name), sealed).map_err(Unexpected::new)?;
                    tx.swap_mail_token(name, sealed, cx.seal(mail_token::place(name), &plain)?).await?;
                }
            }
        }
    }
    Ok(())
}

async fn uses_of(cx: &Services, known: &[RingKey], key: RingKey) -> Result<RingKeyUses, Unexpected> {
    let ((from, before), phc_mark) = (period_of(known, key), phc_mark(key.id));
    let traces = KeyTraces { from, before, phc_mark: &phc_mark };
    let uses = cx.store.ring_key_uses(traces, cx.now()).await?;
    Ok(RingKeyUses { sealed: sealed_with(cx, key.id).await?, ..uses })
}

async fn sealed_with(cx: &Services, id: KeyId) -> Result<u64, Unexpected> {
    let mut sealed = 0;
    for column in SealedColumn::ALL {
        match column {
            SealedColumn::DataKey => {
                let keys = cx.store.list_data_keys().await?;
                sealed += keys.iter().filter(|key| seal::key_of(&key.sealed) == Ok(id)).count() as u64;
            }
            SealedColumn::MailToken => {
                let tokens = cx.store.list_mail_tokens().await?;
                sealed += tokens.iter().filter(|(_, sealed)| seal::key_of(sealed) == Ok(id)).count() as u64;
            }
        }
    }
    Ok(sealed)
}

/// What stands in a PHC string whose pepper comes from that key: the last of its parameters.
fn phc_mark(id: KeyId) -> String {
    format!(",keyid={}$", STANDARD_NO_PAD.encode(id.0.to_be_bytes()))
}

fn entry(cx: &Services, event: AuditEvent, id: KeyId) -> AuditEntry {
    let entry = AuditEntry::new(event, Actor::Operator, cx.now());
    entry.target(Target::Key(id)).reason(Reason::OperatorsDecision)
}
