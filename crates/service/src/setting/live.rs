//! The settings as this node holds them, and how it learns of a change that another node made.
//!
//! Each change raises one row. Every node reads that row once a second, one number, and reads the documents only when
//! the number has moved; so a change holds on all nodes within two seconds, and a node without a database goes on with
//! what it knows.

use std::sync::Arc;
use std::time::Duration;

use rekey_domain::setting::{Pins, SettingError, Settings, resolve};
use tokio::sync::watch;

use crate::{Services, Unexpected};

/// The time between two looks at the epoch. Below two seconds by as much as reading the documents may take.
const LOOK_EVERY: Duration = Duration::from_millis(900);

/// What holds now, and what it is made of.
pub(crate) struct LiveSettings {
    /// What holds without documents.
    pub(super) base: Settings,
    /// What wins over documents.
    pub(super) pins: Pins,
    held: watch::Sender<Held>,
}

#[derive(Clone)]
struct Held {
    /// The epoch that was read before the documents; below every real one until then.
    epoch: i64,
    settings: Arc<Settings>,
}

/// Why settings were not taken up. What held before goes on to hold.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A document and the pins of this node contradict each other, or a newer program wrote it.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

crate::error::from_store!(LoadError);

impl LiveSettings {
    pub(crate) fn new(base: Settings, pins: Pins) -> Self {
        let settings = Arc::new(base.clone());
        Self { base, pins, held: watch::Sender::new(Held { epoch: -1, settings }) }
    }

    pub(crate) fn current(&self) -> Arc<Settings> {
        Arc::clone(&self.held.borrow().settings)
    }

    fn epoch(&self) -> i64 {
        self.held.borrow().epoch
    }

    /// Takes settings up, unless newer ones were while these were read. `None` keeps what holds, and remembers that
    /// the documents of this epoch were of no use.
    fn hold(&self, epoch: i64, settings: Option<Settings>) {
        self.held.send_if_modified(|held| {
            if epoch <= held.epoch {
                return false;
            }
            held.epoch = epoch;
            let taken = settings.is_some();
            held.settings = settings.map_or_else(|| Arc::clone(&held.settings), Arc::new);
            taken
        });
    }
}

impl Services {
    /// Follows the settings: ready whenever others hold.
    pub fn watch_settings(&self) -> SettingsWatch {
        SettingsWatch(self.live.held.subscribe())
    }
}

/// Tells when other settings hold.
#[derive(Clone)]
pub struct SettingsWatch(watch::Receiver<Held>);

impl SettingsWatch {
    /// Waits until other settings hold than when this was last asked. `None` when the services are gone.
    pub async fn changed(&mut self) -> Option<Arc<Settings>> {
        self.0.changed().await.ok()?;
        Some(Arc::clone(&self.0.borrow_and_update().settings))
    }
}

/// Reads the settings documents and takes them up. To be called once before the services are used.
pub async fn load(cx: &Services) -> Result<(), LoadError> {
    // The epoch first: documents that are written in between are read again at the next look, and never missed.
    let epoch = cx.store.read_setting_epoch().await?;
    let documents = cx.store.list_setting_documents().await?;
    match resolve(&cx.live.base, &documents, &cx.live.pins) {
        Ok(resolved) => {
            if !resolved.unknown.is_empty() {
                tracing::warn!(setting.keys = ?resolved.unknown, "settings of a newer program are left aside");
            }
            cx.live.hold(epoch, Some(resolved.settings));
            Ok(())
        }
        Err(error) => {
            cx.live.hold(epoch, None);
            Err(error.into())
        }
    }
}

/// Looks once whether a settings document has changed, and takes it up. Whether there was anything new.
pub async fn refresh(cx: &Services) -> Result<bool, LoadError> {
    if cx.store.read_setting_epoch().await? == cx.live.epoch() {
        return Ok(false);
    }
    load(cx).await.map(|()| true)
}

/// Follows the settings documents for as long as it is polled.
pub async fn follow(cx: &Services) {
    loop {
        match refresh(cx).await {
            Ok(false) => {}
            Ok(true) => tracing::info!(setting.epoch = cx.live.epoch(), "settings were taken up"),
            // Said once for each change: the epoch is remembered.
            Err(LoadError::Setting(error)) => tracing::error!(%error, "settings were not taken up"),
            Err(LoadError::Unexpected(failure)) => {
                cx.report(&failure);
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
