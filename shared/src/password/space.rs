//! How many passwords a policy leaves.

use super::classes::Class;
use super::policy::{Edges, Policy};

/// Kinds of characters as bits, and characters of no kind as none of them.
type Kinds = usize;

/// How the allowed characters of ASCII, or of a policy's own list, are spread over the kinds.
struct Alphabet {
    /// How many characters are of just these kinds.
    inside: [u32; 16],
    /// How many of those may stand at an edge.
    at_edges: [u32; 16],
}

impl Alphabet {
    fn of(policy: &Policy) -> Self {
        let mut alphabet = Self { inside: [0; 16], at_edges: [0; 16] };
        let listed = policy.charset.listed();
        let ascii = (' '..='~').filter(|_| listed.is_empty());
        let mut seen: Vec<char> = listed.chars().chain(ascii).filter(|typed| policy.allows(*typed)).collect();
        seen.sort_unstable();
        seen.dedup();
        for typed in seen {
            let kinds = kinds_of(policy, typed);
            if let Some(count) = alphabet.inside.get_mut(kinds) {
                *count += 1;
            }
            if let Some(count) = alphabet.at_edges.get_mut(kinds).filter(|_| policy.allows_at_edges(typed)) {
                *count += 1;
            }
        }
        alphabet
    }

    /// How many characters have no kind outside these.
    fn within(counts: &[u32; 16], kinds: Kinds) -> f64 {
        counts.iter().enumerate().filter(|(of, _)| of & !kinds == 0).map(|(_, count)| f64::from(*count)).sum()
    }
}

fn kinds_of(policy: &Policy, typed: char) -> Kinds {
    let has = |(bit, class): (usize, Class)| usize::from(policy.classes.is(class, typed)) << bit;
    Class::KINDS.into_iter().enumerate().map(has).sum()
}

impl Policy {
    /// Whether a character may stand somewhere inside.
    pub(super) fn allows(&self, typed: char) -> bool {
        let blank = typed == ' ' && self.blanks == super::Blanks::Forbid;
        self.charset.allows(typed) && !self.classes.specials.forbidden.contains(typed) && !blank
    }

    /// Whether it may stand first and last, too.
    pub(super) fn allows_at_edges(&self, typed: char) -> bool {
        let blank = typed == ' ' && matches!(self.blanks, super::Blanks::Forbid | super::Blanks::Inner);
        self.edges.allows(typed) && !blank
    }

    /// The bits of a password of the minimum length that is drawn uniformly from all that the rules on characters
    /// accept. Minus infinity if there is none.
    ///
    /// An upper bound: people do not choose at random. Counts ASCII, or the policy's own list; leaves out
    /// what depends on the person or on words. By inclusion and exclusion over the kinds of characters.
    pub fn search_space_bits(&self) -> f64 {
        let alphabet = Alphabet::of(self);
        let length = i32::from(self.length.min.max(1));
        // Shares of all strings of that length, so that no power overflows.
        let all = Alphabet::within(&alphabet.inside, 15);
        let share = |kinds: Kinds| {
            let inside = (Alphabet::within(&alphabet.inside, kinds) / all).powi((length - 2).max(0));
            let edges = Alphabet::within(&alphabet.at_edges, kinds) / all;
            inside * edges.powi(length.min(2))
        };
        let accepted: f64 = (0..16).filter(|kinds| self.content_with(*kinds)).map(|kinds| exactly(kinds, share)).sum();
        f64::from(length) * all.log2() + accepted.max(0.0).log2()
    }

    /// Whether a password with characters of these kinds has all that are asked for.
    fn content_with(&self, kinds: Kinds) -> bool {
        let has =
            |class: Class| Class::KINDS.iter().position(|kind| *kind == class).is_some_and(|bit| kinds >> bit & 1 == 1);
        let required = self.classes.required.iter().all(|class| match class {
            Class::Letter => has(Class::Upper) || has(Class::Lower),
            Class::Upper | Class::Lower | Class::Digit | Class::Special => has(*class),
        });
        required && kinds.count_ones() >= u32::from(self.classes.required_kinds)
    }

    /// Whether the edges ask for more than the rest.
    pub(super) fn is_picky_at_edges(&self) -> bool {
        self.edges != Edges::Any
    }
}

/// The share of strings that have characters of all these kinds and of no other.
fn exactly(kinds: Kinds, share: impl Fn(Kinds) -> f64) -> f64 {
    let signed =
        |subset: Kinds| if (kinds ^ subset).count_ones().is_multiple_of(2) { share(subset) } else { -share(subset) };
    (0..16).filter(|subset| subset & !kinds == 0).map(signed).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(policy: &Policy, bits: f64) {
        let found = policy.search_space_bits();
        assert!((found - bits).abs() < 0.05, "{found} is not about {bits}");
    }

    #[test]
    fn bits_are_those_of_the_uniform_draw() {
        about(&Policy::at_least(8), 8.0 * 95_f64.log2());
        about(&Policy::at_least(256), 256.0 * 95_f64.log2());
        let mut digits = Policy::at_least(6);
        digits.charset = super::super::Charset::Custom("0123456789".to_owned());
        about(&digits, 6.0 * 10_f64.log2());
        // Two characters, a digit and a letter of either case in either order.
        let mut pair = Policy::at_least(2);
        pair.classes.required = vec![Class::Digit, Class::Letter];
        about(&pair, (2.0 * 10.0 * 52.0_f64).log2());
        pair.classes.required_kinds = 3;
        assert!(pair.search_space_bits().is_infinite());
    }

    #[test]
    fn edges_and_spaces_are_counted() {
        let mut policy = Policy::at_least(3);
        policy.edges = Edges::Alphanumeric;
        about(&policy, (62.0 * 95.0 * 62.0_f64).log2());
        policy.edges = Edges::Any;
        policy.blanks = super::super::Blanks::Inner;
        about(&policy, (94.0 * 95.0 * 94.0_f64).log2());
        policy.blanks = super::super::Blanks::Forbid;
        about(&policy, 3.0 * 94_f64.log2());
    }
}
