//! Makes the built-in list: `cargo run -p rekey-breach --features file --example builtin`, from the list of common passwords
//! that the strength estimator brings (`crates/zxcvbn`, MIT).
#![expect(clippy::expect_used, reason = "a tool for those who build this crate")]

use std::path::Path;

use rekey_breach::{Algorithm, Options, Width, import};

/// When the list was last collected: the file is the same for everyone who makes it.
const MADE_AT: i64 = 1_767_225_600;

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lists = std::fs::read_to_string(root.join("../zxcvbn/src/frequency_lists.rs")).expect("the lists");
    let common =
        lists.split("const PASSWORDS: &str = \"").nth(1).and_then(|rest| rest.split('"').next()).expect("PASSWORDS");
    let mut lines: Vec<String> = common.split(',').map(line).collect();
    lines.sort_unstable();
    let folder = std::env::temp_dir();
    let list = folder.join(format!("rekey-common-{}.txt", std::process::id()));
    std::fs::write(&list, lines.concat()).expect("written");
    let options = Options { min_count: 1, width: Width::Wide, now: MADE_AT };
    let made = import(&list, &root.join("common.rkb"), options, &mut |_| {}).expect("imported");
    std::fs::remove_file(&list).expect("removed");
    println!("{} passwords, {} bytes", made.header.entries, made.bytes);
}

/// Only the leading bits reach the filter; what follows is filled up.
fn line(password: &str) -> String {
    format!("{:016X}{}:1\n", Algorithm::Sha1.digest(password).bits(), "0".repeat(24))
}
