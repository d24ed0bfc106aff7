//! Several words in a row: long enough to be strong, plain enough to be typed.

use zeroize::Zeroizing;

use super::attribute::needed;
use super::classes::Class;
use super::dice::Dice;
use super::generate::{MAX_DRAWS, fits, whole_bits};
use super::personal::Personal;
use super::policy::Policy;
use crate::Lang;

/// Seven words of two thousand: 76 bits.
const MOST_WORDS: usize = 7;
/// Fewer than four words are no passphrase.
const FEWEST_WORDS: usize = 4;
/// The longest word of both lists, in letters.
const LONGEST_WORD: usize = 9;
/// What may stand between words, in the order of preference.
const BETWEEN: &str = "-. _=+";

/// Makes a passphrase that meets a policy: words with a separator, uppercase letters and a digit where the policy asks
/// for them. `None` if the policy leaves no room for four words.
///
/// Each word is drawn uniformly from the list of the language; see `words/README.md`. A phrase that a rule refuses is
/// discarded whole.
pub fn passphrase(
    policy: &Policy,
    personal: &Personal,
    lang: Lang,
    random: &mut dyn FnMut(&mut [u8]),
) -> Option<String> {
    let recipe = Recipe::of(policy, lang)?;
    let mut dice = Dice::new(random);
    for _ in 0..MAX_DRAWS {
        let mut drawn = recipe.draw(&mut dice);
        if fits(policy, &drawn, personal) {
            return Some(std::mem::take(&mut *drawn));
        }
    }
    None
}

/// The entropy of what [`passphrase`] makes, in whole bits; 0 if it makes none.
///
/// Phrases that are too short or too long for the policy are counted out exactly.
pub fn passphrase_bits(policy: &Policy, lang: Lang) -> u16 {
    Recipe::of(policy, lang).map_or(0, |recipe| whole_bits(recipe.bits))
}

/// The words of a language, in order.
fn words(lang: Lang) -> Vec<&'static str> {
    let list = match lang {
        Lang::En => include_str!("../../words/en.txt"),
        Lang::Ja => include_str!("../../words/ja.txt"),
    };
    list.lines().collect()
}

/// How passphrases for one policy are made.
struct Recipe {
    words: Vec<&'static str>,
    count: usize,
    between: char,
    capitals: bool,
    digit: bool,
    bits: f64,
}

impl Recipe {
    /// With as many words as give the most bits.
    fn of(policy: &Policy, lang: Lang) -> Option<Self> {
        let needed = needed(&policy.classes);
        let between = BETWEEN.chars().find(|mark| {
            policy.allows(*mark) && (!needed.contains(&Class::Special) || policy.classes.specials.count(*mark))
        })?;
        let digit = needed.contains(&Class::Digit);
        let recipe = |count| {
            let mut recipe =
                Self { words: words(lang), count, between, capitals: needed.contains(&Class::Upper), digit, bits: 0.0 };
            recipe.bits = recipe.count_bits(policy);
            recipe
        };
        let best = (FEWEST_WORDS..=MOST_WORDS).map(recipe).max_by(|one, other| one.bits.total_cmp(&other.bits))?;
        // Where almost no phrase is accepted, drawing would take long.
        (best.bits > 40.0).then_some(best)
    }

    /// By how many phrases there are of each length.
    fn count_bits(&self, policy: &Policy) -> f64 {
        let mut by_word = [0.0_f64; LONGEST_WORD + 1];
        for word in &self.words {
            if let Some(count) = by_word.get_mut(word.len()) {
                *count += 1.0;
            }
        }
        let mut by_phrase = vec![1.0_f64];
        for _ in 0..self.count {
            by_phrase = joined(&by_phrase, &by_word);
        }
        let extra = self.count - 1 + usize::from(self.digit);
        let (min, max) = (usize::from(policy.length.min), usize::from(policy.length.max));
        let fits = |(letters, _): &(usize, &f64)| (min..=max).contains(&(letters + extra));
        let phrases: f64 = by_phrase.iter().enumerate().filter(fits).map(|(_, count)| count).sum();
        let all: f64 = by_phrase.iter().sum();
        if phrases * 16.0 < all {
            return 0.0;
        }
        phrases.log2() + if self.digit { 8_f64.log2() } else { 0.0 }
    }

    fn draw(&self, dice: &mut Dice<'_>) -> Zeroizing<String> {
        let mut drawn = Zeroizing::new(String::with_capacity(80));
        for place in 0..self.count {
            if place > 0 {
                drawn.push(self.between);
            }
            let word = self.words.get(dice.below(self.words.len().max(1))).copied().unwrap_or_default();
            let mut letters = word.chars();
            if self.capitals {
                drawn.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            }
            drawn.extend(letters);
        }
        if self.digit {
            drawn.extend("23456789".chars().nth(dice.below(8)));
        }
        drawn
    }
}

/// How often each sum of two lengths comes up.
fn joined(one: &[f64], other: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; one.len() + other.len() - 1];
    for (left, count) in one.iter().enumerate() {
        for (right, times) in other.iter().enumerate() {
            if let Some(sum) = sums.get_mut(left + right) {
                *sum += count * times;
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_in_order_and_as_long_as_is_said() {
        for (lang, count) in [(Lang::En, 2048), (Lang::Ja, 1983)] {
            let words = words(lang);
            assert_eq!(words.len(), count);
            assert!(words.is_sorted_by(|one, next| one < next));
            assert!(words.iter().all(|word| (3..=LONGEST_WORD).contains(&word.len())));
            assert!(words.iter().all(|word| word.bytes().all(|letter| letter.is_ascii_lowercase())));
        }
    }
}
