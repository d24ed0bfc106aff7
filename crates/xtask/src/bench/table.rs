//! The report as a table: what was measured, what the budget asks for.

use std::cell::RefCell;

use serde_json::Value;

/// Reads figures and notes which are not there.
struct Figures<'a> {
    report: &'a Value,
    missing: RefCell<Vec<String>>,
}

impl Figures<'_> {
    fn at(&self, path: &str) -> f64 {
        let found = self.report.pointer(path).and_then(Value::as_f64).filter(|figure| figure.is_finite());
        found.unwrap_or_else(|| {
            self.missing.borrow_mut().push(path.to_owned());
            f64::NAN
        })
    }

    fn kb(&self, path: &str) -> f64 {
        self.at(path) / 1000.0
    }

    /// The greatest of a figure over all runs.
    fn worst(&self, runs: &str, figure: &str) -> f64 {
        let count = self.report.pointer(runs).and_then(Value::as_array).map_or(0, Vec::len);
        // No runs at all are a missing figure too.
        (0..count.max(1)).map(|run| self.at(&format!("{runs}/{run}/{figure}"))).fold(f64::NAN, f64::max)
    }
}

type Line = (String, String, String);

fn line(what: &str, measured: String, budget: &str) -> Line {
    (what.to_owned(), measured, budget.to_owned())
}

/// Prints it, and gives the paths of figures that are missing.
pub fn print(report: &Value) -> Vec<String> {
    let figures = Figures { report, missing: RefCell::default() };
    println!("{:<42} {:>20}   budget", "", "measured");
    let lines = [sign_ins(&figures), browser(&figures), pages(&figures), machine(&figures)];
    for (what, measured, budget) in lines.concat() {
        println!("{what:<42} {measured:>20}   {budget}");
    }
    figures.missing.into_inner()
}

fn sign_ins(figures: &Figures) -> Vec<Line> {
    let (before, after) =
        (figures.at("/load/bare_before/hashes_per_second"), figures.at("/load/bare_after/hashes_per_second"));
    let rate = figures.at("/load/sign_ins/per_second");
    let ratio = rate / f64::midpoint(before, after);
    let pair = |path: &str| {
        format!("{:.1} / {:.1} ms", figures.at(&format!("{path}/p50_ms")), figures.at(&format!("{path}/p99_ms")))
    };
    // For addresses without an account, with one, and without one again: the machine's speed drifts.
    let starts = |database: &str| {
        let rate = |who: &str| format!("{:.0}", figures.at(&format!("/starts/{database}/{who}/per_second")));
        ["unknown", "known", "unknown_again"].map(rate).join(" / ")
    };
    let floods = "/load/flood_2000";
    let beside_floods =
        format!("{:.1} / {:.1} ms", figures.worst(floods, "light/p50_ms"), figures.worst(floods, "light/p99_ms"));
    vec![
        line("sign-ins ÷ bare Argon2id", format!("{ratio:.3}"), "≥ 0.95"),
        line("time of a sign-in outside Argon2id", format!("{:.1} %", (1.0 - ratio) * 100.0), ""),
        line("sign-ins per second", format!("{rate:.1}"), ""),
        line("bare Argon2id per second, before / after", format!("{before:.1} / {after:.1}"), ""),
        line("light request alone, p50 / p99", pair("/load/light_alone"), ""),
        line("  beside 200 sign-ins", pair("/load/flood_200/light"), "p99 < 20 ms"),
        line("  beside 2,000, the worst run", beside_floods, "p99 < 100 ms"),
        line("recoveries begun per second, SQLite", starts("sqlite"), "≥ 3,000"),
        line("  PostgreSQL (REKEY_BENCH_POSTGRES)", starts("postgres"), "≥ 3,000"),
        line("slowest answer of any flood", format!("{:.0} ms", figures.worst(floods, "flood/max_ms")), "≤ 2 s"),
        line(
            "slowest word that it is full",
            format!("{:.0} ms", figures.worst(floods, "flood/refused_max_ms")),
            "≤ 200 ms",
        ),
    ]
}

fn browser(figures: &Figures) -> Vec<Line> {
    let rules = format!("{:.1} µs", figures.at("/policy_native/rules_micros"));
    let whole = format!("{:.0} µs", figures.at("/policy_native/with_estimator_micros"));
    let ms = |path: &str| format!("{:.2} ms", figures.at(&format!("/policy_browser/{path}")));
    vec![
        line("policy rules, native", rules, "≤ 20 µs"),
        line("  with the estimator, native", whole, ""),
        line("a keystroke in Chromium", ms("rules_ms"), "≤ 1 ms"),
        line("  at its worst", ms("key_worst_ms"), "≤ 16 ms"),
        line("the estimator when idle, as usual", ms("usual_ms"), ""),
        line("  at its worst", ms("worst_ms"), "≤ 16 ms"),
    ]
}

fn pages(figures: &Figures) -> Vec<Line> {
    let first_page = figures.kb("/sizes/html_as_sent") + figures.kb("/sizes/css_br");
    let whole = |path: &str| format!("{:.0}/s", figures.at(path));
    let mut lines = vec![
        line("first page: HTML + CSS, compressed", format!("{first_page:.1} kB"), "≤ 14 kB"),
        line("first WASM + JS, brotli", format!("{:.1} kB", figures.kb("/sizes/first_wasm_and_js_br")), "≤ 200 kB"),
        line("the sign-in page", whole("/pages/per_second"), "≥ 10,000/s"),
        line("  drawn anew each time", whole("/pages/drawn_anew_per_second"), ""),
    ];
    for (name, path, least) in [("sign_in", "/", 100), ("register", "/register", 98), ("forgot", "/forgot", 98)] {
        let at = |figure: &str| figures.at(&format!("/lighthouse/{name}/{figure}"));
        let scores = format!("{} / {} / {}", at("performance"), at("accessibility"), at("best-practices"));
        lines.push(line(&format!("Lighthouse of {path}"), scores, &format!("≥ {least} / 100 / 100")));
        let times = format!("{:.0} / {:.0} ms", at("fcp_ms"), at("lcp_ms"));
        lines.push(line("  first and largest paint", times, ""));
    }
    lines
}

fn machine(figures: &Figures) -> Vec<Line> {
    let peak = figures.at("/memory_kib/peak") / 1024.0;
    let idle = figures.at("/memory_kib/idle") / 1024.0;
    let allowed = idle + figures.at("/load/bare_before/threads") * 19.0 + 100.0;
    let ms = |path: &str| format!("{:.0} ms", figures.at(path));
    vec![
        line("binary", format!("{:.1} MB", figures.kb("/sizes/binary") / 1000.0), "≤ 40 MB"),
        line("start, empty folder", ms("/start_ms/empty_folder"), ""),
        line("start, existing database", ms("/start_ms/existing_database"), "≤ 300 ms"),
        line("memory idle", format!("{idle:.1} MB"), "≤ 40 MB"),
        line("memory at its peak", format!("{peak:.1} MB"), &format!("≤ {allowed:.0} MB")),
    ]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Figures;

    #[test]
    fn a_figure_that_is_missing_in_any_run_is_noted_and_the_worst_run_counts() {
        let report = json!({ "runs": [{ "ms": 3.0 }, { "ms": 9.0 }, { "ms": 4.0 }], "broken": [{ "ms": 1.0 }, {}] });
        let figures = Figures { report: &report, missing: std::cell::RefCell::default() };
        assert!((figures.worst("/runs", "ms") - 9.0).abs() < f64::EPSILON);
        assert!(figures.missing.borrow().is_empty());
        figures.worst("/broken", "ms");
        figures.worst("/nowhere", "ms");
        assert!(figures.at("/runs/0").is_nan());
        assert_eq!(figures.missing.into_inner(), ["/broken/1/ms", "/nowhere/0/ms", "/runs/0"]);
    }
}
