//! A journey as a browser has got hold of it: by the cookie of the browser that began it, or by a mailed link.

use rekey_domain::journey::challenge::Challenge;
use rekey_domain::journey::gate::{GatePolicy, OpenGate};
use rekey_domain::journey::method::Method;
use rekey_domain::journey::owner::Owner;
use rekey_domain::journey::proof::{GrantedProof, Proof};
use rekey_domain::journey::{self, Facts, Journey, JourneyKind, Refusal, Step};
use rekey_domain::{Account, AccountId, ProofId};
use rekey_shared::Timestamp;
use rekey_shared::identifier::IdentifierKind;
use rekey_shared::view::{Channel, JourneyStep, JourneyView};

use crate::{PlainToken, Services, Unexpected};

/// What brings a browser to a journey.
#[derive(Debug, Clone, Copy)]
pub enum ProofSource<'a> {
    /// The cookie of the browser that began it.
    Journey(&'a str),
    /// The token of a mailed link, which is a proof in itself.
    Link(&'a str),
}

/// A journey that is under way, and all that is decided by.
pub(crate) struct Held {
    pub journey: Journey,
    /// For which of its browsers.
    pub owner: Owner,
    /// What this browser was asked; what it was asked last comes last.
    pub challenges: Vec<Challenge>,
    /// Looked up only for a browser that has proven something; see [`Held::with_account`].
    pub account: Option<Account>,
    proofs: Vec<Proof>,
    presented: Option<GrantedProof>,
    policy: GatePolicy,
}

/// The open journey that a browser leads to, as that browser may see it.
pub(crate) async fn find(
    cx: &Services,
    kind: JourneyKind,
    source: ProofSource<'_>,
) -> Result<Option<Held>, Unexpected> {
    let found = match source {
        ProofSource::Journey(handle) => by_handle(cx, kind, handle).await?,
        ProofSource::Link(token) => by_link(cx, kind, token).await?,
    };
    let Some(mut held) = found.filter(|held| held.journey.is_open(cx.now())) else { return Ok(None) };
    if held.has_proven() {
        held = held.with_account(cx).await?;
    }
    Ok(Some(held))
}

async fn by_handle(cx: &Services, kind: JourneyKind, handle: &str) -> Result<Option<Held>, Unexpected> {
    let Some(handle) = PlainToken::parse(handle) else { return Ok(None) };
    let Some(journey) = cx.store.find_journey(kind, handle.digest()).await? else { return Ok(None) };
    let proofs = cx.store.list_journey_proofs(journey.id).await?;
    let journey = journey.as_shown_to_initiator(&proofs, cx.now());
    let owner = Owner::Journey(journey.id);
    let policy = policy_of(cx, kind);
    gather(cx, journey, (owner, policy), proofs, None).await.map(Some)
}

async fn by_link(cx: &Services, kind: JourneyKind, token: &str) -> Result<Option<Held>, Unexpected> {
    let Some(token) = PlainToken::parse(token) else { return Ok(None) };
    let Some(mail) = cx.store.find_challenge_by_link(token.digest()).await? else { return Ok(None) };
    let Some(id) = mail.owner.journey() else { return Ok(None) };
    let journey = cx.store.find_journey_by_id(id).await?.filter(|journey| journey.kind == kind);
    let Some(journey) = journey else { return Ok(None) };
    let (now, proof) = (cx.now(), ProofId::new(cx.now(), cx.random()));
    let Some(presented) = journey::present_link(&journey, &mail, token.digest(), proof, now) else { return Ok(None) };
    let proofs = cx.store.list_journey_proofs(id).await?;
    let policy = journey::recovery::policy_for_link(&policy_of(cx, kind), mail.method);
    gather(cx, journey, (Owner::Link(id), policy), proofs, Some(presented)).await.map(Some)
}

async fn gather(
    cx: &Services,
    journey: Journey,
    (owner, policy): (Owner, GatePolicy),
    proofs: Vec<Proof>,
    presented: Option<GrantedProof>,
) -> Result<Held, Unexpected> {
    let mut challenges = cx.store.list_challenges(journey.id).await?;
    challenges.retain(|challenge| challenge.owner == owner);
    Ok(Held { journey, owner, challenges, account: None, proofs, presented, policy })
}

/// The account that a journey is for, as it is now. For a journey that is for none, one that does not exist is looked
/// up, so that it answers no faster (T-02).
pub(crate) async fn account_of(cx: &Services, journey: &Journey) -> Result<Option<Account>, Unexpected> {
    let id = journey.subject.account().unwrap_or(AccountId(journey.id.0));
    Ok(cx.store.find_account(id).await?)
}

/// What a journey must prove, by the settings as they are now.
fn policy_of(cx: &Services, kind: JourneyKind) -> GatePolicy {
    match kind {
        JourneyKind::Registration => journey::registration::policy(),
        JourneyKind::Recovery => cx.settings().recovery.gates.clone(),
    }
}

impl Held {
    /// Whether this browser has proven anything. Before that, no page waits for an account to be looked up.
    fn has_proven(&self) -> bool {
        self.presented.is_some() || self.proofs.iter().any(|proof| proof.owner == self.owner)
    }

    /// With the account that the journey is for.
    pub(crate) async fn with_account(self, cx: &Services) -> Result<Self, Unexpected> {
        Ok(Self { account: account_of(cx, &self.journey).await?, ..self })
    }

    /// What comes next.
    pub(crate) fn step(&self, now: Timestamp) -> Result<Step, Refusal> {
        journey::step(&self.journey, self.owner, &self.facts(), now)
    }

    /// The gate at which `method` may be asked for now.
    pub(crate) fn gate_for(&self, method: Method, now: Timestamp) -> Result<u8, Refusal> {
        journey::gate_for(&self.journey, self.owner, method, &self.facts(), now)
    }

    /// The gate that is to be passed; `None` when there is nothing left to prove, or nothing to be done.
    pub(crate) fn open_gate(&self, now: Timestamp) -> Option<OpenGate> {
        match self.step(now) {
            Ok(Step::Prove(gate)) => Some(gate),
            Ok(Step::Complete(_)) | Err(_) => None,
        }
    }

    fn facts(&self) -> Facts<'_> {
        let account = self.account.as_ref();
        Facts { account, proofs: &self.proofs, presented: self.presented, policy: &self.policy }
    }

    /// What was asked for last at a gate, by `method` or by any.
    pub(crate) fn asked(&self, gate: u8, method: Option<Method>) -> Option<&Challenge> {
        let fits = |asked: &&Challenge| asked.gate == gate && method.is_none_or(|method| asked.method == method);
        self.challenges.iter().rev().find(fits)
    }

    /// The journey as its page sees it: drawn from its rows and from what was typed, never from an account. `None` when
    /// nothing can be done with it any more.
    pub(crate) fn view(&self, now: Timestamp) -> Option<JourneyView> {
        let (step, asked) = match self.step(now).ok()? {
            Step::Prove(gate) => (JourneyStep::Code, self.asked(gate.number, None)),
            Step::Complete(_) => (JourneyStep::Password, None),
        };
        let asked = asked.or(self.challenges.last())?;
        Some(JourneyView {
            step,
            identifier: self.journey.target_shown.clone(),
            channel: match self.journey.target_kind {
                IdentifierKind::Email => Channel::Email,
                IdentifierKind::Phone => Channel::Sms,
                IdentifierKind::Username => Channel::OnFile,
            },
            resend_at: asked.sent_at.plus(journey::challenge::RESEND_PAUSE),
            code_expires_at: asked.expires_at,
            tries_left: asked.tries_left(),
            now,
            for_owner: self.journey.action_token.is_some(),
        })
    }
}
