//! Sessions: opening one, the list of signed-in browsers, and ending them.

use rekey_domain::audit::{Actor, AuditEntry, AuditEvent, Detail, Reason, Target};
use rekey_domain::journey::method::Method;
use rekey_domain::session::Session;
use rekey_domain::session::assurance::{Assurance, sign_in_proof};
use rekey_domain::{AccountId, Epoch, FactorId, ProofId, SessionId};
use rekey_shared::Timestamp;
use rekey_shared::view::SessionView;
use rekey_store::{Write, transaction};

use crate::context::About as _;
use crate::sign_in::Caller;
use crate::{PlainToken, RequestMeta, Services, Unexpected};

/// What a session is opened with.
pub(crate) struct NewSession {
    pub account: AccountId,
    pub epoch: Epoch,
    /// When its owner signed in: a session that goes on under a new secret lasts no longer for it.
    pub began_at: Timestamp,
    /// What was proven just now.
    pub method: Method,
    pub factor: Option<FactorId>,
}

/// Opens a session with its first proof: its public handle, and the token for its cookie.
pub(crate) async fn open(
    cx: &Services,
    tx: &Write,
    meta: &RequestMeta,
    new: NewSession,
) -> Result<(SessionId, PlainToken), Unexpected> {
    let (now, token) = (cx.now(), cx.new_token());
    let session = Session {
        id: SessionId::new(now, cx.random()),
        account: new.account,
        epoch: new.epoch,
        device: meta.device.clone(),
        created_at: new.began_at,
        last_used_at: now,
        ended_at: None,
    };
    let proof = sign_in_proof(&session, new.method, new.factor, ProofId::new(now, cx.random()), now);
    tx.insert_session(&session, token.digest()).await?;
    tx.insert_proof(&proof).await?;
    Ok((session.id, token))
}

/// The caller's live sessions, the present one first, then by last use.
pub async fn list(cx: &Services, caller: &Caller) -> Result<Vec<SessionView>, Unexpected> {
    let (now, settings) = (cx.now(), cx.settings());
    let proofs = cx.store.list_session_proofs_of(caller.account.id).await?;
    let is_live = |session: &Session| {
        let assurance = Assurance::of(session, &proofs, &settings.sign_in.gates);
        assurance.is_some_and(|assurance| session.is_live(&caller.account, assurance, settings.session, now))
    };
    let mut live: Vec<_> = cx
        .store
        .list_sessions(caller.account.id)
        .await?
        .into_iter()
        .filter(is_live)
        .map(|session| SessionView {
            id: session.id.0,
            current: session.id == caller.session.id,
            device: session.device,
            place: String::new(),
            created_at: session.created_at,
            last_used_at: session.last_used_at,
        })
        .collect();
    live.sort_by_key(|session| (!session.current, std::cmp::Reverse(session.last_used_at)));
    Ok(live)
}

/// Ends one of the caller's sessions; `false` when there is no such session of theirs.
pub async fn end(cx: &Services, meta: &RequestMeta, caller: &Caller, id: SessionId) -> Result<bool, Unexpected> {
    let now = cx.now();
    transaction!(cx.store, |tx| {
        let ended = tx.end_session(caller.account.id, id, now).await?;
        if ended {
            tx.record(ended_by(meta, caller, now).target(Target::Session(id)).detail(Detail::Sessions(1)));
        }
        Ok(ended)
    })
    .await
}

/// Ends all of the caller's sessions but the present one.
pub async fn end_others(cx: &Services, meta: &RequestMeta, caller: &Caller) -> Result<u64, Unexpected> {
    let now = cx.now();
    transaction!(cx.store, |tx| {
        // Of two who end many of the same sessions, one comes first.
        tx.lock_account(caller.account.id).await?;
        let ended = tx.end_sessions(caller.account.id, Some(caller.session.id), now).await?;
        tx.record(ended_by(meta, caller, now).detail(Detail::Sessions(ended)));
        Ok(ended)
    })
    .await
}

fn ended_by(meta: &RequestMeta, caller: &Caller, now: Timestamp) -> AuditEntry {
    let (id, session) = (caller.account.id, caller.session.id);
    let entry = meta.audit(AuditEvent::SessionRevoked, now).by(Actor::Person(id)).account(id);
    entry.session(session).reason(Reason::EndedElsewhere)
}
