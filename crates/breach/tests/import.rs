//! Lists become files, whole or not at all.
#![cfg(feature = "file")]
#![expect(clippy::expect_used, reason = "a test says what it expects")]

use std::fs;
use std::path::Path;

use rekey_breach::{Algorithm, Damage, File, Imported, Options, Width, builtin, import};
use tempfile::TempDir;

const WIDE: Options = Options { min_count: 1, width: Width::Wide, now: 1_800_000_000 };
const SHA1: &str = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8";
const NTLM: &str = "8846F7EAEE8FB117AD06BDD830B7586C";

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn brought(folder: &Path, list: &[u8]) -> Result<Imported, String> {
    let path = folder.join("list.txt");
    fs::write(&path, list).expect("written");
    import(&path, &folder.join("breached.rkb"), WIDE, &mut |_| {}).map_err(|error| error.to_string())
}

/// A sorted list of made-up hashes, with the one of "password" among them.
fn many(count: u64) -> String {
    let mut lines: Vec<String> = (0..count)
        .map(|number| {
            format!("{:016X}{:024X}:{}\r\n", number.wrapping_mul(0x9e37_79b9_7f4a_7c15), number, number % 7 + 1)
        })
        .collect();
    lines.push(format!("{SHA1}:9545824\r\n"));
    lines.sort();
    lines.concat()
}

#[test]
fn a_list_becomes_a_file() {
    let folder = folder();
    let made = brought(folder.path(), many(50_000).as_bytes()).expect("imported");
    let file = File::open(&folder.path().join("breached.rkb")).expect("opens");
    file.verify().expect("whole");
    assert_eq!(*file.header(), made.header);
    assert_eq!((made.header.entries, made.header.made_at), (50_001, 1_800_000_000));
    assert_eq!(made.header.shape.prefix_bits, 4);
    assert_eq!(file.size() as u64, made.bytes);
    assert!(made.bytes * 2 <= 50_001 * 5, "{} bytes", made.bytes);
    assert!(file.contains("password") && !file.contains("four quiet words here"));
    assert_eq!(file.shard(16), None);
    assert!(file.shard(15).is_some_and(|shard| shard.len() > 5000));
}

#[test]
fn a_folder_of_prefixes_is_a_list_too() {
    let folder = folder();
    let list = folder.path().join("list");
    fs::create_dir(&list).expect("made");
    fs::write(list.join("5BAA6.txt"), format!("{}:3\r\n{}:0\r\n", &SHA1[5..], "F".repeat(35))).expect("written");
    fs::write(list.join("00000.txt"), format!("{}:7", "0".repeat(35))).expect("written");
    fs::write(list.join("README.txt"), "not a prefix").expect("written");
    let out = folder.path().join("out.rkb");
    let made = import(&list, &out, Options { width: Width::Narrow, ..WIDE }, &mut |_| {}).expect("imported");
    // The line that was never seen is padding.
    assert_eq!(made.header.entries, 2);
    assert!(File::open(&out).expect("opens").contains("password"));
    fs::write(list.join("00001"), format!("{}:7", "0".repeat(35))).expect("written");
    let mixed = import(&list, &out, WIDE, &mut |_| {}).expect_err("two ways of naming");
    assert!(mixed.to_string().contains("is named otherwise"), "{mixed}");
}

#[test]
fn windows_hashes_and_rare_passwords_are_told_apart() {
    let folder = folder();
    brought(folder.path(), format!("{NTLM}:5\n").as_bytes()).expect("imported");
    let file = File::open(&folder.path().join("breached.rkb")).expect("opens");
    assert_eq!(file.header().shape.algorithm, Algorithm::Ntlm);
    assert!(file.contains("password"));
    let list = folder.path().join("list.txt");
    fs::write(&list, format!("{}:9\n{SHA1}:2\n", "0".repeat(40))).expect("written");
    let out = folder.path().join("often.rkb");
    let made = import(&list, &out, Options { min_count: 3, ..WIDE }, &mut |_| {}).expect("imported");
    assert_eq!((made.header.entries, made.header.min_count), (1, 3));
    assert!(!File::open(&out).expect("opens").contains("password"));
}

#[test]
fn whatever_is_wrong_is_told_in_one_line_and_the_old_file_stays() {
    let folder = folder();
    brought(folder.path(), format!("{SHA1}:1\n").as_bytes()).expect("imported");
    let before = fs::read(folder.path().join("breached.rkb")).expect("there");
    let cases: [(&[u8], &str); 15] = [
        (b"", "is empty"),
        (b"\n\n", "holds no password"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"PK\x03\x04", "zip"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"\xff\xfe5\0B\0", "UTF-16"),
        (&format!("{SHA1}:1\n{NTLM}:1\n").into_bytes(), "line 2 is a hash of another length"),
        (&format!("{SHA1}:1\n{}:1\n", "0".repeat(40)).into_bytes(), "line 2 comes before"),
        (&format!("{SHA1}:1\n{SHA1}:1\n").into_bytes(), "line 2 is there twice"),
        (&format!("{}:1\n{}", "0".repeat(40), &SHA1[..20]).into_bytes(), "line 2 is not HASH:COUNT"),
        (&format!("{SHA1}:").into_bytes(), "has no count"),
        (&format!("{SHA1}\n").into_bytes(), "is not HASH:COUNT"),
        (&format!("{}:1\n", &SHA1[..39]).into_bytes(), "is no SHA-1 and no NTLM hash"),
        (&format!("{}G:1\n", &SHA1[..39]).into_bytes(), "something else than hexadecimal"),
        (&[b'x'; 5000], "is not HASH:COUNT"),
    ];
    for (list, expected) in cases {
        let problem = brought(folder.path(), list).expect_err(expected);
        assert!(problem.contains(expected) && !problem.contains('\n'), "{expected}: {problem}");
        assert_eq!(fs::read(folder.path().join("breached.rkb")).expect("still there"), before, "{expected}");
    }
    let left: Vec<_> = fs::read_dir(folder.path()).expect("read").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left.len(), 2, "nothing half-written is left: {left:?}");
    let missing = import(&folder.path().join("none"), &folder.path().join("x"), WIDE, &mut |_| {}).expect_err("none");
    assert!(missing.to_string().contains("cannot be read"), "{missing}");
}

#[test]
fn a_damaged_file_is_not_used() {
    let folder = folder();
    brought(folder.path(), many(9000).as_bytes()).expect("imported");
    let path = folder.path().join("breached.rkb");
    let whole = fs::read(&path).expect("there");
    let opened = |bytes: &[u8]| {
        fs::write(&path, bytes).expect("written");
        File::open(&path).and_then(|file| file.verify())
    };
    assert!(opened(&whole).is_ok());
    assert!(matches!(opened(&whole[..whole.len() - 1]), Err(Damage::Short)));
    assert!(matches!(opened(&whole[..70]), Err(Damage::Short)));
    assert!(matches!(opened(b""), Err(Damage::Short)));
    assert!(matches!(opened(&[b'x'; 200]), Err(Damage::NotOurs)));
    assert!(matches!(opened(&[whole.as_slice(), b"x"].concat()), Err(Damage::Short)));
    for at in (8..whole.len()).step_by(997).chain([12, 17, 25, 33]) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        assert!(opened(&flipped).is_err(), "a flipped bit at {at}");
    }
}

#[test]
fn the_built_in_list_knows_what_everybody_tries() {
    let common = builtin::common().expect("there");
    common.verify().expect("whole");
    assert!(common.header().entries >= 30_000);
    assert!(common.size() < 80_000);
    for password in ["password", "123456", "qwerty", "iloveyou", "dragon", "trustno1"] {
        assert!(common.contains(password), "{password}");
    }
    for password in ["four quiet words here", "6f7k-u59d-ca3w-vcyy", "あかさたなはまやらわ"] {
        assert!(!common.contains(password), "{password}");
    }
}
