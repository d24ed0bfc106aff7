//! The binary in processes of its own.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use rekey_shared::Lang;
use rekey_shared::text::style::{self, Kind};
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// A command that knows nothing of the settings of the machine that runs the tests.
fn rekey(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rekey"));
    command.env_clear().current_dir(folder).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A running server, ended with the test.
struct Server {
    child: Child,
    port: u16,
    lines: Vec<String>,
}

impl Server {
    /// Starts one and reads what it says until it is ready.
    fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    fn start_with(folder: &Path, more: &[(&str, &str)]) -> Self {
        let port = free_port();
        let mut command = rekey(folder);
        command.arg("serve").env("REKEY_LISTEN", format!("127.0.0.1:{port}")).envs(more.iter().copied());
        let mut child = command.spawn().expect("starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let lines = (0..2).filter_map(|_| lines.next()?.ok()).collect();
        Self { child, port, lines }
    }

    fn get(&self, path: &str) -> String {
        self.send(&format!("GET {path} HTTP/1.1\r\n"), "")
    }

    fn post(&self, path: &str, form: &str) -> String {
        let kind = "content-type: application/x-www-form-urlencoded\r\nsec-fetch-site: same-origin\r\n";
        self.send(&format!("POST {path} HTTP/1.1\r\n{kind}content-length: {}\r\n", form.len()), form)
    }

    fn send(&self, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("connects");
        let host = format!("host: localhost:{}\r\nconnection: close\r\n\r\n", self.port);
        write!(stream, "{head}{host}{body}").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    fn terminate(&self) {
        let told = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status();
        assert!(told.expect("kill is there").success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn said(output: &Output) -> (i32, String) {
    (output.status.code().expect("an exit code"), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_start_without_settings_says_where_it_listens_and_who_becomes_the_owner() {
    let folder = folder();
    let server = Server::start(folder.path());
    assert!(server.lines[0].starts_with("Rekey is ready: http://localhost:"), "{:?}", server.lines);
    let link = server.lines[1].strip_prefix("Create the owner account: ").expect("a link");
    let path = link.strip_prefix(&format!("http://localhost:{}", server.port)).expect("our own address");
    assert!(server.get(path).starts_with("HTTP/1.1 303"), "the link is taken");
    assert!(server.get("/readyz").ends_with("ready\n"));
    assert!(folder.path().join("data/rekey.db").exists());
}

#[test]
fn a_wrong_setting_ends_with_2_and_one_line() {
    let folder = folder();
    let wrong = rekey(folder.path()).arg("serve").env("REKEY_HASHING__MEMORY_KIB", "8").output().expect("runs");
    let (code, line) = said(&wrong);
    assert_eq!((code, line.lines().count()), (2, 1), "{line}");
    assert!(line.starts_with("rekey: hashing.memory_kib (from REKEY_HASHING__MEMORY_KIB) must be"), "{line}");
    assert!(!folder.path().join("data").exists(), "nothing was begun");

    std::fs::write(folder.path().join("rekey.toml"), "publik_url = \"https://account.example.org\"\n")
        .expect("written");
    assert_eq!(said(&rekey(folder.path()).arg("doctor").output().expect("runs")).0, 2);
}

#[test]
fn keys_of_another_installation_are_refused() {
    let (one, other) = (folder(), folder());
    for folder in [&one, &other] {
        assert!(rekey(folder.path()).arg("owner-link").output().expect("runs").status.success());
    }
    std::fs::copy(other.path().join("data/keys.json"), one.path().join("data/keys.json")).expect("copied");
    let (code, line) = said(&rekey(one.path()).arg("owner-link").output().expect("runs"));
    assert_eq!(code, 2, "{line}");
    assert!(line.contains("keys_file does not belong to this database"), "{line}");
}

#[test]
fn five_processes_that_start_at_once_agree() {
    let folder = folder();
    let servers: Vec<Server> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..5).map(|_| scope.spawn(|| Server::start(folder.path()))).collect();
        all.into_iter().map(|one| one.join().expect("started")).collect()
    });
    for server in &servers {
        assert!(server.get("/readyz").ends_with("ready\n"), "{:?}", server.lines);
    }
    let files = std::fs::read_dir(folder.path().join("data")).expect("a folder");
    let names: BTreeSet<_> =
        files.map(|file| file.expect("a file").file_name().into_string().expect("a name")).collect();
    assert!(names.contains("keys.json") && !names.iter().any(|name| name.starts_with("keys.json.")), "{names:?}");
}

#[test]
fn told_to_stop_it_stops_by_itself() {
    let folder = folder();
    let mut server = Server::start(folder.path());
    let idle = TcpStream::connect(("127.0.0.1", server.port)).expect("connects");
    server.terminate();
    let (tell, told) = std::sync::mpsc::channel();
    let id = server.child.id();
    let status = std::thread::scope(|scope| {
        scope.spawn(move || {
            // A process that hangs must not hang the test.
            if told.recv_timeout(std::time::Duration::from_secs(20)).is_err() {
                let _ = Command::new("kill").arg("-KILL").arg(id.to_string()).status();
            }
        });
        let status = server.child.wait().expect("ended");
        let _ = tell.send(());
        status
    });
    drop(idle);
    assert_eq!(status.code(), Some(0), "within twenty seconds");
}

#[test]
fn the_log_is_one_object_a_line_and_names_no_one() {
    let folder = folder();
    let mut server = Server::start_with(folder.path(), &[("REKEY_LOG__FORMAT", "json"), ("REKEY_LOG__LEVEL", "trace")]);
    let owner = server.lines[1].rsplit('/').next().expect("a token").to_owned();
    server.get(&format!("/owner/{owner}?who=grace@example.org"));
    server.get("/forgot?identifier=grace@example.org%0a%1b[31m");
    server.post("/api/session/sign-in", "identifier=grace%40example.org&password=hunter2+hunter2+hunter2");
    server.post("/api/recovery/start", "identifier=grace%40example.org");
    server.terminate();
    let mut log = String::new();
    server.child.stderr.take().expect("piped").read_to_string(&mut log).expect("text");
    for line in log.lines() {
        let object: serde_json::Value = serde_json::from_str(line).expect(line);
        assert!(object["timestamp"].as_str().is_some_and(|at| at.ends_with('Z')), "{line}");
    }
    assert!(log.contains("/owner/{token}") && log.contains("/api/session/sign-in"), "{log}");
    // A name that no random number in hexadecimal has in it.
    for secret in [owner.as_str(), "grace", "hunter2", "\u{1b}"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

#[test]
fn passwords_are_judged_line_by_line() {
    let folder = folder();
    let mut child = rekey(folder.path())
        .args(["policy", "check", "--preset", "recommended"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("starts");
    child.stdin.take().expect("piped").write_all(b"short\nfour quiet words here\n\n").expect("sent");
    let output = child.wait_with_output().expect("ends");
    let lines: Vec<_> = String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].contains(r#""accepted":false,"failed":["length.min""#), "{lines:?}");
    assert!(lines[1].starts_with(r#"{"accepted":true,"failed":[],"score":"#), "{lines:?}");
    let unknown = rekey(folder.path()).args(["policy", "check", "--preset", "x"]).output().expect("runs");
    assert_eq!(said(&unknown).0, 2);
}

#[test]
fn a_policy_is_linted_with_an_exit_code() {
    let folder = folder();
    let lint = |arguments: &[&str]| {
        let output = rekey(folder.path()).args(["policy", "lint"]).args(arguments).output().expect("runs");
        (said(&output), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let ((code, _), text) = lint(&["--preset", "recommended"]);
    assert!(code == 0 && text.contains("No departures from"), "{text}");
    let ((code, _), text) = lint(&["--preset", "audience-manager"]);
    assert!(
        code == 1 && text.contains("W-MAX-64 length.max: rejects passwords of 64 characters (ASVS 6.2.9"),
        "{text}"
    );
    assert!(text.contains("has 77 bits"), "{text}");
    let file = folder.path().join("policy.json");
    std::fs::write(&file, r#"{"length":{"min":12,"max":8}}"#).expect("written");
    let ((code, _), text) = lint(&["policy.json"]);
    assert!(code == 2 && text.ends_with("F-LENGTHS length: the minimum length is above the maximum\n"), "{text}");
    std::fs::write(&file, r#"{"length":{"min":12,"mox":8}}"#).expect("written");
    let ((code, error), _) = lint(&["policy.json"]);
    assert!(code == 2 && error.starts_with("rekey: policy.json is wrong at length.mox: unknown field"), "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    let serve = rekey(folder.path()).arg("serve").env("REKEY_POLICY__FILE", "policy.json").output().expect("runs");
    assert_eq!(said(&serve).0, 2);
    let schema = rekey(folder.path()).args(["policy", "schema"]).output().expect("runs");
    assert!(String::from_utf8_lossy(&schema.stdout).contains("Rekey password policy"));
}

#[test]
fn passwords_are_judged_with_a_person_and_banned_words() {
    let folder = folder();
    let mut child = rekey(folder.path())
        .args(["policy", "check", "--preset", "entra", "--family-name", "Poll", "--banned-term", "contoso"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("starts");
    child.stdin.take().expect("piped").write_all(b"p0LL23fb\nContoso!1\nContoso-9xQ!\n").expect("sent");
    let output = child.wait_with_output().expect("ends");
    let text = String::from_utf8(output.stdout).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].contains(r#""failed":["personal.name"]"#), "{text}");
    assert!(lines[1].contains(r#""failed":["banned"]"#), "{text}");
    assert!(lines[2].contains(r#""accepted":true"#), "{text}");
}

/// A sorted list of so many made-up hashes, and the one of "password".
fn list_of(count: u64) -> String {
    let mut lines: Vec<String> =
        (0..count).map(|n| format!("{:016X}{n:024X}:1\n", n.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
    lines.push("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:9\n".to_owned());
    lines.sort();
    lines.concat()
}

#[test]
fn a_list_of_breached_passwords_is_imported_and_described() {
    let folder = folder();
    let run = |arguments: &[&str]| rekey(folder.path()).args(arguments).output().expect("runs");
    let text = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text(&run(&["breach", "info"])).contains("the built-in list of 30000 common passwords"));
    std::fs::create_dir(folder.path().join("data")).expect("made");
    std::fs::write(folder.path().join("list.txt"), list_of(20_000)).expect("written");
    let imported = run(&["breach", "import", "list.txt", "--bits", "8"]);
    assert_eq!(said(&imported).0, 0, "{imported:?}");
    assert!(text(&imported).starts_with("20001 passwords in data/breached.rkb ("), "{}", text(&imported));
    assert!(text(&run(&["breach", "info"])).contains("List sha1-8-3-"));
    std::fs::write(folder.path().join("list.txt"), b"\x1f\x8b\x08\0").expect("written");
    let refused = run(&["breach", "import", "list.txt"]);
    assert_eq!(said(&refused), (2, "rekey: list.txt is compressed (gzip): unpack it first\n".to_owned()));
    assert!(text(&run(&["breach", "info"])).starts_with("20001 passwords"), "the old file stays");
    assert_eq!(said(&run(&["breach", "import", "list.txt", "--bits", "9"])).0, 2);
}

#[test]
fn an_import_that_is_killed_leaves_the_old_file() {
    let folder = folder();
    std::fs::create_dir(folder.path().join("data")).expect("made");
    std::fs::write(folder.path().join("list.txt"), list_of(400_000)).expect("written");
    std::fs::write(folder.path().join("data/breached.rkb"), "the old one").expect("written");
    let mut child = rekey(folder.path()).args(["breach", "import", "list.txt"]).spawn().expect("starts");
    let partial = folder.path().join("data/breached.rkb.partial");
    while !partial.exists() && child.try_wait().expect("answers").is_none() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    assert_eq!(std::fs::read(folder.path().join("data/breached.rkb")).expect("there"), b"the old one");
}

#[test]
fn the_doctor_and_the_record_speak_plainly() {
    let folder = folder();
    assert!(rekey(folder.path()).arg("migrate").output().expect("runs").status.success());
    let doctor = rekey(folder.path()).arg("doctor").output().expect("runs");
    let text = String::from_utf8(doctor.stdout).expect("text");
    assert_eq!(doctor.status.code(), Some(1), "{text}");
    assert!(text.contains("warn  email can't be sent") && text.contains("ok    the database is up to date"), "{text}");
    for line in text.lines() {
        // Keys have their own names: `mail.url`.
        let words: Vec<_> = line.split_whitespace().filter(|word| !word.contains(['.', '_'])).collect();
        assert_eq!(style::faults(&words.join(" "), Lang::En, Kind::Console), [""; 0]);
    }
    let record = rekey(folder.path()).args(["audit", "verify"]).output().expect("runs");
    assert_eq!(
        (record.status.code(), String::from_utf8_lossy(&record.stdout).as_ref()),
        (Some(0), "The audit log is intact: 0 entries.\n")
    );
    let unknown = rekey(folder.path()).args(["account", "disable", "nobody@example.org"]).output().expect("runs");
    assert_eq!(said(&unknown), (1, "rekey: no account found for this identifier\n".to_owned()));
}
