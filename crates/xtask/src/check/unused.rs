//! What is declared and used by nothing: dependencies, and public items that only their own crate could have missed.
//!
//! The compiler reports neither: it cannot know who else uses a public item, and it is silent about dependencies.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::report;
use super::source::{Source, words};
use crate::paths::Paths;
use crate::run::{cargo, read};

const WORKSPACES: [&str; 2] = ["Cargo.toml", "crates/xtask/Cargo.toml"];

/// Dependencies that no source file names.
///
/// One that is there to switch a feature on stands in `package.metadata.cargo-machete.ignored`, where that program
/// looks as well.
pub fn dependencies(paths: &Paths) -> Result<()> {
    let mut findings = Vec::new();
    for manifest in WORKSPACES {
        let mut command = cargo(paths);
        command.args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path", manifest]);
        let metadata: Value = serde_json::from_str(&read(&mut command)?).context("cargo metadata")?;
        for package in list(&metadata["packages"]) {
            findings.extend(unused_in(package)?);
        }
    }
    let manifest = fs::read_to_string(paths.root.join("Cargo.toml")).context("Cargo.toml")?;
    findings.extend(unused_in_workspace(&manifest, &members(paths)?));
    report(&findings)
}

fn unused_in(package: &Value) -> Result<Vec<String>> {
    let name = package["name"].as_str().unwrap_or_default();
    let manifest = Path::new(package["manifest_path"].as_str().context("a package has a manifest")?);
    let used = Used::by(&Source::below(manifest.parent().context("a manifest lies in a folder")?)?);
    let ignored = list(&package["metadata"]["cargo-machete"]["ignored"]);
    let mut findings = Vec::new();
    for dependency in list(&package["dependencies"]) {
        let called = dependency["rename"].as_str().or(dependency["name"].as_str()).unwrap_or_default();
        let is_ignored = ignored.iter().any(|name| name == called);
        if let Some(fault) = used.fault_of(called, dependency["kind"].as_str()).filter(|_| !is_ignored) {
            findings.push(format!("{name} -> {called}: {fault}"));
        }
    }
    Ok(findings)
}

/// Every word that a crate's sources write before `::` or after `use`: crates are among them.
struct Used {
    product: BTreeSet<String>,
    tests: BTreeSet<String>,
}

impl Used {
    fn by(sources: &[Source]) -> Self {
        // A build script is a program of its own.
        let (build, rest): (Vec<_>, Vec<_>) = sources.iter().partition(|source| source.name == "build.rs");
        let product = rest.iter().chain(&build).flat_map(|source| roots(&source.product)).collect();
        Self { product, tests: rest.iter().flat_map(|source| roots(&source.tests)).collect() }
    }

    fn fault_of(&self, dependency: &str, kind: Option<&str>) -> Option<&'static str> {
        let called = dependency.replace('-', "_");
        match (kind, self.product.contains(&called), self.tests.contains(&called)) {
            (_, false, false) => Some("used by no source file"),
            (None | Some("build"), false, true) => Some("used by tests only: a dev-dependency"),
            _ => None,
        }
    }
}

fn roots(code: &str) -> Vec<String> {
    let mut roots = Vec::new();
    for line in code.lines() {
        // `a::b`, `a::{`: whatever stands before two colons.
        let paths: Vec<&str> = line.split("::").collect();
        roots.extend(paths.iter().take(paths.len() - 1).filter_map(|part| words(part).last()).map(str::to_owned));
        // `use a;`, `use a as b;`, `extern crate a;`
        for keyword in ["use ", "crate "] {
            roots.extend(line.split_once(keyword).and_then(|(_, rest)| words(rest).next()).map(str::to_owned));
        }
    }
    roots
}

/// Entries of `[workspace.dependencies]` that no member takes.
fn unused_in_workspace(manifest: &str, members: &str) -> Vec<String> {
    let section = manifest.lines().skip_while(|line| *line != "[workspace.dependencies]").skip(1);
    let entries = section.take_while(|line| !line.starts_with('[')).filter(|line| !line.starts_with('#'));
    let taken: BTreeSet<&str> = members.lines().filter(|line| line.contains("workspace = true")).map(key_of).collect();
    entries
        .map(key_of)
        .filter(|name| !name.is_empty() && !taken.contains(name))
        .map(|name| format!("Cargo.toml: {name} stands in [workspace.dependencies], and no crate takes it"))
        .collect()
}

/// `name` of `name = "1"`, of `name = { workspace = true }` and of `name.workspace = true`.
fn key_of(line: &str) -> &str {
    line.split(['=', '.', ' ']).next().unwrap_or_default()
}

/// The manifests of all members, one after the other.
fn members(paths: &Paths) -> Result<String> {
    let mut manifests = Vec::new();
    super::source::collect(&paths.root, &["toml"], &mut manifests)?;
    let root = paths.root.join("Cargo.toml");
    let of_members = manifests.iter().filter(|file| file.ends_with("Cargo.toml") && **file != root);
    of_members.map(|file| fs::read_to_string(file).with_context(|| file.display().to_string())).collect()
}

/// Public items that nothing in the product and no test ever names again.
pub fn items(paths: &Paths) -> Result<()> {
    let sources = Source::below(&paths.root)?;
    let mut named: BTreeMap<&str, usize> = BTreeMap::new();
    for word in sources.iter().flat_map(|source| words(&source.product).chain(words(&source.tests))) {
        *named.entry(word).or_default() += 1;
    }
    let mut findings = Vec::new();
    for source in &sources {
        let once = public_items(&source.product).into_iter().filter(|name| named.get(name) == Some(&1));
        findings.extend(once.map(|name| format!("{}: `{name}` is public and used by nothing", source.name)));
    }
    report(&findings)
}

/// Names of public items, less those that an attribute hands to others (`#[server]`, `#[wasm_bindgen]`).
fn public_items(code: &str) -> Vec<&str> {
    const KINDS: [&str; 7] = ["fn", "struct", "enum", "trait", "type", "const", "static"];
    let mut items = Vec::new();
    let mut is_handed_over = false;
    for line in code.lines().map(str::trim_start).filter(|line| !line.is_empty()) {
        is_handed_over |= line.starts_with("#[server") || line.starts_with("#[wasm_bindgen");
        if let Some(declared) = line.strip_prefix("pub ") {
            let mut words = words(declared).skip_while(|word| {
                ["async", "unsafe"].contains(word) || *word == "const" && declared.contains("const fn")
            });
            let kind = words.next().unwrap_or_default();
            items.extend(words.next().filter(|_| KINDS.contains(&kind) && !is_handed_over));
        }
        is_handed_over &= line.starts_with('#') || !line.ends_with(['{', ';']);
    }
    items
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::super::source::Source;
    use super::{Used, public_items, unused_in_workspace};

    fn used(product: &str, tests: &str) -> Used {
        Used::by(&[Source::of("src/lib.rs".into(), product), Source::of("tests/it.rs".into(), tests)])
    }

    #[test]
    fn a_dependency_is_used_where_a_path_begins_with_it() {
        let used = used("use serde_json::json;\n#[derive(thiserror::Error)]\nuse url;", "tempfile::tempdir()");
        for name in ["serde-json", "thiserror", "url"] {
            assert_eq!(used.fault_of(name, None), None, "{name}");
        }
        assert!(used.fault_of("tokio", None).is_some_and(|fault| fault.contains("no source file")));
        assert!(used.fault_of("tempfile", None).is_some_and(|fault| fault.contains("dev-dependency")));
        assert_eq!(used.fault_of("tempfile", Some("dev")), None);
        assert_eq!(used.fault_of("url", Some("dev")), None, "tests inside the crate");
    }

    #[test]
    fn an_entry_of_the_workspace_needs_a_member_that_takes_it() {
        let manifest = "[workspace.dependencies]\n# --- data\nserde = \"1\"\nurl = { version = \"2\" }\nuuid = \"1\"\n\n[profile.dev]\n";
        let members = "serde.workspace = true\nurl = { workspace = true, features = [] }\n";
        let findings = unused_in_workspace(manifest, members);
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].contains(" uuid "), "{findings:?}");
    }

    #[test]
    fn public_items_are_found_unless_something_else_calls_them() {
        let code = "pub async fn a() {}\n  pub const fn b() {}\npub const C: u8 = 1;\npub struct D;\n#[server(endpoint = \"e\")]\npub async fn e() {\n}\npub fn f() {}\npub(crate) fn g() {}";
        assert_eq!(public_items(code), ["a", "b", "C", "D", "f"]);
    }
}
