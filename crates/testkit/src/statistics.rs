//! Whether two samples come from the same place, and how far apart they are.
//!
//! Mann–Whitney's U with the normal approximation and a correction for ties; Hodges–Lehmann's shift: the median of
//! all differences between the two, with an interval from the same U.

/// The verdict on two samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// How likely a difference like this is when there is none, two-sided.
    pub p: f64,
    /// How much the second is above the first.
    pub shift: f64,
    /// The shift lies in here with 99 % confidence.
    pub interval: (f64, f64),
}

/// Compares two samples.
pub fn compare(first: &[f64], second: &[f64]) -> Comparison {
    let (n, m) = (count(first), count(second));
    let mut differences: Vec<f64> = second.iter().flat_map(|b| first.iter().map(move |a| b - a)).collect();
    differences.sort_by(f64::total_cmp);
    let wins = differences
        .iter()
        .map(|d| {
            if *d > 0.0 {
                1.0
            } else if *d < 0.0 {
                0.0
            } else {
                0.5
            }
        })
        .sum::<f64>();
    let spread = (n * m / 12.0 * ((n + m + 1.0) - ties(first, second) / ((n + m) * (n + m - 1.0)))).sqrt();
    let distance = ((wins - n * m / 2.0).abs() - 0.5).max(0.0);
    let p = if spread > 0.0 { erfc(distance / spread / std::f64::consts::SQRT_2).min(1.0) } else { 1.0 };
    // 2.5758 standard deviations to each side hold 99 %.
    let outside = index((n * m / 2.0 - 2.5758 * spread).floor().max(0.0)).min(differences.len() - 1);
    let interval = (differences[outside], differences[differences.len() - 1 - outside]);
    Comparison { p, shift: median_of_sorted(&differences), interval }
}

/// The smaller half of a sample. What others do on the machine makes answers late, never early: the quicker half is
/// what the program itself takes, and a leak is as large in it.
pub fn quicker_half(sample: &[f64]) -> Vec<f64> {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.truncate(sorted.len().div_ceil(2));
    sorted
}

/// The median.
pub fn median(sample: &[f64]) -> f64 {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    median_of_sorted(&sorted)
}

fn median_of_sorted(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) }
}

fn count(sample: &[f64]) -> f64 {
    f64::from(u32::try_from(sample.len()).expect("a sample of a test"))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number that counts differences")]
fn index(whole: f64) -> usize {
    whole as usize
}

/// The sum of t³ − t over all groups of equal values.
fn ties(first: &[f64], second: &[f64]) -> f64 {
    let mut all = [first, second].concat();
    all.sort_by(f64::total_cmp);
    all.chunk_by(|one, next| one.total_cmp(next).is_eq()).map(|group| count(group).powi(3) - count(group)).sum()
}

/// The complementary error function for what is not negative (Numerical Recipes §6.2: relative error below 1.2·10⁻⁷).
fn erfc(x: f64) -> f64 {
    const C: [f64; 10] = [
        -1.265_512_23,
        1.000_023_68,
        0.374_091_96,
        0.096_784_18,
        -0.186_288_06,
        0.278_868_07,
        -1.135_203_98,
        1.488_515_87,
        -0.822_152_23,
        0.170_872_77,
    ];
    let t = 1.0 / (1.0 + 0.5 * x);
    let series = C.iter().rev().fold(0.0, |sum, c| sum * t + c);
    t * (series - x * x).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) -> bool {
        (found - expected).abs() <= 1e-3 * expected.abs()
    }

    #[test]
    fn the_error_function_is_that_of_the_tables() {
        for (x, expected) in
            [(0.0, 1.0), (0.5, 0.479_500_1), (1.0, 0.157_299_2), (3.0, 2.209_05e-5), (5.0, 1.537_46e-12)]
        {
            assert!(close(erfc(x), expected), "{x}: {}", erfc(x));
        }
    }

    #[test]
    fn apart_they_are_found_apart() {
        let low: Vec<f64> = (1..=10).map(f64::from).collect();
        let high: Vec<f64> = low.iter().map(|x| x + 20.0).collect();
        let found = compare(&low, &high);
        // U = 0, z = (50 − ½) / √175 = 3.7418
        assert!(close(found.p, 1.826_7e-4), "{found:?}");
        assert!(close(found.shift, 20.0) && found.interval.0 > 11.0 && found.interval.1 < 29.0, "{found:?}");
    }

    #[test]
    fn alike_they_are_found_alike() {
        let all: Vec<f64> = (0..40).map(f64::from).collect();
        let (even, odd): (Vec<f64>, Vec<f64>) = all.iter().partition(|x| **x % 2.0 == 0.0);
        let found = compare(&even, &odd);
        assert!(found.p > 0.7 && close(found.shift, 1.0), "{found:?}");
        assert!(found.interval.0 < 0.0 && found.interval.1 > 0.0, "{found:?}");
    }

    #[test]
    fn noise_does_not_hide_a_leak_from_the_quicker_half() {
        let noisy: Vec<f64> =
            (0..200).map(|n| if n % 3 == 0 { 100.0 + f64::from(n) } else { 20.0 + f64::from(n % 7) }).collect();
        let leaky: Vec<f64> = noisy.iter().map(|x| x + 5.0).collect();
        let found = compare(&quicker_half(&noisy), &quicker_half(&leaky));
        assert!(found.p < 1e-6 && close(found.shift, 5.0), "{found:?}");
    }

    #[test]
    fn ties_are_counted_by_halves() {
        let found = compare(&[1.0, 2.0, 2.0, 3.0], &[2.0, 2.0, 3.0, 4.0]);
        // U = 11½, ties 4³−4 + 2³−2 = 66: σ² = 16/12 · (9 − 66/56); z = (3½ − ½) / 3.2293
        assert!(close(found.p, 0.352_9), "{found:?}");
        assert!(compare(&[1.0; 5], &[1.0; 5]).p > 0.999);
    }
}
