//! `rekey account set-password`: a password that its owner must replace.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::process::ExitCode;

use rekey_service::Services;
use rekey_service::password::{self, OperatorSetError};
use rekey_shared::Secret;

use crate::wiring::StartError;

/// Reads one line and makes it the password. Never an argument: those stand in the list of processes and in histories.
pub async fn set(services: &Services, identifier: &str) -> Result<ExitCode, StartError> {
    if io::stdin().is_terminal() {
        eprintln!("Type the password and press Enter. It will be visible.");
    }
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).map_err(|error| StartError::failed("input", &error))?;
    let typed = Secret::new(line.trim_end_matches(['\r', '\n']));
    password::set_by_operator(services, identifier, &typed).await.map_err(failed)?;
    println!("The password is set. Its owner must replace it at the next sign-in.");
    Ok(ExitCode::SUCCESS)
}

fn failed(error: OperatorSetError) -> StartError {
    let line = match error {
        OperatorSetError::NotFound => "no account found for this identifier".to_owned(),
        OperatorSetError::Fields(_) => "no password was given: write it to the input, on one line".to_owned(),
        OperatorSetError::Weak(report) => {
            format!("the password does not meet the policy: {}", report.failed_rules().join(", "))
        }
        OperatorSetError::TooMany => {
            "too many tries: passwords used before can be compared again in an hour".to_owned()
        }
        OperatorSetError::KeptElsewhere => "the password of this account is kept in a directory".to_owned(),
        OperatorSetError::Overtaken => "the account has just been changed by someone else".to_owned(),
        OperatorSetError::Busy(busy) => busy.to_string(),
        OperatorSetError::Unexpected(failure) => return failure.into(),
    };
    StartError::Failed(line)
}
