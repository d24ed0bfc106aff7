//! The log: text for people, JSON for machines. Standard output stays free for what commands answer.

use tracing_subscriber::EnvFilter;

use crate::config::Log;

/// Begins to write. Called once; later calls do nothing.
pub fn begin(log: &Log) {
    let level = log.level.to_string().to_ascii_lowercase();
    // Libraries say little of use, and some of them might say what people typed.
    let filter = EnvFilter::new(format!(
        "warn,rekey={level},rekey_app={level},rekey_service={level},rekey_store={level},rekey_delivery={level},\
         sqlx=error,sea_orm=error"
    ));
    let writer = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    let _begun_before = if log.json {
        writer.json().flatten_event(true).with_current_span(true).with_span_list(false).try_init()
    } else {
        writer.with_ansi(false).try_init()
    };
    note_panics();
}

/// Says where a panic was, and nothing of what it said: that may be something a person typed.
fn note_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(panic.place = place, "panicked");
    }));
}
