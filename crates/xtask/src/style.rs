//! One style sheet out of `style/*.css`: the tokens first, the other parts by name.
//!
//! Plain CSS needs no tool. What is taken away is what compression does not see: comments and indentation.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

const FIRST: &str = "tokens.css";

pub fn bundle(folder: &Path) -> Result<String> {
    let mut names = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if Path::new(&name).extension().is_some_and(|extension| extension == "css") {
                names.push(name);
            }
        }
    }
    names.sort_by_key(|name| (name != FIRST, name.clone()));
    let mut css = String::new();
    for name in names {
        let part = fs::read_to_string(folder.join(&name)).with_context(|| format!("style/{name}"))?;
        css.push_str(&shorten(&part));
    }
    Ok(css)
}

/// Drops comments, and white space where CSS gives it no meaning. Strings are left as they are.
pub fn shorten(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("/*") {
            rest = rest.find("*/").map_or("", |end| &rest[end + 2..]);
            continue;
        }
        let length = match c {
            '"' | '\'' => string_length(rest, c),
            _ => c.len_utf8(),
        };
        let (piece, tail) = rest.split_at(length);
        push(&mut out, piece);
        rest = tail;
    }
    out.trim_end().to_owned()
}

/// Adds a piece; a run of white space becomes one space, or nothing beside a bracket, `;` or `,`.
fn push(out: &mut String, piece: &str) {
    if piece.chars().all(char::is_whitespace) {
        if !out.is_empty() && !out.ends_with([' ', '{', '}', ';', ',']) {
            out.push(' ');
        }
        return;
    }
    if piece.starts_with(['{', '}', ';', ',']) && out.ends_with(' ') {
        out.pop();
    }
    if piece == "}" && out.ends_with(';') {
        out.pop();
    }
    out.push_str(piece);
}

fn string_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn comments_and_indentation_go() {
        let css = "/* a */\n:root {\n  --gap: 4px; /* b */\n  color: red;\n}\n\na > b,\nc :hover { margin: 0 auto; }\n";
        assert_eq!(shorten(css), ":root{--gap: 4px;color: red}a > b,c :hover{margin: 0 auto}");
    }

    #[test]
    fn strings_stay() {
        assert_eq!(shorten(r#"q::before { content: "/* \" ; } */"; }"#), r#"q::before{content: "/* \" ; } */"}"#);
    }

    #[test]
    fn spaces_with_a_meaning_stay() {
        assert_eq!(shorten("a { width: calc(1px + 2px) }"), "a{width: calc(1px + 2px)}");
        assert_eq!(shorten("@media (a) and (b) { c { d: e } }"), "@media (a) and (b){c{d: e}}");
    }
}
