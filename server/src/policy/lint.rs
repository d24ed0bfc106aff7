//! Where a policy departs from the standards, in lines.

use std::process::ExitCode;

use rekey_shared::password::{Level, Policy};

use crate::config::policy_file::line;

/// Prints the findings and the search space.
pub fn print(policy: &Policy) -> ExitCode {
    let findings = policy.lint();
    for finding in &findings {
        println!("{}", line(*finding));
    }
    let bits = policy.search_space_bits();
    if bits.is_finite() && policy.floors().is_empty() {
        let least = policy.length.min;
        println!("A random password of {least} characters has {bits:.0} bits; what people choose has far fewer.");
    }
    match findings.iter().map(|finding| finding.code.level()).max() {
        None => {
            println!("No departures from NIST SP 800-63B-4 or ASVS 5.0.");
            ExitCode::SUCCESS
        }
        Some(Level::Warning) => ExitCode::from(1),
        Some(Level::BelowFloor) => ExitCode::from(2),
    }
}
