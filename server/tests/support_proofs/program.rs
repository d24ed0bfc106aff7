//! The real program in a process of its own, and what a client needs to talk to it.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A folder, a port and settings: what stays when the process is killed.
pub struct Installation {
    folder: TempDir,
    /// The port that it listens at.
    pub port: u16,
    settings: Vec<(String, String)>,
}

/// A running process.
pub struct Process(Child);

impl Installation {
    /// One that sends its mail to this address.
    pub fn new(mail_url: &str) -> Self {
        let (folder, port) = (tempfile::tempdir().expect("a folder"), free_port());
        let settings = [
            ("REKEY_LISTEN", format!("127.0.0.1:{port}")),
            ("REKEY_MAIL__URL", mail_url.to_owned()),
            ("REKEY_DEV_MAILBOX", "false".to_owned()),
            ("REKEY_HASHING__INSECURE_TEST_COST", "true".to_owned()),
            ("REKEY_SIGN_IN__ADDRESS_PER_MINUTE", "1000000".to_owned()),
            ("REKEY_SIGN_IN__ADDRESS_BURST", "1000000".to_owned()),
            ("REKEY_SENDS__PER_HOUR_TARGET", "0".to_owned()),
            ("REKEY_SENDS__PER_HOUR_ADDRESS", "0".to_owned()),
            ("REKEY_RECOVERY__THROTTLE", "none".to_owned()),
        ];
        let settings = settings.map(|(name, value)| (name.to_owned(), value)).to_vec();
        Self { folder, port, settings }
    }

    /// Sets one thing more.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Where everything lies.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A command of the program, which knows nothing of the settings of whoever runs the tests.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rekey"));
        command.env_clear().envs(self.settings.iter().cloned()).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        command
    }

    /// Starts it, and returns when it says that it is ready.
    pub fn serve(&self) -> Process {
        self.serve_with(Stdio::null())
    }

    /// The same; its log goes there.
    pub fn serve_with(&self, log: Stdio) -> Process {
        let mut child = self.command().arg("serve").stderr(log).spawn().expect("it starts");
        let mut said = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        said.read_line(&mut line).expect("it speaks");
        let process = Process(child);
        assert!(line.starts_with("Rekey is ready: "), "{line:?}");
        // The pipe is read to its end, so that nothing the process says can block or break it.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        process
    }

    /// A client of it.
    pub fn client(&self) -> Client {
        Client { port: self.port, jar: BTreeMap::new() }
    }
}

impl Process {
    /// Ends it as a power cut does: no handler runs.
    pub fn kill(mut self) {
        self.0.kill().expect("it runs");
        self.0.wait().expect("it ends");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port below those that the system gives to outgoing connections, so that it is still free after a restart.
fn free_port() -> u16 {
    let first = 20_000 + u16::try_from(std::process::id() % 10_000).expect("below ten thousand");
    let free = |port: &u16| TcpListener::bind(("127.0.0.1", *port)).is_ok();
    (first..first + 1000).find(free).expect("a free port")
}

/// A browser without scripts, a connection for each request.
#[derive(Debug, Clone)]
pub struct Client {
    port: u16,
    /// The cookies.
    pub jar: BTreeMap<String, String>,
}

/// The head of an answer, and its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Where it leads.
    pub location: Option<String>,
    /// The body.
    pub body: String,
    cookies: Vec<String>,
}

impl Client {
    /// Opens a page. `None` when no whole answer came.
    pub fn get(&mut self, path: &str) -> Option<Reply> {
        let reply = self.begin("GET", path, &[])?.finish()?;
        self.keep(&reply);
        Some(reply)
    }

    /// Sends a form as a page's scripts do, so that the answer itself says how it went.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Option<Reply> {
        let reply = self.begin("POST", path, fields)?.finish()?;
        self.keep(&reply);
        Some(reply)
    }

    /// Sends a request whose answer is read later.
    pub fn begin(&self, method: &str, path: &str, fields: &[(&str, &str)]) -> Option<Pending> {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let cookies: Vec<_> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let (port, cookies, length) = (self.port, cookies.join("; "), form.len());
        let accept = if method == "GET" { "text/html" } else { "application/json" };
        let head = format!(
            "{method} {path} HTTP/1.0\r\nhost: localhost:{port}\r\norigin: http://localhost:{port}\r\n\
             accept: {accept}\r\ncontent-type: application/x-www-form-urlencoded\r\ncookie: {cookies}\r\n\
             content-length: {length}\r\n\r\n{form}"
        );
        let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        stream.write_all(head.as_bytes()).ok()?;
        Some(Pending(stream))
    }

    /// Keeps the cookies of an answer.
    pub fn keep(&mut self, reply: &Reply) {
        for line in &reply.cookies {
            let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if attributes.contains("Max-Age=0;") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// A request that is under way.
pub struct Pending(TcpStream);

impl Pending {
    /// Its answer, if the whole of it arrives.
    pub fn finish(mut self) -> Option<Reply> {
        let mut bytes = Vec::new();
        self.0.read_to_end(&mut bytes).ok()?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let lines: Vec<(String, String)> =
            head.lines().skip(1).filter_map(|line| line.split_once(": ")).map(lower).collect();
        let find =
            |wanted: &str| lines.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value.clone()).collect();
        let (locations, lengths, cookies): (Vec<_>, Vec<_>, Vec<_>) =
            (find("location"), find("content-length"), find("set-cookie"));
        let whole = lengths.first().is_none_or(|length| length.parse() == Ok(body.len()));
        whole.then(|| Reply { status, location: locations.into_iter().next(), body: body.to_owned(), cookies })
    }
}

fn lower((name, value): (&str, &str)) -> (String, String) {
    (name.to_ascii_lowercase(), value.to_owned())
}
