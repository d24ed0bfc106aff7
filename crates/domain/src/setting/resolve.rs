//! Where each value comes from: the default, a settings document, or a pin of this node.

use std::collections::BTreeMap;
use std::fmt;

use rekey_shared::Timestamp;
use rekey_shared::password::Policy;

use super::draft::{Draft, PROTECTION, THROTTLE, THROTTLE_KEYS};
use super::{KEYS, Key, Section, SettingError, Settings, Value, Values};
use crate::AccountId;

/// One version of a settings document. Versions are only ever added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Which one.
    pub section: Section,
    /// From 1 on; 0 for a document that was never written.
    pub version: i32,
    /// What it sets.
    pub values: Values,
    /// Since when.
    pub changed_at: Timestamp,
    /// By whom; `None` for the operator at the command line.
    pub changed_by: Option<AccountId>,
}

impl Document {
    /// The document before anyone wrote it.
    pub fn empty(section: Section) -> Self {
        Self { section, version: 0, values: Values::new(), changed_at: Timestamp::default(), changed_by: None }
    }
}

/// Where a node was told something at its start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The configuration file.
    File,
    /// An environment variable.
    Environment(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("the file"),
            Self::Environment(variable) => f.write_str(variable),
        }
    }
}

/// A value that this node was started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pin {
    /// In the form in which documents keep it.
    pub value: Value,
    /// Where it was given.
    pub origin: Origin,
}

/// What this node was started with. It wins over every document.
#[derive(Debug, Clone, Default)]
pub struct Pins {
    values: BTreeMap<&'static str, Pin>,
    policy: Option<(Policy, Origin)>,
}

impl Pins {
    /// Pins a value.
    pub fn insert(&mut self, key: &dyn Key, pin: Pin) {
        self.values.insert(key.name(), pin);
    }

    /// Pins the password policy to one that has no name.
    pub fn set_policy(&mut self, policy: Policy, origin: Origin) {
        self.policy = Some((policy, origin));
    }

    /// Whether the password policy is pinned by its name.
    pub fn names_policy(&self) -> bool {
        self.values.contains_key("policy.preset")
    }

    /// The pinned value of a key.
    pub fn value(&self, key: &dyn Key) -> Option<&Value> {
        self.values.get(key.name()).map(|pin| &pin.value)
    }

    /// By what a key is pinned. Keys that make one setting together are pinned together.
    pub fn origin(&self, key: &dyn Key) -> Option<&Origin> {
        if key.name() == "policy.preset" && self.policy.is_some() {
            return self.policy.as_ref().map(|(_, origin)| origin);
        }
        together(key.name()).find_map(|name| self.values.get(name)).map(|pin| &pin.origin)
    }
}

/// A key with those that make one setting with it.
fn together(name: &'static str) -> impl Iterator<Item = &'static str> {
    let others: &[&str] = if THROTTLE_KEYS.contains(&name) { &THROTTLE_KEYS } else { &[] };
    std::iter::once(name).chain(others.iter().copied())
}

/// Keys that a value of this key takes the place of.
pub(super) fn displaced_by(name: &str) -> &'static [&'static str] {
    match name {
        THROTTLE => THROTTLE_KEYS.split_first().map_or(&[], |(_, others)| others),
        PROTECTION => &[THROTTLE],
        _ => &[],
    }
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Nothing was set.
    Default,
    /// A settings document.
    Document {
        /// Its version.
        version: i32,
    },
    /// The file or the environment of this node.
    Pinned(Origin),
}

/// What holds.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// All settings.
    pub settings: Settings,
    /// Where each that was set comes from, with its value where it is one of a key.
    sources: BTreeMap<&'static str, (Source, Option<Value>)>,
    /// Keys in documents that this program does not know: those of a newer one.
    pub unknown: Vec<String>,
}

impl Resolved {
    /// What holds for a key; `None` when it is not set and has no default.
    pub fn value(&self, key: &dyn Key) -> Option<Value> {
        let given = self.sources.get(key.name());
        given.map_or_else(|| key.of(&self.settings), |(_, value)| value.clone())
    }

    /// Where it comes from.
    pub fn source(&self, key: &dyn Key) -> Source {
        self.sources.get(key.name()).map_or(Source::Default, |(source, _)| source.clone())
    }
}

/// Lays the documents over the defaults and the pins over the documents.
///
/// The result depends on its arguments alone: a node that has just started and one that was told of each change
/// agree.
pub fn resolve(base: &Settings, documents: &[Document], pins: &Pins) -> Result<Resolved, SettingError> {
    let (mut draft, mut sources) = (Draft::new(base), BTreeMap::new());
    for key in KEYS {
        let Some((source, value)) = given(*key, documents, pins) else { continue };
        if let Some(value) = &value {
            key.apply(&mut draft, value).map_err(|problem| SettingError::wrong(key.name(), problem))?;
        }
        sources.insert(key.name(), (source, value));
    }
    if let Some((policy, _)) = &pins.policy {
        draft.settings.policy = policy.clone();
    }
    let known = |name: &str| KEYS.iter().any(|key| key.name() == name);
    let unknown = documents.iter().flat_map(|document| document.values.keys()).filter(|name| !known(name));
    Ok(Resolved { settings: draft.finish()?, sources, unknown: unknown.cloned().collect() })
}

/// What was set for a key, and where.
fn given(key: &dyn Key, documents: &[Document], pins: &Pins) -> Option<(Source, Option<Value>)> {
    if let Some(origin) = pins.origin(key) {
        return Some((Source::Pinned(origin.clone()), pins.value(key).cloned()));
    }
    let document = documents.iter().find(|document| document.section == key.section())?;
    let value = document.values.get(key.name())?.clone();
    Some((Source::Document { version: document.version }, Some(value)))
}
