//! The two languages everything is written in.

use serde::{Deserialize, Serialize};

/// A language that people can read Rekey in. Both are complete; neither falls back on the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Japanese.
    Ja,
}

impl Lang {
    /// Every language, in the order in which a switch shows them.
    pub const ALL: [Self; 2] = [Self::En, Self::Ja];

    /// The BCP 47 tag: `en` or `ja`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ja => "ja",
        }
    }

    /// The language's own name for itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Ja => "日本語",
        }
    }

    /// The other one: what the switch offers.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::En => Self::Ja,
            Self::Ja => Self::En,
        }
    }

    /// Reads a tag such as `ja` or `ja-JP`; `None` for a language we do not have.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|lang| primary.eq_ignore_ascii_case(lang.tag()))
    }

    /// Chooses from an `Accept-Language` header (RFC 9110 §12.5.4): the known language of the highest weight,
    /// the earlier one when weights are equal, English when none is known.
    pub fn from_accept_language(header: &str) -> Self {
        let mut best: Option<(Self, u16)> = None;
        for part in header.split(',').take(32) {
            let mut pieces = part.split(';');
            let Some(lang) = pieces.next().and_then(Self::from_tag) else { continue };
            let weight = pieces.find_map(|piece| piece.trim().strip_prefix("q=").map(weight)).unwrap_or(1000);
            if weight > 0 && best.is_none_or(|(_, so_far)| weight > so_far) {
                best = Some((lang, weight));
            }
        }
        best.map_or_else(Self::default, |(lang, _)| lang)
    }
}

/// A quality value in thousandths; what cannot be read counts as nothing.
fn weight(q: &str) -> u16 {
    let q = q.trim();
    match q.split_once('.') {
        None => q.parse::<u16>().map_or(0, |whole| whole.min(1) * 1000),
        Some((whole, fraction)) => {
            let digits: String = fraction.chars().take(3).chain("000".chars()).take(3).collect();
            let whole = whole.parse::<u16>().unwrap_or(0).min(1) * 1000;
            (whole + digits.parse::<u16>().unwrap_or(0)).min(1000)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_language_wins() {
        assert_eq!(Lang::from_accept_language("fr, ja;q=0.8, en;q=0.7"), Lang::Ja);
        assert_eq!(Lang::from_accept_language("en-GB,en;q=0.9,ja;q=0.8"), Lang::En);
        assert_eq!(Lang::from_accept_language("ja;q=0, en;q=0.1"), Lang::En);
        assert_eq!(Lang::from_accept_language("ja-JP"), Lang::Ja);
    }

    #[test]
    fn nonsense_reads_as_english() {
        for header in ["", ",,,", ";q=1", "ja;q=x", "tlh", "q=1;ja"] {
            assert_eq!(Lang::from_accept_language(header), Lang::En, "{header:?}");
        }
    }
}
