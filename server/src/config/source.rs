//! Where settings come from: `rekey.toml`, then `REKEY_SECTION__KEY` in the environment, which wins.
//!
//! Both are flattened into dotted keys. Every key that is read is taken out, so that what is left at the end is unknown.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use super::ConfigError;

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
        match self.entries.remove(key) {
            None => Ok(None),
            Some(Entry { value: toml::Value::String(text), .. }) => Ok((!text.is_empty()).then_some(text)),
            Some(entry) => Err(entry.wrong(key, "must be a quoted string")),
        }
    }

    /// A text that is read into something else.
    pub fn parsed<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, ConfigError> {
        let Some(text) = self.text(key)? else { return Ok(None) };
        parse(&text).map(Some).map_err(|problem| self.wrong(key, problem))
    }

    /// A whole number within a range.
    pub fn number<T>(&mut self, key: &str, range: std::ops::RangeInclusive<T>) -> Result<Option<T>, ConfigError>
    where
        T: TryFrom<i64> + FromStr + PartialOrd + std::fmt::Display,
    {
        let Some(entry) = self.entries.remove(key) else { return Ok(None) };
        let number = match &entry.value {
            toml::Value::Integer(number) => T::try_from(*number).ok(),
            toml::Value::String(text) if entry.variable.is_some() => text.trim().parse().ok(),
            _ => None,
        };
        match number {
            Some(number) if range.contains(&number) => Ok(Some(number)),
            _ => Err(entry.wrong(key, format!("must be a whole number from {} to {}", range.start(), range.end()))),
        }
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, key: &str) -> Result<Option<bool>, ConfigError> {
        let Some(entry) = self.entries.remove(key) else { return Ok(None) };
        let value = match &entry.value {
            toml::Value::Boolean(value) => Some(*value),
            toml::Value::String(text) if entry.variable.is_some() => text.trim().parse().ok(),
            _ => None,
        };
        value.map(Some).ok_or_else(|| entry.wrong(key, "must be true or false"))
    }

    /// A span such as `30s`, `90m`, `24h`, `7d`, within a range.
    pub fn span(
        &mut self,
        key: &str,
        range: std::ops::RangeInclusive<Duration>,
    ) -> Result<Option<Duration>, ConfigError> {
        self.parsed(key, |text| {
            let span = parse_span(text).ok_or("must be a duration such as \"30s\", \"90m\", \"24h\" or \"7d\"")?;
            let (least, most) = (write_span(*range.start()), write_span(*range.end()));
            if range.contains(&span) { Ok(span) } else { Err(format!("must be from {least} to {most}")) }
        })
    }

    /// A list of texts; in a variable they are separated by commas.
    pub fn list<T>(&mut self, key: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, ConfigError> {
        let Some(entry) = self.entries.remove(key) else { return Ok(Vec::new()) };
        let texts: Option<Vec<&str>> = match &entry.value {
            toml::Value::Array(items) => items.iter().map(toml::Value::as_str).collect(),
            toml::Value::String(text) if entry.variable.is_some() => {
                Some(text.split(',').map(str::trim).filter(|text| !text.is_empty()).collect())
            }
            _ => None,
        };
        let texts = texts.ok_or_else(|| entry.wrong(key, "must be a list of quoted strings"))?;
        texts.into_iter().map(|text| parse(text).map_err(|problem| entry.wrong(key, problem))).collect()
    }

    /// What to say about a key whose value turned out wrong later on.
    pub fn wrong(&self, key: &str, problem: impl Into<String>) -> ConfigError {
        ConfigError::at(key, self.variables.get(key).map(String::as_str), problem)
    }

    /// Refuses what nobody asked for: a misspelt key must not be silently without effect.
    pub fn finish(self) -> Result<(), ConfigError> {
        match self.entries.into_iter().next() {
            None => Ok(()),
            Some((key, entry)) => Err(entry.wrong(&key, "is not a known setting")),
        }
    }
}

impl Entry {
    fn wrong(&self, key: &str, problem: impl Into<String>) -> ConfigError {
        ConfigError::at(key, self.variable.as_deref(), problem)
    }
}

/// One line with the place; the parser's own message would quote the file, which may hold a password.
fn syntax(name: &str, text: &str, error: &toml::de::Error) -> ConfigError {
    let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
    ConfigError::new(name, format!("line {line} is not TOML: {}", error.message().replace('\n', " ")))
}

fn parse_span(text: &str) -> Option<Duration> {
    let text = text.trim();
    let split = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (count, unit) = text.split_at(split);
    let seconds = match unit.trim() {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86400,
        _ => return None,
    };
    count.parse::<u64>().ok()?.checked_mul(seconds).map(Duration::from_secs)
}

fn write_span(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0 => "0s".to_owned(),
        _ if seconds.is_multiple_of(86400) => format!("{}d", seconds / 86400),
        _ if seconds.is_multiple_of(3600) => format!("{}h", seconds / 3600),
        _ if seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_needs_a_unit() {
        assert_eq!(parse_span("90m"), Some(Duration::from_secs(5400)));
        assert_eq!(parse_span(" 24 h"), Some(Duration::from_secs(86400)));
        for text in ["", "h", "90", "1.5h", "-1h", "9w", "99999999999999999999d", "18446744073709551615d"] {
            assert_eq!(parse_span(text), None, "{text:?}");
        }
    }

    #[test]
    fn spans_are_written_as_they_are_typed() {
        for text in ["30s", "5m", "24h", "7d", "90m"] {
            let span = parse_span(text).expect("a span");
            assert_eq!(parse_span(&write_span(span)), Some(span), "{text}");
        }
    }
}
