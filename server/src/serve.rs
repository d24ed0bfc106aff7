//! `rekey serve`.

use std::path::PathBuf;
use std::sync::Arc;

use rekey_service::job::Runner;
use rekey_service::{Services, owner, setting};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::breach::{Breaches, LOOK_EVERY};
use crate::clock_skew::MEASURE_EVERY;
use crate::config::Config;
use crate::keys;
use crate::listen::{Allowance, listen};
use crate::router::{metrics_router, router};
use crate::routes;
use crate::seen::{self, Memory};
use crate::site::Site;
use crate::wiring::{App, StartError, wire};

/// Connections to the listener for counters.
const METRICS_CONNECTIONS: usize = 64;

/// Runs until it is told to stop: at most twenty seconds longer.
pub async fn serve(config: &Config) -> Result<(), StartError> {
    let listener = bind(config.listen, "listen").await?;
    let App { site, worker, breaches } = wire(config).await?;
    let mut memory = Memory::read(config)?;
    memory.look(&site.services().store).await?;
    site.clock_skew.refresh(&site.services().store, site.services().clock.as_ref()).await?;
    let (stop, stopped) = watch::channel(false);

    let counters = match config.metrics_listen {
        Some(address) => {
            let listener = bind(address, "metrics.listen").await?;
            let counters =
                listen(listener, metrics_router(&site), Allowance::new(METRICS_CONNECTIONS), when(stopped.clone()));
            Some(tokio::spawn(counters))
        }
        None => None,
    };
    let watcher = spawn_watcher(breaches, stopped.clone());
    let settings = spawn_settings(site.services().clone(), stopped.clone());
    let memory = spawn_memory(memory, site.services().clone(), stop.clone());
    let keys = spawn_keys(site.services().clone(), config.keys_file.clone(), stopped.clone());
    let clocks = spawn_clocks(site.clone(), stopped.clone());
    // Both go on until the last request is answered: what that one owes is still sent, and what it did is sealed.
    let (stop_worker, worker_stopped) = watch::channel(false);
    let (runner, jobs_stopped) = (Runner::new(site.services().clone()), worker_stopped.clone());
    let worker = tokio::spawn(async move { worker.run(when(worker_stopped)).await });
    let jobs = tokio::spawn(async move { runner.run(when(jobs_stopped)).await });

    let faults = routes::check::faults(&routes::table(&site));
    if !faults.is_empty() {
        return Err(StartError::Failed(format!("the table of routes is wrong: {}", faults.join("; "))));
    }
    let router = router(&site);
    // Before it says that it runs: what reads that may stop it at once.
    let signals = Signals::heard().map_err(|error| StartError::failed("signals", &error))?;
    greet(config, &listener, site.services()).await?;
    tokio::spawn(ring_on_signal(stop, signals));
    listen(listener, router, Allowance::new(config.limits.connections), when(stopped)).await;

    let _ = stop_worker.send(true);
    for part in [Some(worker), Some(jobs), Some(settings), Some(keys), Some(watcher), Some(clocks), counters]
        .into_iter()
        .flatten()
    {
        let _ended = part.await;
    }
    // What was sealed at the end is remembered as well.
    let is_continued = match memory.await {
        Ok(Ok(mut memory)) => memory.look(&site.services().store).await,
        Ok(Err(older)) => Err(older),
        Err(_) => Ok(()),
    };
    tracing::info!(event = "sys_shutdown", "stopped");
    is_continued
}

async fn bind(address: std::net::SocketAddr, key: &str) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|error| StartError::failed(&format!("{key} {address}"), &error))
}

/// One line that says where, and, while the installation has no owner, one with the owner's link.
async fn greet(config: &Config, listener: &TcpListener, services: &Services) -> Result<(), StartError> {
    let address = listener.local_addr().unwrap_or(config.listen);
    tracing::info!(event = "sys_startup", listen = %address, "ready");
    if config.is_https() && config.trusted_proxies.is_empty() {
        // HTTPS ends before us, so a proxy is there.
        tracing::warn!("trusted_proxies is not set: all clients share the proxy's address, and every limit of one");
    }
    println!("Rekey is ready: {} (listening on {address})", config.public_url);
    if !services.store.has_owner().await? {
        println!("Create the owner account: {}", owner::make_link(services).await?);
    }
    Ok(())
}

/// Takes up what was changed in the settings documents, on this node or another.
fn spawn_settings(services: Services, stopped: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        tokio::select! {
            () = setting::follow(&services) => {}
            () = when(stopped) => {}
        }
    })
}

/// Remembers how the database is until the server stops, and stops it when the database is older all at once.
fn spawn_memory(
    mut memory: Memory,
    services: Services,
    stop: watch::Sender<bool>,
) -> JoinHandle<Result<Memory, StartError>> {
    tokio::spawn(async move {
        let stopped = stop.subscribe();
        while tokio::time::timeout(seen::LOOK_EVERY, when(stopped.clone())).await.is_err() {
            match memory.look(&services.store).await {
                Err(StartError::Config(older)) => {
                    tracing::error!("the database is older than this node has seen it: stopping");
                    let _ = stop.send(true);
                    return Err(older.into());
                }
                // A database that does not answer is told by whatever else needs it.
                Err(StartError::Failed(_)) | Ok(()) => {}
            }
        }
        Ok(memory)
    })
}

/// Measures every minute how far our clock is from the database's.
fn spawn_clocks(site: Site, stopped: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        while tokio::time::timeout(MEASURE_EVERY, when(stopped.clone())).await.is_err() {
            let cx = site.services();
            if let Err(failure) = site.clock_skew.refresh(&cx.store, cx.clock.as_ref()).await {
                cx.report(&failure.into());
            }
        }
    })
}

/// Takes up keys that were added or retired, on this node or another.
fn spawn_keys(services: Services, file: PathBuf, stopped: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        tokio::select! {
            () = keys::follow(&services, &file) => {}
            () = when(stopped) => {}
        }
    })
}

/// Takes up a new list of breached passwords. The first one too: until it is read, the built-in list counts.
fn spawn_watcher(breaches: Arc<Breaches>, stopped: watch::Receiver<bool>) -> JoinHandle<()> {
    let work = async move {
        loop {
            let breaches = Arc::clone(&breaches);
            let _looked = tokio::task::spawn_blocking(move || breaches.refresh()).await;
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::spawn(async move {
        tokio::select! {
            () = work => {}
            () = when(stopped) => {}
        }
    })
}

/// Ready when it is told to stop, or when the sender is gone.
async fn when(mut told: watch::Receiver<bool>) {
    let _ = told.wait_for(|stop| *stop).await;
}

async fn ring_on_signal(stop: watch::Sender<bool>, mut signals: Signals) {
    signals.next().await;
    tracing::info!("told to stop");
    let _ = stop.send(true);
    // A second signal ends the process as it always does.
    signals.next().await;
    std::process::exit(1);
}

/// What tells a process to stop, heard from the moment that this is made.
#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn heard() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};

        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// What tells a process to stop.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn heard() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
