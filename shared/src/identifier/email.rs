//! Email addresses.

#[cfg(feature = "parse")]
use crate::field::FieldFault;

/// An address that email can be sent to. Never prints itself.
///
/// Two spellings are the same address when their canonical forms are equal: the local part lower-cased
/// character by character by Unicode's default mapping in NFC, the host as lower-case A-labels (ID-1).
/// RFC 5321 lets a host tell `Ada` from `ada`; in practice none does, and people type both.
/// The mapping keeps look-alikes apart: `ı` is not `i`, `ß` is not `ss`; the Kelvin sign, which NFC makes a plain K, is `k`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email {
    canonical: String,
    shown: String,
}

impl Email {
    /// The longest address (RFC 5321 §4.5.3.1.3 less its brackets), in bytes.
    pub const MAX_BYTES: usize = 254;

    /// The form that is stored in a unique index and compared.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The form that is shown and sent to: the local part as it was typed, the host as A-labels.
    pub fn shown(&self) -> &str {
        &self.shown
    }
}

impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Email(…)")
    }
}

#[cfg(feature = "parse")]
impl Email {
    /// The longest part before the @ (RFC 5321 §4.5.3.1.1), in bytes.
    const MAX_LOCAL_BYTES: usize = 64;

    /// Reads an address. Spaces around it are dropped; a full-width @ and full-width dots are what people mean on a
    /// Japanese keyboard. No quoted local parts, no comments, no address literals, no host without a dot.
    pub fn parse(typed: &str) -> Result<Self, FieldFault> {
        let typed = super::trimmed(typed)?;
        if typed.chars().any(super::is_treacherous) {
            return Err(FieldFault::BadCharacters);
        }
        let at_signs = typed.chars().filter(|typed| matches!(typed, '@' | '＠')).count();
        let Some((local, host)) = typed.split_once(['@', '＠']).filter(|_| at_signs == 1) else {
            return Err(FieldFault::NotAnAddress);
        };
        let local = local_part(local)?;
        let host = host_name(host)?;
        let shown = format!("{local}@{host}");
        let canonical = format!("{}@{host}", lower(&local));
        // Lower-casing can lengthen a text (`İ`), and both forms have a column of that width.
        if local.len() > Self::MAX_LOCAL_BYTES || shown.len().max(canonical.len()) > Self::MAX_BYTES {
            return Err(FieldFault::TooLong);
        }
        Ok(Self { canonical, shown })
    }
}

/// A dot-atom of RFC 5322 §3.2.3, or its extension to letters beyond ASCII by RFC 6531 §3.3, in NFC.
#[cfg(feature = "parse")]
fn local_part(typed: &str) -> Result<String, FieldFault> {
    use unicode_normalization::UnicodeNormalization;

    let local: String = narrow(typed).nfc().collect();
    let atoms_are_fine = local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom));
    if atoms_are_fine { Ok(local) } else { Err(FieldFault::NotAnAddress) }
}

/// The host in lower-case A-labels (UTS 46, STD 3 rules).
#[cfg(feature = "parse")]
fn host_name(typed: &str) -> Result<String, FieldFault> {
    let wide: String = narrow(typed).collect();
    let host = idna::domain_to_ascii_strict(&wide).map_err(|_| FieldFault::NotAnAddress)?;
    // A number for a top level is an IP address; no such domain exists (RFC 3696 §2).
    let top = host.rsplit_once('.').map(|(_, top)| top).ok_or(FieldFault::NotAnAddress)?;
    let fine = top.len() >= 2 && !top.bytes().all(|byte| byte.is_ascii_digit());
    if fine { Ok(host) } else { Err(FieldFault::NotAnAddress) }
}

/// Full-width ASCII (U+FF01–FF5E) and the ideographic full stops as what they stand for.
#[cfg(feature = "parse")]
fn narrow(typed: &str) -> impl Iterator<Item = char> {
    typed.chars().map(|typed| match typed {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(typed as u32 - 0xfee0).unwrap_or(typed),
        '。' | '｡' => '.',
        _ => typed,
    })
}

#[cfg(feature = "parse")]
fn is_atom(typed: char) -> bool {
    match typed {
        _ if typed.is_ascii_alphanumeric() => true,
        _ if typed.is_ascii() => "!#$%&'*+-/=?^_`{|}~".contains(typed),
        _ => !typed.is_whitespace() && !super::is_treacherous(typed),
    }
}

/// Lower case, in NFC again because mapping can undo it.
#[cfg(feature = "parse")]
fn lower(local: &str) -> String {
    use unicode_normalization::UnicodeNormalization;

    local.chars().flat_map(char::to_lowercase).nfc().collect()
}
