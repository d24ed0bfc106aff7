//! Rust files as checks look at them: without comments, and parted into the product and its tests.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Folders without sources of ours.
const SKIPPED: [&str; 5] = ["target", "node_modules", ".git", "data", "zxcvbn"];

/// A file of Rust.
pub struct Source {
    /// Its path below the folder that was searched.
    pub name: String,
    /// What is compiled into the product, comments taken out.
    pub product: String,
    /// What only tests, examples and measurements see.
    pub tests: String,
}

impl Source {
    /// Every file of Rust below a folder, in the order of their names.
    pub fn below(folder: &Path) -> Result<Vec<Self>> {
        let mut files = Vec::new();
        collect(folder, &["rs"], &mut files)?;
        files.sort();
        let read = |file: &PathBuf| {
            let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
            let name = file.strip_prefix(folder).unwrap_or(file).display().to_string();
            Ok(Self::of(name, &text))
        };
        files.iter().map(read).collect()
    }

    /// Parts a text.
    pub fn of(name: String, text: &str) -> Self {
        let code: Vec<&str> = text.lines().map(without_comment).collect();
        let first_test = code.iter().position(|line| line.trim() == "#[cfg(test)]").unwrap_or(code.len());
        let is_product = !is_test(&name) && !name.starts_with("examples/") && !name.contains("/examples/");
        let product_ends = if is_product { first_test } else { 0 };
        let (product, tests) = code.split_at(product_ends);
        Self { name, product: product.join("\n"), tests: tests.join("\n") }
    }
}

/// Files below a folder whose names end so.
pub fn collect(folder: &Path, ends: &[&str], files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        if entry.file_type()?.is_dir() {
            if !SKIPPED.iter().any(|skipped| name == *skipped) {
                collect(&path, ends, files)?;
            }
        } else if path.extension().and_then(|end| end.to_str()).is_some_and(|end| ends.contains(&end)) {
            files.push(path);
        }
    }
    Ok(())
}

/// Tests and what only tests use.
pub fn is_test(name: &str) -> bool {
    let folders = ["tests/", "benches/", "end2end/", "crates/testkit/"];
    folders.iter().any(|folder| name.starts_with(folder) || name.contains(&format!("/{folder}")))
        || name.ends_with("/tests.rs")
}

fn without_comment(line: &str) -> &str {
    // What follows an address in a text is cut off as well; no check looks for anything there.
    line.split_once("//").map_or(line, |(code, _)| code)
}

/// The words of a text: names, and what else is written with letters, digits and underscores.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn a_file_is_parted_where_its_tests_begin() {
        let text = "use a::B; // not c\n#[cfg(test)]\nmod tests { use d::E; }";
        let source = Source::of("shared/src/lib.rs".into(), text);
        assert_eq!((source.product.as_str(), source.tests.contains("d::E")), ("use a::B; ", true));
        let source = Source::of("shared/tests/policy.rs".into(), text);
        assert!(source.product.is_empty() && source.tests.contains("a::B"));
    }
}
