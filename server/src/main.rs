//! The binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    rekey::cli::run()
}
