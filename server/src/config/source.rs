//! Where settings come from: `rekey.toml`, then `REKEY_SECTION__KEY` in the environment, which wins.
//!
//! Both are flattened into dotted keys. Every key that is read is taken out, so that what is left at the end is unknown.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

use rekey_service::setting::{KEYS, Key, Origin, Pin, Pins, Problem, SettingError, Value};

use super::{ConfigError, start};

/// Variables that begin with `REKEY_` and are no settings: where the file is, and what the build and the tests use.
const NOT_SETTINGS: [&str; 2] = ["REKEY_CONFIG", "REKEY_SITE_DIR"];
const TEST_PREFIX: &str = "REKEY_TEST_";

/// All settings that were given, by dotted key.
#[derive(Default)]
pub struct Source {
    entries: BTreeMap<String, Entry>,
    variables: BTreeMap<String, String>,
}

struct Entry {
    value: toml::Value,
    /// The variable it came from; `None` when it came from the file.
    variable: Option<String>,
}

impl Source {
    /// Reads the file, if there is one, and lays the environment over it.
    pub fn read(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let mut source = Self::default();
        if let Some(path) = file {
            source.lay_file(path)?;
        }
        source.lay_environment(environment);
        Ok(source)
    }

    fn lay_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::new(&name, format!("cannot be read: {error}")))?;
        let table = text.parse::<toml::Table>().map_err(|error| syntax(&name, &text, &error))?;
        self.lay_table("", table);
        Ok(())
    }

    fn lay_table(&mut self, prefix: &str, table: toml::Table) {
        for (name, value) in table {
            let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
            match value {
                toml::Value::Table(inner) => self.lay_table(&key, inner),
                value => {
                    self.entries.insert(key, Entry { value, variable: None });
                }
            }
        }
    }

    fn lay_environment(&mut self, environment: impl Iterator<Item = (String, String)>) {
        for (variable, value) in environment {
            let Some(name) = variable.strip_prefix("REKEY_") else { continue };
            if NOT_SETTINGS.contains(&variable.as_str()) || variable.starts_with(TEST_PREFIX) {
                continue;
            }
            let key = name.to_ascii_lowercase().replace("__", ".");
            self.variables.insert(key.clone(), variable.clone());
            self.entries.insert(key, Entry { value: toml::Value::String(value), variable: Some(variable) });
        }
    }

    /// A text. Empty counts as not given, so that a variable can take back what the file says.
    pub fn text(&mut self, key: &str) -> Result<Option<String>, ConfigError> {
        match self.take(key) {
            None => Ok(None),
            Some(Entry { value: toml::Value::String(text), .. }) => Ok((!text.is_empty()).then_some(text)),
            Some(entry) => Err(entry.error(key, "must be a quoted string")),
        }
    }

    /// A text that is read into something else.
    pub fn parsed<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        parse(&text).map(Some).map_err(|problem| self.error(key, problem))
    }

    /// A whole number within a range.
    pub fn number<T>(&mut self, key: &str, range: std::ops::RangeInclusive<T>) -> Result<Option<T>, ConfigError>
    where
        T: TryFrom<i64> + FromStr + PartialOrd + std::fmt::Display,
    {
        let Some(entry) = self.take(key) else { return Ok(None) };
        let number = match &entry.value {
            toml::Value::Integer(number) => T::try_from(*number).ok(),
            toml::Value::String(text) if entry.variable.is_some() => text.trim().parse().ok(),
            _ => None,
        };
        match number {
            Some(number) if range.contains(&number) => Ok(Some(number)),
            _ => Err(entry.error(key, format!("must be a whole number from {} to {}", range.start(), range.end()))),
        }
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, key: &str) -> Result<Option<bool>, ConfigError> {
        let Some(entry) = self.take(key) else { return Ok(None) };
        let value = match &entry.value {
            toml::Value::Boolean(value) => Some(*value),
            toml::Value::String(text) if entry.variable.is_some() => text.trim().parse().ok(),
            _ => None,
        };
        value.map(Some).ok_or_else(|| entry.error(key, "must be true or false"))
    }

    /// The settings that this node is started with: they win over the settings documents.
    pub fn pins(&mut self) -> Result<Pins, ConfigError> {
        let mut pins = Pins::default();
        for key in KEYS {
            if let Some(pin) = self.pin(*key)? {
                pins.insert(*key, pin);
            }
        }
        Ok(pins)
    }

    /// Empty counts as not given here, too.
    fn pin(&mut self, key: &dyn Key) -> Result<Option<Pin>, ConfigError> {
        let Some(entry) = self.entries.remove(key.name()) else { return Ok(None) };
        let checked = match &entry.value {
            toml::Value::String(text) if text.is_empty() => return Ok(None),
            toml::Value::String(text) if entry.variable.is_some() => key.check_text(text),
            value => key.check(&plain(value)),
        };
        let value = checked.map_err(|problem| entry.error(key.name(), problem.to_string()))?;
        Ok(Some(Pin { value, origin: entry.origin() }))
    }

    /// A list of texts; in a variable they are separated by commas.
    pub fn list<T>(&mut self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, ConfigError> {
        let Some(entry) = self.take(key) else { return Ok(Vec::new()) };
        let texts: Option<Vec<&str>> = match &entry.value {
            toml::Value::Array(items) => items.iter().map(toml::Value::as_str).collect(),
            toml::Value::String(text) if entry.variable.is_some() => {
                Some(text.split(',').map(str::trim).filter(|text| !text.is_empty()).collect())
            }
            _ => None,
        };
        let texts = texts.ok_or_else(|| entry.error(key, "must be a list of quoted strings"))?;
        texts.into_iter().map(|text| parse(text).map_err(|problem| entry.error(key, problem))).collect()
    }

    /// Where a key was given, if it was. To be asked before the key is taken out.
    pub fn origin(&self, key: &str) -> Option<Origin> {
        self.entries.get(key).map(Entry::origin)
    }

    /// What a key was given as, unless it is no single value. To be asked before the key is taken out.
    pub fn as_given(&self, key: &str) -> Option<String> {
        match &self.entries.get(key)?.value {
            toml::Value::String(text) => Some(text.clone()),
            toml::Value::Array(items) => {
                Some(items.iter().filter_map(toml::Value::as_str).collect::<Vec<_>>().join(","))
            }
            toml::Value::Integer(number) => Some(number.to_string()),
            toml::Value::Boolean(on) => Some(on.to_string()),
            toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Table(_) => None,
        }
    }

    /// What to say about a key whose value turned out wrong later on.
    pub fn error(&self, key: &str, problem: impl Into<String>) -> ConfigError {
        ConfigError::from_variable(key, self.variables.get(key).map(String::as_str), problem)
    }

    /// The same for a setting that can be changed while the program runs.
    pub fn setting_error(&self, error: &SettingError) -> ConfigError {
        match error {
            SettingError::Wrong { key, problem: Problem::BelowFloor(finding) } => {
                self.error(key, super::policy_file::line(*finding))
            }
            SettingError::Wrong { key, problem } => self.error(key, problem.to_string()),
            SettingError::Unknown(key) => self.error(key, "is not a known setting"),
            SettingError::Misplaced { key, .. } | SettingError::Pinned { key, .. } => {
                self.error(key, "cannot be changed here")
            }
        }
    }

    /// Refuses what was never asked for: a misspelt key must not be silently without effect.
    pub fn finish(self) -> Result<(), ConfigError> {
        match self.entries.into_iter().next() {
            None => Ok(()),
            Some((key, entry)) => Err(entry.error(&key, "is not a known setting")),
        }
    }

    /// Takes a key out that is read at the start only.
    fn take(&mut self, key: &str) -> Option<Entry> {
        debug_assert!(start::is_start_key(key), "{key} stands in the list of keys that are read at the start");
        self.entries.remove(key)
    }
}

impl Entry {
    fn error(&self, key: &str, problem: impl Into<String>) -> ConfigError {
        ConfigError::from_variable(key, self.variable.as_deref(), problem)
    }

    fn origin(&self) -> Origin {
        self.variable.clone().map_or(Origin::File, Origin::Environment)
    }
}

/// A value of the file as documents hold it. No setting is a list, a date or a fraction.
fn plain(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::Text(text.clone()),
        toml::Value::Integer(number) => Value::Number(*number),
        toml::Value::Boolean(on) => Value::Boolean(*on),
        toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Array(_) | toml::Value::Table(_) => {
            Value::Other(serde_json::Value::Null)
        }
    }
}

/// One line with the place; the parser's own message would quote the file, which may hold a password.
fn syntax(name: &str, text: &str, error: &toml::de::Error) -> ConfigError {
    let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
    ConfigError::new(name, format!("line {line} is not TOML: {}", error.message().replace('\n', " ")))
}
