//! The nodes of a program that runs, and the providers that take its messages.

use std::fs::File;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::Request;

use super::browser::Destination;
use super::message::ReceivedMessage;
use super::network::InFlight;
use super::program::{Installation, Node};
use super::provider::MessageProvider;
use crate::database::Database;

/// Looks at the queue before something is lost: a lease runs out within a minute, then another worker sends.
const LOOKS: u32 = 18_000;
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// Cheap hashes, and everyone at an address of their own, as the proxy on this machine says.
const SETTINGS: [(&str, &str); 11] = [
    ("REKEY_DEV_MAILBOX", "false"),
    ("REKEY_HASHING__INSECURE_TEST_COST", "true"),
    ("REKEY_SIGN_IN__ADDRESS_PER_MINUTE", "1000000"),
    ("REKEY_SIGN_IN__ADDRESS_BURST", "1000000"),
    ("REKEY_REQUESTS__STARTS_PER_MINUTE", "1000000"),
    ("REKEY_REQUESTS__STARTS_IN_ALL", "1000000"),
    ("REKEY_REQUESTS__CODES_PER_MINUTE", "1000000"),
    ("REKEY_REQUESTS__CODES_IN_ALL", "1000000"),
    ("REKEY_REQUESTS__WRITES_PER_MINUTE", "1000000"),
    ("REKEY_REQUESTS__WRITES_IN_ALL", "1000000"),
    ("REKEY_TRUSTED_PROXIES", "127.0.0.1"),
];

/// What a running program is made from.
pub struct ProgramOptions {
    database: Option<Database>,
    nodes: usize,
    keys: Vec<(String, String)>,
}

impl ProgramOptions {
    pub(super) fn new() -> Self {
        let keys = SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Self { database: None, nodes: 1, keys }
    }

    /// Over this database; a SQLite file in its own folder unless told otherwise.
    #[must_use]
    pub fn on(mut self, database: Database) -> Self {
        self.database = Some(database);
        self
    }

    /// So many processes over the one database.
    #[must_use]
    pub fn nodes(mut self, nodes: usize) -> Self {
        self.nodes = nodes;
        self
    }

    /// Sets a key of the configuration, by the name of its variable.
    #[must_use]
    pub fn set(mut self, variable: &str, value: &str) -> Self {
        self.keys.push((variable.to_owned(), value.to_owned()));
        self
    }

    pub(super) async fn make(self) -> RunningProgram {
        // Processes are waited for on threads.
        tokio::task::spawn_blocking(|| self.make_here()).await.expect("every node starts")
    }

    fn make_here(mut self) -> RunningProgram {
        let provider = MessageProvider::start();
        self.keys.extend(provider.settings().into_iter().map(|(name, value)| (name.to_owned(), value)));
        if let Some(database) = &self.database {
            self.keys.push(("REKEY_DATABASE__URL".to_owned(), database.url().to_owned()));
        }
        let keys: Vec<_> = self.keys.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let installation = Installation::new(self.nodes, &keys);
        let database_url = match &self.database {
            Some(database) => database.url().to_owned(),
            None => format!("sqlite://{}", installation.folder().join("data/rekey.db").display()),
        };
        let running = RunningProgram {
            nodes: (0..self.nodes).map(|_| Mutex::new(None)).collect(),
            installation,
            provider,
            database_url,
            delivered: AtomicUsize::new(0),
            _database: self.database,
        };
        std::thread::scope(|scope| {
            for node in 0..running.nodes.len() {
                let running = &running;
                scope.spawn(move || running.start(node));
            }
        });
        running
    }
}

/// A program and what it talks to. Its processes end with it.
pub struct RunningProgram {
    installation: Installation,
    provider: MessageProvider,
    nodes: Vec<Mutex<Option<Node>>>,
    database_url: String,
    /// Messages that tests were given.
    delivered: AtomicUsize,
    _database: Option<Database>,
}

impl RunningProgram {
    /// Its folder, settings and commands.
    pub fn installation(&self) -> &Installation {
        &self.installation
    }

    /// Who takes its messages.
    pub fn provider(&self) -> &MessageProvider {
        &self.provider
    }

    /// How many nodes it has.
    pub fn nodes(&self) -> usize {
        self.nodes.len()
    }

    /// Where its database is.
    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    /// Where a node's log goes: what it wrote before it was killed, too.
    pub fn log_file(&self, node: usize) -> PathBuf {
        self.installation.folder().join(format!("node-{node}.log"))
    }

    /// A line of a node's `/proc/PID/status`, such as `VmRSS`, in KiB.
    pub fn memory_kib(&self, node: usize, line: &str) -> u64 {
        let process = self.node(node).as_ref().expect("it runs").process();
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("Linux");
        let value = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':')).expect("such a line");
        value.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
    }

    /// Ends a node as a power cut does.
    pub fn kill(&self, node: usize) {
        self.node(node).take().expect("it runs").kill();
    }

    /// Starts a node that was killed.
    pub fn start(&self, node: usize) {
        let log = File::options().create(true).append(true).open(self.log_file(node)).expect("a log");
        let started = self.installation.serve(node, Stdio::from(log));
        *self.node(node) = Some(started);
    }

    fn node(&self, node: usize) -> std::sync::MutexGuard<'_, Option<Node>> {
        self.nodes[node].lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn destination(&self) -> Destination {
        Destination::Nodes(Arc::new(self.installation.ports().to_vec()))
    }

    pub(super) async fn deliver(&self) -> Vec<ReceivedMessage> {
        self.wait_until_sent().await;
        let all = self.provider.messages();
        let before = self.delivered.swap(all.len(), Ordering::SeqCst);
        all[before..].to_vec()
    }

    /// Waits until nothing is queued any more.
    async fn wait_until_sent(&self) {
        for _ in 0..LOOKS {
            if self.counters().await.contains("\nrekey_outbox_waiting 0\n") {
                return;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        panic!("a message is never sent");
    }

    /// What the first node counts.
    pub async fn counters(&self) -> String {
        let host = format!("localhost:{}", self.installation.ports()[0]);
        let request = Request::get("/metrics").header("host", host).body(String::new()).expect("a request");
        let sent = InFlight::send(self.installation.ports()[0], &request).await.expect("it listens");
        let answer = sent.answer().await.expect("a whole answer");
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }
}
