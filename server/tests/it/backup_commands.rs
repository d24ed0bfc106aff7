//! `rekey backup|restore|restored`, in processes of their own, and a server that meets an older database.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

use rekey_testkit::bench::{BETTER, GOOD};
use rekey_testkit::site::{Scripts, execute, paths};
use rekey_testkit::{Database, TestSite};

const ADA: &str = "ada@example.org";
const OLDER: &str = "rekey: database.url is older than this node has seen it, or another database: \
                     if it was restored, run rekey restored\n";
/// The program looks every five seconds.
const PATIENCE: u32 = 600;
const LOOK: Duration = Duration::from_millis(50);

/// Exit code, what was printed, and what was complained of.
fn run(site: &TestSite, arguments: &[&str]) -> (i32, String, String) {
    let mut command = site.as_program().installation().command();
    let output = command.args(arguments).stderr(Stdio::piped()).output().expect("runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    // Only the complaint: the log goes the same way.
    let complaint =
        text(&output.stderr).lines().filter(|line| line.starts_with("rekey: ")).fold(String::new(), |mut all, line| {
            all.push_str(line);
            all.push('\n');
            all
        });
    (output.status.code().expect("an exit code"), text(&output.stdout), complaint)
}

fn done(site: &TestSite, arguments: &[&str]) -> String {
    let (code, said, complaint) = run(site, arguments);
    assert_eq!(code, 0, "{arguments:?}: {complaint}");
    said
}

fn folder(site: &TestSite) -> PathBuf {
    site.as_program().installation().folder().to_owned()
}

/// The place of the last seal that the node remembers.
fn remembered(site: &TestSite) -> u64 {
    let text = fs::read_to_string(folder(site).join("data/database-seen.json")).unwrap_or_default();
    let seal = text.split("\"seal\":\"").nth(1).and_then(|rest| rest.split(':').next());
    seal.and_then(|place| place.parse().ok()).unwrap_or_default()
}

/// Waits until the node remembers what it has sealed.
async fn remembers(site: &TestSite, more_than: u64) -> u64 {
    for _ in 0..PATIENCE {
        let place = remembered(site);
        if place > more_than {
            return place;
        }
        tokio::time::sleep(LOOK).await;
    }
    panic!("nothing is remembered");
}

async fn link_works(site: &TestSite, token: &str) -> bool {
    let mut browser = site.browser(3);
    browser.get(&format!("{}{token}", paths::RECOVERY_LINK)).await;
    let choice = [("new_password", BETTER), ("confirm_password", BETTER)];
    browser.post(Scripts::On, paths::RECOVERY_COMPLETE, &choice).await.is_success()
}

async fn a_backup_is_made_beside_a_server_and_brings_nothing_back_to_life(database: Database) {
    let site = TestSite::program().on(database).start().await;
    site.register(ADA).await;
    let (link, mut browser) = (site.recovery_link(ADA).await, site.signed_in(ADA, GOOD).await);
    assert_eq!(browser.get("/account").await.status, 200);
    assert!(run(&site, &["doctor"]).1.contains("note  no backup was made with rekey backup yet"));
    assert!(done(&site, &["backup", "first.backup"]).starts_with("first.backup: "));
    assert!(run(&site, &["doctor"]).1.contains("ok    the last backup was made 0 days ago"));
    site.reset(&link.token, BETTER).await;
    assert!(!link_works(&site, &link.token).await);

    site.as_program().kill(0);
    let (code, _, complaint) = run(&site, &["restore", "first.backup"]);
    let refusal = "rekey: first.backup: the database is not empty; to delete everything in it, add --replace\n";
    assert_eq!((code, complaint.as_str()), (1, refusal));
    let said = done(&site, &["restore", "first.backup", "--replace"]);
    assert!(said.contains("Ended in 1 accounts: 1 sessions, 1 recoveries and registrations"), "{said}");
    site.as_program().start(0);

    assert!(!link_works(&site, &link.token).await, "it was used after the backup");
    assert_eq!(browser.get("/account").await.status, 303, "signed out");
    assert!(site.accepts(ADA, GOOD).await, "the password is that of the backup");
    assert!(done(&site, &["audit", "verify"]).starts_with("The audit log is intact"));
    only_its_owner_reads(&folder(&site).join("first.backup"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_made_beside_a_server_and_brings_nothing_back_to_life_on_sqlite() {
    a_backup_is_made_beside_a_server_and_brings_nothing_back_to_life(Database::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_is_made_beside_a_server_and_brings_nothing_back_to_life_on_postgresql() {
    a_backup_is_made_beside_a_server_and_brings_nothing_back_to_life(Database::postgres().await).await;
}

#[cfg(unix)]
fn only_its_owner_reads(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;

    assert_eq!(fs::metadata(path).expect("there").permissions().mode() & 0o777, 0o600);
}

#[cfg(not(unix))]
fn only_its_owner_reads(_path: &Path) {}

/// The files of the database: itself and what it has not taken in yet.
fn copy_database(from: &Path, to: &Path) {
    for name in ["rekey.db", "rekey.db-wal", "rekey.db-shm"] {
        let _ = fs::remove_file(to.join(name));
        if from.join(name).exists() {
            fs::copy(from.join(name), to.join(name)).expect("copied");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_does_not_serve_a_disk_of_yesterday_until_it_is_told() {
    let site = TestSite::program().start().await;
    let (data, yesterday) = (folder(&site).join("data"), folder(&site).join("yesterday"));
    fs::create_dir(&yesterday).expect("made");
    site.register(ADA).await;
    let link = site.recovery_link(ADA).await;
    let before = remembers(&site, 0).await;
    site.as_program().kill(0);
    copy_database(&data, &yesterday);
    site.as_program().start(0);
    site.reset(&link.token, BETTER).await;
    remembers(&site, before).await;

    site.as_program().kill(0);
    copy_database(&yesterday, &data);
    for _ in 0..2 {
        let (code, said, complaint) = run(&site, &["serve"]);
        assert_eq!((code, said.as_str(), complaint.as_str()), (2, "", OLDER));
    }
    assert!(run(&site, &["doctor"]).1.contains("warn  database.url is older than this node has seen it"));
    assert!(done(&site, &["restored"]).starts_with("Ended in 1 accounts: 0 sessions, 1 recoveries"));
    site.as_program().start(0);
    assert!(!link_works(&site, &link.token).await);
    assert!(site.accepts(ADA, GOOD).await);
    let log = fs::read_to_string(site.as_program().log_file(0)).expect("a log");
    assert!(log.contains("the database was restored; this node goes on from there"), "{log}");
    site.as_program().kill(0);
    site.as_program().start(0);
}

/// A server that is waited for, not killed, unless it hangs.
fn exit_code(mut child: Child) -> Option<i32> {
    for _ in 0..PATIENCE {
        if let Some(status) = child.try_wait().expect("answers") {
            return status.code();
        }
        std::thread::sleep(LOOK);
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    None
}

async fn a_server_stops_when_its_database_is_older_all_at_once(database: Database) {
    let site = TestSite::program().on(database).start().await;
    site.register(ADA).await;
    remembers(&site, 0).await;
    site.as_program().kill(0);
    let program = site.as_program().installation();
    let mut command = program.command();
    command.arg("serve").env("REKEY_LISTEN", format!("127.0.0.1:{}", program.ports()[0])).stderr(Stdio::piped());
    let mut child = command.spawn().expect("starts");
    let mut said = BufReader::new(child.stdout.take().expect("piped"));
    let mut line = String::new();
    said.read_line(&mut line).expect("it speaks");
    assert!(line.starts_with("Rekey is ready"), "{line}");

    let lost = format!("DELETE FROM audit WHERE seq >= {}", remembered(&site));
    execute(site.as_program().database_url(), &lost).await;
    let mut log = child.stderr.take().expect("piped");
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        log.read_to_string(&mut text).map(|_| text)
    });
    assert_eq!(exit_code(child), Some(2));
    let text = reader.join().expect("no panic").expect("text");
    assert!(text.ends_with(OLDER), "{text}");
    assert!(text.contains("the database is older than this node has seen it: stopping"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_stops_when_its_database_is_older_all_at_once_on_sqlite() {
    a_server_stops_when_its_database_is_older_all_at_once(Database::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_stops_when_its_database_is_older_all_at_once_on_postgresql() {
    a_server_stops_when_its_database_is_older_all_at_once(Database::postgres().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_backed_up_or_restored_is_told_in_one_line() {
    let site = TestSite::program().start().await;
    let path = |name: &str| folder(&site).join(name);
    done(&site, &["backup", "whole.backup"]);
    let whole = fs::read(path("whole.backup")).expect("there");
    fs::write(path("cut.backup"), &whole[..whole.len() - 70]).expect("written");
    let changed = String::from_utf8(whole.clone()).expect("text").replacen("owner", "Owner", 1);
    fs::write(path("changed.backup"), changed).expect("written");
    fs::write(path("other.backup"), "{}\n").expect("written");
    for (arguments, complaint) in [
        (["backup", "whole.backup"], "whole.backup: "),
        (["backup", "missing/whole.backup"], "missing/whole.backup: "),
        (["restore", "cut.backup"], "cut.backup: the file is damaged or not complete"),
        (["restore", "changed.backup"], "changed.backup: the file is damaged or not complete"),
        (["restore", "other.backup"], "other.backup: the file is not a backup of Rekey"),
        (["restore", "missing.backup"], "missing.backup: the file: "),
    ] {
        let (code, said, complained) = run(&site, &arguments);
        assert_eq!((code, said.as_str(), complained.lines().count()), (1, "", 1), "{arguments:?}: {complained}");
        assert!(complained.starts_with(&format!("rekey: {complaint}")), "{arguments:?}: {complained}");
    }
    assert_eq!(fs::read(path("whole.backup")).expect("there"), whole, "it is not overwritten");
    let files = fs::read_dir(folder(&site)).expect("a folder").flatten();
    let left: Vec<_> = files.map(|file| file.file_name().into_string().expect("a name")).collect();
    assert!(!left.iter().any(|name| name.contains(".backup.")), "nothing is left half done: {left:?}");

    // The keys of another installation, and then none.
    site.as_program().kill(0);
    let own = fs::read(path("data/keys.json")).expect("there");
    let key = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
    fs::write(path("data/keys.json"), format!(r#"{{"keys":[{{"key":"{key}","since":0}}]}}"#)).expect("written");
    let (code, _, complained) = run(&site, &["restore", "whole.backup", "--replace"]);
    assert_eq!(code, 2, "{complained}");
    assert!(complained.starts_with("rekey: keys_file does not belong to this backup"), "{complained}");
    fs::remove_file(path("data/keys.json")).expect("removed");
    assert_eq!(run(&site, &["restore", "whole.backup", "--replace"]).0, 2);
    fs::write(path("data/keys.json"), own).expect("written");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path("data/keys.json"), fs::Permissions::from_mode(0o600)).expect("changed");
    }
    site.as_program().start(0);
}
