//! Changes of the tables, oldest first. A migration that was released is never edited.

mod m0001_first;
mod m0002_past_passwords;
mod m0003_expiry;
mod m0004_policies;
mod m0005_latest_action_tokens;
mod m0010_challenges_and_proofs;
mod m0020_authority;
mod m0021_keys;
mod m0022_change_cause;
mod m0030_audit;
mod m0031_job;
mod m0040_settings;
mod m0041_groups_and_roles;
mod m0042_seal_anew;
mod m0060_backup_event;
mod m0061_password_age;
mod m0070_text_limits;
mod m0071_mail_token;
mod m0080_known_devices;
mod m0081_consent;
mod m0090_work;
#[cfg(test)]
mod tests;

use sea_orm_migration::{MigrationTrait, MigratorTrait};

/// All migrations.
pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_first::Migration),
            Box::new(m0002_past_passwords::Migration),
            Box::new(m0003_expiry::Migration),
            Box::new(m0004_policies::Migration),
            Box::new(m0005_latest_action_tokens::Migration),
            Box::new(m0010_challenges_and_proofs::Migration),
            Box::new(m0020_authority::Migration),
            Box::new(m0021_keys::Migration),
            Box::new(m0022_change_cause::Migration),
            Box::new(m0030_audit::Migration),
            Box::new(m0031_job::Migration),
            Box::new(m0040_settings::Migration),
            Box::new(m0041_groups_and_roles::Migration),
            Box::new(m0042_seal_anew::Migration),
            Box::new(m0060_backup_event::Migration),
            Box::new(m0061_password_age::Migration),
            Box::new(m0070_text_limits::Migration),
            Box::new(m0071_mail_token::Migration),
            Box::new(m0080_known_devices::Migration),
            Box::new(m0081_consent::Migration),
            Box::new(m0090_work::Migration),
        ]
    }
}
