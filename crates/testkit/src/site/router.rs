//! A site in this process: the real router over a real database, with a clock that stands still.

use std::sync::Arc;

use axum::Router;
use rekey::breach::Breaches;
use rekey::config::{Config, Source};
use rekey::site::Site;
use rekey::{router, wiring};
use rekey_delivery::{DevMailbox, DevMessage, Senders, Stats, Worker};
use rekey_service::setting::Settings;
use tempfile::TempDir;

use super::message::ReceivedMessage;
use super::request::LOCAL;
use crate::bench::{Bench, Surroundings, make_quick};
use crate::database::Database;

/// What a site in this process is made from.
pub struct RouterOptions {
    database: Option<Database>,
    public_url: String,
    keys: Vec<(String, String)>,
    change: Box<dyn FnOnce(&mut Settings) + Send>,
}

impl RouterOptions {
    pub(super) fn new() -> Self {
        let change = Box::new(|_: &mut Settings| {});
        Self { database: None, public_url: LOCAL.to_owned(), keys: Vec::new(), change }
    }

    /// Over this database; a fresh SQLite file unless told otherwise.
    #[must_use]
    pub fn on(mut self, database: Database) -> Self {
        self.database = Some(database);
        self
    }

    /// Where people reach it.
    #[must_use]
    pub fn at(mut self, public_url: &str) -> Self {
        public_url.clone_into(&mut self.public_url);
        self
    }

    /// Sets a key of the configuration, by the name of its variable.
    #[must_use]
    pub fn set(mut self, variable: &str, value: &str) -> Self {
        self.keys.push((variable.to_owned(), value.to_owned()));
        self
    }

    /// Changes what the configuration has made of the settings.
    #[must_use]
    pub fn settings(mut self, change: impl FnOnce(&mut Settings) + Send + 'static) -> Self {
        self.change = Box::new(change);
        self
    }

    pub(super) async fn make(self) -> RouterSite {
        let folder = tempfile::tempdir().expect("a folder");
        let config = self.config(&folder);
        let mut settings = config.settings.clone();
        make_quick(&mut settings);
        (self.change)(&mut settings);
        let database = match self.database {
            Some(database) => database,
            None => Database::sqlite().await,
        };
        let around = Surroundings {
            public_url: config.public_url.clone(),
            breaches: Arc::new(Breaches::of(&config)),
            pins: config.pins.clone(),
        };
        let bench = Bench::within(database, settings, around).await;
        RouterSite::over(bench, &config, folder)
    }

    fn config(&self, folder: &TempDir) -> Config {
        let fixed = [
            ("REKEY_DATA_DIR".to_owned(), folder.path().display().to_string()),
            ("REKEY_PUBLIC_URL".to_owned(), self.public_url.clone()),
        ];
        let source = Source::read(None, fixed.into_iter().chain(self.keys.iter().cloned())).expect("no file is read");
        Config::from_source(source).expect("right settings")
    }
}

/// Services, router and worker over one database.
pub(super) struct RouterSite {
    pub bench: Bench,
    pub app: Site,
    pub router: Router,
    pub origin: String,
    mailbox: DevMailbox,
    worker: Worker,
    _folder: TempDir,
}

impl RouterSite {
    fn over(bench: Bench, config: &Config, folder: TempDir) -> Self {
        let (mailbox, stats) = (DevMailbox::new(), Arc::new(Stats::default()));
        let worker = Worker::new(bench.cx.clone(), Senders::default(), Some(mailbox.clone()), Arc::clone(&stats));
        let shown = config.dev_mailbox.then(|| mailbox.clone());
        let app = wiring::site_of(config, bench.cx.clone(), shown, stats);
        let origin = config.public_url.as_str().trim_end_matches('/').to_owned();
        Self { router: router::router(&app), bench, app, origin, mailbox, worker, _folder: folder }
    }

    /// Lets the worker send what is queued, and gives what it has sent since, oldest first.
    pub async fn deliver(&self) -> Vec<ReceivedMessage> {
        let before = self.mailbox.list().len();
        self.worker.drain().await;
        let mut sent = self.mailbox.list();
        sent.truncate(sent.len() - before);
        sent.reverse();
        sent.into_iter().map(received).collect()
    }
}

fn received(message: DevMessage) -> ReceivedMessage {
    ReceivedMessage { to: message.to, id: message.id, text: message.text }
}
