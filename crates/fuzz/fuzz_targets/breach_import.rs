//! Any bytes as a list of breached passwords: refused, or every line of it is found again. And any bytes as a file.
#![no_main]
#![expect(clippy::expect_used, reason = "a broken promise must stop the target")]

use std::fs;

use libfuzzer_sys::fuzz_target;
use rekey_breach::{Digest, File, Options, Shard, Width, import};

fuzz_target!(|input: (bool, &[u8])| {
    let (narrow, bytes) = input;
    let width = if narrow { Width::Narrow } else { Width::Wide };
    if let Some(shard) = Shard::read(bytes, width) {
        let _ = shard.contains(Digest::from_bits(7));
    }
    let folder = std::env::temp_dir().join(format!("rekey-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let (list, out) = (folder.join("list"), folder.join("out"));
    fs::write(&list, bytes).expect("written");
    assert!(File::open(&list).is_err() || bytes.starts_with(b"RKBREACH"));
    if import(&list, &out, Options { min_count: 1, width, now: 0 }, &mut |_| {}).is_ok() {
        let file = File::open(&out).expect("what was made can be opened");
        file.verify().expect("and is whole");
        for line in bytes.split(|byte| *byte == b'\n') {
            let text = String::from_utf8_lossy(line.trim_ascii()).into_owned();
            let text = text.trim_start_matches('\u{feff}');
            let counted =
                text.split_once(':').is_some_and(|(_, count)| count.parse::<u64>().is_ok_and(|count| count > 0));
            if let Some(bits) = text.get(..16).filter(|_| counted).and_then(|head| u64::from_str_radix(head, 16).ok()) {
                assert!(file.holds(Digest::from_bits(bits)), "{text}");
            }
        }
    }
});
