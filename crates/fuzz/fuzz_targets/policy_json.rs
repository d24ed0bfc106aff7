//! Any text as a policy file: it is refused, or everything that is asked of it is answered.
#![no_main]
#![expect(clippy::expect_used, reason = "a broken promise must stop the target")]

use libfuzzer_sys::fuzz_target;
use rekey_shared::Lang;
use rekey_shared::password::{Personal, Policy, generate, generated_bits, passphrase, passwordrules_attribute};

fuzz_target!(|text: &str| {
    let Ok(policy) = serde_json::from_str::<Policy>(text) else { return };
    let again = serde_json::to_string(&policy).expect("a policy can be written");
    assert_eq!(serde_json::from_str::<Policy>(&again).expect("and read again"), policy);
    if policy.check_ranges().is_err() {
        return;
    }
    let fits = policy.floors().is_empty();
    let _ = (policy.lint(), policy.search_space_bits(), passwordrules_attribute(&policy), generated_bits(&policy));
    let mut state = 0_u8;
    let mut random = |bytes: &mut [u8]| {
        for byte in bytes {
            state = state.wrapping_mul(53).wrapping_add(101);
            *byte = state;
        }
    };
    let made = generate(&policy, &Personal::default(), &mut random);
    let phrase = passphrase(&policy, &Personal::default(), Lang::En, &mut random);
    let both = policy.strictest(&Policy::recommended());
    for password in [Some(made), phrase].into_iter().flatten() {
        let report = policy.rules(&password, &Personal::default());
        if both.rules(&password, &Personal::default()).fits_so_far() && fits {
            assert!(report.rules.iter().all(|rule| rule.verdict != rekey_shared::password::Verdict::Fail));
        }
    }
});
