use std::time::Duration;

use rekey_shared::password::Policy;

use super::*;
use crate::throttle::Protection;

fn key(name: &str) -> &'static dyn Key {
    find_key(name).expect("a key")
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn document(section: Section, values: &[(&str, Value)]) -> Document {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Document { version: 3, values, ..Document::empty(section) }
}

fn pins(values: &[(&str, Value)]) -> Pins {
    let mut pins = Pins::default();
    for (name, value) in values {
        pins.insert(key(name), Pin { value: value.clone(), origin: Origin::File });
    }
    pins
}

fn holding(documents: &[Document], pins: &Pins) -> Result<Resolved, SettingError> {
    resolve(&Settings::recommended(), documents, pins)
}

fn wrong(key: &'static str, problem: Problem) -> SettingError {
    SettingError::Wrong { key, problem }
}

/// For each key: what may be typed, and what must not be.
const TYPED: &[(&str, &[&str], &[&str])] = &[
    ("organisation", &["Example", " Hinode 株式会社 "], &["", "   ", "a\nb"]),
    ("help_url", &["https://help.example.org/", "mailto:help@example.org"], &["javascript:alert(1)", "help"]),
    ("default_region", &["JP"], &["jp", "JPN", "日本"]),
    ("time_zone", &["UTC", " Asia/Tokyo", "America/New_York"], &["", "JST", "Asia/Tokio", "+09:00", "../etc/passwd"]),
    ("links.form", &["path", " fragment "], &["", "#", "Fragment", "query"]),
    ("registration.open", &["true", " false "], &["yes", "1", ""]),
    ("registration.phone", &["true", " false "], &["sms", ""]),
    ("registration.terms_url", &["https://example.org/terms"], &["mailto:a@example.org", "data:,x"]),
    ("registration.terms_version", &["2026-11", " 第3版 "], &["", "a\nb"]),
    ("recovery.kind", &["link_and_code", "temporary_password"], &["Link", "", "link_and_code,"]),
    ("recovery.link_ttl", &["5m", "300s", "24h", "1d"], &["299s", "86401s", "2d", "3600", "-5m", "1.5h"]),
    ("recovery.throttle", &["recommended", "commerce", " none"], &["some", ""]),
    ("recovery.throttle.protection", &["none", "address", "account", "address_or_account"], &["both"]),
    ("recovery.throttle.per_hour", &["0", "1000000"], &["1000001", "-1", "five", "5.0"]),
    ("recovery.throttle.interval", &["0s", "1h"], &["3601s", "2h"]),
    ("recovery.throttle.tell", &["true"], &["tell"]),
    ("sign_in.lockout_threshold", &["1", "100"], &["0", "101", "-1", "18446744073709551616"]),
    ("sign_in.lockout_wait", &["1s", "24h"], &["0s", "25h"]),
    ("sign_in.lockout_longest", &["1s", "24h"], &["0s", "25h"]),
    ("sign_in.address_per_minute", &["1", "1000000"], &["0", "1000001"]),
    ("sign_in.address_burst", &["1", "1000000"], &["0", "1000001"]),
    (
        "sign_in.return_to",
        &["https://app.example.org", "https://app.example.org:8443/ http://intranet"],
        &[
            "app.example.org",
            "https://app.example.org/path",
            "https://ada@app.example.org",
            "ftp://app.example.org",
            "*",
        ],
    ),
    ("session.idle", &["1m", "29d"], &["59s", "30d"]),
    ("session.absolute", &["1m", "365d"], &["59s", "366d"]),
    ("sends.per_hour_target", &["0", "1000000"], &["many"]),
    ("sends.per_hour_address", &["0", "1000000"], &["1000001"]),
    ("requests.starts_per_minute", &["1", "1000000"], &["0", "1000001"]),
    ("requests.starts_in_all", &["1", "1000000"], &["0", "1000001"]),
    ("requests.codes_per_minute", &["1", "1000000"], &["0", "1000001"]),
    ("requests.codes_in_all", &["1", "1000000"], &["0", "1000001"]),
    ("requests.writes_per_minute", &["1", "1000000"], &["0", "1000001"]),
    ("requests.writes_in_all", &["1", "1000000"], &["0", "1000001"]),
    ("texts.countries", &["JP", "US CA", " US,CA , MX"], &["", " ", "usa", "US;CA", "US jp"]),
    ("texts.per_hour_number", &["0", "1000000"], &["1000001", "-1", "few"]),
    ("texts.per_day_number", &["0", "1000000"], &["1000001", "-1", "few"]),
    ("texts.per_hour_prefix", &["0", "1000000"], &["1000001", "-1", "few"]),
    ("texts.per_day_prefix", &["0", "1000000"], &["1000001", "-1", "few"]),
    ("texts.per_hour_network", &["0", "1000000"], &["1000001", "-1", "few"]),
    ("texts.per_day_network", &["0", "1000000"], &["1000001", "-1", "few"]),
    ("texts.per_hour_country", &["0", "1000000"], &["1000001", "-1", "few"]),
    ("texts.per_day_country", &["0", "1000000"], &["1000001", "-1", "few"]),
    ("texts.per_hour_total", &["0", "1000000"], &["1000001", "-1", "few"]),
    ("texts.per_day_total", &["0", "1000000"], &["1000001", "-1", "few"]),
    ("texts.work", &["true", "false"], &["yes", "1", ""]),
    ("texts.work_bits", &["8", "24"], &["7", "25", "-1", "1７"]),
    ("texts.per_hour_without_work", &["0", "1000000"], &["1000001", "-1", "few"]),
    ("texts.per_day_without_work", &["0", "1000000"], &["1000001", "-1", "few"]),
    ("texts.owner_share", &["0", "90"], &["91", "-1", "30%"]),
    ("texts.price", &["0", "100000"], &["100001", "0.07"]),
    ("texts.prices", &["JP=8", "US=1,JP=8", " US=0  JP=100000 "], &["", "JP", "JP=", "JP=100001", "jp=1", "JP=1.5"]),
    ("texts.budget_day", &["0", "1000000000"], &["1000000001", "-1"]),
    ("texts.budget_month", &["0", "1000000000"], &["1000000001", "-1"]),
    ("texts.breaker_sent", &["0", "1000000"], &["1000001"]),
    ("texts.breaker_percent", &["1", "100"], &["0", "101"]),
    ("texts.breaker_pause", &["1m", "7d"], &["59s", "8d"]),
    ("policy.preset", &["recommended", "pci-dss-4"], &["weak", "Recommended"]),
    ("retention.audit", &["1d", "3650d"], &["23h", "3651d", "0s", "ever"]),
    ("retention.journeys", &["1d", "3650d"], &["23h", "3651d", "0s", "ever"]),
    ("retention.messages", &["1d", "3650d"], &["23h", "3651d", "0s", "ever"]),
    ("retention.dead_messages", &["1d", "3650d"], &["23h", "3651d", "0s", "ever"]),
    ("retention.sessions", &["1d", "3650d"], &["23h", "3651d", "0s", "ever"]),
    ("retention.known_devices", &["1d", "3650d"], &["23h", "3651d", "0s", "ever"]),
    ("retention.action_tokens", &["1d", "3650d"], &["23h", "3651d", "0s", "ever"]),
    ("retention.budgets", &["1d", "3650d"], &["23h", "3651d", "0s", "ever"]),
    ("retention.jobs", &["1d", "3650d"], &["23h", "3651d", "0s", "ever"]),
];

#[test]
fn every_key_takes_what_is_in_its_range_and_nothing_else() {
    let keys: Vec<_> = KEYS.iter().map(|key| key.name()).collect();
    assert_eq!(TYPED.iter().map(|(name, ..)| *name).collect::<Vec<_>>(), keys, "every key has its row");
    for (name, good, bad) in TYPED {
        for typed in *good {
            let kept = key(name).check_text(typed).unwrap_or_else(|problem| panic!("{name} {typed:?} {problem}"));
            assert_eq!(key(name).check(&kept), Ok(kept.clone()), "{name} is kept as it is read");
            let section = document(key(name).section(), &[(name, kept.clone())]);
            let needed = document(Section::Recovery, &[("recovery.throttle.protection", text("account"))]);
            let documents = if name.starts_with("recovery.throttle.") { merged(section, needed) } else { section };
            match holding(&[documents], &Pins::default()) {
                Ok(resolved) => assert_eq!(resolved.value(key(name)), Some(kept), "{name}"),
                Err(SettingError::Wrong { problem, .. }) => {
                    assert!(matches!(problem, Problem::ShorterThan(_)), "{name}");
                }
                Err(error) => panic!("{name}: {error}"),
            }
        }
        for typed in *bad {
            let problem = key(name).check_text(typed).expect_err(&format!("{name} {typed:?}")).to_string();
            assert!(!problem.contains('\n'), "{problem}");
        }
        for other in [serde_json::json!([1]), serde_json::json!(1.5), serde_json::json!(null)] {
            assert!(key(name).check(&Value::Other(other)).is_err(), "{name}");
        }
    }
}

fn merged(mut one: Document, other: Document) -> Document {
    for (name, value) in other.values {
        one.values.entry(name).or_insert(value);
    }
    one
}

#[test]
fn a_document_wins_over_the_default_and_a_pin_over_the_document() {
    let idle = key("session.idle");
    let documents = [document(Section::Session, &[("session.idle", text("10m"))])];
    let default = holding(&[], &Pins::default()).expect("nothing is set");
    assert_eq!((default.value(idle), default.source(idle)), (Some(text("1h")), Source::Default));
    let set = holding(&documents, &Pins::default()).expect("in range");
    assert_eq!((set.value(idle), set.source(idle)), (Some(text("10m")), Source::Document { version: 3 }));
    assert_eq!(set.settings.session.idle, Duration::from_secs(600));
    let pinned = holding(&documents, &pins(&[("session.idle", text("5m"))])).expect("in range");
    assert_eq!((pinned.value(idle), pinned.source(idle)), (Some(text("5m")), Source::Pinned(Origin::File)));
    assert_eq!(pinned.settings.session.idle, Duration::from_secs(300));
}

#[test]
fn settings_that_contradict_each_other_are_refused_by_the_key_that_is_wrong() {
    let lockout = [("sign_in.lockout_wait", text("1h")), ("sign_in.lockout_longest", text("30m"))];
    let refused = holding(&[document(Section::SignIn, &lockout)], &Pins::default()).expect_err("contradict");
    assert_eq!(refused, wrong("sign_in.lockout_longest", Problem::ShorterThan("sign_in.lockout_wait")));
    let idle = document(Section::Session, &[("session.idle", text("2h"))]);
    let refused = holding(&[idle], &pins(&[("session.absolute", text("1h"))])).expect_err("contradict");
    assert_eq!(refused, wrong("session.absolute", Problem::ShorterThan("session.idle")));
    let idle = document(Section::Session, &[("session.idle", text("8d"))]);
    let kept = document(Section::Retention, &[("retention.sessions", text("7d"))]);
    let refused = holding(&[idle, kept], &Pins::default()).expect_err("contradict");
    assert_eq!(refused, wrong("retention.sessions", Problem::ShorterThan("session.idle")));
    let long = document(Section::Session, &[("session.idle", text("2d"))]);
    let grown = holding(&[long], &Pins::default()).expect("the absolute limit grows with it");
    assert_eq!(grown.settings.session.absolute, Duration::from_secs(2 * 86400));
}

#[test]
fn a_throttle_is_a_preset_or_limits_of_its_own() {
    let (protection, per_hour) = ("recovery.throttle.protection", "recovery.throttle.per_hour");
    let own = document(Section::Recovery, &[(protection, text("account")), (per_hour, Value::Number(3))]);
    let throttle = holding(std::slice::from_ref(&own), &Pins::default()).expect("fits").settings.recovery.throttle;
    let limit = Limit { protection: Protection::Account, per_hour: 3, interval_seconds: 60, kept: 0 };
    assert_eq!(throttle, RecoveryThrottle { limits: vec![limit], tell: false, alone: false });
    let alone = document(Section::Recovery, &[(per_hour, Value::Number(3))]);
    let refused = holding(&[alone], &Pins::default()).expect_err("has no meaning alone");
    assert_eq!(refused, wrong(per_hour, Problem::Needs(protection)));
    // The keys of one setting are pinned together: a pin of one leaves nothing of the document's others.
    let pinned = holding(&[own], &pins(&[("recovery.throttle", text("commerce"))])).expect("fits");
    assert_eq!(pinned.settings.recovery.throttle, RecoveryThrottle::commerce());
    assert_eq!(pinned.source(key(per_hour)), Source::Pinned(Origin::File));
    assert_eq!(pinned.value(key(per_hour)), None);
}

#[test]
fn links_live_an_hour_and_a_day_where_recovery_is_as_that_shops() {
    let hours = |settings: &[(&'static str, Value)]| {
        let resolved = holding(&[document(Section::Recovery, settings)], &Pins::default()).expect("in range");
        resolved.settings.recovery.link_ttl.as_secs() / 3600
    };
    assert_eq!(hours(&[]), 1);
    assert_eq!(hours(&[("recovery.throttle", text("none"))]), 1);
    assert_eq!(hours(&[("recovery.throttle", text("commerce"))]), 24);
    assert_eq!(hours(&[("recovery.throttle", text("commerce")), ("recovery.link_ttl", text("2h"))]), 2);
    assert_eq!(hours(&[("recovery.link_ttl", text("3h")), ("recovery.throttle", text("commerce"))]), 3);
}

#[test]
fn a_policy_without_a_name_pins_the_one_with_a_name() {
    let mut pins = Pins::default();
    pins.set_policy(Policy::at_least(33), Origin::Environment("REKEY_POLICY__FILE".to_owned()));
    let documents = [document(Section::Password, &[("policy.preset", text("pci-dss-4"))])];
    let resolved = holding(&documents, &pins).expect("fits");
    assert_eq!(resolved.settings.policy.length.min, 33);
    let pinned = Source::Pinned(Origin::Environment("REKEY_POLICY__FILE".to_owned()));
    assert_eq!((resolved.value(key("policy.preset")), resolved.source(key("policy.preset"))), (None, pinned));
    pins.set_policy(Policy::at_least(3), Origin::File);
    let refused = holding(&[], &pins).expect_err("three characters");
    assert!(matches!(refused, SettingError::Wrong { problem: Problem::BelowFloor(_), .. }), "{refused}");
}

#[test]
fn a_key_of_a_newer_program_is_left_aside_and_kept() {
    let newer = document(Section::Session, &[("session.colour", Value::Other(serde_json::json!(["red"])))]);
    let resolved = holding(std::slice::from_ref(&newer), &Pins::default()).expect("left aside");
    assert_eq!(resolved.unknown, ["session.colour"]);
    let edit = Edit::Set { key: "session.idle".to_owned(), text: "10m".to_owned() };
    let values = edited(&newer, &[edit], &Pins::default()).expect("in range");
    assert_eq!(values.len(), 2);
}

#[test]
fn an_edit_says_which_key_is_wrong() {
    let empty = Document::empty(Section::Session);
    let set = |key: &str, text: &str| Edit::Set { key: key.to_owned(), text: text.to_owned() };
    let refused = |edit, pins: &Pins| edited(&empty, &[edit], pins).expect_err("refused");
    let free = Pins::default();
    assert_eq!(refused(set("session.idel", "1h"), &free), SettingError::Unknown("session.idel".to_owned()));
    let misplaced = SettingError::Misplaced { key: "organisation", section: Section::Session };
    assert_eq!(refused(set("organisation", "A"), &free), misplaced);
    assert_eq!(refused(set("session.idle", "soon"), &free), wrong("session.idle", Problem::NotSpan));
    let pinned = SettingError::Pinned { key: "session.idle", origin: Origin::File };
    assert_eq!(refused(set("session.idle", "1h"), &pins(&[("session.idle", text("2h"))])), pinned);
    let edits = [set("session.idle", "10m"), set("session.absolute", "12h"), set("session.idle", "")];
    let values = edited(&empty, &edits, &free).expect("in range");
    assert_eq!(values, document(Section::Session, &[("session.absolute", text("12h"))]).values);
}

#[test]
fn a_preset_and_limits_of_its_own_take_each_others_place() {
    let empty = Document::empty(Section::Recovery);
    let set = |key: &str, text: &str| Edit::Set { key: key.to_owned(), text: text.to_owned() };
    let own = [set("recovery.throttle.protection", "account"), set("recovery.throttle.per_hour", "3")];
    let values = edited(&empty, &own, &Pins::default()).expect("in range");
    let back = Document { values, ..empty };
    let values = edited(&back, &[set("recovery.throttle", "commerce")], &Pins::default()).expect("in range");
    assert_eq!(values, document(Section::Recovery, &[("recovery.throttle", text("commerce"))]).values);
}

#[test]
fn a_difference_names_what_was_added_changed_and_taken_back() {
    let before = document(Section::Session, &[("a", text("1")), ("b", text("1")), ("c", text("1"))]).values;
    let after = document(Section::Session, &[("b", text("2")), ("c", text("1")), ("d", Value::Boolean(true))]).values;
    let written: Vec<_> = difference(&before, &after)
        .into_iter()
        .map(|one| {
            format!("{} {:?} {:?}", one.key, one.before.map(|v| v.to_string()), one.after.map(|v| v.to_string()))
        })
        .collect();
    assert_eq!(written, [r#"a Some("1") None"#, r#"b Some("1") Some("2")"#, r#"d None Some("true")"#]);
}

#[test]
fn a_document_is_written_as_the_file_would_be() {
    let values = document(Section::Sends, &[("a", Value::Number(5)), ("b", Value::Boolean(false)), ("c", text("24h"))]);
    let written = serde_json::to_string(&values.values).expect("serialises");
    assert_eq!(written, r#"{"a":5,"b":false,"c":"24h"}"#);
    assert_eq!(serde_json::from_str::<Values>(&written).expect("reads"), values.values);
    let newer: Values = serde_json::from_str(r#"{"a":1.5,"b":[1,2],"c":{"d":null}}"#).expect("is kept");
    assert!(newer.values().all(|value| matches!(value, Value::Other(_))), "{newer:?}");
}

#[test]
fn a_span_needs_a_unit_and_is_read_as_it_is_written() {
    assert_eq!(parse_span("90m"), Some(Duration::from_secs(5400)));
    assert_eq!(parse_span(" 24 h"), Some(Duration::from_secs(86400)));
    for text in ["", "h", "90", "1.5h", "-1h", "9w", "99999999999999999999d", "18446744073709551615d"] {
        assert_eq!(parse_span(text), None, "{text:?}");
    }
    for text in ["0s", "30s", "5m", "24h", "7d", "90m"] {
        let span = parse_span(text).expect("a span");
        assert_eq!(write_span(span), text);
    }
}
