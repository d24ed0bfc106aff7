//! Answers with everything taken out that differs between two requests for the same thing.

use std::fmt::Write as _;

use super::browser::Answer;

/// What differs by its nature: the time, and the number of the request.
const BY_NATURE: [&str; 2] = ["date", "x-request-id"];

/// An answer as text: status, headers in their order, body. `typed` are the words that the person has typed.
///
/// Of cookies the name, the attributes and the length of the value stay; of the page's nonce its length.
pub fn masked(answer: &Answer, typed: &[&str]) -> String {
    let mut text = format!("{}\n", answer.status);
    for (name, value) in &answer.headers {
        let value = value.to_str().expect("readable");
        match name.as_str() {
            name if BY_NATURE.contains(&name) => {}
            "set-cookie" => writeln!(text, "set-cookie: {}", cookie(value)).expect("text"),
            name => writeln!(text, "{name}: {value}").expect("text"),
        }
    }
    text.push('\n');
    text.push_str(&answer.body);
    let nonce = answer.header("content-security-policy").split("'nonce-").nth(1);
    if let Some(nonce) = nonce.and_then(|rest| rest.split('\'').next()) {
        text = text.replace(nonce, &"N".repeat(nonce.len()));
    }
    typed.iter().fold(text, |text, typed| text.replace(typed, &"T".repeat(typed.len())))
}

fn cookie(line: &str) -> String {
    let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    format!("{name}=<{}>;{attributes}", value.len())
}

/// Where two texts part, with what surrounds it; `None` when they are the same.
pub fn difference(one: &str, other: &str) -> Option<String> {
    if one == other {
        return None;
    }
    let same = one.char_indices().zip(other.chars()).find(|((_, one), other)| one != other);
    let at = same.map_or(one.len().min(other.len()), |((at, _), _)| at);
    let around = |text: &str| {
        let from = text.floor_char_boundary(at.saturating_sub(80));
        text[from..text.floor_char_boundary(at + 160)].to_owned()
    };
    Some(format!("at byte {at} of {} and {}:\n  {:?}\n  {:?}", one.len(), other.len(), around(one), around(other)))
}
