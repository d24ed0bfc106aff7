//! The real program in processes of its own.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

use tempfile::TempDir;

/// A folder, settings and ports: what stays when processes are killed.
pub struct Installation {
    folder: TempDir,
    settings: Vec<(String, String)>,
    ports: Vec<u16>,
}

/// A node that runs.
pub struct Node {
    child: Child,
    ready: String,
}

impl Installation {
    /// One of so many nodes, whose public address is the first node's.
    pub fn new(nodes: usize, settings: &[(&str, &str)]) -> Self {
        let ports: Vec<u16> = (0..nodes).map(|_| free_port()).collect();
        let public_url = ("REKEY_PUBLIC_URL".to_owned(), format!("http://localhost:{}", ports[0]));
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let settings = std::iter::once(public_url).chain(settings).collect();
        Self { folder: tempfile::tempdir().expect("a folder"), settings, ports }
    }

    /// Where everything lies that is not in a database elsewhere.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where each node listens.
    pub fn ports(&self) -> &[u16] {
        &self.ports
    }

    /// What people type before a path, whichever node answers.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.ports[0])
    }

    /// A command of the program, which knows nothing of the settings of those who run the tests.
    pub fn command(&self) -> Command {
        let mut command = Command::new(binary());
        command.env_clear().envs(self.settings.iter().cloned()).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }

    /// Starts a node, and returns when it says that it is ready. Its log goes there.
    pub fn serve(&self, node: usize, log: Stdio) -> Node {
        let mut command = self.command();
        command.arg("serve").env("REKEY_LISTEN", format!("127.0.0.1:{}", self.ports[node])).stderr(log);
        let mut child = command.spawn().expect("it starts");
        let mut output = BufReader::new(child.stdout.take().expect("piped"));
        let mut ready = String::new();
        output.read_line(&mut ready).expect("it speaks");
        assert!(ready.starts_with("Rekey is ready: "), "{ready:?}");
        // The pipe is read to its end, so that nothing the process says can block or break it.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        Node { child, ready }
    }
}

impl Node {
    /// The line that says where it listens.
    pub fn ready(&self) -> &str {
        &self.ready
    }

    /// Its number as a process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut does: no handler runs.
    pub fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program that cargo has built for these tests.
fn binary() -> PathBuf {
    // Set by cargo for the tests of the program's own package; a debugger that starts a test does not know it.
    if let Some(path) = std::env::var_os("CARGO_BIN_EXE_rekey") {
        return path.into();
    }
    let test = std::env::current_exe().expect("a test is a program");
    let folder = test.ancestors().nth(2).expect("tests lie in target/<profile>/deps");
    folder.join(format!("rekey{}", std::env::consts::EXE_SUFFIX))
}

/// A port below those that the system gives to outgoing connections, so that it is still free after a restart.
fn free_port() -> u16 {
    // Processes begin at different places, and no port is given twice in one: two sites may look at the same time.
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 12_000 + u16::try_from(std::process::id() % 180).expect("below 180") * 100;
    let candidates = std::iter::repeat_with(|| first + NEXT.fetch_add(1, Ordering::Relaxed));
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    candidates.take(1000).find(free).expect("a free port")
}
