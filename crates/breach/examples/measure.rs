//! What the file costs and whether it keeps its promises, on made-up entries:
//! `cargo run --release -p rekey-breach --features file --example measure [ENTRIES]`, five million unless told.
#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a measuring program reads the clock and stops at a fault"
)]

use std::fs;
use std::hint::black_box;
use std::io::{BufWriter, Write as _};
use std::time::Instant;

use rekey_breach::{Digest, File, Options, Width, import};

fn main() {
    let entries: u64 = std::env::args().nth(1).map_or(5_000_000, |number| number.parse().expect("a number"));
    let folder = std::env::temp_dir().join(format!("rekey-measure-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let list = folder.join("list.txt");
    let mut out = BufWriter::new(fs::File::create(&list).expect("created"));
    (0..entries).for_each(|number| writeln!(out, "{:016X}{number:024X}:1", spread(number, entries)).expect("written"));
    out.into_inner().expect("written");
    for width in [Width::Wide, Width::Narrow] {
        measure(&list, &folder.join("out.rkb"), width, entries);
    }
    fs::remove_dir_all(&folder).expect("removed");
}

/// In order, and as irregular as hashes are: the high half steps evenly, the low half is mixed.
fn spread(number: u64, entries: u64) -> u64 {
    let even = (u128::from(number) << 64) / u128::from(entries);
    u64::try_from(even).expect("64 bits") & !0xffff_ffff | mixed(number) & 0xffff_ffff
}

fn mixed(number: u64) -> u64 {
    let state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed ^ (mixed >> 31)
}

fn measure(list: &std::path::Path, out: &std::path::Path, width: Width, entries: u64) {
    let begun = Instant::now();
    let made = import(list, out, Options { min_count: 1, width, now: 0 }, &mut |_| {}).expect("imported");
    let seconds = begun.elapsed().as_secs_f64();
    let file = File::open(out).expect("opens");
    file.verify().expect("whole");
    let missed = (0..entries).filter(|number| !file.holds(Digest::from_bits(spread(*number, entries)))).count();
    let asked = 20_000_000_u64;
    let found = (0..asked).filter(|number| file.holds(Digest::from_bits(mixed(number + (1 << 40))))).count();
    let begun = Instant::now();
    for number in 0..200_000 {
        black_box(file.holds(Digest::from_bits(mixed(number))));
    }
    let nanos = begun.elapsed().as_secs_f64() * 1e9 / 200_000.0;
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let (each, million, rate) =
        (made.bytes as f64 / entries as f64, seconds * 1e6 / entries as f64, asked as f64 / found.max(1) as f64);
    println!(
        "{} bits: {entries} entries, {missed} missed, {each:.3} bytes an entry, one false answer in {rate:.0} (promised {}), \
         {million:.2} s a million, look-up {nanos:.0} ns, peak memory {}",
        width.bits(),
        1_u32 << width.bits(),
        peak()
    );
}

fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown").trim().to_owned()
}
