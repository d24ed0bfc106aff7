//! Looking for a secret in whatever form it may have been written down.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A secret that was planted.
#[derive(Debug, Clone)]
pub struct Canary {
    /// What it is.
    pub name: String,
    /// The secret.
    pub secret: String,
}

/// A planted secret that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub name: String,
    /// In which form.
    pub form: String,
    /// What stands around it.
    pub around: String,
}

/// A form of a secret.
struct Needle<'a> {
    canary: &'a Canary,
    form: &'static str,
    bytes: Vec<u8>,
    found: bool,
}

impl<'a> Needle<'a> {
    fn all_of(canary: &'a Canary) -> Vec<Self> {
        forms(&canary.secret).into_iter().map(|(form, bytes)| Self { canary, form, bytes, found: false }).collect()
    }
}

/// Where any of these stands for the first time, in every form in which it does.
pub fn hits(canaries: &[Canary], haystack: &[u8]) -> Vec<Hit> {
    let mut needles: Vec<Needle<'_>> = canaries.iter().flat_map(Needle::all_of).collect();
    // Logs are long and forms are many: one pass, with the needles sorted by how they begin.
    let mut beginning: Vec<Vec<usize>> = vec![Vec::new(); 1 << 16];
    for (nth, needle) in needles.iter().enumerate() {
        beginning[pair(&needle.bytes)].push(nth);
    }
    let mut hits = Vec::new();
    for at in 0..haystack.len().saturating_sub(1) {
        for nth in &beginning[pair(&haystack[at..])] {
            let needle = &mut needles[*nth];
            if !needle.found && stands_at(haystack, at, &needle.bytes) {
                needle.found = true;
                let around = &haystack[at.saturating_sub(120)..(at + needle.bytes.len() + 40).min(haystack.len())];
                let around = String::from_utf8_lossy(around).into_owned();
                hits.push(Hit { name: needle.canary.name.clone(), form: needle.form.to_owned(), around });
            }
        }
    }
    hits
}

fn pair(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// Six digits turn up by chance inside longer numbers and ids: they count when they stand alone.
fn stands_at(haystack: &[u8], at: usize, needle: &[u8]) -> bool {
    let is_number = needle.len() <= 6 && needle.iter().all(u8::is_ascii_digit);
    let ends = |at: Option<usize>| at.and_then(|at| haystack.get(at)).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    haystack[at..].starts_with(needle) && (!is_number || (ends(at.checked_sub(1)) && ends(Some(at + needle.len()))))
}

/// The secret as it is, percent-encoded, in base64 wherever in a longer text it began, in hex, backwards; a token
/// also as the bytes that it stands for.
pub fn forms(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = secret.as_bytes();
    let mut forms = vec![("raw", bytes.to_vec()), ("reversed", secret.chars().rev().collect::<String>().into_bytes())];
    forms.extend(percent(secret).map(|form| ("percent", form.into_bytes())));
    forms.extend(packed(bytes));
    if let Some(token) = URL_SAFE_NO_PAD.decode(secret).ok().filter(|token| token.len() == 32) {
        forms.push(("bytes", token.clone()));
        forms.push(("debug bytes", token.iter().map(u8::to_string).collect::<Vec<_>>().join(", ").into_bytes()));
        forms.extend(packed(&token));
    }
    forms.sort();
    forms.dedup_by(|one, other| one.1 == other.1);
    forms
}

fn percent(secret: &str) -> [String; 4] {
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let path = form.replace('+', "%20");
    [form.to_ascii_lowercase(), path.to_ascii_lowercase(), form, path]
}

/// Hex and base64. In a longer text the secret begins at any of three places of a group; what its neighbours have a
/// part in is left out.
fn packed(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let hex = bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let mut forms = vec![("hex", hex.to_ascii_uppercase().into_bytes()), ("hex", hex.into_bytes())];
    for before in 0..3_usize {
        let padded = [vec![0; before], bytes.to_vec()].concat();
        let (first, last) = ((before * 8).div_ceil(6), padded.len() * 8 / 6);
        for text in [STANDARD_NO_PAD.encode(&padded), URL_SAFE_NO_PAD.encode(&padded)] {
            forms.push(("base64", text.as_bytes()[first..last].to_vec()));
        }
    }
    forms
}
