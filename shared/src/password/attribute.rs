//! What browsers and password managers are told beforehand.

use super::classes::{Class, Classes};
use super::policy::{Blanks, Policy};

/// The lengths that a password box mentions. Not for `maxlength`: that attribute cuts what is pasted (PW-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LengthHint {
    /// The fewest code points.
    pub min: u16,
    /// The most code points.
    pub max: u16,
}

/// The lengths of a policy.
pub fn length_hint(policy: &Policy) -> LengthHint {
    LengthHint { min: policy.length.min.max(1), max: policy.length.max }
}

/// The value of the `passwordrules` attribute, by which password managers make passwords that are accepted
/// (Apple, "Customizing Password `AutoFill` Rules").
pub fn passwordrules_attribute(policy: &Policy) -> String {
    let LengthHint { min, max } = length_hint(policy);
    let mut rules = vec![format!("minlength: {min}"), format!("maxlength: {max}")];
    let special = specials(policy);
    for class in needed(&policy.classes) {
        match class {
            Class::Letter => rules.push("required: lower, upper".to_owned()),
            Class::Upper => rules.push("required: upper".to_owned()),
            Class::Lower => rules.push("required: lower".to_owned()),
            Class::Digit => rules.push("required: digit".to_owned()),
            Class::Special => rules.push(format!("required: {special}")),
        }
    }
    rules.push(format!("allowed: lower, upper, digit, {special}"));
    rules.join("; ") + ";"
}

/// The classes that are asked for by name, and as many further kinds as the count asks for.
pub(super) fn needed(classes: &Classes) -> Vec<Class> {
    let mut needed = classes.required.clone();
    let easiest = [Class::Lower, Class::Digit, Class::Special, Class::Upper];
    for class in easiest.into_iter().take(usize::from(classes.required_kinds)) {
        if !needed.contains(&class) {
            needed.push(class);
        }
    }
    needed
}

/// A hyphen as long as it counts. A blank would be legal in most policies and lost in most e-mails.
fn specials(policy: &Policy) -> &'static str {
    if policy.classes.specials.count('-') || policy.blanks == Blanks::Forbid { "[-]" } else { "[-_.]" }
}
