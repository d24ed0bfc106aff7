//! What `deny.toml` says about other people's crates, checked without any further tool: no banned crate, no
//! unknown source, no unknown licence.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::report;
use crate::paths::Paths;
use crate::run::{cargo, read};

/// The default registry, as lock files spell it.
const REGISTRY: &str = concat!("registry+https://github.com/rust-lang/crates", ".io-index");
/// What is looked at, and downloaded for it: the platforms that `deny.toml` names, less the second architecture.
const PLATFORMS: [&str; 2] = ["x86_64-unknown-linux-gnu", "wasm32-unknown-unknown"];
const WORKSPACES: [&str; 2] = ["Cargo.toml", "crates/xtask/Cargo.toml"];

pub fn supply(paths: &Paths) -> Result<()> {
    let rules = Rules::read(&paths.root.join("deny.toml"))?;
    let mut findings = BTreeSet::new();
    for manifest in WORKSPACES {
        let mut command = cargo(paths);
        command.args(["metadata", "--quiet", "--locked", "--format-version", "1", "--manifest-path", manifest]);
        for platform in PLATFORMS {
            command.args(["--filter-platform", platform]);
        }
        let metadata: Value = serde_json::from_str(&read(&mut command)?).context("cargo metadata")?;
        for package in metadata["packages"].as_array().into_iter().flatten() {
            findings.extend(rules.fault_of(package));
        }
    }
    findings.extend(private_hosts(paths)?);
    report(&findings.into_iter().collect::<Vec<_>>())
}

struct Rules {
    banned: Vec<String>,
    licences: Vec<String>,
    /// A licence that one crate alone may have.
    exceptions: Vec<(String, String)>,
}

impl Rules {
    /// Reads the three lists; the file is in our own hand, so a line each is all the grammar there is.
    fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        let rules = Self {
            banned: first_of(&text, "deny = ["),
            licences: first_of(&text, "allow = ["),
            exceptions: pairs_of(&text, "exceptions = ["),
        };
        if rules.banned.is_empty() || rules.licences.is_empty() {
            bail!("deny.toml: no bans or no licences found");
        }
        Ok(rules)
    }

    fn fault_of(&self, package: &Value) -> Option<String> {
        let name = package["name"].as_str().unwrap_or_default();
        // Ours have no source.
        let source = package["source"].as_str()?;
        if source != REGISTRY {
            return Some(format!("{name}: comes from {source}"));
        }
        if self.banned.iter().any(|banned| banned == name) {
            return Some(format!("{name}: banned"));
        }
        let licence = package["license"].as_str().unwrap_or("none");
        (!self.may_use(name, licence)).then(|| format!("{name}: licence {licence}"))
    }

    /// Every part that must hold has an alternative on the list.
    fn may_use(&self, package: &str, expression: &str) -> bool {
        let flat = expression.replace(['(', ')'], "").replace('/', " OR ");
        let excepted = |name: &str| self.exceptions.iter().any(|(who, what)| who == package && what == name);
        let allowed = |name: &str| self.licences.iter().any(|licence| licence == name) || excepted(name);
        let allowed = |name: &str| allowed(name.trim());
        flat.split(" AND ").all(|part| part.split(" OR ").any(allowed))
    }
}

/// The first quoted text of each line of a list.
pub(super) fn first_of(text: &str, start: &str) -> Vec<String> {
    lines_of(text, start).filter_map(|line| line.split('"').nth(1).map(str::to_owned)).collect()
}

/// The first two quoted texts of each line of a list.
fn pairs_of(text: &str, start: &str) -> Vec<(String, String)> {
    let quoted = |line: &str, nth| line.split('"').nth(nth).map(str::to_owned);
    lines_of(text, start).filter_map(|line| Some((quoted(line, 1)?, quoted(line, 3)?))).collect()
}

/// The lines between `start` and a `]` on a line of its own.
fn lines_of<'a>(text: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().skip_while(move |line| *line != start).skip(1).take_while(|line| *line != "]")
}

/// A lock file made behind a mirror would send everyone else there too.
fn private_hosts(paths: &Paths) -> Result<Vec<String>> {
    let lock = fs::read_to_string(paths.end2end().join("package-lock.json")).context("end2end/package-lock.json")?;
    let public = concat!("https://registry.", "npmjs.org/");
    let resolved = lock.lines().filter(|line| line.trim_start().starts_with("\"resolved\""));
    Ok(resolved
        .filter(|line| !line.contains(public))
        .map(|line| format!("package-lock.json: {}", line.trim()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::Rules;

    fn rules() -> Rules {
        let exceptions =
            super::pairs_of("exceptions = [\n  { crate = \"fuzzer\", allow = [\"NCSA\"] },\n]", "exceptions = [");
        Rules { banned: vec!["openssl".into()], licences: vec!["MIT".into(), "Unicode-3.0".into()], exceptions }
    }

    #[test]
    fn one_alternative_is_enough_and_every_part_is_needed() {
        assert!(rules().may_use("any", "MIT OR GPL-3.0"));
        assert!(rules().may_use("any", "Apache-2.0/MIT"));
        assert!(rules().may_use("any", "(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(!rules().may_use("any", "MIT AND GPL-3.0"));
    }

    #[test]
    fn an_exception_holds_for_its_own_crate() {
        assert!(rules().may_use("fuzzer", "(MIT OR Apache-2.0) AND NCSA"));
        assert!(!rules().may_use("any", "(MIT OR Apache-2.0) AND NCSA"));
    }
}
