//! From sockets to the router: connections, their limits, and a stop that loses no request.
//!
//! HTTP/1.1 only. What faces the internet is a proxy with TLS, and those speak HTTP/1.1 to what is behind them;
//! so the floods that HTTP/2 makes possible (T-45) end there.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::ServiceExt as _;

use crate::site::PeerAddress;

/// Bytes and lines of the head of a request.
const HEAD_SIZE: usize = 16 * 1024;
const HEAD_LINES: usize = 100;

/// Bytes that a connection keeps before they are read or sent.
const BUFFER: usize = 64 * 1024;

/// The time that requests under way get when the process stops.
const GRACE: Duration = Duration::from_secs(9);

/// The rest after the system had no socket to give.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(50);

/// What connections may take.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    /// So many at the same time; the next one waits in the system's queue.
    pub connections: usize,
    /// The time that the head of a request gets, from the first byte or the end of the request before.
    pub head: Duration,
}

impl Allowance {
    /// Ten seconds for the head of a request.
    pub const fn new(connections: usize) -> Self {
        Self { connections, head: Duration::from_secs(10) }
    }
}

/// Answers connections until `stop` is ready, then lets those under way finish.
pub async fn listen(listener: TcpListener, router: Router, allowance: Allowance, stop: impl Future<Output = ()>) {
    let slots = Arc::new(Semaphore::new(allowance.connections));
    let graceful = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let next = tokio::select! {
            () = &mut stop => break,
            next = accept(&listener, &slots) => next,
        };
        match next {
            Ok((stream, peer, slot)) => {
                let serving = serve_connection(stream, peer, router.clone(), allowance.head, graceful.watcher());
                tokio::spawn(async move {
                    serving.await;
                    drop(slot);
                });
            }
            Err(error) => {
                tracing::warn!(error.kind = ?error.kind(), "a connection could not be taken");
                tokio::time::sleep(OUT_OF_SOCKETS).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(GRACE, graceful.shutdown()).await.is_err() {
        tracing::warn!("stopped before every request was answered");
    }
}

/// Waits for a free slot before taking a connection: the next one waits in the system's own queue.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    // Without this every page that is sent in pieces stalls for 40 ms.
    stream.set_nodelay(true)?;
    Ok((stream, peer, slot))
}

/// One connection, from its first byte to its last.
async fn serve_connection(stream: TcpStream, peer: SocketAddr, router: Router, head: Duration, watcher: Watcher) {
    let service = service_fn(move |request| pass_on(router.clone(), peer, request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head)
        .max_header_size(HEAD_SIZE)
        .max_headers(HEAD_LINES)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    // A client that goes away or breaks the protocol is no failure of ours.
    let _ended = watcher.watch(connection).await;
}

async fn pass_on(router: Router, peer: SocketAddr, request: Request<Incoming>) -> Result<Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(PeerAddress(peer.ip()));
    router.oneshot(request).await
}
