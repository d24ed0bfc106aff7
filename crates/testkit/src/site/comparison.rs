//! Answers with everything taken out that differs between two requests for the same thing.

use std::fmt::Write as _;

use super::browser::Answer;

/// What differs by its nature: the time, and the number of the request.
const BY_NATURE: [&str; 2] = ["date", "x-request-id"];

/// An answer as text: status, headers in their order, body. `typed` are the words that the visitor has typed.
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
    text.push_str(&without_preloads(&answer.body));
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

/// Without the links that name the chunks of a page: which of them stand in its head depends on what the renderer's
/// threads had finished when it was sent.
fn without_preloads(body: &str) -> String {
    const BEGINNING: &str = "<link ";
    let names_chunk = |link: &str| {
        let module = link.starts_with("crossorigin=") && link.ends_with("rel=\"modulepreload\"");
        module || ["/chunk_", "/split_"].iter().any(|name| link.contains(name))
    };
    let mut parts = body.split(BEGINNING);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('>') {
            Some((link, rest)) if names_chunk(link) => kept.push_str(rest),
            _ => kept.push_str(&[BEGINNING, part].concat()),
        }
    }
    kept
}

/// A text without its times, and these in milliseconds: waits as they are told, moments from the first one on.
///
/// Moments are milliseconds since 1970, thirteen digits; waits are told in seconds. Where the clock runs, no two
/// visitors meet the same ones.
pub fn without_times(text: &str) -> (String, Vec<i64>) {
    let is_word = |message: char| message.is_ascii_alphanumeric();
    let (mut kept, mut waits, mut moments) = (String::with_capacity(text.len()), Vec::new(), Vec::new());
    let mut rest = text;
    while let Some(begin) = rest.find(is_word) {
        let (before, from) = rest.split_at(begin);
        let (word, after) = from.split_at(from.find(|message| !is_word(message)).unwrap_or(from.len()));
        let number = word.parse::<i64>().ok();
        kept.push_str(before);
        match number {
            Some(moment) if word.len() == 13 => moments.push(moment),
            Some(seconds) if after.starts_with(" second") => waits.push(seconds * 1000),
            _ => kept.push_str(word),
        }
        rest = after;
    }
    let first = moments.iter().copied().min().unwrap_or_default();
    waits.extend(moments.into_iter().map(|moment| moment - first));
    (kept + rest, waits)
}

/// Where two texts differ, with what surrounds it; `None` when they are the same.
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

#[cfg(test)]
mod tests {
    use super::{without_preloads, without_times};

    #[test]
    fn moments_and_waits_are_taken_out_and_kept_apart() {
        let (text, times) = without_times("{\"at\":1795273540052,\"until\":1795273600052} in 58 seconds, code 123456");
        assert_eq!(text, "{\"at\":,\"until\":} in  seconds, code 123456");
        assert_eq!(times, [58_000, 0, 60_000]);
    }

    #[test]
    fn only_chunks_are_left_out_of_a_head() {
        let chunks =
            "<link crossorigin=\"n\" href=\"/a.js\" rel=\"modulepreload\"><link as=\"fetch\" href=\"/chunk_1.wasm\">";
        let kept = "<link crossorigin=\"n\" rel=\"preload\"><link as=\"fetch\" href=\"/a.wasm\"><b>";
        assert_eq!(without_preloads(&[chunks, kept].concat()), kept);
    }
}
