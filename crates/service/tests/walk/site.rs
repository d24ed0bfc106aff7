//! The services as the model sees them: each event done as a browser, the worker or an operator would do it.

use std::time::Duration;

use rekey_domain::journey::challenge::Challenge;
use rekey_domain::journey::method::Method;
use rekey_domain::journey::proof::{Owner, Proof};
use rekey_domain::journey::{self, CompletionClaim, Facts, Journey, JourneyKind, Ready, Step, Subject};
use rekey_domain::message::{Notification, OutboxItem};
use rekey_domain::{
    Account, AccountId, AccountIdentifier, Authority, Digest, Epoch, IdentifierId, JourneyId, OutboxId, ProofId, Role,
    Status,
};
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

use crate::model::{Bearer, Cast, Event, Outcome, Pages, Rows, Typed, policies, state_name};

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
                settings.recovery.throttle = RecoveryThrottle { limits: Vec::new(), tell: false };
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
        let account = Account {
            id,
            authority: Authority::Local,
            status: Status::Active,
            role: Role::Member,
            given_name: String::new(),
            family_name: String::new(),
            lang: Lang::En,
            password: None,
            password_changed_at: None,
            must_change: false,
            never_expires: false,
            epoch: Epoch(0),
            created_at: now,
        };
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
        self.cx().keys.link_of(&self.mail(which).await).expose()
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
        };
        let code = self.cx().keys.code_of(&asked);
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

    async fn answer(&self, which: usize, bearer: Bearer, method: Method, typed: Typed) -> Outcome {
        let text = self.typed(which, bearer, method, typed).await;
        let before = self.proofs(which).await.len();
        let answered = match self.sides[which].kind {
            JourneyKind::Recovery => {
                let token = self.token(which).await;
                recovery::answer(self.cx(), &meta(), self.source(which, bearer, &token), method, &text).await
            }
            JourneyKind::Registration if method == Method::Mail => {
                registration::verify(self.cx(), &meta(), &self.sides[which].handle, &text).await
            }
            JourneyKind::Registration => return self.asked_in_vain(which).await,
        };
        match answered {
            Ok(()) if self.proofs(which).await.len() > before => Outcome::Proven,
            Ok(()) => Outcome::AlreadyProven,
            Err(VerifyError::Wrong { tries_left }) => Outcome::Wrong { tries_left },
            Err(VerifyError::Dead) => Outcome::Dead,
            Err(VerifyError::Over) => Outcome::Refused,
            Err(VerifyError::NotACode(fault)) => panic!("{fault:?}"),
            Err(VerifyError::Unexpected(failure)) => panic!("{failure:?}"),
        }
    }

    /// A registration has no way to be answered by another method than the one it asks for.
    async fn asked_in_vain(&self, which: usize) -> Outcome {
        let view = registration::view(self.cx(), &self.sides[which].handle).await.expect("reads");
        match view.map(|view| view.step) {
            Some(rekey_shared::view::JourneyStep::Password) => Outcome::AlreadyProven,
            Some(rekey_shared::view::JourneyStep::Code) | None => Outcome::Refused,
        }
    }

    /// What is typed: the right answer to some challenge, or a guess.
    async fn typed(&self, which: usize, bearer: Bearer, method: Method, typed: Typed) -> String {
        let own = self.challenges(which).await;
        let other = self.challenges(1 - which).await;
        let gate = match self.step(which, bearer).await {
            Some(Step::Prove(gate)) => gate.number,
            Some(Step::Complete(_)) | None => 0,
        };
        let is = |asked: &&Challenge, bearer| asked.method == method && bearer_of(asked.owner) == bearer;
        let asked = own.iter().find(|asked| is(asked, bearer) && asked.gate == gate);
        let right = asked.map(|asked| self.right(asked));
        let typed = match typed {
            Typed::Right => right.clone(),
            Typed::Wrong => None,
            Typed::OtherJourneys => other.iter().find(|asked| is(asked, bearer)).map(|asked| self.right(asked)),
            Typed::OtherGates => {
                let elsewhere =
                    own.iter().find(|other| other.method == method && Some(other.id) != asked.map(|asked| asked.id));
                elsewhere.map(|asked| self.right(asked))
            }
        };
        typed.unwrap_or_else(|| if right.as_deref() == Some("123456") { "654321" } else { "123456" }.to_owned())
    }

    fn right(&self, asked: &Challenge) -> String {
        if asked.method == Method::Mail { self.cx().keys.code_of(asked).expose().to_owned() } else { answer_of(asked) }
    }

    async fn complete(&mut self, which: usize, bearer: Bearer) -> Outcome {
        self.passwords += 1;
        let password = format!("{BETTER} {}", self.passwords);
        let handle = self.sides[which].handle.clone();
        if self.sides[which].kind == JourneyKind::Registration {
            let input = registration::Complete {
                new_password: password.as_str().into(),
                confirm_password: password.as_str().into(),
                ..registration::Complete::default()
            };
            return match registration::complete(self.cx(), &meta(), &handle, input).await {
                Ok(()) => Outcome::Done,
                Err(registration::CompleteError::Over) => Outcome::Refused,
                Err(other) => panic!("{other:?}"),
            };
        }
        let token = self.token(which).await;
        match recovery::complete(self.cx(), &meta(), self.source(which, bearer, &token), choice(&password)).await {
            Ok(()) => Outcome::Done,
            Err(recovery::CompleteError::NotValid) => Outcome::Refused,
            Err(other) => panic!("{other:?}"),
        }
    }

    /// The first transaction of a completion that needs two, as a service would judge it.
    async fn claim(&mut self, which: usize, bearer: Bearer) -> Outcome {
        let Some(ready) = self.ready(which, bearer).await else { return Outcome::Refused };
        let now = self.t.clock.now();
        let claim = ready.claim(now);
        let tx = self.cx().store.begin_write().await.expect("begins");
        assert!(tx.claim_completion(ready, claim, now).await.expect("claims"), "no other process was there");
        tx.commit().await.expect("commits");
        self.sides[which].claim = Some((claim, ready));
        Outcome::Done
    }

    async fn ready(&self, which: usize, bearer: Bearer) -> Option<Ready> {
        match self.step(which, bearer).await {
            Some(Step::Complete(ready)) => Some(ready),
            Some(Step::Prove(_)) | None => None,
        }
    }

    /// What comes next, worked out from the rows beside the services.
    async fn step(&self, which: usize, bearer: Bearer) -> Option<Step> {
        let (now, journey, proofs) = (self.t.clock.now(), self.journey(which).await, self.proofs(which).await);
        let account = self.account_of(which).await;
        let policy = match journey.kind {
            JourneyKind::Recovery => policies()[self.policy].clone(),
            JourneyKind::Registration => journey::registration::policy(),
        };
        let (journey, owner, presented) = match bearer {
            Bearer::Handle => (journey.as_shown_to_initiator(&proofs, now), Owner::Journey(self.sides[which].id), None),
            Bearer::Link => {
                let token: Digest = PlainToken::parse(&self.token(which).await)?.digest();
                let id = ProofId::new(now, random(self.cx()));
                let presented = journey::present_link(&journey, &self.mail(which).await, token, id, now)?;
                (journey, Owner::Link(self.sides[which].id), Some(presented))
            }
        };
        let facts = Facts { account: account.as_ref(), proofs: &proofs, presented, policy: &policy };
        journey::step(&journey, owner, &facts, now).ok()
    }

    /// The second transaction: what setting a password does to the rows that the model has.
    async fn finish(&mut self, which: usize) -> Outcome {
        let Some((claim, ready)) = self.sides[which].claim else { return Outcome::Refused };
        let tx = self.cx().store.begin_write().await.expect("begins");
        if !tx.finish_completion(claim).await.expect("finishes") {
            return Outcome::Refused;
        }
        if let Subject::Account { id, epoch } = ready.subject() {
            let account = tx.find_account(id).await.expect("reads").expect("an account");
            if account.epoch != epoch {
                return Outcome::Refused;
            }
            tx.bump_epoch(id).await.expect("raises");
            tx.set_status(id, Status::Active, self.t.clock.now()).await.expect("sets");
            tx.revoke_journeys(id, Some(claim.journey)).await.expect("revokes");
        }
        tx.commit().await.expect("commits");
        Outcome::Done
    }

    async fn give_back(&mut self, which: usize) -> Outcome {
        let Some((claim, _)) = self.sides[which].claim else { return Outcome::Refused };
        let tx = self.cx().store.begin_write().await.expect("begins");
        let given_back = tx.release_completion(claim).await.expect("releases");
        tx.commit().await.expect("commits");
        if given_back { Outcome::Done } else { Outcome::Refused }
    }

    /// What is in the rows of a journey.
    pub async fn rows(&self, which: usize) -> Rows {
        let journey = self.journey(which).await;
        let mut proofs: Vec<_> = self
            .proofs(which)
            .await
            .iter()
            // The model does not write presented links down.
            .filter(|proof| !(bearer_of(proof.owner) == Bearer::Link && proof.gate == 1))
            .map(|proof| (bearer_of(proof.owner), proof.gate, proof.method))
            .collect();
        proofs.sort_unstable();
        Rows {
            state: state_name(journey.state),
            resolved: journey.subject != Subject::Unresolved,
            proofs,
            tries_left: self.mail(which).await.tries_left(),
            epoch: self.account_of(which).await.map_or(0, |account| account.epoch.0),
        }
    }

    /// What the pages of a journey show.
    pub async fn pages(&self, which: usize) -> Pages {
        let (cx, side, token) = (self.cx(), &self.sides[which], self.token(which).await);
        if side.kind == JourneyKind::Registration {
            let view = registration::view(cx, &side.handle).await.expect("reads");
            let ready = view.as_ref().is_some_and(|view| view.step == rekey_shared::view::JourneyStep::Password);
            return Pages { open: view.is_some(), ready, open_by_link: false, ready_by_link: false };
        }
        let ready = |policy: Option<_>| policy.is_some();
        Pages {
            open: recovery::view(cx, &side.handle).await.expect("reads").is_some(),
            ready: ready(recovery::policy(cx, ProofSource::Journey(&side.handle)).await.expect("reads")),
            open_by_link: recovery::link_is_open(cx, &token).await.expect("reads"),
            ready_by_link: ready(recovery::policy(cx, ProofSource::Link(&token)).await.expect("reads")),
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
