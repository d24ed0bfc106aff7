//! The tables, one file each. Times are milliseconds, digests 32 bytes, enums the words of `text`.

pub mod account;
pub mod action_token;
pub mod audit;
pub mod audit_voucher;
pub mod budget;
pub mod challenge;
pub mod data_key;
pub mod group;
pub mod group_member;
pub mod identifier;
pub mod job;
pub mod job_outcome;
pub mod journey;
pub mod outbox;
pub mod owner;
pub mod past_password;
pub mod policy_assignment;
pub mod proof;
pub mod ring_key;
pub mod role_assignment;
pub mod session;
pub mod setting_document;
pub mod setting_epoch;
pub mod text_conversion;
pub mod text_count;
pub mod throttle_event;
