//! Running other programs.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::paths::Paths;
use crate::progress::with_heartbeat;

/// Every crate that runs on this machine. `frontend` stays out because Leptos' features `hydrate` and `ssr` must not
/// meet in one call of cargo, `fuzz` because only cargo-fuzz can link it.
pub const ON_THIS_MACHINE: [&str; 5] = ["--workspace", "--exclude", "rekey-frontend", "--exclude", "rekey-fuzz"];

/// Says in one line what happens next.
pub fn say(line: impl AsRef<str>) {
    eprintln!("  {}", line.as_ref());
}

/// `cargo`, in the workspace's root, without what `cargo run` told this program about itself.
pub fn cargo(paths: &Paths) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.current_dir(&paths.root);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs to the end; an error names the command when it fails.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", shown(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs to the end, quietly; on failure shows what the program said.
pub fn run_quiet(command: &mut Command) -> Result<()> {
    let output = command.output().with_context(|| format!("cannot start {}", shown(command)))?;
    if !output.status.success() {
        eprintln!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        bail!("{} failed ({})", shown(command), output.status);
    }
    Ok(())
}

/// What the program writes on its standard output.
pub fn read(command: &mut Command) -> Result<String> {
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("cannot start {}", shown(command)))?;
    if !output.status.success() {
        bail!("{} failed ({})", shown(command), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The command as a person would type it, shortened.
pub fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let mut text = format!("`{}", program.to_string_lossy());
    for argument in command.get_args().take(6) {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text.push('`');
    text
}

/// Runs a step and says how long it takes and took, unless that is no time at all.
pub fn timed<T>(what: &str, step: impl FnOnce() -> Result<T>) -> Result<T> {
    #[expect(clippy::disallowed_methods, reason = "the build tool measures itself")]
    let start = Instant::now();
    let result = with_heartbeat(what, String::new, step).with_context(|| what.to_owned())?;
    let seconds = start.elapsed().as_secs_f32();
    if seconds >= 0.1 {
        say(format!("{what}: {seconds:.1} s"));
    }
    Ok(result)
}
