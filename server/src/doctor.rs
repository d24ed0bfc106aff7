//! `rekey doctor`: what is not ready for production yet. Changes nothing.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use rekey_delivery::MailSettings;
use rekey_domain::audit::AuditEvent;
use rekey_domain::key::RingKey;
use rekey_domain::message::text_limits::{ALARM_PERCENT, Demand, Meter};
use rekey_service::Clock as _;
use rekey_service::message::texts::{self, TextStanding};
use rekey_service::setting::resolve;
use rekey_shared::Timestamp;
use rekey_store::{OutboxCounts, Store, Unsealed};

use crate::config::Config;
use crate::ports::SystemClock;
use crate::seen::{self, Memory};
use crate::wiring::StartError;
use crate::{clock_skew, keys, processor};

/// A message should not wait longer.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// An entry of the audit log is sealed within a second; commands that run without a server seal what they write.
const LONGEST_UNSEALED: Duration = Duration::from_secs(60);

/// How long an alarm on wrong codes is told. It is raised anew every five minutes while it lasts.
const CODE_ALARM_IS_NEWS: Duration = Duration::from_secs(3600);
/// Days after which a backup is old, for those who make them with `rekey backup`.
const LONGEST_WITHOUT_BACKUP: u64 = 7;
/// Prefixes that are named in one line.
const LISTED_PREFIXES: usize = 8;

/// One thing that was looked at.
#[derive(Debug, PartialEq, Eq)]
enum Finding {
    /// As it should be.
    Good(String),
    /// To fix before people rely on it.
    Bad(String),
    /// Good to know.
    Note(String),
}
use Finding::{Bad, Good, Note};

/// Looks at everything and prints a line for each; the exit code is 1 when something is to fix.
pub async fn examine(config: &Config) -> ExitCode {
    let mut findings = of_settings(config);
    findings.extend(of_mail_service(config.mail.as_ref()));
    findings.push(of_keys(&config.keys_file));
    findings.extend(of_database(config).await);
    findings.extend(of_processor());
    for finding in &findings {
        println!("{finding}");
    }
    let bad = findings.iter().filter(|finding| matches!(finding, Bad(_))).count();
    if bad == 0 {
        println!("No problems found.");
        ExitCode::SUCCESS
    } else {
        println!("{bad} to fix.");
        ExitCode::from(1)
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Good(text) => write!(f, "ok    {text}"),
            Bad(text) => write!(f, "warn  {text}"),
            Note(text) => write!(f, "note  {text}"),
        }
    }
}

fn judge(good: bool, yes: &str, no: &str) -> Finding {
    if good { Good(yes.to_owned()) } else { Bad(no.to_owned()) }
}

/// Mail services that switch sign-in with passwords off, wholly or without one made for the purpose.
const WITHOUT_PASSWORDS: [(&str, bool); 4] = [
    ("smtp.office365.com", true),
    ("smtp-mail.outlook.com", true),
    ("smtp.gmail.com", false),
    ("smtp-relay.gmail.com", false),
];

/// Whether the mail service is one that takes tokens only, or soon will.
fn of_mail_service(mail: Option<&MailSettings>) -> Option<Finding> {
    let mail = mail.filter(|mail| mail.credentials.is_some())?;
    let (host, wholly) = WITHOUT_PASSWORDS.into_iter().find(|(host, _)| mail.host.eq_ignore_ascii_case(host))?;
    let advice = format!("{host} switches sign-in with passwords off: set mail.oauth");
    Some(if wholly { Bad(advice) } else { Note(format!("{advice}, or use a password made for this program")) })
}

fn of_settings(config: &Config) -> Vec<Finding> {
    vec![
        judge(
            config.is_https() && !config.is_local(),
            "public_url uses HTTPS",
            "public_url only works on this machine: set it to the https:// address that people use",
        ),
        judge(config.mail.is_some(), "email has a provider", "email can't be sent: set mail.url and mail.from"),
        judge(config.sms.is_some(), "text messages have a provider", "text messages can't be sent: set sms.url"),
        judge(
            !config.dev_mailbox,
            "the development mailbox is off",
            "the development mailbox shows codes and links to everyone: set dev_mailbox = false",
        ),
        judge(
            !config.is_https() || !config.trusted_proxies.is_empty(),
            "client addresses are told apart",
            "all clients share the proxy's address: set trusted_proxies",
        ),
        judge(
            config.settings.hashing.memory_kib >= 19_456,
            "passwords are hashed at full cost",
            "passwords are hashed at test cost: remove hashing.insecure_test_cost",
        ),
    ]
}

fn of_keys(path: &Path) -> Finding {
    if !path.exists() {
        return Note("there are no keys yet; the first start creates them".to_owned());
    }
    match keys::read(path) {
        Ok(_) => Good("only their owner can read the keys".to_owned()),
        Err(wrong) => Bad(wrong.to_string()),
    }
}

async fn of_database(config: &Config) -> Vec<Finding> {
    let url = config.database_url.expose();
    let file = url.strip_prefix("sqlite://").map(|path| path.split('?').next().unwrap_or(path));
    if file.is_some_and(|file| !Path::new(file).exists()) {
        return vec![Bad("there is no database yet; the first start creates it".to_owned())];
    }
    match look(config, SystemClock.now()).await {
        Ok(findings) => findings,
        Err(failure) => vec![Bad(failure.to_string())],
    }
}

async fn look(config: &Config, now: Timestamp) -> Result<Vec<Finding>, StartError> {
    let store = Store::connect(config.database_url.expose()).await?;
    store.ping().await?;
    let mut findings = vec![Good("the database is reachable".to_owned())];
    if !store.is_migrated().await? {
        findings.push(Bad("the database is out of date: run rekey migrate".to_owned()));
        return Ok(findings);
    }
    findings.push(Good("the database is up to date".to_owned()));
    let owned = store.has_owner().await?;
    findings.push(judge(owned, "there is an owner", "there is no owner: run rekey owner-link"));
    findings.extend(of_outbox(&store.outbox_counts().await?, now));
    findings.push(of_audit(&store.count_unsealed().await?, now));
    findings.push(of_codes(store.last_audit(AuditEvent::CodeAlarm).await?, now));
    findings.extend(of_texts(config, &store, now).await?);
    findings.extend(of_key_file(&config.keys_file, &store.list_ring_keys().await?));
    findings.extend(of_clocks(clock_skew::measure(&store, &SystemClock).await?));
    findings.push(of_backup(store.last_backup().await?, now));
    let is_older = Memory::read(config)?.is_ahead_of(&store).await?;
    findings.extend(is_older.then(|| Bad(seen::older().to_string())));
    Ok(findings)
}

/// Whether this node's file holds every key of the installation, and no other.
fn of_key_file(path: &Path, known: &[RingKey]) -> Vec<Finding> {
    let Ok(file) = keys::read(path) else { return Vec::new() };
    let is_held = |key: &&RingKey| file.iter().any(|held| held.id() == key.id);
    let live = known.iter().filter(|key| key.retired_at.is_none());
    let lacking: Vec<_> = live.filter(|key| !is_held(key)).map(|key| key.id.to_string()).collect();
    let retired = known.iter().filter(|key| key.retired_at.is_some()).filter(is_held);
    let lacks = format!("keys_file lacks {}: copy it from another node", lacking.join(", "));
    let held = "keys_file holds every key of this installation";
    let stale = retired.map(|key| Note(format!("keys_file still holds retired key {}: remove it", key.id)));
    std::iter::once(judge(lacking.is_empty(), held, &lacks)).chain(stale).collect()
}

fn of_outbox(counts: &OutboxCounts, now: Timestamp) -> [Finding; 2] {
    let waited = counts.oldest_waiting_at.map_or(Duration::ZERO, |at| now.since(at));
    let minutes = waited.as_secs() / 60;
    let (waiting, oldest) = (counted(counts.waiting, "message"), counted(minutes, "minute"));
    let late = format!("{waiting} waiting, the oldest for {oldest}: check the provider");
    let dead = format!("{} failed: search the log for \"message not sent\"", counted(counts.dead, "message"));
    [
        judge(waited <= LONGEST_WAIT, "no message waits for long", &late),
        judge(counts.dead == 0, "no message failed", &dead),
    ]
}

/// Whether text messages are within their limits, by the settings that hold in the database.
async fn of_texts(config: &Config, store: &Store, now: Timestamp) -> Result<Vec<Finding>, StartError> {
    let documents = store.list_setting_documents().await?;
    let limits = match resolve(&config.settings, &documents, &config.pins) {
        Ok(resolved) => resolved.settings.texts,
        Err(error) => return Ok(vec![Bad(format!("the settings do not hold together: {error}"))]),
    };
    let standing = texts::standing(store, &limits, now).await?;
    let mut findings = text_findings(&standing);
    if findings.is_empty() {
        findings.push(Good("text messages are within their limits".to_owned()));
    }
    Ok(findings)
}

/// What is wrong with text messages: limits that are nearly used up, and prefixes that are paused.
fn text_findings(standing: &TextStanding) -> Vec<Finding> {
    let near = |(demand, used): &&(Demand, u64)| used * 100 >= demand.limit * ALARM_PERCENT;
    let told = |(demand, used): &(Demand, u64)| {
        let what = match demand.meter {
            Meter::Budget => "budget for text messages",
            Meter::WithoutWork => "limit on text messages without a proof of work",
            Meter::Number | Meter::Prefix | Meter::Network | Meter::Country | Meter::Total => "limit on text messages",
        };
        let part = if demand.of_registrations { "registrations have used" } else { "used:" };
        let (window, percent) = (demand.window.name(), used * 100 / demand.limit.max(1));
        Bad(format!("{part} {percent} % of the {what} of this {window}: see [texts] in the settings"))
    };
    let mut findings: Vec<_> = standing.counts.iter().filter(near).map(told).collect();
    if !standing.paused.is_empty() {
        let prefixes: Vec<_> = standing.paused.iter().map(|paused| format!("+{}", paused.prefix)).collect();
        let count = if prefixes.len() == 1 { "1 prefix" } else { &format!("{} prefixes", prefixes.len()) };
        let list = prefixes.iter().take(LISTED_PREFIXES).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if prefixes.len() > LISTED_PREFIXES { ", …" } else { "" };
        findings.push(Bad(format!("text messages to {count} are paused, their codes are not entered: {list}{more}")));
    }
    findings
}

fn of_audit(unsealed: &Unsealed, now: Timestamp) -> Finding {
    let waited = unsealed.oldest_at.map_or(Duration::ZERO, |at| now.since(at));
    let late = format!(
        "{} of the audit log not sealed, the oldest for {}: is a server running? Then search its log for \"audit log\"",
        if unsealed.entries == 1 { "1 entry".to_owned() } else { format!("{} entries", unsealed.entries) },
        counted(waited.as_secs() / 60, "minute")
    );
    judge(waited <= LONGEST_UNSEALED, "the audit log is sealed", &late)
}

/// Whether codes were wrong far too often within the last hour.
fn of_codes(last: Option<Timestamp>, now: Timestamp) -> Finding {
    let lately = last.map(|at| now.since(at)).filter(|ago| *ago < CODE_ALARM_IS_NEWS);
    let minutes = counted(lately.unwrap_or_default().as_secs() / 60, "minute");
    let alarm = format!(
        "codes were wrong far too often {minutes} ago: someone may be trying codes at many accounts; \
         search the log for code_alarm"
    );
    judge(lately.is_none(), "codes aren't being guessed", &alarm)
}

fn of_clocks(millis: i64) -> Option<Finding> {
    let seconds = millis.unsigned_abs() / 1000;
    let by = if millis > 0 { "ahead of" } else { "behind" };
    let told = format!("this machine's clock is {} {by} the database's: set both", counted(seconds, "second"));
    clock_skew::is_large(millis).then_some(Bad(told))
}

fn of_backup(last: Option<Timestamp>, now: Timestamp) -> Finding {
    let Some(last) = last else { return Note("no backup was made with rekey backup yet".to_owned()) };
    let days = now.since(last).as_secs() / (24 * 3600);
    let told = format!("the last backup was made {} ago ({})", counted(days, "day"), last.rfc3339());
    if days > LONGEST_WITHOUT_BACKUP { Bad(format!("{told}: run rekey backup")) } else { Good(told) }
}

/// A number and what is counted, right at 1.
fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn of_processor() -> Option<Finding> {
    let narrow = processor::has_avx2() == Some(false);
    narrow.then(|| Note("this processor has no AVX2: signing in takes 1.5 times as long".to_owned()))
}

#[cfg(test)]
mod tests {
    use rekey_domain::message::text_limits::{TextLimits, Window};
    use rekey_store::PausedPrefix;

    use super::*;

    #[test]
    fn an_alarm_on_codes_is_told_for_an_hour() {
        let now = Timestamp::from_millis(1_795_165_505_000);
        let ago = |minutes: u64| of_codes(Some(now.minus(Duration::from_secs(60 * minutes))), now);
        assert_eq!(of_codes(None, now), Good("codes aren't being guessed".to_owned()));
        assert!(matches!(ago(59), Bad(told) if told.contains("59 minutes ago")));
        assert!(matches!(ago(60), Good(_)));
    }

    #[test]
    fn clocks_that_differ_by_more_than_two_seconds_are_told() {
        let told = "this machine's clock is 3 seconds behind the database's: set both";
        assert_eq!(of_clocks(-3_500), Some(Bad(told.to_owned())));
        assert_eq!(of_clocks(3_500), Some(Bad(told.replace("behind", "ahead of"))));
        assert_eq!((of_clocks(2_000), of_clocks(0)), (None, None));
    }

    #[test]
    fn a_backup_is_old_after_a_week() {
        let now = Timestamp::from_millis(1_795_165_505_000);
        let days = |days: u64| Some(now.minus(Duration::from_secs(days * 24 * 3600)));
        let at = "2026-11-12T09:05:05.000Z";
        let old = format!("the last backup was made 8 days ago ({at})");
        assert_eq!(of_backup(days(7), now), Good(old.replace("8 days", "7 days").replace("11-12", "11-13")));
        assert_eq!(of_backup(days(8), now), Bad(format!("{old}: run rekey backup")));
        assert!(matches!(of_backup(None, now), Note(_)));
    }

    #[test]
    fn a_message_that_waits_for_six_minutes_is_told() {
        let now = Timestamp::from_millis(1_000_000_000);
        let counts = |waiting, minutes: u64| OutboxCounts {
            waiting,
            dead: 1,
            oldest_waiting_at: Some(now.minus(Duration::from_secs(60 * minutes))),
        };
        let [waits, failed] = of_outbox(&counts(2, 4), now);
        assert_eq!(waits, Good("no message waits for long".to_owned()));
        assert_eq!(failed, Bad("1 message failed: search the log for \"message not sent\"".to_owned()));
        for (waiting, told) in [
            (1, "1 message waiting, the oldest for 6 minutes: check the provider"),
            (2, "2 messages waiting, the oldest for 6 minutes: check the provider"),
        ] {
            assert_eq!(of_outbox(&counts(waiting, 6), now)[0], Bad(told.to_owned()));
        }
    }

    #[test]
    fn a_budget_is_told_from_four_fifths_on_and_a_pause_by_its_prefix() {
        let limits = TextLimits { budget_day: 100, ..TextLimits::RECOMMENDED };
        let now = Timestamp::from_millis(1_795_165_505_000);
        let standing = |day: u64, paused: &[&str]| TextStanding {
            counts: limits
                .watched(now)
                .into_iter()
                .map(|demand| {
                    let is_day =
                        demand.meter == Meter::Budget && demand.window == Window::Day && !demand.of_registrations;
                    (demand, if is_day { day } else { 0 })
                })
                .collect(),
            paused: paused.iter().map(|prefix| PausedPrefix { prefix: (*prefix).to_owned(), until: now }).collect(),
        };
        assert_eq!(text_findings(&standing(79, &[])), []);
        let spent = "used: 80 % of the budget for text messages of this day: see [texts] in the settings";
        assert_eq!(text_findings(&standing(80, &[])), [Bad(spent.to_owned())]);
        let paused = "text messages to 1 prefix are paused, their codes are not entered: +1202555";
        assert_eq!(text_findings(&standing(0, &["1202555"])), [Bad(paused.to_owned())]);
    }
}
