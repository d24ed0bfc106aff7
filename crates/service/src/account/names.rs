//! The names of an account's owner.

use rekey_shared::identifier::Username;
use rekey_shared::{Field, FieldFault, FieldProblem};

/// The longest given or family name, in code points.
const NAME_MAX: usize = 100;

/// Given name, family name and user name, each of which may be empty.
///
/// Names are free text of people: any script, but nothing that could bend a page or a message.
pub(crate) fn check_names(
    (given, family, username): (&str, &str, &str),
) -> Result<Option<Username>, Vec<FieldProblem>> {
    let mut faults = Vec::new();
    for (field, name) in [(Field::GivenName, given), (Field::FamilyName, family)] {
        if name.chars().count() > NAME_MAX {
            faults.push(FieldProblem { field, fault: FieldFault::TooLong });
        } else if name.chars().any(is_hostile) {
            faults.push(FieldProblem { field, fault: FieldFault::BadCharacters });
        }
    }
    let username = match username.trim() {
        "" => None,
        typed => {
            Username::parse(typed).map_err(|fault| faults.push(FieldProblem { field: Field::Username, fault })).ok()
        }
    };
    if faults.is_empty() { Ok(username) } else { Err(faults) }
}

/// Controls, bidi overrides and zero-width characters (T-40); the joiners that scripts need are let through.
fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
