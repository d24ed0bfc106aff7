//! Settings documents, over real databases and several nodes.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::time::Duration;

use rekey_service::right::By;
use rekey_service::setting::{
    self, ChangeError, Document, Edit, LoadError, Origin, Pin, Pins, Problem, Section, SettingError, Source, Value,
    find_key,
};
use rekey_service::{Services, registration};
use rekey_testkit::bench::meta;
use rekey_testkit::{assert_matches, on_both_databases};

/// What the nodes promise.
const PROMISE: Duration = Duration::from_secs(2);

fn edit(key: &str, text: &str) -> Edit {
    Edit::Set { key: key.to_owned(), text: text.to_owned() }
}

async fn set(cx: &Services, key: &str, text: &str) -> Result<Document, ChangeError> {
    let edit = edit(key, text);
    let section = edit.section()?;
    let based_on = setting::documents::document(cx, section).await?.version;
    setting::change(cx, By::Operator, section, based_on, &[edit]).await
}

fn pins(key: &str, value: &str) -> Pins {
    let mut pins = Pins::default();
    let value = Value::Text(value.to_owned());
    pins.insert(find_key(key).expect("a key"), Pin { value, origin: Origin::File });
    pins
}

async fn source_of(cx: &Services, key: &str) -> Source {
    let listed = setting::list(cx).await.expect("lists");
    listed.into_iter().find(|one| one.key == key).expect("a key").source
}

async fn start_registration(cx: &Services) -> Result<(), registration::StartError> {
    let start = registration::Start { identifier: "ada@example.org".to_owned(), owner: None, consent: true };
    registration::start(cx, &meta(), start).await.map(drop)
}

on_both_databases! {
    async fn a_change_on_one_node_holds_on_two_others_within_two_seconds(t: Bench) {
        let others = [t.another_node().await, t.another_node().await];
        let mut watches = Vec::new();
        for node in &others {
            setting::load(node).await.expect("loads");
            watches.push(node.watch_settings());
            let node = node.clone();
            tokio::spawn(async move { setting::follow(&node).await });
        }
        let mut took = Vec::new();
        // Each change but the first comes right after they have looked: it waits for as long as any can.
        for open in [false, true, false, true, false] {
            let begun = tokio::time::Instant::now();
            set(&t.cx, "registration.open", &open.to_string()).await.expect("sets");
            assert_eq!(t.cx.settings().registration.open, open, "here at once");
            for watch in &mut watches {
                let told = tokio::time::timeout(20 * PROMISE, watch.changed()).await.expect("is told");
                assert_eq!(told.expect("runs").registration.open, open);
            }
            took.push(begun.elapsed());
        }
        // Of a machine that does other things at the same time no single one says much.
        took.sort();
        assert!(took[2] < PROMISE, "took {took:?}");
        for node in &others {
            assert_matches!(start_registration(node).await, Err(registration::StartError::Closed));
        }
    }

    async fn a_pin_wins_over_a_document_and_cannot_be_changed(t: Bench) {
        set(&t.cx, "session.idle", "10m").await.expect("sets");
        let pinned = t.another_node_with(pins("session.idle", "5m")).await;
        setting::load(&pinned).await.expect("loads");
        assert_eq!(pinned.settings().session.idle, Duration::from_secs(300));
        assert_eq!(t.cx.settings().session.idle, Duration::from_secs(600));
        assert_eq!(source_of(&pinned, "session.idle").await, Source::Pinned(Origin::File));
        assert_eq!(source_of(&t.cx, "session.idle").await, Source::Document { version: 1 });
        assert_eq!(source_of(&t.cx, "session.absolute").await, Source::Default);
        let refused = set(&pinned, "session.idle", "20m").await;
        assert_matches!(refused, Err(ChangeError::Setting(SettingError::Pinned { key: "session.idle", .. })));
        set(&pinned, "session.absolute", "12h").await.expect("the others can be set here");
        assert_eq!(pinned.settings().session.idle, Duration::from_secs(300));
    }

    async fn what_cannot_be_set_is_refused_by_its_key_and_nothing_is_written(t: Bench) {
        for (key, text, expected) in [
            ("session.idel", "1h", "session.idel is not a known setting"),
            ("session.idle", "30d", "session.idle must be from 1m to 29d"),
            ("session.idle", "soon", "session.idle must be a duration such as \"30s\", \"90m\", \"24h\" or \"7d\""),
            ("registration.open", "maybe", "registration.open must be true or false"),
            ("sends.per_hour_target", "many", "sends.per_hour_target must be a whole number from 0 to 1000000"),
            ("session.absolute", "30m", "session.absolute must not be shorter than session.idle"),
            ("policy.preset", "weak", "policy.preset must be one of: recommended, "),
        ] {
            let refused = set(&t.cx, key, text).await.expect_err(key).to_string();
            assert!(refused.starts_with(expected), "{key}: {refused}");
        }
        let foreign = setting::change(&t.cx, By::Operator, Section::Sends, 0, &[edit("session.idle", "1h")]).await;
        assert_matches!(foreign, Err(ChangeError::Setting(SettingError::Misplaced { .. })));
        assert_eq!(t.cx.store.read_setting_epoch().await.expect("answers"), 0);
        assert!(t.cx.store.list_setting_documents().await.expect("answers").is_empty());
    }

    async fn of_many_changes_based_on_one_version_one_is_taken(t: Bench) {
        let nodes = [t.cx.clone(), t.another_node().await, t.another_node().await];
        let one = |cx: Services, n: usize| async move {
            setting::change(&cx, By::Operator, Section::Session, 0, &[edit("session.idle", &format!("{}m", n + 1))]).await
        };
        let tasks: Vec<_> = (0..30).map(|n| tokio::spawn(one(nodes[n % 3].clone(), n))).collect();
        let mut taken = Vec::new();
        for task in tasks {
            match task.await.expect("no panic") {
                Ok(document) => taken.push(document),
                Err(ChangeError::Overtaken { section: Section::Session, latest: 1 }) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        assert_eq!(taken.len(), 1);
        for node in &nodes {
            setting::refresh(node).await.expect("looks");
            let held = node.settings().session.idle;
            assert_eq!(Some(setting::write_span(held)), taken[0].values.get("session.idle").map(Value::to_string));
        }
    }

    async fn versions_say_what_changed_and_can_be_restored(t: Bench) {
        set(&t.cx, "session.idle", "10m").await.expect("sets");
        set(&t.cx, "session.absolute", "12h").await.expect("sets");
        set(&t.cx, "session.idle", "").await.expect("takes back");
        assert_eq!(set(&t.cx, "session.absolute", "12h").await.expect("is so already").version, 3);
        let restored = setting::restore(&t.cx, By::Operator, Section::Session, 3, 1).await.expect("restores");
        assert_eq!(restored.version, 4);
        let settings = t.cx.settings();
        assert_eq!((settings.session.idle.as_secs(), settings.session.absolute.as_secs()), (600, 24 * 3600));
        let history = setting::history(&t.cx, Section::Session).await.expect("lists");
        let told: Vec<_> = history
            .iter()
            .map(|version| {
                let keys: Vec<_> = version.differences.iter().map(|one| one.key.as_str()).collect();
                format!("{} {}", version.document.version, keys.join(" "))
            })
            .collect();
        assert_eq!(told, ["4 session.absolute session.idle", "3 session.idle", "2 session.absolute", "1 session.idle"]);
        let missing = setting::restore(&t.cx, By::Operator, Section::Session, 4, 9).await;
        assert_matches!(missing, Err(ChangeError::NoSuchVersion { version: 9, .. }));
        let stale = setting::restore(&t.cx, By::Operator, Section::Session, 3, 1).await;
        assert_matches!(stale, Err(ChangeError::Overtaken { latest: 4, .. }));
    }

    async fn a_node_keeps_what_it_has_when_a_document_contradicts_its_pins(t: Bench) {
        let strict = t.another_node_with(pins("session.absolute", "1h")).await;
        setting::load(&strict).await.expect("loads");
        set(&t.cx, "registration.open", "false").await.expect("sets");
        setting::refresh(&strict).await.expect("looks");
        set(&t.cx, "session.idle", "2h").await.expect("fits on this node");
        let refused = setting::refresh(&strict).await;
        let contradiction = SettingError::Wrong { key: "session.absolute", problem: Problem::ShorterThan("session.idle") };
        assert_matches!(refused, Err(LoadError::Setting(error)) if error == contradiction);
        assert!(!strict.settings().registration.open, "what it had");
        assert_eq!(strict.settings().session.idle, Duration::from_secs(3600), "what it had");
        assert!(!setting::refresh(&strict).await.expect("looks"), "it is said once");
        set(&t.cx, "session.idle", "30m").await.expect("sets");
        assert!(setting::refresh(&strict).await.expect("looks"));
        assert_eq!(strict.settings().session.idle, Duration::from_secs(1800));
    }
}
