//! The services as the model sees them: each event done as a browser, the worker or an operator would do it.

mod answers;
mod completions;
mod seen;

use std::time::Duration;

use rekey_domain::journey::challenge::Challenge;
use rekey_domain::journey::method::Method;
use rekey_domain::journey::owner::Owner;
use rekey_domain::journey::proof::Proof;
use rekey_domain::journey::{self, CompletionClaim, Facts, Journey, JourneyKind, Ready, Step, Subject};
use rekey_domain::message::{Notification, OutboxItem};
use rekey_domain::{Account, AccountId, AccountIdentifier, Digest, IdentifierId, JourneyId, OutboxId, ProofId, Status};
use rekey_service::journey::challenge::{ChooseError, ResendError, VerifyError};
use rekey_service::journey::method::{AnswerCheck, Compared, Methods};
use rekey_service::journey::resolve::resolve;
use rekey_service::message::compose::{self, MessageBody, Prepared};
use rekey_service::recovery::ProofSource;
use rekey_service::setting::RecoveryThrottle;
use rekey_service::{Clock, PlainToken, Services, recovery, registration};
use rekey_shared::identifier::IdentifierKind;
use rekey_shared::{FieldProblem, Lang};
use rekey_store::Inserted;
use rekey_testkit::bench::{BETTER, choice, meta, quick_settings};
use rekey_testkit::{Bench, Database};
use uuid::Uuid;

use crate::model::{Bearer, Cast, Event, LINK_LIFETIME, Outcome, Typed, policies};

/// A method whose answers follow from the challenge, and are known to the test alone.
struct Double;

fn answer_of(challenge: &Challenge) -> String {
    format!("{}/{}", challenge.id.0.simple(), challenge.generation)
}

impl AnswerCheck for Double {
    fn read(&self, _: &str) -> Result<(), FieldProblem> {
        Ok(())
    }

    fn fits<'a>(&'a self, _: &'a Services, challenge: &'a Challenge, _: Subject, typed: &'a str) -> Compared<'a> {
        let fits = typed == answer_of(challenge);
        Box::pin(std::future::ready(Ok(fits)))
    }
}

struct Side {
    id: JourneyId,
    kind: JourneyKind,
    handle: String,
    account: Option<usize>,
    claim: Option<(CompletionClaim, Ready)>,
}

/// The services with one walk under way.
pub struct Site {
    t: Bench,
    /// One node for each policy.
    nodes: Vec<Services>,
    policy: usize,
    walks: u32,
    passwords: u32,
    accounts: Vec<(AccountId, IdentifierId)>,
    sides: Vec<Side>,
}

impl Site {
    pub async fn over(database: Database) -> Self {
        let t = Bench::over(database, quick_settings()).await;
        let mut nodes = Vec::new();
        for policy in policies() {
            let methods = Methods::built_in().with(Method::Authenticator, Double).with(Method::Passkey, Double);
            let node = t.node_with(methods, |settings| {
                settings.recovery.gates = policy.clone();
                settings.recovery.link_ttl = LINK_LIFETIME;
                settings.recovery.throttle = RecoveryThrottle::none();
                (settings.sends.per_hour_target, settings.sends.per_hour_address) = (0, 0);
            });
            nodes.push(node.await);
        }
        Self { t, nodes, policy: 0, walks: 0, passwords: 0, accounts: Vec::new(), sides: Vec::new() }
    }

    fn cx(&self) -> &Services {
        &self.nodes[self.policy]
    }

    /// Two accounts that no walk has used before, and a journey for each role in the cast.
    pub async fn begin(&mut self, cast: Cast, policy: usize) {
        self.walks += 1;
        self.policy = policy;
        self.accounts = Vec::new();
        for which in 0..2 {
            self.accounts.push(self.account(&format!("a{which}-{}@example.org", self.walks)).await);
        }
        self.sides = Vec::new();
        for (which, role) in cast.into_iter().enumerate() {
            let side = match role {
                Some(account) => self.recovery(account).await,
                None => self.registration(&format!("n{which}-{}@example.org", self.walks)).await,
            };
            self.sides.push(side);
            // Ids sort by the millisecond.
            self.t.advance(Duration::from_millis(1));
        }
    }

    async fn account(&self, address: &str) -> (AccountId, IdentifierId) {
        let now = self.t.clock.now();
        let id = AccountId::new(now, random(&self.t.cx));
        let account = Account::new(id, Lang::En, now);
        let identifier = AccountIdentifier {
            id: IdentifierId::new(now, random(&self.t.cx)),
            account: id,
            kind: IdentifierKind::Email,
            canonical: address.to_owned(),
            shown: address.to_owned(),
            verified_at: Some(now),
        };
        let known = identifier.id;
        let tx = self.t.cx.store.begin_write().await.expect("begins");
        assert_eq!(tx.insert_account(&account, &[identifier]).await.expect("inserts"), Inserted::Done);
        tx.commit().await.expect("commits");
        (id, known)
    }

    async fn recovery(&self, account: usize) -> Side {
        let address = format!("a{account}-{}@example.org", self.walks);
        let handle = recovery::start(self.cx(), &meta(), &address).await.expect("starts");
        self.side(JourneyKind::Recovery, &handle, Some(account)).await
    }

    async fn registration(&self, address: &str) -> Side {
        let start = registration::Start { identifier: address.to_owned(), owner: None, consent: true };
        let handle = registration::start(self.cx(), &meta(), start).await.expect("starts");
        self.side(JourneyKind::Registration, &handle, None).await
    }

    async fn side(&self, kind: JourneyKind, handle: &PlainToken, account: Option<usize>) -> Side {
        let found = self.cx().store.find_journey(kind, handle.digest()).await.expect("reads");
        let id = found.expect("a journey").id;
        Side { id, kind, handle: handle.expose(), account, claim: None }
    }

    async fn journey(&self, which: usize) -> Journey {
        self.cx().store.find_journey_by_id(self.sides[which].id).await.expect("reads").expect("a journey")
    }

    async fn challenges(&self, which: usize) -> Vec<Challenge> {
        self.cx().store.list_challenges(self.sides[which].id).await.expect("reads")
    }

    async fn proofs(&self, which: usize) -> Vec<Proof> {
        self.cx().store.list_journey_proofs(self.sides[which].id).await.expect("reads")
    }

    async fn account_of(&self, which: usize) -> Option<Account> {
        let (id, _) = self.accounts[self.sides[which].account?];
        self.cx().store.find_account(id).await.expect("reads")
    }

    async fn mail(&self, which: usize) -> Challenge {
        let asked = self.challenges(which).await;
        *asked.iter().find(|asked| asked.method == Method::Mail).expect("what it asked for first")
    }

    /// The token of its mailed link, whether or not it was mailed.
    async fn token(&self, which: usize) -> String {
        self.cx().keys.link_of(&self.mail(which).await).expect("a key").expose()
    }

    /// Does what an event says, and says what came of it.
    pub async fn apply(&mut self, event: Event) -> Outcome {
        match event {
            Event::Resolve(which) => self.resolve(which).await,
            Event::Resend(which) => self.resend(which).await,
            Event::Choose { at, bearer, method } => self.choose(at, bearer, method).await,
            Event::Answer { at, bearer, method, typed } => self.answer(at, bearer, method, typed).await,
            Event::Complete { at, bearer } => self.complete(at, bearer).await,
            Event::Claim { at, bearer } => self.claim(at, bearer).await,
            Event::Finish(which) => self.finish(which).await,
            Event::GiveBack(which) => self.give_back(which).await,
            Event::Bump(account) => self.change(account, None).await,
            Event::Freeze(account) => {
                let (at, disputed) = (self.t.clock.now(), Some(self.accounts[account].1));
                self.change(account, Some(Status::Frozen { at, disputed })).await
            }
            Event::Disable(account) => self.change(account, Some(Status::Disabled)).await,
            Event::Wait(span) => {
                self.t.advance(span);
                Outcome::Happened
            }
            Event::Policy(policy) => {
                self.policy = policy;
                Outcome::Happened
            }
        }
    }

    async fn change(&self, account: usize, to: Option<Status>) -> Outcome {
        let (id, _) = self.accounts[account];
        let tx = self.cx().store.begin_write().await.expect("begins");
        let found = tx.find_account(id).await.expect("reads").expect("an account");
        if let Some(status) = to.filter(|_| found.status != Status::Disabled) {
            tx.set_status(id, status, self.t.clock.now()).await.expect("sets");
        }
        tx.bump_epoch(id).await.expect("raises");
        tx.commit().await.expect("commits");
        Outcome::Happened
    }

    /// As the worker does; and what it would send is what is compared.
    async fn resolve(&self, which: usize) -> Outcome {
        let (journey, kind) = (self.sides[which].id, self.sides[which].kind);
        let notification = match kind {
            JourneyKind::Recovery => Notification::RecoverySecret { journey },
            JourneyKind::Registration => Notification::RegistrationSecret { journey },
        };
        let before = self.journey(which).await;
        resolve(self.cx(), notification).await.expect("resolves");
        let resolved =
            before.subject == Subject::Unresolved && self.journey(which).await.subject != Subject::Unresolved;
        if resolved {
            self.check_message(which, notification).await;
        }
        Outcome::Resolved(resolved)
    }

    async fn check_message(&self, which: usize, notification: Notification) {
        let (now, asked) = (self.t.clock.now(), self.mail(which).await);
        let item = OutboxItem {
            id: OutboxId(Uuid::nil()),
            notification,
            lang: Lang::En,
            created_at: now,
            expires_at: now.plus(Duration::from_secs(60)),
            attempts: 1,
            network: None,
            with_work: false,
        };
        let code = self.cx().keys.code_of(&asked).expect("a key");
        match compose::prepare(self.cx(), &item).await.expect("composes") {
            Prepared::Send(message) => match message.content {
                MessageBody::Recovery { code: sent, link: Some(link), .. } => {
                    assert_eq!(sent.expose(), code.expose());
                    assert!(link.path().ends_with(&self.token(which).await));
                }
                MessageBody::RegistrationCode { code: sent, .. } => assert_eq!(sent.expose(), code.expose()),
                other => panic!("{other:?}"),
            },
            Prepared::Drop => assert!(now >= asked.expires_at, "a code that lives is sent"),
        }
    }

    async fn resend(&self, which: usize) -> Outcome {
        let side = &self.sides[which];
        let resent = match side.kind {
            JourneyKind::Recovery => recovery::resend(self.cx(), &meta(), &side.handle).await,
            JourneyKind::Registration => registration::resend(self.cx(), &meta(), &side.handle).await,
        };
        match resent {
            Ok(()) => Outcome::Sent,
            Err(ResendError::TooSoon) => Outcome::TooSoon,
            Err(ResendError::Dead) => Outcome::Dead,
            Err(ResendError::Over) => Outcome::Refused,
            Err(ResendError::Throttled(refusal)) => panic!("nothing is limited: {refusal:?}"),
            Err(ResendError::Unexpected(failure)) => panic!("{failure:?}"),
        }
    }

    async fn choose(&self, which: usize, bearer: Bearer, method: Method) -> Outcome {
        if self.sides[which].kind == JourneyKind::Registration {
            // There is nothing to choose from, and no page for it.
            return Outcome::Refused;
        }
        let token = self.token(which).await;
        match recovery::choose(self.cx(), self.source(which, bearer, &token), method).await {
            Ok(()) => Outcome::Asked,
            Err(ChooseError::Over | ChooseError::NotAsked) => Outcome::Refused,
            Err(ChooseError::Unexpected(failure)) => panic!("{failure:?}"),
        }
    }

    fn source<'a>(&'a self, which: usize, bearer: Bearer, token: &'a str) -> ProofSource<'a> {
        match bearer {
            Bearer::Handle => ProofSource::Journey(&self.sides[which].handle),
            Bearer::Link => ProofSource::Link(token),
        }
    }
}

fn bearer_of(owner: Owner) -> Bearer {
    match owner {
        Owner::Journey(_) => Bearer::Handle,
        Owner::Link(_) => Bearer::Link,
        Owner::SignIn(_) | Owner::Reauthentication(_) | Owner::Enrolment(_) => panic!("{owner:?} has no journey"),
    }
}

fn random(cx: &Services) -> [u8; 10] {
    let mut bytes = [0; 10];
    cx.entropy.fill(&mut bytes);
    bytes
}
