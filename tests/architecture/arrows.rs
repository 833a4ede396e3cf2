//! Who may import whom. The compiler keeps each crate to its `[dependencies]`; this keeps the `[dependencies]` to the plan.

use super::{root, text};

/// A crate's folder, what of ours it may import, and what of others' it must never import.
const CRATES: &[(&str, &[&str], &[&str])] = &[
    ("src/model", &[], &["tokio", "sqlx", "axum", "maud", "reqwest", "jiff"]),
    ("src/acd", &["model"], &["tokio", "sqlx", "axum", "maud", "reqwest", "jiff", "rand", "tracing", "metrics"]),
    ("src/ari", &["acd", "model"], &["sqlx", "axum", "maud"]),
    ("src/runtime", &["acd", "model", "store"], &["sqlx", "axum", "maud", "reqwest", "tokio-tungstenite"]),
    ("src/store", &["model"], &["axum", "maud", "reqwest"]),
    ("src/web", &["model", "runtime", "store", "views"], &["sqlx", "reqwest", "tokio-tungstenite"]),
    ("views", &["model"], &["tokio", "sqlx", "axum", "reqwest"]),
    ("tests/lab", &["model"], &["axum", "maud"]),
    ("tests/browser", &[], &["sqlx", "axum", "maud"]),
    ("tests/simulation", &["acd", "model"], &["tokio", "sqlx", "axum", "maud", "reqwest"]),
];

const OURS: &[&str] = &["model", "acd", "ari", "runtime", "store", "web", "views", "lab", "browser", "simulation", "callsync"];

#[test]
fn every_crate_imports_what_the_plan_allows_and_nothing_else() {
    for (folder, allowed, banned) in CRATES {
        for name in dependencies(folder) {
            let ours = OURS.contains(&name.as_str());
            assert!(!ours || allowed.contains(&name.as_str()), "{folder} imports {name}: that arrow is not in the plan");
            assert!(!banned.contains(&name.as_str()), "{folder} imports {name}: it must do without");
        }
    }
}

#[test]
fn every_member_of_the_workspace_has_its_arrows_listed() {
    let manifest = text("Cargo.toml".as_ref()).unwrap();
    let (_, rest) = manifest.split_once("members = [").unwrap();
    let (members, _) = rest.split_once(']').unwrap();
    for member in members.split(',').map(|line| line.trim().trim_matches('"')).filter(|name| !name.is_empty()) {
        assert!(!member.contains('*'), "{member}: members are listed by name");
        assert!(CRATES.iter().any(|(folder, _, _)| *folder == member), "{member} has no line in tests/architecture/arrows.rs");
        assert!(root().join(member).join("Cargo.toml").exists(), "{member} has no manifest");
    }
}

#[test]
fn the_core_and_the_lab_have_clippy_files_of_their_own() {
    let core = text("src/acd/.clippy.toml".as_ref()).unwrap();
    for ban in ["SystemTime::now", "Instant::now", "env::var", "HashMap", "Uuid::now_v7"] {
        assert!(core.contains(ban), "src/acd/.clippy.toml does not ban {ban}");
    }
    assert!(text("tests/lab/.clippy.toml".as_ref()).is_some());
}

/// The names in the `[dependencies]` of a crate.
fn dependencies(folder: &str) -> Vec<String> {
    let manifest = text(format!("{folder}/Cargo.toml").as_ref()).unwrap();
    let mut inside = false;
    let mut names = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[dependencies]";
        } else if inside && !line.is_empty() && !line.starts_with('#') {
            names.push(line.split(['.', ' ', '=']).next().unwrap().to_owned());
        }
    }
    names
}
