//! Whether this processor can run this build.

/// One line when it cannot. Release builds are for processors of the last ten years unless built with `--portable`;
/// on an older one they would otherwise end with nothing but "illegal instruction".
pub fn complaint() -> Option<&'static str> {
    if cfg!(target_feature = "avx2") && has_avx2() == Some(false) {
        return Some("this build needs a processor with AVX2; build it with: cargo xtask build --release --portable");
    }
    None
}

/// What the system says; `None` where it is not known.
///
/// The compiler's own test is no help: in a build for AVX2 it is always true.
#[cfg(target_os = "linux")]
pub fn has_avx2() -> Option<bool> {
    let told = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let flags = told.lines().find(|line| line.starts_with("flags"))?;
    Some(flags.split_ascii_whitespace().any(|flag| flag == "avx2"))
}

/// What the system says; `None` where it is not known.
#[cfg(not(target_os = "linux"))]
pub fn has_avx2() -> Option<bool> {
    None
}
