//! Wrong settings are told by their key (R-22).

use std::collections::BTreeMap;

use rekey::config::{Config, Source};
use rekey_service::setting::{KEYS, find_key};

/// A setting that must not be taken, and the key that must be named.
const WRONG: [(&str, &str, &str); 55] = [
    ("REKEY_LISTEN", "localhost", "listen"),
    ("REKEY_LISTEN", "127.0.0.1:99999", "listen"),
    ("REKEY_PUBLIC_URL", "account.example.org", "public_url"),
    ("REKEY_PUBLIC_URL", "http://account.example.org", "public_url"),
    ("REKEY_PUBLIC_URL", "ftp://localhost", "public_url"),
    ("REKEY_PUBLIC_URL", "https://account.example.org/path", "public_url"),
    ("REKEY_PUBLIC_URL", "https://user@account.example.org", "public_url"),
    ("REKEY_PUBLIC_URL", "https://account.example.org/?a", "public_url"),
    ("REKEY_DATABASE__URL", "mysql://db/rekey", "database.url"),
    ("REKEY_DATABASE__URL", "rekey.db", "database.url"),
    ("REKEY_MAIL__URL", "mail.example.org", "mail.url"),
    ("REKEY_MAIL__URL", "https://mail.example.org", "mail.url"),
    ("REKEY_MAIL__FROM", "Rekey <no-reply@example.org>", "mail.url"),
    ("REKEY_SMS__URL", "https://api.example.com", "sms.account"),
    ("REKEY_SMS__TOKEN", "hunter2", "sms.url"),
    ("REKEY_DEV_MAILBOX", "maybe", "dev_mailbox"),
    ("REKEY_METRICS__LISTEN", "9090", "metrics.listen"),
    ("REKEY_METRICS__TOKEN", "0123456789012345678901234567890", "metrics.token"),
    ("REKEY_TRUSTED_PROXIES", "proxy.example.org", "trusted_proxies"),
    ("REKEY_TRUSTED_PROXIES", "10.0.0.0/8,10.0.0.0/99", "trusted_proxies"),
    ("REKEY_LOG__FORMAT", "xml", "log.format"),
    ("REKEY_LOG__LEVEL", "loud", "log.level"),
    ("REKEY_LIMITS__BODY_BYTES", "1", "limits.body_bytes"),
    ("REKEY_LIMITS__CONNECTIONS", "0", "limits.connections"),
    ("REKEY_ORGANISATION", "   ", "organisation"),
    ("REKEY_HELP_URL", "javascript:alert(1)", "help_url"),
    ("REKEY_DEFAULT_REGION", "Japan", "default_region"),
    ("REKEY_REGISTRATION__OPEN", "yes", "registration.open"),
    ("REKEY_REGISTRATION__TERMS_URL", "javascript:alert(1)", "registration.terms_url"),
    ("REKEY_RECOVERY__LINK_TTL", "4m", "recovery.link_ttl"),
    ("REKEY_RECOVERY__LINK_TTL", "25h", "recovery.link_ttl"),
    ("REKEY_RECOVERY__LINK_TTL", "3600", "recovery.link_ttl"),
    ("REKEY_RECOVERY__KIND", "carrier_pigeon", "recovery.kind"),
    ("REKEY_RECOVERY__THROTTLE", "some", "recovery.throttle"),
    ("REKEY_RECOVERY__THROTTLE__PROTECTION", "both", "recovery.throttle.protection"),
    ("REKEY_POLICY__PRESET", "weak", "policy.preset"),
    ("REKEY_SIGN_IN__LOCKOUT_THRESHOLD", "-1", "sign_in.lockout_threshold"),
    ("REKEY_SIGN_IN__LOCKOUT_LONGEST", "1s", "sign_in.lockout_longest"),
    ("REKEY_SESSION__IDLE", "60d", "session.idle"),
    ("REKEY_SESSION__ABSOLUTE", "5m", "session.absolute"),
    ("REKEY_HASHING__MEMORY_KIB", "19455", "hashing.memory_kib"),
    ("REKEY_HASHING__ITERATIONS", "1", "hashing.iterations"),
    ("REKEY_HASHING__PERMITS", "0", "hashing.permits"),
    ("REKEY_REQUESTS__STARTS_IN_ALL", "0", "requests.starts_in_all"),
    ("REKEY_SENDS__PER_HOUR_TARGET", "many", "sends.per_hour_target"),
    ("REKEY_REGISTRATION__PHONE", "sms", "registration.phone"),
    ("REKEY_TEXTS__COUNTRIES", "Japan", "texts.countries"),
    ("REKEY_TEXTS__PRICES", "JP", "texts.prices"),
    ("REKEY_TEXTS__WORK_BITS", "25", "texts.work_bits"),
    ("REKEY_MAIL__CA_FILE", "/nowhere/ca.pem", "mail.url"),
    ("REKEY_MAIL__URL", "smtp://user@mail.example.org", "mail.url"),
    ("REKEY_MAIL__OAUTH__TOKEN_URL", "https://login.example.com/token", "mail.url"),
    ("REKEY_MAIL__USER", "rekey", "mail.user"),
    ("REKEY_LISTENN", "127.0.0.1:3000", "listenn"),
    ("REKEY_DATABASE", "sqlite://x.db", "database"),
];

fn load(settings: &[(&str, &str)]) -> Result<Config, String> {
    let all = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let source = Source::read(None, all).map_err(|wrong| wrong.to_string())?;
    Config::from_source(source).map_err(|wrong| wrong.to_string())
}

fn from_file(text: &str) -> Result<Config, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rekey.toml");
    std::fs::write(&path, text).expect("written");
    let source = Source::read(Some(&path), std::iter::empty()).map_err(|wrong| wrong.to_string())?;
    Config::from_source(source).map_err(|wrong| wrong.to_string())
}

#[test]
fn a_wrong_setting_is_told_in_one_line_that_names_it() {
    for (variable, value, key) in WRONG {
        let line = load(&[(variable, value)]).expect_err(variable);
        assert!(line.starts_with(&format!("{key} ")), "{variable}={value}: {line}");
        assert!(!line.contains('\n'), "{line}");
    }
}

#[test]
fn no_line_repeats_a_secret() {
    let secrets = [
        ("REKEY_DATABASE__URL", "mysql://user:hunter2@db/rekey"),
        ("REKEY_MAIL__URL", "https://user:hunter2@mail.example.org"),
        ("REKEY_SMS__TOKEN", "hunter2"),
    ];
    for (variable, value) in secrets {
        let line = load(&[(variable, value)]).expect_err(variable);
        assert!(!line.contains("hunter2"), "{line}");
    }
    let config = load(&[
        ("REKEY_DATABASE__URL", "postgres://user:hunter2@db/rekey"),
        ("REKEY_MAIL__URL", "smtps://u:hunter2@m.example"),
    ]);
    assert!(!format!("{:?}", config.expect("right")).contains("hunter2"));
}

#[test]
fn the_cheap_hash_of_tests_stays_on_this_machine() {
    let cheap = ("REKEY_HASHING__INSECURE_TEST_COST", "true");
    assert_eq!(load(&[cheap]).expect("local").settings.hashing.iterations, 1);
    let line = load(&[cheap, ("REKEY_PUBLIC_URL", "https://account.example.org")]).expect_err("public");
    assert!(line.starts_with("hashing.insecure_test_cost (from REKEY_HASHING__INSECURE_TEST_COST) "), "{line}");
}

#[test]
fn nothing_configured_is_a_working_start() {
    let config = load(&[]).expect("right");
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(config.public_url.as_str(), "http://localhost:3000/");
    assert_eq!(config.database_url.expose(), "sqlite://data/rekey.db");
    assert!(config.dev_mailbox && config.is_local() && !config.is_https());
}

#[test]
fn the_development_mailbox_is_never_on_the_network() {
    for (listen, public_url) in [
        ("0.0.0.0:3000", "http://localhost:3000"),
        ("[::]:3000", "http://localhost:3000"),
        ("192.168.1.2:3000", "http://127.0.0.1:3000"),
        ("10.0.0.7:3000", "https://account.example.org"),
    ] {
        let given = [("REKEY_LISTEN", listen), ("REKEY_PUBLIC_URL", public_url)];
        let with = |mailbox| load(&[given[0], given[1], ("REKEY_DEV_MAILBOX", mailbox)]);
        assert_eq!(
            with("true").expect_err(listen),
            "dev_mailbox must be false while listen is an address of the network"
        );
        assert!(!with("false").expect(listen).dev_mailbox);
        assert_eq!(load(&given).is_err(), public_url.contains("localhost") || public_url.contains("127"), "{listen}");
    }
    let local = [("REKEY_LISTEN", "[::1]:3000"), ("REKEY_PUBLIC_URL", "http://localhost:3000")];
    assert!(load(&local).expect("loopback").dev_mailbox);
}

#[test]
fn in_public_the_development_mailbox_is_off() {
    assert!(!load(&[("REKEY_PUBLIC_URL", "https://account.example.org")]).expect("right").dev_mailbox);
}

#[test]
fn a_file_is_read_and_misspelt_keys_in_it_are_told() {
    let right = "listen = \"127.0.0.1:4000\"\n[recovery]\nlink_ttl = \"90m\"\n[recovery.throttle]\nprotection = \"account\"\n\
                 per_hour = 3\ninterval = \"10m\"\ntell = true\n";
    let config = from_file(right).expect("right");
    assert_eq!(config.public_url.as_str(), "http://localhost:4000/");
    assert_eq!(config.settings.recovery.link_ttl.as_secs(), 5400);
    let limit = config.settings.recovery.throttle.limits[0];
    assert_eq!((limit.per_hour, limit.interval_seconds, config.settings.recovery.throttle.tell), (3, 600, true));
    assert_eq!(
        from_file("[recovery]\nlink_tl = \"90m\"\n").expect_err("misspelt"),
        "recovery.link_tl is not a known setting"
    );
    let syntax = from_file("listen = \"127.0.0.1:3000\"\n[mail\nurl = \"smtps://u:hunter2@m\"\n").expect_err("no TOML");
    assert!(syntax.contains("line 2") && !syntax.contains("hunter2") && !syntax.contains('\n'), "{syntax}");
}

#[test]
fn a_variable_wins_over_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rekey.toml");
    std::fs::write(&path, "organisation = \"File\"\n[log]\nformat = \"json\"\n").expect("written");
    let variables = [("REKEY_ORGANISATION".to_owned(), "Variable".to_owned())].into_iter();
    let config = Config::from_source(Source::read(Some(&path), variables).expect("read")).expect("right");
    assert_eq!((config.settings.organisation.as_str(), config.log.json), ("Variable", true));
}

#[test]
fn the_manual_names_every_key_and_says_whether_it_can_be_changed_while_the_program_runs() {
    let manual = include_str!("../../../docs/CONFIGURATION.md");
    let mut told = BTreeMap::new();
    for row in manual.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        if let [keys, _, change @ ("live" | "start"), _] = cells[..] {
            told.extend(keys.split('`').skip(1).step_by(2).map(|key| (key.to_owned(), change)));
        }
    }
    let live = KEYS.iter().map(|key| (key.name().to_owned(), "live"));
    let start = load(&[]).expect("right").start_keys.into_iter().map(|key| (key.name.to_owned(), "start"));
    let all: BTreeMap<_, _> = live.chain(start).collect();
    assert_eq!(told, all);
}

#[test]
fn what_is_given_pins_and_what_is_empty_does_not() {
    let config = load(&[("REKEY_SESSION__IDLE", "10m"), ("REKEY_ORGANISATION", "")]).expect("right");
    let origin = |name| config.pins.origin(find_key(name).expect("a key")).map(ToString::to_string);
    assert_eq!(origin("session.idle").as_deref(), Some("REKEY_SESSION__IDLE"));
    assert_eq!((origin("organisation"), origin("session.absolute")), (None, None));
}

#[test]
fn a_policy_file_pins_the_policy_and_must_be_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let with = |policy: &str, more: &[(&str, &str)]| {
        let path = folder.path().join("policy.json");
        std::fs::write(&path, policy).expect("written");
        let path = path.display().to_string();
        load(&[&[("REKEY_POLICY__FILE", path.as_str())], more].concat())
    };
    let config = with(r#"{"length":{"min":20}}"#, &[]).expect("right");
    assert_eq!(config.settings.policy.length.min, 20);
    assert!(config.pins.origin(find_key("policy.preset").expect("a key")).is_some());
    let line = with(r#"{"length":{"min":5}}"#, &[]).expect_err("five characters");
    assert!(line.starts_with("policy.file (from REKEY_POLICY__FILE) F-LEN-6"), "{line}");
    let line = with(r#"{"length":{"min":20}}"#, &[("REKEY_POLICY__PRESET", "commerce")]).expect_err("both");
    assert!(line.starts_with("policy.file (from REKEY_POLICY__FILE) must not stand beside"), "{line}");
}
