//! The server as others meet it: its router in this process, its binary in processes of their own.

#![expect(clippy::expect_used, reason = "a test stops where something is not as expected")]

mod account_commands;
mod answers;
mod backup_commands;
mod binary;
mod breached;
mod config;
mod connections;
mod floods;
mod fragment_links;
mod hashing_queue;
mod health;
mod hosts;
mod journeys;
mod key_commands;
mod limits;
mod links;
mod matrix;
mod message_commands;
mod must_change;
mod origin;
mod pages;
mod password_rules;
mod policy_commands;
mod range_service;
mod role_commands;
mod setting_commands;
mod texts;
mod throttle;
