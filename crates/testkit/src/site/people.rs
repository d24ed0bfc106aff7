//! What people and operators do at a site, with nothing but forms, messages and commands.

use std::time::Duration;

use rekey_service::{operator, owner};

use super::browser::{Browser, Scripts};
use super::expected_mail::Topic;
use super::message::ReceivedMessage;
use super::{Kind, TestSite};
use crate::bench::{BETTER, GOOD};

/// Where forms are sent and links lead.
pub mod paths {
    #![expect(missing_docs, reason = "the names say it")]
    pub const REGISTRATION_START: &str = "/api/registration/start";
    pub const REGISTRATION_START_OWNER: &str = "/api/registration/start-owner";
    pub const REGISTRATION_VERIFY: &str = "/api/registration/verify";
    pub const REGISTRATION_COMPLETE: &str = "/api/registration/complete";
    pub const RECOVERY_START: &str = "/api/recovery/start";
    pub const RECOVERY_VERIFY: &str = "/api/recovery/verify";
    pub const RECOVERY_RESEND: &str = "/api/recovery/resend";
    pub const RECOVERY_COMPLETE: &str = "/api/recovery/complete";
    pub const RECOVERY_LINK: &str = "/recover/link/";
    pub const SIGN_IN: &str = "/api/session/sign-in";
    pub const SIGN_OUT: &str = "/api/session/sign-out";
    pub const END_OTHERS: &str = "/api/session/end-others";
    pub const CHANGE_PASSWORD: &str = "/api/password/change";
    pub const NOT_ME_LINK: &str = "/not-me/";
    pub const FREEZE: &str = "/api/account/freeze";
}

/// A recovery that was mailed.
#[derive(Debug, Clone)]
pub struct RecoveryLink {
    /// The link's token.
    pub token: String,
    /// The code in the same message.
    pub code: String,
}

/// A password, chosen and typed again.
pub(super) fn choice(password: &str) -> [(&str, &str); 2] {
    [("new_password", password), ("confirm_password", password)]
}

impl TestSite {
    /// Registers a person by an address or number, with the password [`GOOD`].
    pub async fn register(&self, identifier: &str) {
        self.register_as(identifier, "", GOOD).await;
    }

    /// Registers a person with a user name and a password of their own.
    pub async fn register_as(&self, identifier: &str, username: &str, password: &str) {
        let mut browser = self.browser(249);
        let start = [("identifier", identifier), ("consent", "on")];
        must(&mut browser, paths::REGISTRATION_START, &start).await;
        let code = self.deliver().await.iter().find_map(ReceivedMessage::code).expect("a code was sent");
        must(&mut browser, paths::REGISTRATION_VERIFY, &[("code", &code)]).await;
        let name = [("given_name", "Ada"), ("family_name", "Example"), ("username", username)];
        must(&mut browser, paths::REGISTRATION_COMPLETE, &[&name[..], &choice(password)].concat()).await;
        let told = self.deliver().await;
        assert!(told.iter().all(|message| Topic::of(message) == Topic::Notice), "a welcome at most: {told:?}");
    }

    /// Asks for a recovery and gives what the message holds.
    pub async fn recovery_link(&self, identifier: &str) -> RecoveryLink {
        must(&mut self.browser(248), paths::RECOVERY_START, &[("identifier", identifier)]).await;
        let sent = self.deliver().await;
        let link = |message: &ReceivedMessage| {
            Some(RecoveryLink { token: message.token(paths::RECOVERY_LINK)?, code: message.code()? })
        };
        sent.iter().find_map(link).expect("a link was mailed")
    }

    /// Replaces a password by a link that is good.
    pub async fn reset(&self, token: &str, password: &str) {
        let mut browser = self.browser(247);
        browser.get(&format!("{}{token}", paths::RECOVERY_LINK)).await;
        must(&mut browser, paths::RECOVERY_COMPLETE, &choice(password)).await;
    }

    /// Whether a password opens an account, in a browser of its own.
    pub async fn accepts(&self, identifier: &str, password: &str) -> bool {
        let fields = [("identifier", identifier), ("password", password)];
        self.browser(246).post(Scripts::On, paths::SIGN_IN, &fields).await.is_success()
    }

    /// A browser that is signed in.
    pub async fn signed_in(&self, identifier: &str, password: &str) -> Browser {
        let mut browser = self.browser(245);
        must(&mut browser, paths::SIGN_IN, &[("identifier", identifier), ("password", password)]).await;
        browser
    }

    /// An operator switches an account off.
    pub async fn disable(&self, identifier: &str) {
        match &self.0 {
            Kind::Router(site) => {
                operator::disable(&site.bench.cx, identifier).await.expect("there is such an account");
            }
            Kind::Program(site) => {
                let mut command = site.installation().command();
                let status = command.args(["account", "disable", identifier]).status().expect("it runs");
                assert!(status.success(), "there is such an account");
            }
        }
    }

    /// Mistypes a password as often as it takes for a wait of sixteen minutes.
    pub async fn lock(&self, identifier: &str) {
        for nth in 1..=10 {
            assert!(!self.accepts(identifier, "not the password").await, "it is not the password");
            if (5..10).contains(&nth) {
                self.advance(Duration::from_secs(30 << (nth - 5))).await;
            }
        }
    }

    /// Lets someone change the password by a mailed link and the owner object; gives the objection's token.
    pub async fn freeze(&self, identifier: &str) -> String {
        let link = self.recovery_link(identifier).await;
        self.reset(&link.token, BETTER).await;
        let not_me = self.not_me_token().await;
        let mut browser = self.browser(244);
        browser.get(&format!("{}{not_me}", paths::NOT_ME_LINK)).await;
        must(&mut browser, paths::FREEZE, &[]).await;
        let told = self.deliver().await;
        assert!(told.len() == 1 && told[0].code().is_none(), "{told:?}");
        not_me
    }

    /// An operator makes a link for the owner, which ends an earlier one; gives its token.
    pub async fn owner_link(&self) -> String {
        let link = match &self.0 {
            Kind::Router(site) => owner::make_link(&site.bench.cx).await.expect("a link").to_string(),
            Kind::Program(site) => {
                let output = site.installation().command().arg("owner-link").output().expect("it runs");
                String::from_utf8(output.stdout).expect("text")
            }
        };
        link.trim().rsplit(['/', '#']).next().expect("a token").to_owned()
    }

    /// The token of the objection in the messages that are queued.
    pub async fn not_me_token(&self) -> String {
        let sent = self.deliver().await;
        sent.iter().find_map(|message| message.token(paths::NOT_ME_LINK)).expect("the owner was told")
    }
}

/// Sends a form that is taken.
async fn must(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) {
    let answer = browser.post(Scripts::On, path, fields).await;
    assert!(answer.is_success(), "{path} {fields:?}: {answer:?}");
}
