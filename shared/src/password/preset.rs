//! Policies by name.
//!
//! Those named after a product are as its documentation has them (`seed-systems.md` §13.2; `(I)` there is our choice),
//! so that people keep the rules they are used to when an organization moves from it. The linter lists what standards
//! say against them.

use super::banned::Banned;
use super::charset::Charset;
use super::classes::{Class, Classes, NonAscii, Specials};
use super::personal::{Matching, PersonalRules};
use super::policy::{Blanks, Edges, Expiry, History, Length, Policy};
use super::runs::Runs;

impl Policy {
    /// The names that [`Policy::preset`] knows.
    pub const PRESETS: [&'static str; 11] = [
        "recommended",
        "nist-800-63b-4",
        "asvs-5-l2",
        "commerce",
        "commerce-shipped",
        "commerce-admin",
        "entra",
        "entra-hybrid",
        "audience-manager",
        "ad-complexity",
        "pci-dss-4",
    ];

    /// The policy of that name.
    pub fn preset(name: &str) -> Option<Self> {
        Some(match name {
            "recommended" => Self::recommended(),
            "nist-800-63b-4" => Self::nist_800_63b_4(),
            "asvs-5-l2" => Self::asvs_5_l2(),
            "commerce" => Self::commerce(),
            "commerce-shipped" => Self::commerce_shipped(),
            "commerce-admin" => Self::commerce_admin(),
            "entra" => Self::entra(),
            "entra-hybrid" => Self::entra_hybrid(),
            "audience-manager" => Self::audience_manager(),
            "ad-complexity" => Self::ad_complexity(),
            "pci-dss-4" => Self::pci_dss_4(),
            _ => return None,
        })
    }

    /// From so many code points to 256, and nothing else: what the presets are written from.
    pub fn at_least(min: u16) -> Self {
        Self {
            length: Length::from(min),
            blanks: Blanks::Allow,
            classes: Classes::default(),
            charset: Charset::Any,
            edges: Edges::Any,
            runs: Runs::default(),
            personal: PersonalRules::default(),
            banned: None,
            guessability: None,
            breached: false,
            differs_by: 0,
            history: History::default(),
            min_age_hours: 0,
            expiry: None,
        }
    }

    /// What the standards ask of a password that signs in by itself: length instead of composition (PW-1, PW-2, PW-5),
    /// nothing that is mostly the person's own data (security.md §4), nothing that an attacker tries early (PW-6, PW-7).
    ///
    /// Names only matter when they make up half of the password or more: "correct horse hana" is not weak for its last word.
    /// Score 3 of 4 means more than 10⁸ guesses, which an online attacker who is throttled never makes.
    pub fn recommended() -> Self {
        Self {
            personal: PersonalRules::all(Matching::Dominated),
            guessability: Some(3),
            breached: true,
            ..Self::at_least(15)
        }
    }

    /// NIST SP 800-63B-4 §3.1.1.2 to the letter: 15 code points for a password that signs in by itself, any character,
    /// and a blocklist that is compared with the whole password: breaches, and the names that the account goes by.
    pub fn nist_800_63b_4() -> Self {
        Self { personal: PersonalRules::all(Matching::Equals), breached: true, ..Self::at_least(15) }
    }

    /// OWASP ASVS 5.0, level 2: V6.2.1 (15 are strongly recommended), V6.2.4 and V6.2.12 (common and breached passwords),
    /// V6.2.5 (no composition rules), V6.2.9 (64 and more), V6.2.11 (words of the context).
    pub fn asvs_5_l2() -> Self {
        Self::recommended()
    }

    /// What the documentation of Adobe Commerce says shops ask for: six characters of any kind, no spaces, not the
    /// email address (S0, AC-38, AC-67). Far below the standards; for accounts that have been like this for years.
    pub fn commerce() -> Self {
        Self {
            blanks: Blanks::Forbid,
            classes: Classes { required_kinds: 1, ..Classes::default() },
            personal: PersonalRules { email: Some(Matching::Equals), ..PersonalRules::default() },
            ..Self::at_least(6)
        }
    }

    /// What a shop of Adobe Commerce really does as it is shipped: eight, three kinds of four, no space at an end
    /// (AC-37, AC-38, AC-60…67). A letter outside ASCII counts as special there.
    pub fn commerce_shipped() -> Self {
        Self {
            blanks: Blanks::Inner,
            classes: Classes { required_kinds: 3, ..Classes::default() },
            ..Self { length: Length::from(8), ..Self::commerce() }
        }
    }

    /// Adobe Commerce for those who run a shop: seven, letters and digits, none of the last four, ninety days
    /// (AC-130, AC-131, AC-134). The maximum length and spaces are our choice.
    pub fn commerce_admin() -> Self {
        Self {
            blanks: Blanks::Inner,
            classes: Classes { required: vec![Class::Letter, Class::Digit], ..Classes::default() },
            history: History::of(4),
            expiry: Some(Expiry::after(90)),
            ..Self::at_least(7)
        }
    }

    /// Microsoft Entra ID, accounts of the cloud: eight of printable ASCII, three kinds of four (SP-140…143),
    /// banned words and names of four letters or more (PP-01…06), not the current one on a change (SP-144, SP-145).
    pub fn entra() -> Self {
        Self {
            classes: Classes { required_kinds: 3, ..Classes::default() },
            history: History { on_change: 1, on_reset: 0 },
            ..Self::entra_hybrid()
        }
    }

    /// Microsoft Entra ID with accounts of a directory: what is judged before the directory decides on the rest,
    /// such as kinds of characters and past passwords (seed-systems.md §13.2, "connector decides").
    pub fn entra_hybrid() -> Self {
        let folded = Some(Matching::Folded);
        Self {
            charset: Charset::Ascii,
            personal: PersonalRules {
                name: folded,
                organisation: folded,
                min_word: 4,
                split: false,
                ..PersonalRules::default()
            },
            banned: Some(Banned::default()),
            ..Self::at_least(8)
        }
    }

    /// Adobe Audience Manager: 12–40 of ASCII (GX-06), every kind though a colon does not count (GX-05), a letter or digit at
    /// both ends, no names, address or user id, none of the last twelve (AM-01…06). Spaces inside are our choice, and
    /// do not count. Its expiry after thirty days is an option there (AM-09) and off here.
    pub fn audience_manager() -> Self {
        let contains = Some(Matching::Contains);
        Self {
            length: Length { min: 12, max: 40, max_bytes: 160 },
            blanks: Blanks::Inner,
            classes: Classes {
                required: vec![Class::Upper, Class::Lower, Class::Digit, Class::Special],
                specials: Specials { uncounted: ":".to_owned(), blanks: false, ..Specials::default() },
                ..Classes::default()
            },
            charset: Charset::Ascii,
            edges: Edges::Alphanumeric,
            personal: PersonalRules {
                given_name: contains,
                family_name: contains,
                username: contains,
                email: contains,
                ..PersonalRules::default()
            },
            history: History::of(12),
            ..Self::at_least(12)
        }
    }

    /// Windows' "Password must meet complexity requirements" with the default domain policy beside it: seven, three kinds of five
    /// (letters without case are the fifth, a space is none), neither the account's name nor a word of the person's,
    /// three letters or more; none of the last 24, one day at least and 42 at most.
    pub fn ad_complexity() -> Self {
        let contains = Some(Matching::Contains);
        Self {
            classes: Classes {
                required_kinds: 3,
                specials: Specials { blanks: false, non_ascii: NonAscii::Unicode, ..Specials::default() },
                ..Classes::default()
            },
            personal: PersonalRules {
                given_name: contains,
                family_name: contains,
                username: contains,
                ..PersonalRules::default()
            },
            history: History::of(24),
            min_age_hours: 24,
            expiry: Some(Expiry::after(42)),
            ..Self::at_least(7)
        }
    }

    /// PCI DSS 4.0.1: twelve with letters and digits (8.3.6), none of the last four (8.3.7), ninety days where a password is all
    /// that is asked for (8.3.9).
    pub fn pci_dss_4() -> Self {
        Self {
            classes: Classes { required: vec![Class::Letter, Class::Digit], ..Classes::default() },
            history: History::of(4),
            expiry: Some(Expiry::after(90)),
            ..Self::at_least(12)
        }
    }
}
