//! What was written before a change of the tables, and is read after it.

use rekey_domain::audit::{Actor, AuditEvent, Reason};
use rekey_domain::journey::method::Method;
use rekey_domain::journey::owner::Owner;
use rekey_domain::journey::{JourneyState, Subject};
use rekey_domain::{AccountId, ChangeCause, Epoch, FactorId, JourneyId};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend};

use crate::given::{at, digest, id};
use crate::on_both;

/// Migrations before `m0010_challenges_and_proofs`.
const BEFORE: u32 = 5;

/// Migrations before `m0042_seal_anew`.
const BEFORE_SEALING_ANEW: u32 = 13;

/// Whom a journey was for, as a worker had found out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    NotYet,
    Newcomer,
    /// With the identifier that its message went to.
    Account {
        id: u128,
        channel: u128,
    },
}

/// Event, account and address as they were written, and what they mean now.
type OldEntry = (&'static str, Option<u128>, &'static str, AuditEvent, Actor, Option<Reason>);

const ADA: Option<u128> = Some(1);
const AT: &str = "192.0.2.1";

/// One entry of every event that there was.
const OLD_ENTRIES: [OldEntry; 25] = [
    ("authn_login_success", ADA, AT, AuditEvent::SessionEstablished, Actor::Visitor, None),
    ("temporary_password_used", ADA, AT, AuditEvent::SessionEstablished, Actor::Visitor, None),
    ("authn_login_fail", None, AT, AuditEvent::SignInRefused, Actor::Visitor, None),
    ("authn_login_lock", ADA, AT, AuditEvent::SignInLocked, Actor::Visitor, None),
    ("session_ended", ADA, AT, AuditEvent::SessionRevoked, Actor::Visitor, None),
    ("authn_password_change", ADA, AT, AuditEvent::CredentialChange, Actor::Visitor, None),
    ("authn_password_reset", ADA, AT, AuditEvent::CredentialChange, Actor::Visitor, Some(Reason::Recovery)),
    ("authn_password_change_fail", ADA, AT, AuditEvent::CredentialChangeRefused, Actor::Visitor, None),
    ("recovery_started", None, AT, AuditEvent::RecoveryStarted, Actor::Visitor, None),
    ("code_verified", ADA, AT, AuditEvent::CodeVerified, Actor::Visitor, None),
    ("code_refused", ADA, AT, AuditEvent::CodeRefused, Actor::Visitor, None),
    ("link_refused", None, AT, AuditEvent::LinkRefused, Actor::Visitor, None),
    ("registration_started", None, AT, AuditEvent::RegistrationStarted, Actor::Visitor, None),
    ("user_created", ADA, AT, AuditEvent::AccountCreated, Actor::Visitor, None),
    ("account_frozen", ADA, AT, AuditEvent::AccountDisabled, Actor::Visitor, Some(Reason::OwnersObjection)),
    ("account_disabled", ADA, "", AuditEvent::AccountDisabled, Actor::Operator, Some(Reason::OperatorsDecision)),
    ("account_released", ADA, "", AuditEvent::AccountEnabled, Actor::Operator, None),
    ("temporary_password_issued", ADA, "", AuditEvent::TemporaryPasswordIssued, Actor::System, None),
    ("password_change_required", ADA, "", AuditEvent::CredentialChangeRequired, Actor::Operator, None),
    ("password_expiry_lifted", ADA, "", AuditEvent::PasswordExpiryLifted, Actor::Operator, None),
    ("password_expiry_set", ADA, "", AuditEvent::PasswordExpirySet, Actor::Operator, None),
    ("policy_assigned", None, "", AuditEvent::PolicyAssigned, Actor::Operator, None),
    ("group_joined", ADA, "", AuditEvent::GroupJoined, Actor::Operator, None),
    ("group_left", ADA, "", AuditEvent::GroupLeft, Actor::Operator, None),
    ("owner_link_made", None, "", AuditEvent::OwnerLinkMade, Actor::Operator, None),
];

/// Writes rows as the program wrote them then.
struct Old {
    db: DatabaseConnection,
}

impl Old {
    async fn of(db: &crate::database::Database) -> Self {
        Self::before(db, BEFORE).await
    }

    async fn before(db: &crate::database::Database, migrations: u32) -> Self {
        db.another_store().await.migrate_by(Some(migrations)).await.unwrap();
        Self { db: sea_orm::Database::connect(db.url()).await.unwrap() }
    }

    fn bytes(&self, bytes: &[u8]) -> String {
        let hex = bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        match self.db.get_database_backend() {
            DbBackend::Postgres => format!("'\\x{hex}'"),
            _ => format!("X'{hex}'"),
        }
    }

    fn id(&self, n: u128) -> String {
        match self.db.get_database_backend() {
            DbBackend::Postgres => format!("'{}'", id(n)),
            _ => self.bytes(id(n).as_bytes()),
        }
    }

    async fn insert(&self, table: &str, columns: &str, values: &[&str]) {
        let sql = format!("INSERT INTO {table} ({columns}) VALUES ({})", values.join(", "));
        self.db.execute_unprepared(&sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    async fn account(&self, n: u128) {
        let columns = "id, status, status_at, role, given_name, family_name, lang, epoch, created_at";
        self.insert("account", columns, &[&self.id(n), "'active'", "0", "'member'", "''", "''", "'en'", "3", "0"])
            .await;
    }

    async fn mark(&self, account: u128) {
        let sql = format!("UPDATE account SET must_change = TRUE WHERE id = {}", self.id(account));
        self.db.execute_unprepared(&sql).await.unwrap();
    }

    async fn identifier(&self, n: u128, account: u128, kind: &str) {
        let columns = "id, account, kind, canonical, shown, verified_at";
        let (id, account, kind) = (self.id(n), self.id(account), format!("'{kind}'"));
        self.insert("identifier", columns, &[&id, &account, &kind, &format!("'x{n}'"), "'x'", "0"]).await;
    }

    async fn journey(&self, n: u8, kind: &str, state: &str, target_kind: &str, bound: Bound) {
        let columns = "id, kind, state, handle, target_kind, target, target_shown, lang, bound, bound_account, \
                       bound_channel, bound_epoch, link, link_expires_at, code_generation, code_expires_at, code_tries, \
                       last_sent_at, proven_at, created_at, expires_at";
        let null = || "NULL".to_owned();
        let account = match bound {
            Bound::Account { id, channel } => Some((id, channel)),
            Bound::NotYet | Bound::Newcomer => None,
        };
        let time = |seconds| at(seconds).as_millis().to_string();
        let values = [
            self.id(n.into()),
            format!("'{kind}'"),
            format!("'{state}'"),
            self.bytes(&digest(n).0),
            format!("'{target_kind}'"),
            "'target'".to_owned(),
            "'Target'".to_owned(),
            "'ja'".to_owned(),
            (bound != Bound::NotYet).to_string(),
            account.map_or_else(null, |(account, _)| self.id(account)),
            account.map_or_else(null, |(_, channel)| self.id(channel)),
            account.map_or_else(null, |_| "3".to_owned()),
            account.filter(|_| target_kind == "email").map_or_else(null, |_| self.bytes(&digest(n + 100).0)),
            time(3600),
            "2".to_owned(),
            time(600),
            "4".to_owned(),
            time(60),
            if state == "proven" { time(70) } else { null() },
            time(5),
            time(7200),
        ];
        self.insert("journey", columns, &values.each_ref().map(String::as_str)).await;
        if state == "proven" {
            let account = account.map_or_else(null, |(account, _)| self.id(account));
            self.insert("proof", "journey, step, account, at", &[&self.id(n.into()), "'code'", &account, &time(70)])
                .await;
        }
    }

    /// In which only the address tells who did it.
    async fn audit_entry(&self, n: u8, event: &str, account: Option<u128>, address: &str) {
        let columns = "seq, at, event, account, journey, session, address, prev, hash";
        let (account, hash) = (account.map_or_else(|| "NULL".to_owned(), |id| self.id(id)), self.bytes(&digest(n).0));
        let (seq, at) = (n.to_string(), at(n.into()).as_millis().to_string());
        let (event, address) = (format!("'{event}'"), format!("'{address}'"));
        let values = [&seq, &at, &event, &account, "NULL", "NULL", &address, &hash, &hash];
        self.insert("audit", columns, &values).await;
    }

    async fn session(&self, n: u8, account: u128, kind: &str) {
        let columns = "id, account, token, kind, epoch, device, created_at, last_used_at";
        let (id, account, token) = (self.id(n.into()), self.id(account), self.bytes(&digest(n).0));
        let created_at = at(8).as_millis().to_string();
        let values = [&id, &account, &token, &format!("'{kind}'"), "3", "'Firefox'", &created_at, &created_at];
        self.insert("session", columns, &values).await;
    }
}

on_both! {
    async fn journeys_with_their_codes_and_proofs_go_on(db: Database) {
        let old = Old::of(&db).await;
        old.account(1).await;
        old.identifier(21, 1, "email").await;
        old.identifier(22, 1, "phone").await;
        old.journey(1, "recovery", "waiting", "email", Bound::Account { id: 1, channel: 21 }).await;
        old.journey(2, "recovery", "proven", "username", Bound::Account { id: 1, channel: 22 }).await;
        old.journey(3, "recovery", "waiting", "phone", Bound::NotYet).await;
        old.journey(4, "registration", "proven", "email", Bound::Newcomer).await;
        old.journey(5, "recovery", "done", "email", Bound::Account { id: 1, channel: 21 }).await;
        old.journey(6, "recovery", "revoked", "username", Bound::NotYet).await;
        let store = db.store().await;

        let ada = Subject::Account { id: AccountId(id(1)), epoch: Epoch(3) };
        for (n, state, subject, method, factor) in [
            (1, JourneyState::Open, ada, Method::Mail, Some(21)),
            (2, JourneyState::Open, ada, Method::Text, Some(22)),
            (3, JourneyState::Open, Subject::Unresolved, Method::Text, None),
            (4, JourneyState::Open, Subject::Newcomer, Method::Mail, None),
            (5, JourneyState::Done, ada, Method::Mail, Some(21)),
            (6, JourneyState::Revoked, Subject::Unresolved, Method::Mail, None),
        ] {
            let journey = store.find_journey_by_id(JourneyId(id(n))).await.unwrap().unwrap();
            assert_eq!((journey.state, journey.subject, journey.expires_at), (state, subject, at(7200)), "{n}");
            let asked = store.list_challenges(journey.id).await.unwrap();
            let [asked] = asked[..] else { panic!("one challenge, not {asked:?}") };
            assert_eq!(asked.id.0, journey.id.0, "what was mailed is derived from it");
            assert_eq!((asked.owner, asked.gate), (Owner::Journey(journey.id), 1));
            assert_eq!((asked.method, asked.factor), (method, factor.map(|factor| FactorId(id(factor)))), "{n}");
            assert_eq!((asked.generation, asked.tries, asked.sent_at, asked.expires_at), (2, 4, at(60), at(600)));
            let proven = [2, 4].contains(&n);
            assert_eq!(asked.spent_at, proven.then(|| at(70)));
            let proofs = store.list_journey_proofs(journey.id).await.unwrap();
            let found: Vec<_> = proofs.iter().map(|proof| (proof.id.0, proof.owner, proof.gate, proof.method)).collect();
            let expected = proven.then_some((asked.id.0, asked.owner, 1, method));
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
            assert!(proofs.iter().all(|proof| (proof.subject, proof.factor, proof.at) == (subject, asked.factor, at(70))));
        }
        let link = store.find_challenge_by_link(digest(101)).await.unwrap().unwrap();
        assert_eq!((link.id.0, link.link_expires_at), (id(1), Some(at(3600))));
    }

    async fn the_audit_log_goes_on_in_its_order_under_the_present_names(db: Database) {
        let old = Old::of(&db).await;
        for (n, (event, account, address, ..)) in (1..).zip(OLD_ENTRIES) {
            old.audit_entry(n, event, account, address).await;
        }
        let store = db.store().await;
        let tx = store.begin_write().await.unwrap();
        let entries = tx.list_unsealed(100).await.unwrap();
        assert_eq!(entries.len(), OLD_ENTRIES.len());
        for ((n, (old_event, account, address, event, actor, reason)), entry) in (1..).zip(OLD_ENTRIES).zip(entries) {
            assert_eq!((entry.at, entry.account), (at(n), account.map(id)), "{old_event}");
            assert_eq!((entry.event.as_str(), entry.actor.as_str()), (event.name(), actor.name()), "{old_event}");
            assert_eq!(entry.reason.as_deref(), reason.map(Reason::name), "{old_event}");
            assert_eq!(entry.address.as_deref(), Some(address).filter(|address| !address.is_empty()), "{old_event}");
            let detail = (old_event == "temporary_password_used").then_some(r#"{"method":"temporary_password"}"#);
            assert_eq!(entry.detail.as_deref(), detail, "{old_event}");
        }
    }

    async fn what_was_sealed_with_a_key_of_the_file_waits_for_a_seal_of_its_own(db: Database) {
        let old = Old::before(&db, BEFORE_SEALING_ANEW).await;
        let mac = old.bytes(&digest(1).0);
        let columns = "format, at, event, actor, seq, key, mac";
        for seq in ["1", "2"] {
            old.insert("audit", columns, &["1", seq, "'session-established'", "'visitor'", seq, "7", &mac]).await;
        }
        old.insert("audit_voucher", "kind, seq, key, mac, by_key, by_mac", &["'head'", "2", "7", &mac, "7", &mac]).await;
        let store = db.store().await;
        let tx = store.begin_write().await.unwrap();
        let at: Vec<_> = tx.list_unsealed(9).await.unwrap().iter().map(|entry| entry.at.as_millis()).collect();
        assert_eq!((at, tx.find_audit_head().await.unwrap()), (vec![1, 2], None));
    }

    async fn accounts_that_were_marked_stay_marked(db: Database) {
        let old = Old::of(&db).await;
        old.account(1).await;
        old.account(2).await;
        old.mark(2).await;
        let store = db.store().await;
        for (n, cause) in [(1, None), (2, Some(ChangeCause::Operator))] {
            assert_eq!(store.find_account(AccountId(id(n))).await.unwrap().unwrap().must_change, cause);
        }
    }

    async fn everyone_stays_signed_in_as_they_were(db: Database) {
        let old = Old::of(&db).await;
        old.account(1).await;
        old.session(1, 1, "full").await;
        old.session(2, 1, "recovery").await;
        old.session(3, 1, "partial").await;
        let store = db.store().await;
        let subject = Subject::Account { id: AccountId(id(1)), epoch: Epoch(3) };
        for (n, method) in [(1, Some(Method::Password)), (2, Some(Method::TemporaryPassword)), (3, None)] {
            let (session, _) = store.find_session(digest(n)).await.unwrap().unwrap();
            assert_eq!((session.device.as_str(), session.created_at), ("Firefox", at(8)));
            let proofs = store.list_session_proofs(session.id).await.unwrap();
            assert_eq!(proofs.iter().map(|proof| proof.method).collect::<Vec<_>>(), method.into_iter().collect::<Vec<_>>());
            let owner = Owner::SignIn(session.id);
            assert!(proofs.iter().all(|proof| (proof.owner, proof.subject, proof.at) == (owner, subject, at(8))));
        }
    }
}
