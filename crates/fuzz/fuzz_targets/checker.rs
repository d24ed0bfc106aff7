//! Any password of any person by any preset: judged twice alike, in either spelling, and never a panic.
#![no_main]
#![expect(clippy::expect_used, reason = "a broken promise must stop the target")]

use libfuzzer_sys::fuzz_target;
use rekey_shared::password::{MAX_INPUT_BYTES, Personal, Policy, normalise};

fuzz_target!(|input: (u8, &str, &str, &str)| {
    let (preset, password, name, email) = input;
    let name_of = Policy::PRESETS[usize::from(preset) % Policy::PRESETS.len()];
    let policy = Policy::preset(name_of).expect("a preset");
    let person = Personal {
        given_name: name.to_owned(),
        family_name: email.to_owned(),
        emails: vec![email.to_owned()],
        phones: vec![name.to_owned()],
        ..Personal::default()
    };
    let report = policy.check(password, &person);
    assert_eq!(report, policy.check(password, &person));
    if password.len() <= MAX_INPUT_BYTES / 4 {
        assert_eq!(report, policy.check(&normalise(password), &person));
    }
    if let Some(suggestion) = policy.suggest(password, &person) {
        assert!(usize::from(suggestion.remove) <= password.chars().count());
    }
});
