//! The server: configuration, wiring, router, command line, telemetry.

pub mod assets;
mod check;
pub mod cli;
pub mod config;
pub mod doctor;
mod health;
mod html;
pub mod keys;
pub mod language;
mod links;
pub mod listen;
mod mailbox;
mod metrics;
pub mod middleware;
mod policy_cli;
pub mod ports;
mod processor;
mod refuse;
pub mod registry;
pub mod router;
mod serve;
pub mod site;
mod telemetry;
pub mod wiring;
