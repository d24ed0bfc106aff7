//! The report as a table: what was measured, what the budget asks for.

use serde_json::Value;

pub fn print(report: &Value) {
    let number = |path: &str| report.pointer(path).and_then(Value::as_f64).unwrap_or(f64::NAN);
    let kb = |path: &str| number(path) / 1000.0;
    let (before, after) = (number("/load/bare_before/hashes_per_second"), number("/load/bare_after/hashes_per_second"));
    let ratio = number("/load/sign_ins/per_second") / f64::midpoint(before, after);
    let first_page = kb("/sizes/html_as_sent") + kb("/sizes/css_br");
    let peak = number("/memory_kib/peak") / 1024.0;
    let idle = number("/memory_kib/idle") / 1024.0;
    let threads = number("/load/bare_before/threads");
    let allowed = idle + threads * 19.0 + 100.0;
    let lines = [
        ("sign-ins per second", format!("{:.1}", number("/load/sign_ins/per_second")), String::new()),
        ("bare Argon2id per second, before / after", format!("{before:.1} / {after:.1}"), String::new()),
        ("their ratio", format!("{ratio:.3}"), "≥ 0.95".to_owned()),
        ("light request alone, p50 / p99", pair(report, "/load/light_alone"), String::new()),
        ("  beside 200 sign-ins", pair(report, "/load/flood_200/light"), "p99 < 20 ms".to_owned()),
        ("  beside 2,000 sign-ins", pair(report, "/load/flood_2000/light"), "p99 < 100 ms".to_owned()),
        (
            "slowest answer of the flood",
            format!("{:.0} ms", number("/load/flood_2000/flood/max_ms")),
            "≤ 2 s".to_owned(),
        ),
        ("recoveries begun per second, SQLite", starts(report, "sqlite"), "≥ 3,000".to_owned()),
        ("recoveries begun per second, PostgreSQL", starts(report, "postgres"), "≥ 3,000".to_owned()),
        ("policy rules, native", format!("{:.1} µs", number("/policy_native/rules_micros")), "≤ 20 µs".to_owned()),
        (
            "  with the estimator, native",
            format!("{:.0} µs", number("/policy_native/with_estimator_micros")),
            String::new(),
        ),
        (
            "a keystroke in Chromium, rules",
            format!("{:.2} ms", number("/policy_browser/rules_ms")),
            "≤ 1 ms".to_owned(),
        ),
        (
            "  with the estimator, at its worst",
            format!("{:.2} ms", number("/policy_browser/worst_ms")),
            "≤ 16 ms".to_owned(),
        ),
        ("first page: HTML + CSS, compressed", format!("{first_page:.1} kB"), "≤ 14 kB".to_owned()),
        ("first WASM + JS, brotli", format!("{:.1} kB", kb("/sizes/first_wasm_and_js_br")), "≤ 220 kB".to_owned()),
        ("binary", format!("{:.1} MB", kb("/sizes/binary") / 1000.0), "≤ 40 MB".to_owned()),
        ("start, empty folder", format!("{:.0} ms", number("/start_ms/empty_folder")), String::new()),
        ("start, existing database", format!("{:.0} ms", number("/start_ms/existing_database")), "≤ 300 ms".to_owned()),
        ("memory idle", format!("{idle:.1} MB"), "≤ 40 MB".to_owned()),
        ("memory at its peak", format!("{peak:.1} MB"), format!("≤ {allowed:.0} MB")),
    ];
    println!("{:<42} {:>20}   budget", "", "measured");
    for (what, measured, budget) in lines {
        println!("{what:<42} {measured:>20}   {budget}");
    }
}

/// Unknown, known, and unknown again.
fn starts(report: &Value, database: &str) -> String {
    let at = |who: &str| report.pointer(&format!("/starts/{database}/{who}/per_second")).and_then(Value::as_f64);
    let all =
        ["unknown", "known", "unknown_again"].map(|who| at(who).map_or("–".to_owned(), |rate| format!("{rate:.0}")));
    all.join(" / ")
}

fn pair(report: &Value, path: &str) -> String {
    let at = |name: &str| report.pointer(&format!("{path}/{name}")).and_then(Value::as_f64).unwrap_or(f64::NAN);
    format!("{:.1} / {:.1} ms", at("p50_ms"), at("p99_ms"))
}
