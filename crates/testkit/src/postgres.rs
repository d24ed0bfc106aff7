//! A throw-away PostgreSQL server: one for each test process, gone when that process is.

#[path = "postgres_programs.rs"]
mod programs;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Nothing here has to survive a power cut.
const SETTINGS: &str = "-c listen_addresses= -c max_connections=300 -c fsync=off -c synchronous_commit=off \
                        -c full_page_writes=off -c shared_buffers=64MB";

/// The server of this process.
pub struct Server {
    folder: PathBuf,
    /// Waits for this process to end, however it ends, and then stops the server and removes its folder.
    _watchdog: Child,
}

impl Server {
    /// Starts the server, or returns the one that runs. Panics when PostgreSQL is not installed:
    /// a test that silently did not run would be worse.
    pub fn shared() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(Self::start)
    }

    /// Makes an empty database and returns its address.
    pub fn create_database(&self) -> String {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = self.folder.display();
        run(Command::new(program("createdb")).args(["-h", &folder.to_string(), "-U", "rekey", &name]));
        // A socket in a folder of its own needs no port, so no other program can be in the way.
        format!("postgres://rekey@localhost/{name}?host={folder}")
    }

    /// Every table of a database with every row as SQL, binary columns in hex.
    pub fn dump(url: &str) -> Vec<u8> {
        let dumped = Command::new(program("pg_dump")).args(["--inserts", url]).output().expect("it runs");
        assert!(dumped.status.success(), "{}", String::from_utf8_lossy(&dumped.stderr));
        dumped.stdout
    }

    fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("rekey-pg-").tempdir().expect("a temporary folder").keep();
        let (data, log) = (folder.join("data"), folder.join("log"));
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&folder));
        }
        let watchdog = watchdog(&folder);
        run(as_postgres("initdb")
            .arg("-D")
            .arg(&data)
            .args("-A trust -U rekey --no-sync --locale=C -E UTF8".split(' ')));
        let settings = format!("{SETTINGS} -c unix_socket_directories={}", folder.display());
        run(as_postgres("pg_ctl").arg("-D").arg(&data).arg("-l").arg(&log).args(["-w", "-o", &settings, "start"]));
        Self { folder, _watchdog: watchdog }
    }
}

fn watchdog(folder: &Path) -> Child {
    let script = format!("read _; {} -D \"$0/data\" -m immediate stop; rm -rf \"$0\"", shell_line("pg_ctl"));
    Command::new("sh")
        .arg("-c")
        .arg(script)
        .arg(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("sh starts")
}

fn program(name: &str) -> PathBuf {
    static PROGRAMS: OnceLock<Option<PathBuf>> = OnceLock::new();
    let Some(folder) = PROGRAMS.get_or_init(programs::find) else {
        panic!("these tests need PostgreSQL {} or newer (apt-get install postgresql)", programs::OLDEST)
    };
    folder.join(name)
}

/// PostgreSQL refuses to run as root.
fn as_postgres(name: &str) -> Command {
    if !is_root() {
        return Command::new(program(name));
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program(name));
    command
}

fn shell_line(name: &str) -> String {
    let user = if is_root() { "runuser -u postgres -- " } else { "" };
    format!("{user}'{}'", program(name).display())
}

fn is_root() -> bool {
    // /proc/self belongs to the effective user.
    std::fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0)
}

/// Output goes nowhere: the server would hold a pipe open for as long as it lives.
fn run(command: &mut Command) {
    let status = command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let done = status.as_ref().is_ok_and(std::process::ExitStatus::success);
    assert!(done, "{command:?} failed: {status:?}");
}
