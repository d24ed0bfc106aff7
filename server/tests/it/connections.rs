//! Connections over real sockets: slow ones, greedy ones, and the stop.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use rekey::listen::{Allowance, listen};
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

struct Listening {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

async fn start(router: Router, allowance: Allowance) -> Listening {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(listen(listener, router, allowance, async move {
        let _ = stopped.await;
    }));
    Listening { address, stop, task }
}

fn hello() -> Router {
    Router::new().route("/", get(async || "hello"))
}

/// Sends bytes and reads until the other side closes.
async fn talk(address: SocketAddr, bytes: Vec<u8>) -> String {
    let talking = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).expect("connects");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("set");
        let _ = stream.write_all(&bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    });
    talking.await.expect("no panic")
}

/// How a slow client fares.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// The other side closed the connection, with an answer or without.
    HungUpOn(String),
    /// It may go on after all that time.
    Tolerated,
}

/// Begins a request and then sends a byte of a header every twenty milliseconds.
async fn drip(address: SocketAddr, begun: &'static str, patience: Duration) -> Fate {
    const PAUSE: Duration = Duration::from_millis(20);
    let dripping = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).expect("connects");
        stream.set_read_timeout(Some(PAUSE)).expect("set");
        let (mut answer, mut piece) = (Vec::new(), [0; 256]);
        let mut is_open = stream.write_all(begun.as_bytes()).is_ok();
        for _ in 0..patience.as_millis() / PAUSE.as_millis() {
            match stream.read(&mut piece) {
                Ok(0) => is_open = false,
                Ok(read) => answer.extend_from_slice(&piece[..read]),
                // Nothing to read so far, which is no reason to end.
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(_) => is_open = false,
            }
            is_open = is_open && (begun.is_empty() || stream.write_all(b"a").is_ok());
            if !is_open {
                return Fate::HungUpOn(String::from_utf8_lossy(&answer).into_owned());
            }
        }
        Fate::Tolerated
    });
    dripping.await.expect("no panic")
}

const BEGUN: [&str; 3] = ["", "GET /", "GET / HTTP/1.1\r\nhost: x\r\nx-slow: "];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_finish_the_head_of_a_request_is_hung_up_on() {
    let allowance = Allowance { head: Duration::from_millis(200), ..Allowance::new(10) };
    let listening = start(hello(), allowance).await;
    for begun in BEGUN {
        let fate = drip(listening.address, begun, Duration::from_secs(60)).await;
        let Fate::HungUpOn(answer) = fate else { panic!("{begun:?}: it may go on for ever") };
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{begun:?}: {answer}");
    }
}

/// What the test before sees is the limit, and not a client that is hung up on anyway.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_client_is_tolerated_while_its_time_lasts() {
    let allowance = Allowance { head: Duration::from_secs(3600), ..Allowance::new(10) };
    let listening = start(hello(), allowance).await;
    for begun in BEGUN {
        assert_eq!(drip(listening.address, begun, Duration::from_secs(1)).await, Fate::Tolerated, "{begun:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_of_more_than_16_kib_is_refused() {
    let listening = start(hello(), Allowance::new(10)).await;
    let with = |length: usize| {
        format!("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-long: {}\r\n\r\n", "a".repeat(length))
    };
    assert!(talk(listening.address, with(15_000).into_bytes()).await.starts_with("HTTP/1.1 200"));
    let refused = talk(listening.address, with(17_000).into_bytes()).await;
    assert!(refused.is_empty() || refused.starts_with("HTTP/1.1 431"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_client_is_told_what_serves_it() {
    let listening = start(hello(), Allowance::new(10)).await;
    let answer = talk(listening.address, b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".to_vec()).await;
    assert!(!answer.to_ascii_lowercase().contains("\r\nserver:"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_lets_requests_under_way_finish() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell, wait) = (Arc::clone(&begun), Arc::clone(&go_on));
    let slow = move || {
        let (tell, wait) = (Arc::clone(&tell), Arc::clone(&wait));
        async move {
            tell.notify_one();
            wait.notified().await;
            "finished"
        }
    };
    let Listening { address, stop, task } = start(Router::new().route("/", get(slow)), Allowance::new(10)).await;
    let answer = tokio::spawn(talk(address, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n".to_vec()));
    begun.notified().await;
    stop.send(()).expect("listening");
    while TcpStream::connect(address).is_ok() {
        tokio::task::yield_now().await;
    }
    go_on.notify_one();
    assert!(answer.await.expect("no panic").ends_with("finished"));
    task.await.expect("stopped");
}
