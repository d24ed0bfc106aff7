//! The server: configuration, wiring, router, command line, telemetry.

pub mod assets;
pub mod breach;
mod breach_cli;
pub mod cli;
mod command;
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
mod policy;
pub mod ports;
mod processor;
mod refuse;
pub mod registry;
mod remote;
pub mod router;
mod serve;
pub mod site;
mod telemetry;
pub mod wiring;
