//! Generated passwords.

use zeroize::Zeroizing;

use super::Charset;
use super::attribute::needed;
use super::classes::{Class, Classes};
use super::dice::Dice;
use super::personal::Personal;
use super::policy::{Length, Policy};
use super::report::Verdict;

/// Letters and digits that are not mistaken for others: no i, l, o, 0, 1.
const PLAIN: &str = "abcdefghjkmnpqrstuvwxyz23456789";
/// Uppercase letters that are not mistaken for others: no I and O.
const CAPITALS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Symbols that survive email, shells and keyboards of most countries; the first that counts stands between groups.
const MARKS: &str = "-_.=+";
/// Sixteen of 31: 79 bits, in four groups of four.
const CHARACTERS: usize = 16;
/// Characters in a group.
const GROUP: usize = 4;
/// A fair draw meets any sensible policy within a few attempts.
pub(super) const MAX_DRAWS: usize = 256;

/// Makes a password that meets a policy: four groups of four letters and digits where the policy lets it.
///
/// Each character is drawn uniformly from `random`, which must fill the slice it is given with uniform bytes.
/// A password that a rule refuses is discarded whole, so the result is uniform among those that are accepted.
/// [`generated_bits`] says how much entropy that is: 77 at least, unless the policy's longest password or its own list
/// of characters is too short for it. For a policy that nothing meets (a minimum above its maximum, say) the last draw
/// comes back.
pub fn generate(policy: &Policy, personal: &Personal, random: &mut dyn FnMut(&mut [u8])) -> String {
    let shape = Shape::of(policy);
    let mut dice = Dice::new(random);
    let mut drawn = shape.draw(&mut dice);
    for _ in 1..MAX_DRAWS {
        if fits(policy, &drawn, personal) {
            break;
        }
        drawn = shape.draw(&mut dice);
    }
    std::mem::take(&mut *drawn)
}

/// The entropy of what [`generate`] makes, in whole bits: rules on kinds and edges are counted exactly, those on the person, on
/// words and on runs are not, because a random password rarely breaks them.
pub fn generated_bits(policy: &Policy) -> u16 {
    Shape::of(policy).bits(policy)
}

pub(super) fn fits(policy: &Policy, drawn: &str, personal: &Personal) -> bool {
    policy.rules(drawn, personal).rules.iter().all(|rule| rule.verdict != Verdict::Fail)
}

/// Whole bits of a number of bits, never more than there are.
pub(super) fn whole_bits(bits: f64) -> u16 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range first")]
    let whole = bits.clamp(0.0, 65_535.0) as u16;
    whole
}

/// What the passwords for one policy look like.
struct Shape {
    alphabet: Vec<char>,
    characters: usize,
    mark: Option<char>,
}

impl Shape {
    fn of(policy: &Policy) -> Self {
        let needed = needed(&policy.classes);
        let (min, max) = (usize::from(policy.length.min), usize::from(policy.length.max));
        let mut alphabet: Vec<char> = PLAIN.chars().filter(|letter| policy.allows(*letter)).collect();
        // With its symbols, a password is a quarter longer; counting without them is on the safe side of the minimum.
        let characters = CHARACTERS.max(min);
        let special = policy.classes.specials.clone();
        let mark = MARKS.chars().find(|mark| special.count(*mark) && policy.allows(*mark));
        let with_marks = characters + characters.saturating_sub(1) / GROUP;
        let room = with_marks <= max;
        if needed.contains(&Class::Upper) || characters > max {
            alphabet.extend(CAPITALS.chars().filter(|letter| policy.allows(*letter)));
        }
        if needed.contains(&Class::Special) && (!room || mark.is_none()) {
            alphabet.extend(MARKS.chars().filter(|mark| special.count(*mark) && policy.allows(*mark)));
        }
        if alphabet.len() < 8 {
            alphabet = everything(policy);
        }
        // From a few characters it takes more of them.
        let wanted = if alphabet.len() < PLAIN.len() { least_for_77_bits(alphabet.len()).max(min) } else { characters };
        Self { alphabet, characters: wanted.min(max.max(1)), mark: mark.filter(|_| room && wanted == characters) }
    }

    fn draw(&self, dice: &mut Dice<'_>) -> Zeroizing<String> {
        let mut drawn = Zeroizing::new(String::with_capacity(self.characters * 2));
        for place in 0..self.characters {
            if let Some(mark) = self.mark.filter(|_| place > 0 && place % GROUP == 0) {
                drawn.push(mark);
            }
            drawn.extend(self.alphabet.get(dice.below(self.alphabet.len().max(1))));
        }
        drawn
    }

    /// By the search space of a policy that accepts just what is drawn.
    fn bits(&self, policy: &Policy) -> u16 {
        let length = u16::try_from(self.characters).unwrap_or(u16::MAX);
        let marked = self.mark.is_some();
        let kinds = policy.classes.required_kinds.saturating_sub(u8::from(marked));
        let required = policy.classes.required.iter().copied().filter(|class| !marked || *class != Class::Special);
        let drawn = Policy {
            length: Length { min: length, ..policy.length },
            charset: Charset::Custom(self.alphabet.iter().collect()),
            classes: Classes { required_kinds: kinds, required: required.collect(), ..policy.classes.clone() },
            ..policy.clone()
        };
        whole_bits(drawn.search_space_bits())
    }
}

/// Every character that a policy allows, of ASCII or of its own list, except spaces.
fn everything(policy: &Policy) -> Vec<char> {
    let listed = policy.charset.listed().chars();
    let mut all: Vec<char> = ('!'..='~').chain(listed).filter(|typed| policy.allows(*typed)).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn least_for_77_bits(characters: usize) -> usize {
    let each = u32::try_from(characters).map_or(1.0, |count| f64::from(count.max(2)).log2());
    usize::from(whole_bits((77.0 / each).ceil()))
}
