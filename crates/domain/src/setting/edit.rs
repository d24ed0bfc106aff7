//! Changing a settings document, and telling what was changed.

use super::resolve::displaced_by;
use super::{Document, Pins, Section, SettingError, Value, Values, find_key};

/// One change of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Sets a key to what was typed. Nothing typed takes it back.
    Set {
        /// The key.
        key: String,
        /// Its value, as it is written in a variable.
        text: String,
    },
    /// Takes a key back: its default holds again.
    Unset {
        /// The key.
        key: String,
    },
}

impl Edit {
    /// The key that it is about.
    pub fn key(&self) -> &str {
        match self {
            Self::Set { key, .. } | Self::Unset { key } => key,
        }
    }

    /// The document that it is about.
    pub fn section(&self) -> Result<Section, SettingError> {
        let key = find_key(self.key()).ok_or_else(|| SettingError::Unknown(self.key().to_owned()))?;
        Ok(key.section())
    }
}

/// What a document holds after some changes. Each value is checked by itself; whether all settings fit together is
/// for [`super::resolve()`] to say.
pub fn edited(document: &Document, edits: &[Edit], pins: &Pins) -> Result<Values, SettingError> {
    let mut values = document.values.clone();
    for edit in edits {
        apply(&mut values, document.section, edit, pins)?;
    }
    Ok(values)
}

fn apply(values: &mut Values, section: Section, edit: &Edit, pins: &Pins) -> Result<(), SettingError> {
    let key = find_key(edit.key()).ok_or_else(|| SettingError::Unknown(edit.key().to_owned()))?;
    if key.section() != section {
        return Err(SettingError::Misplaced { key: key.name(), section });
    }
    // A change without effect on this node would look like one that was taken.
    if let Some(origin) = pins.origin(key) {
        return Err(SettingError::Pinned { key: key.name(), origin: origin.clone() });
    }
    match edit {
        Edit::Set { text, .. } if !text.is_empty() => {
            let value = key.check_text(text).map_err(|problem| SettingError::wrong(key.name(), problem))?;
            for displaced in displaced_by(key.name()) {
                values.remove(*displaced);
            }
            values.insert(key.name().to_owned(), value);
        }
        Edit::Set { .. } | Edit::Unset { .. } => {
            values.remove(key.name());
        }
    }
    Ok(())
}

/// What became of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The key.
    pub key: String,
    /// What it was; `None` for the default.
    pub before: Option<Value>,
    /// What it is; `None` for the default.
    pub after: Option<Value>,
}

/// What is not the same in two versions of a document, by key.
pub fn difference(before: &Values, after: &Values) -> Vec<Difference> {
    let keys: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let compare = |key: &String| Difference {
        key: key.clone(),
        before: before.get(key).cloned(),
        after: after.get(key).cloned(),
    };
    keys.into_iter().map(compare).filter(|one| one.before != one.after).collect()
}
