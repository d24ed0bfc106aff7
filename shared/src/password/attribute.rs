//! What browsers and password managers are told in advance.

use super::classes::{Class, Classes};
use super::policy::Policy;

/// The lengths that a password field mentions. Not for `maxlength`: that attribute cuts what is pasted (PW-2).
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
    if let Some(longest) = policy.runs.repeated {
        rules.push(format!("max-consecutive: {longest}"));
    }
    let special = specials(policy);
    let marks = if special.is_empty() { None } else { Some(format!("[{special}]")) };
    for class in needed(&policy.classes) {
        match class {
            Class::Letter => rules.push("required: lower, upper".to_owned()),
            Class::Upper => rules.push("required: upper".to_owned()),
            Class::Lower => rules.push("required: lower".to_owned()),
            Class::Digit => rules.push("required: digit".to_owned()),
            Class::Special => rules.extend(marks.as_ref().map(|marks| format!("required: {marks}"))),
        }
    }
    let sets = [("lower", 'a'..='z'), ("upper", 'A'..='Z'), ("digit", '0'..='9')];
    let whole = sets.into_iter().filter(|(_, set)| set.clone().all(|typed| policy.allows(typed)));
    let allowed: Vec<String> = whole.map(|(name, _)| name.to_owned()).chain(marks).collect();
    rules.push(format!("allowed: {}", allowed.join(", ")));
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

/// Marks that count as special and are allowed. Only a hyphen where it is one of them: it survives email and shells.
fn specials(policy: &Policy) -> String {
    let fine = |mark: &char| policy.allows(*mark) && policy.classes.specials.count(*mark);
    let marks: String = "-_.!#%+=?*@$&".chars().filter(fine).collect();
    if marks.starts_with('-') { "-".to_owned() } else { marks }
}
