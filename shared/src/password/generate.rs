//! Passwords for people who would rather not think of one.

use zeroize::Zeroizing;

use super::attribute::needed;
use super::classes::Class;
use super::personal::Personal;
use super::policy::Policy;
use super::report::Verdict;

/// Letters and digits that nobody mistakes for another: no i, l, o, 0, 1.
const PLAIN: &str = "abcdefghjkmnpqrstuvwxyz23456789";
/// Capitals that nobody mistakes for another: no I and O.
const CAPITALS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Marks that survive e-mail, shells and keyboards of most countries; the first that counts stands between groups.
const MARKS: &str = "-_.=+";
/// Sixteen of 31: 79 bits, in four groups of four.
const CHARACTERS: usize = 16;
/// Characters in a group.
const GROUP: usize = 4;
/// A fair draw meets any sensible policy within a few tries.
const MAX_DRAWS: usize = 256;

/// Makes a password that meets a policy: four groups of four letters and digits where the policy lets it.
///
/// Each character is drawn uniformly from `random`, which must fill the slice it is given with uniform bytes.
/// What a rule refuses is thrown away whole, so what remains is uniform among what is accepted.
/// At least 77 bits unless the policy's longest password is shorter than that takes, so that any estimator is content.
/// For a policy that nothing meets (a minimum above its maximum, say) the last draw comes back.
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

fn fits(policy: &Policy, drawn: &str, personal: &Personal) -> bool {
    policy.rules(drawn, personal).rules.iter().all(|rule| rule.verdict != Verdict::Fail)
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
        // With its marks, a password is a quarter longer; counting without them is on the safe side of the minimum.
        let characters = CHARACTERS.max(min);
        let mark = MARKS.chars().find(|mark| policy.classes.specials.count(*mark));
        let with_marks = characters + characters.saturating_sub(1) / GROUP;
        let room = with_marks <= max;
        let mut alphabet: Vec<char> = PLAIN.chars().collect();
        if needed.contains(&Class::Upper) || characters > max {
            alphabet.extend(CAPITALS.chars());
        }
        if needed.contains(&Class::Special) && !room {
            alphabet.extend(MARKS.chars().filter(|mark| policy.classes.specials.count(*mark)));
        }
        Self { alphabet, characters: characters.min(max.max(1)), mark: mark.filter(|_| room) }
    }

    fn draw(&self, dice: &mut Dice<'_>) -> Zeroizing<String> {
        let mut drawn = Zeroizing::new(String::with_capacity(self.characters * 2));
        for place in 0..self.characters {
            if let Some(mark) = self.mark.filter(|_| place > 0 && place % GROUP == 0) {
                drawn.push(mark);
            }
            drawn.extend(self.alphabet.get(dice.below(self.alphabet.len())));
        }
        drawn
    }
}

/// Uniform numbers from uniform bytes.
struct Dice<'a> {
    random: &'a mut dyn FnMut(&mut [u8]),
    bytes: Zeroizing<[u8; 64]>,
    used: usize,
}

impl<'a> Dice<'a> {
    fn new(random: &'a mut dyn FnMut(&mut [u8])) -> Self {
        Self { random, bytes: Zeroizing::new([0; 64]), used: 64 }
    }

    fn byte(&mut self) -> usize {
        if self.used >= self.bytes.len() {
            (self.random)(self.bytes.as_mut_slice());
            self.used = 0;
        }
        let byte = self.bytes.get(self.used).copied().unwrap_or(0);
        self.used += 1;
        usize::from(byte)
    }

    /// A number below `faces` (1–256): bytes beyond the last full round of faces are thrown away, for they would favour some.
    fn below(&mut self, faces: usize) -> usize {
        let fair = 256 - 256 % faces;
        let mut byte = self.byte();
        // Four thousand unfair bytes in a row come from a broken source alone, and must not hang the caller.
        for _ in 0..4096 {
            if byte < fair {
                break;
            }
            byte = self.byte();
        }
        byte % faces
    }
}
