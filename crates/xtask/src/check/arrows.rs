//! Which crate may know which. Anything not listed is a defect.

use anyhow::{Context, Result};
use serde_json::Value;

use super::report;
use crate::paths::Paths;
use crate::run::{cargo, read};

struct Room {
    name: &'static str,
    /// Crates of ours it may depend on.
    knows: &'static [&'static str],
    /// Of these, the ones that must be optional and switched on by `ssr` alone.
    only_on_server: &'static [&'static str],
    /// Crates of others that would break what the room stands for.
    never: &'static [&'static str],
}

const PURE: &[&str] =
    &["axum", "getrandom", "http", "leptos", "lettre", "rand", "reqwest", "sea-orm", "sqlx", "tokio", "ureq"];
const WEB: &[&str] = &["axum", "hyper", "leptos", "leptos_axum", "tower-http"];

const ROOMS: [Room; 13] = [
    Room { name: ESTIMATOR, knows: &[], only_on_server: &[], never: PURE },
    Room { name: "rekey-breach", knows: &[], only_on_server: &[], never: PURE },
    Room { name: "rekey-shared", knows: &[ESTIMATOR], only_on_server: &[], never: PURE },
    Room { name: "rekey-domain", knows: &["rekey-shared"], only_on_server: &[], never: PURE },
    Room {
        name: "rekey-store",
        knows: &["rekey-domain", "rekey-shared"],
        only_on_server: &[],
        never: &["axum", "http", "hyper", "leptos", "lettre", "ureq"],
    },
    Room {
        name: "rekey-service",
        knows: &["rekey-store", "rekey-domain", "rekey-shared"],
        only_on_server: &[],
        never: &["axum", "http", "hyper", "leptos", "leptos_axum", "tower-http"],
    },
    Room {
        name: "rekey-delivery",
        knows: &["rekey-service", "rekey-store", "rekey-domain", "rekey-shared"],
        only_on_server: &[],
        never: WEB,
    },
    Room {
        name: "rekey-directory",
        knows: &["rekey-service", "rekey-shared"],
        only_on_server: &[],
        never: &["axum", "hyper", "leptos", "leptos_axum", "sea-orm", "sqlx"],
    },
    Room {
        name: "rekey-app",
        knows: &["rekey-breach", "rekey-shared", "rekey-service", "rekey-domain"],
        only_on_server: &["rekey-service", "rekey-domain"],
        never: &["lettre", "sea-orm", "sqlx"],
    },
    Room { name: "rekey-frontend", knows: &["rekey-app"], only_on_server: &[], never: &["sea-orm", "tokio"] },
    Room {
        name: "rekey",
        knows: &[
            "rekey-app",
            "rekey-breach",
            "rekey-delivery",
            "rekey-directory",
            "rekey-service",
            "rekey-store",
            "rekey-domain",
            "rekey-shared",
        ],
        only_on_server: &[],
        never: &[],
    },
    Room { name: "rekey-fuzz", knows: &["rekey-breach", "rekey-shared"], only_on_server: &[], never: &[] },
    Room {
        name: TESTKIT,
        knows: &[
            "rekey",
            "rekey-app",
            "rekey-breach",
            "rekey-delivery",
            "rekey-directory",
            "rekey-service",
            "rekey-store",
            "rekey-domain",
            "rekey-shared",
        ],
        only_on_server: &[],
        never: &[],
    },
];

/// What tests, and only tests, may use from anywhere.
const TESTKIT: &str = "rekey-testkit";
/// Not by us, but in our keeping.
const ESTIMATOR: &str = "zxcvbn";

pub fn arrows(paths: &Paths) -> Result<()> {
    let text = read(cargo(paths).args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata")?;
    let mut findings = Vec::new();
    for package in list(&metadata["packages"]) {
        match ROOMS.iter().find(|room| package["name"] == room.name) {
            Some(room) => check_package(room, package, &mut findings),
            None => findings.push(format!("{} is in no room: add it to the arrows", package["name"])),
        }
    }
    report(&findings)
}

fn check_package(room: &Room, package: &Value, findings: &mut Vec<String>) {
    for dependency in list(&package["dependencies"]) {
        let name = dependency["name"].as_str().unwrap_or_default();
        let is_dev = dependency["kind"] == "dev";
        if let Some(fault) = fault_of(room, name, is_dev, dependency["optional"] == true) {
            findings.push(format!("{} -> {name}: {fault}", room.name));
        }
    }
    for (feature, switches) in package["features"].as_object().into_iter().flatten() {
        for name in room.only_on_server {
            let switched = list(switches).iter().any(|switch| switch.as_str().is_some_and(|s| s.contains(name)));
            if switched && feature != "ssr" && feature != name {
                findings.push(format!("{} -> {name}: switched on by `{feature}`, not only by `ssr`", room.name));
            }
        }
    }
}

fn fault_of(room: &Room, name: &str, is_dev: bool, is_optional: bool) -> Option<&'static str> {
    let ours = name == "rekey" || name == ESTIMATOR || name.starts_with("rekey-");
    if is_dev {
        let allowed = !ours || name == TESTKIT || name == room.name || room.knows.contains(&name);
        return (!allowed).then_some("no such arrow, not even for tests");
    }
    if ours && !room.knows.contains(&name) {
        return Some("no such arrow");
    }
    if room.only_on_server.contains(&name) && !is_optional {
        return Some("must be optional");
    }
    room.never.contains(&name).then_some("this room knows nothing of that")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::{ROOMS, Room, fault_of};

    fn room(name: &str) -> &'static Room {
        ROOMS.iter().find(|room| room.name == name).expect("a room of that name")
    }

    #[test]
    fn an_arrow_upwards_is_refused() {
        assert!(fault_of(room("rekey-domain"), "rekey-store", false, false).is_some());
        assert!(fault_of(room("rekey-store"), "rekey-domain", false, false).is_none());
    }

    #[test]
    fn only_tests_reach_the_testkit() {
        assert!(fault_of(room("rekey"), "rekey-testkit", false, false).is_some());
        assert!(fault_of(room("rekey"), "rekey-testkit", true, false).is_none());
    }

    #[test]
    fn the_browser_gets_no_service() {
        assert!(fault_of(room("rekey-app"), "rekey-service", false, false).is_some());
        assert!(fault_of(room("rekey-app"), "rekey-service", false, true).is_none());
    }

    #[test]
    fn pure_rooms_have_no_runtime() {
        assert!(fault_of(room("rekey-domain"), "tokio", false, false).is_some());
    }
}
