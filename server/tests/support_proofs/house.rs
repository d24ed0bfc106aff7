//! A site in this process: the real router over a real database, with a clock that stands still.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::Router;
use rekey::config::{Config, Source};
use rekey::site::Site;
use rekey::{router, wiring};
use rekey_delivery::{DevMailbox, DevMessage, Senders, Stats, Worker};
use rekey_service::message::compose::MessageBody;
use rekey_service::setting::Settings;
use rekey_service::{freeze, operator};
use rekey_testkit::bench::{BETTER, code_in, meta, not_me_in, quick_settings};
use rekey_testkit::{Bench, Database};

use super::browser::Browser;

/// Where the site of [`Bench`] says that it is.
pub const HOST: &str = "id.example.org";

/// Services, router and worker over one database.
pub struct House {
    /// The services, their clock, and what they owe.
    pub t: Bench,
    /// The site.
    pub site: Site,
    /// Everything that a browser can ask.
    pub router: Router,
    /// What the worker has sent.
    pub mailbox: DevMailbox,
    worker: Worker,
}

impl House {
    /// With settings that are quick to test with.
    pub async fn quick() -> Self {
        Self::with(quick_settings()).await
    }

    /// With any settings, over SQLite.
    pub async fn with(settings: Settings) -> Self {
        let t = Bench::over(Database::sqlite().await, settings).await;
        let url = ("REKEY_PUBLIC_URL".to_owned(), format!("https://{HOST}"));
        let source = Source::read(None, std::iter::once(url)).expect("no file is read");
        let config = Config::from_source(source).expect("right settings");
        let (mailbox, stats) = (DevMailbox::new(), Arc::new(Stats::default()));
        let worker = Worker::new(t.cx.clone(), Senders::default(), Some(mailbox.clone()), Arc::clone(&stats));
        let site = wiring::site_of(&config, t.cx.clone(), None, stats);
        Self { router: router::router(&site), t, site, mailbox, worker }
    }

    /// A browser that nobody has used, at an address of its own.
    pub fn browser(&self, nth: usize) -> Browser {
        let last = u8::try_from(nth % 250).unwrap_or(0);
        Browser::new(&self.router, IpAddr::from(Ipv4Addr::new(198, 51, 100, last)))
    }

    /// Lets the worker send what is owed, and gives what it has sent since, oldest first.
    pub async fn send_owed(&self) -> Vec<DevMessage> {
        let before = self.mailbox.list().len();
        self.worker.drain().await;
        let mut sent = self.mailbox.list();
        sent.truncate(sent.len() - before);
        sent.reverse();
        sent
    }

    /// Switches an account off.
    pub async fn disable(&self, identifier: &str) {
        operator::disable(&self.t.cx, identifier).await.expect("there is such an account");
    }

    /// Mistypes a password as often as it takes for a wait of sixteen minutes.
    pub async fn lock(&self, identifier: &str) {
        for nth in 1..=10 {
            let refused = self.t.sign_in(identifier, "not the password").await;
            assert!(refused.is_err(), "it is not the password");
            if (5..10).contains(&nth) {
                self.t.advance(std::time::Duration::from_secs(30 << (nth - 5)));
            }
        }
    }

    /// Lets somebody change the password by a mailed link and its owner object; gives the objection's token.
    pub async fn freeze(&self, identifier: &str) -> String {
        let link = self.t.recovery_link(identifier).await;
        self.t.complete_by_link(&link, BETTER).await.expect("the link is fresh");
        let letters = self.t.deliver().await;
        let not_me = not_me_in(&letters).expect("the owner was told");
        freeze::freeze(&self.t.cx, &meta(), &not_me).await.expect("the objection is fresh");
        let told = self.t.deliver().await;
        assert!(matches!(told[0].content, MessageBody::AccountFrozen { .. }) && code_in(&told).is_none());
        not_me
    }
}
