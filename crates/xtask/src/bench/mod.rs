//! `cargo xtask bench`: what the budgets ask for, measured on a release build, as a table and as JSON.
//!
//! Ratios within one run are what counts: absolute figures belong to the machine.

mod browser;
mod pages;
mod running;
mod sizes;
mod table;

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::build::{self, Plan};
use crate::paths::Paths;
use crate::run::{read, say};
use running::Running;

/// Sign-ins that measure the rate; enough to outlast the machine's moods.
const SIGN_INS: &str = "1200";
/// Floods of 2,000: a promise about the slowest answer is held against the slowest of all of them.
const FLOODS: usize = 10;
/// Recoveries begun in one measurement.
const STARTS: &str = "6000";
/// Recoveries begun at once.
const STARTS_AT_ONCE: &str = "64";
/// Sign-ins at once while the rate is measured: the hashing threads always have work.
const AT_ONCE: &str = "16";

pub fn command(arguments: &[String]) -> Result<ExitCode> {
    let paths = Paths::find()?;
    let portable = arguments.iter().any(|argument| argument == "--portable");
    let plan = Plan { release: true, portable };
    if !arguments.iter().any(|argument| argument == "--as-built") {
        build::build(&paths, plan)?;
    }
    build::examples(&paths, plan)?;
    let report = measure(&paths, plan)?;
    let missing = table::print(&report);
    let file = paths.target.join("bench.json");
    fs::write(&file, serde_json::to_vec_pretty(&report)?).context("cannot write the report")?;
    say(format!("written to {}", file.display()));
    anyhow::ensure!(missing.is_empty(), "not measured: {}", missing.join(", "));
    Ok(ExitCode::SUCCESS)
}

fn measure(paths: &Paths, plan: Plan) -> Result<Value> {
    let example = |name: &str| build::example(paths, plan, name);
    say("the policy report");
    let bare_argon2 = example("bare_argon2");
    let policy = json_of(&mut Command::new(example("policy_report")))?;

    let folder = paths.target.join("bench-data");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    say("start on an empty folder, then on the database that is there");
    let first = Running::start(&paths.server_binary(true), &folder, None)?;
    let first_start = first.ready_millis;
    first.stop()?;
    let server = Running::start(&paths.server_binary(true), &folder, None)?;
    let idle = server.memory_kib("VmRSS")?;
    let load = example("load");
    prepare(&load, &server)?;
    let sizes = sizes::measure(paths, &server)?;
    let browser = browser::measure(paths, &server)?;
    let lighthouse = browser::lighthouse(paths, &server)?;
    let pages = pages::measure(&server)?;
    let loads = loads(&load, &bare_argon2, &server)?;
    let peak = server.memory_kib("VmHWM")?;
    let second_start = server.ready_millis;
    let starts_sqlite = starts(&load, &server)?;
    server.stop()?;
    let starts_postgres = starts_over_postgres(paths, &load, &folder)?;
    Ok(json!({
        "policy_native": policy, "policy_browser": browser, "sizes": sizes, "load": loads,
        "lighthouse": lighthouse, "pages": pages,
        "start_ms": { "empty_folder": first_start, "existing_database": second_start },
        "starts": { "sqlite": starts_sqlite, "postgres": starts_postgres },
        "memory_kib": { "idle": idle, "peak": peak },
        "portable_build": plan.portable,
    }))
}

/// Recoveries begun, for accounts and for addresses of none, in turns: the machine's speed drifts.
fn starts(load: &Path, server: &Running) -> Result<Value> {
    say("recoveries begun");
    let drive =
        |who: &str| json_of(Command::new(load).args([&server.address(), "starts", STARTS, STARTS_AT_ONCE, who]));
    Ok(json!({ "unknown": drive("unknown")?, "known": drive("known")?, "unknown_again": drive("unknown")? }))
}

/// The same over the PostgreSQL database that the environment names, which has to be empty; without one the report lacks them.
fn starts_over_postgres(paths: &Paths, load: &Path, folder: &Path) -> Result<Value> {
    let Ok(database) = std::env::var("REKEY_BENCH_POSTGRES") else { return Ok(Value::Null) };
    let server = Running::start(&paths.server_binary(true), &folder.join("postgres"), Some(&database))?;
    prepare(load, &server)?;
    let measured = starts(load, &server)?;
    server.stop()?;
    Ok(measured)
}

fn prepare(load: &Path, server: &Running) -> Result<()> {
    let status = Command::new(load).args([&server.address(), "prepare"]).status()?;
    anyhow::ensure!(status.success(), "no accounts could be made for the measurement");
    Ok(())
}

/// Light requests alone, sign-ins at full speed, light requests beside floods. Bare hashing runs right before and
/// right after the sign-ins, since the machine's speed drifts.
fn loads(load: &Path, bare_argon2: &Path, server: &Running) -> Result<Value> {
    let drive = |words: &[&str]| json_of(Command::new(load).arg(server.address()).args(words));
    say("light requests alone");
    let alone = drive(&["light", "5"])?;
    say("bare Argon2id, sign-ins, bare Argon2id");
    let before = json_of(&mut Command::new(bare_argon2))?;
    let sign_ins = drive(&["sign-ins", SIGN_INS, AT_ONCE])?;
    let after = json_of(&mut Command::new(bare_argon2))?;
    say(format!("a flood of 200 sign-ins, then {FLOODS} of 2,000"));
    let flood_200 = drive(&["flood", "200"])?;
    let flood_2000 = (0..FLOODS).map(|_| drive(&["flood", "2000"])).collect::<Result<Vec<_>>>()?;
    Ok(json!({
        "light_alone": alone, "bare_before": before, "sign_ins": sign_ins, "bare_after": after,
        "flood_200": flood_200, "flood_2000": flood_2000,
    }))
}

fn json_of(command: &mut Command) -> Result<Value> {
    let text = read(command)?;
    serde_json::from_str(&text).with_context(|| format!("not JSON: {text}"))
}
