//! Who a request comes from, over a real database.

#![expect(clippy::expect_used, reason = "a test stops where something is not as expected")]

use std::time::Duration;

use rekey_domain::access::{Access, Denial, Right, Scope, SessionState};
use rekey_domain::group::GroupName;
use rekey_domain::journey::JourneyKind;
use rekey_domain::journey::method::Method;
use rekey_domain::right::{Role, RoleHolder, RoleScope};
use rekey_service::principal::{self, BrowserSecrets, Credentials, Requester};
use rekey_service::recovery::ProofSource;
use rekey_service::right::By;
use rekey_service::{PlainToken, group, operator, registration, role, sign_in};
use rekey_shared::Secret;
use rekey_testkit::bench::{GOOD, meta, session_like};
use rekey_testkit::{Bench, assert_matches};

const ADA: &str = "ada@example.org";
const SIGNED_IN: [Access; 1] = [Access::SignedIn];
const CHANGING: [Access; 2] = [Access::SignedIn, Access::MustChangeOnly];

async fn resolve(t: &Bench, credentials: Credentials) -> Requester {
    principal::resolve(&t.cx, credentials, false).await.expect("answers")
}

async fn browser(t: &Bench, secrets: BrowserSecrets) -> Requester {
    resolve(t, Credentials::Browser(secrets)).await
}

async fn with_session(t: &Bench, token: &PlainToken) -> Requester {
    browser(t, BrowserSecrets { session: Secret::new(token.expose()), ..BrowserSecrets::default() }).await
}

/// A session that was opened by another method than the password.
async fn session_by(t: &Bench, method: Method) -> PlainToken {
    let caller = t.caller(ADA, GOOD).await;
    session_like(&t.cx, &caller.session, method, t.cx.clock.now()).await
}

/// What a requester hears where only the signed-in may go, and where a password is changed.
fn heard(requester: &Requester) -> [Result<(), Denial>; 2] {
    [requester.admit(&SIGNED_IN).map(drop), requester.admit(&CHANGING).map(drop)]
}

#[tokio::test]
async fn a_half_signed_in_session_opens_only_what_names_it() {
    let t = Bench::sqlite().await;
    t.account(ADA).await;
    operator::require_change(&t.cx, ADA).await.expect("marks");
    let half = with_session(&t, &session_by(&t, Method::Authenticator).await).await;
    let denied = Err(Denial::SecondFactorFirst);
    assert_eq!(heard(&half), [denied, denied], "though the account is marked for change");
    let admitted = half.admit(&[Access::HalfSignedIn]).expect("it is named");
    assert!(admitted.half_signed_in().expect("a proof").caller().assurance.is_half());
    assert!(admitted.person().is_none() && admitted.password_changer().is_none() && admitted.officer().is_none());
}

#[tokio::test]
async fn a_session_that_must_change_the_password_opens_only_that() {
    let t = Bench::sqlite().await;
    t.account(ADA).await;
    let by_temporary = with_session(&t, &session_by(&t, Method::TemporaryPassword).await).await;
    let token = t.sign_in(ADA, GOOD).await.expect("signs in");
    operator::require_change(&t.cx, ADA).await.expect("marks");
    for must_change in [by_temporary, with_session(&t, &token).await] {
        assert_eq!(heard(&must_change), [Err(Denial::ChangePasswordFirst), Ok(())]);
        let admitted = must_change.admit(&CHANGING).expect("it is named");
        assert!(admitted.password_changer().is_some() && admitted.person().is_none());
    }
}

#[tokio::test]
async fn a_session_is_fresh_for_five_minutes() {
    let t = Bench::sqlite().await;
    t.account(ADA).await;
    let token = t.sign_in(ADA, GOOD).await.expect("signs in");
    t.advance(Duration::from_secs(300));
    let fresh = with_session(&t, &token).await.admit(&[Access::Fresh]).expect("five minutes");
    assert!(fresh.fresh_person().is_some() && fresh.person().is_some());
    t.advance(Duration::from_millis(1));
    let later = with_session(&t, &token).await;
    assert_matches!(later.admit(&[Access::Fresh]), Err(Denial::NotFresh));
    assert_eq!(heard(&later), [Ok(()), Ok(())]);
    assert!(later.admit(&SIGNED_IN).expect("signed in").fresh_person().is_none());
}

#[tokio::test]
async fn a_right_opens_a_route_while_a_role_gives_it_everywhere() {
    let t = Bench::sqlite().await;
    t.account(ADA).await;
    let ada = RoleHolder::Account(operator::find(&t.cx, ADA).await.expect("an account").id);
    let token = t.sign_in(ADA, GOOD).await.expect("signs in");
    let route = [Access::Right(Right::ManageSettings)];
    let denied = Some(Denial::RightMissing(Right::ManageSettings));
    let heard = || async { with_session(&t, &token).await.admit(&route).err() };
    assert_eq!(heard().await, denied, "no role");

    let sales = GroupName::parse("sales").expect("a name");
    let sales = group::create(&t.cx, By::Operator, sales).await.expect("makes").id;
    let grant = |scope, expires_at| role::grant(&t.cx, By::Operator, ada, Role::Owner, scope, expires_at);
    grant(RoleScope::Group(sales), None).await.expect("grants");
    assert_eq!(heard().await, denied, "over a group is not everywhere");

    let minute = Duration::from_secs(60);
    grant(RoleScope::Everywhere, Some(t.cx.clock.now().plus(minute))).await.expect("grants");
    let officer = with_session(&t, &token).await.admit(&route).expect("has the right").officer().expect("an officer");
    assert_eq!(officer.right(), Right::ManageSettings);
    t.advance(minute);
    assert_eq!(heard().await, denied, "the same session, a minute later");
}

#[tokio::test]
async fn an_ended_or_invented_session_is_no_session() {
    let t = Bench::sqlite().await;
    t.account(ADA).await;
    let token = t.sign_in(ADA, GOOD).await.expect("signs in");
    let visitor =
        with_session(&t, &token).await.admit(&[Access::Anyone]).expect("anyone").visitor().expect("a browser");
    assert_matches!(visitor.session(), SessionState::Full { .. });
    principal::sign_out(&t.cx, &meta(), &visitor).await.expect("signs out");
    assert!(sign_in::authenticate(&t.cx, &token.expose()).await.expect("answers").is_none(), "it was ended");
    for gone in [token, PlainToken::generate(t.cx.entropy.as_ref())] {
        let denied = Err(Denial::NotSignedIn);
        assert_eq!(heard(&with_session(&t, &gone).await), [denied, denied]);
    }
    let anonymous = browser(&t, BrowserSecrets::default()).await;
    let visitor = anonymous.admit(&[Access::Anyone]).expect("anyone").visitor().expect("a browser");
    principal::sign_out(&t.cx, &meta(), &visitor).await.expect("no session is no error");
}

#[tokio::test]
async fn a_handle_opens_journeys_of_its_own_kind() {
    let t = Bench::sqlite().await;
    let (recovery, _) = t.ask(ADA).await;
    let start = registration::Start { identifier: ADA.to_owned(), owner: None, consent: true };
    let registering = registration::start(&t.cx, &meta(), start).await.expect("starts").expose();
    let opens = async |registration: &str, recovery: &str| {
        let secrets = BrowserSecrets {
            registration: registration.into(),
            recovery: recovery.into(),
            ..BrowserSecrets::default()
        };
        let requester = browser(&t, secrets).await;
        [JourneyKind::Registration, JourneyKind::Recovery].map(|kind| requester.admit(&[Access::Journey(kind)]).is_ok())
    };
    assert_eq!(opens(&registering, &recovery).await, [true, true]);
    assert_eq!(opens(&recovery, &registering).await, [false, false], "a handle in the other cookie");
    assert_eq!(opens("", "nonsense").await, [false, false]);
    let invented = PlainToken::generate(t.cx.entropy.as_ref()).expose();
    assert_eq!(opens(&invented, &invented).await, [false, false]);
}

#[tokio::test]
async fn a_link_wins_over_a_handle() {
    let t = Bench::sqlite().await;
    let (handle, _) = t.ask(ADA).await;
    let source = async |link: &str| {
        let secrets = BrowserSecrets {
            recovery: handle.as_str().into(),
            recovery_link: link.into(),
            ..BrowserSecrets::default()
        };
        let admitted = browser(&t, secrets).await.admit(&[Access::Journey(JourneyKind::Recovery)]).expect("held");
        match admitted.journey().expect("a proof").proof_source() {
            ProofSource::Journey(_) => "handle",
            ProofSource::Link(_) => "link",
        }
    };
    assert_eq!(source("").await, "handle");
    assert_eq!(source("cut").await, "link", "its verifier says what is wrong with it");
}

#[tokio::test]
async fn credentials_of_a_program_are_a_class_of_their_own() {
    let t = Bench::sqlite().await;
    let refused = resolve(&t, Credentials::Program("Bearer garbage".into())).await;
    for access in [Access::SignedIn, Access::Program(Scope::AccountsRead), Access::Journey(JourneyKind::Recovery)] {
        assert_matches!(refused.admit(&[access]), Err(Denial::CredentialsRefused), "{access:?}");
    }
    let admitted = refused.admit(&[Access::Anyone]).expect("anyone");
    assert!(admitted.visitor().is_none() && admitted.program().is_none());
}

#[tokio::test]
async fn counters_are_read_by_what_may_read_them() {
    let t = Bench::sqlite().await;
    for (reads, expected) in [(true, Ok(())), (false, Err(Denial::NotMetricsReader))] {
        let requester = principal::resolve(&t.cx, Credentials::None, reads).await.expect("answers");
        assert_eq!(requester.admit(&[Access::MetricsReader]).map(drop), expected);
    }
}
