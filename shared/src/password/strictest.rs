//! Several policies together: the stricter of each rule.

use super::banned::Banned;
use super::classes::{Class, Classes, NonAscii, Specials};
use super::personal::{Matching, PersonalRules};
use super::policy::{Blanks, Edges, Expiry, History, Length, Policy};
use super::runs::Runs;

impl Policy {
    /// The stricter of each attribute, so that whatever it accepts both accept.
    ///
    /// Two policies may leave nothing: [`Policy::lint`] says so. Where two ways of counting exclude each other
    /// (what a character outside ASCII counts as), the one that counts less is taken.
    #[must_use]
    pub fn strictest(&self, other: &Self) -> Self {
        Self {
            length: length(self.length, other.length),
            blanks: blanks(self.blanks, other.blanks),
            classes: classes(&self.classes, &other.classes),
            charset: self.charset.both(&other.charset),
            edges: if self.edges == Edges::Any { other.edges } else { self.edges },
            runs: runs(self.runs, other.runs),
            personal: personal(&self.personal, &other.personal),
            banned: both(self.banned.as_ref(), other.banned.as_ref(), banned),
            guessability: self.guessability.max(other.guessability),
            breached: self.breached || other.breached,
            differs_by: self.differs_by.max(other.differs_by),
            history: History {
                on_change: self.history.on_change.max(other.history.on_change),
                on_reset: self.history.on_reset.max(other.history.on_reset),
            },
            min_age_hours: self.min_age_hours.max(other.min_age_hours),
            expiry: both(self.expiry.as_ref(), other.expiry.as_ref(), |one, other| Expiry {
                days: one.days.min(other.days),
                warn_days: one.warn_days.max(other.warn_days),
            }),
        }
    }
}

/// What either says, or what comes of both.
fn both<T: Clone>(one: Option<&T>, other: Option<&T>, join: impl Fn(&T, &T) -> T) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(join(one, other)),
        (one, other) => one.or(other).cloned(),
    }
}

fn length(one: Length, other: Length) -> Length {
    Length { min: one.min.max(other.min), max: one.max.min(other.max), max_bytes: one.max_bytes.min(other.max_bytes) }
}

/// Spaces that do not count but may stand at an end, with spaces that count and may not: none may stand there, and the
/// length is counted without them only under [`Blanks::Uncounted`], so spaces are refused.
const fn blanks(one: Blanks, other: Blanks) -> Blanks {
    match (one, other) {
        (Blanks::Allow, other) | (other, Blanks::Allow) => other,
        (Blanks::Inner, Blanks::Inner) => Blanks::Inner,
        (Blanks::Uncounted, Blanks::Uncounted) => Blanks::Uncounted,
        _ => Blanks::Forbid,
    }
}

fn classes(one: &Classes, other: &Classes) -> Classes {
    let asked = |class: &Class| one.required.contains(class) || other.required.contains(class);
    Classes {
        required_kinds: one.required_kinds.max(other.required_kinds),
        required: Class::ALL.into_iter().filter(asked).collect(),
        specials: specials(one, other),
    }
}

/// Only characters that count in both policies count; a policy that asks for no kinds is ignored.
fn specials(one: &Classes, other: &Classes) -> Specials {
    let silent = |classes: &Classes| classes.required.is_empty() && classes.required_kinds == 0;
    let forbidden = format!("{}{}", one.specials.forbidden, other.specials.forbidden);
    if silent(one) || silent(other) {
        let said = if silent(one) { &other.specials } else { &one.specials };
        return Specials { forbidden, ..said.clone() };
    }
    let (one, other) = (&one.specials, &other.specials);
    Specials {
        counted: both(one.counted.as_ref(), other.counted.as_ref(), |one, other| {
            one.chars().filter(|mark| other.contains(*mark)).collect()
        }),
        uncounted: format!("{}{}", one.uncounted, other.uncounted),
        forbidden,
        blanks: one.blanks && other.blanks,
        non_ascii: if one.non_ascii == other.non_ascii { one.non_ascii } else { NonAscii::Nothing },
    }
}

fn runs(one: Runs, other: Runs) -> Runs {
    let shorter = |one: Option<u8>, other: Option<u8>| both(one.as_ref(), other.as_ref(), |one, other| *one.min(other));
    Runs {
        repeated: shorter(one.repeated, other.repeated),
        sequence: shorter(one.sequence, other.sequence),
        keyboard: shorter(one.keyboard, other.keyboard),
    }
}

fn personal(one: &PersonalRules, other: &PersonalRules) -> PersonalRules {
    let closer = |part: fn(&PersonalRules) -> Option<Matching>| part(one).max(part(other));
    let silent =
        |rules: &PersonalRules| super::PersonalPart::ALL.into_iter().all(|part| rules.matching(part).is_none());
    PersonalRules {
        given_name: closer(|rules| rules.given_name),
        family_name: closer(|rules| rules.family_name),
        name: closer(|rules| rules.name),
        username: closer(|rules| rules.username),
        email: closer(|rules| rules.email),
        organisation: closer(|rules| rules.organisation),
        phone: closer(|rules| rules.phone),
        min_word: match (silent(one), silent(other)) {
            (true, _) => other.min_word,
            (_, true) => one.min_word,
            _ => one.min_word.min(other.min_word),
        },
        split: one.split && !silent(one) || other.split && !silent(other),
    }
}

fn banned(one: &Banned, other: &Banned) -> Banned {
    Banned {
        common: one.common || other.common,
        terms: one.terms.and(&other.terms),
        points: one.points.max(other.points),
    }
}
