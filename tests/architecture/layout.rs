//! What lies where, how long it may be, and what it may be called.

use std::collections::BTreeSet;
use std::fs;

use super::{files, root, rust_files};

#[test]
fn the_top_level_holds_only_what_the_plan_names() {
    let allowed = [
        "Cargo.toml",
        "Cargo.lock",
        "README.md",
        "LICENSE",
        "rustfmt.toml",
        "src",
        "dialplan",
        "migrations",
        "views",
        "tests",
        "docker",
        "target",
    ];
    for entry in fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        assert!(name.starts_with('.') || allowed.contains(&name.as_str()), "{name} does not belong at the top level");
    }
}

#[test]
fn migrations_are_twins_by_name() {
    let names = |folder: &str| -> BTreeSet<String> {
        let list = fs::read_dir(root().join("migrations").join(folder)).unwrap();
        list.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
    };
    assert!(!names("sqlite").is_empty());
    assert_eq!(names("sqlite"), names("postgres"));
}

#[test]
fn no_file_outgrows_four_hundred_lines() {
    for (path, text) in rust_files() {
        assert!(text.lines().count() <= 400, "{} has {} lines", path.display(), text.lines().count());
    }
}

#[test]
fn no_file_is_named_after_nothing() {
    const BANNED: &[&str] = &["util", "utils", "helper", "helpers", "manager", "misc", "common"];
    // Asterisk itself chose the names in its configuration.
    for path in files().into_iter().filter(|path| !path.starts_with("dialplan")) {
        for part in &path {
            let stem = part.to_string_lossy().to_lowercase();
            let stem = stem.split('.').next().unwrap_or_default();
            assert!(!BANNED.contains(&stem), "{} is named after nothing", path.display());
        }
    }
}

#[test]
fn nothing_generated_or_downloaded_lies_in_the_tree() {
    for path in files() {
        let name = path.to_string_lossy().into_owned();
        for ending in [".min.js", ".woff2", ".db", ".wav", ".bin", ".pcap", ".orig", ".rej"] {
            assert!(!name.ends_with(ending), "{name} must not be in the repository");
        }
    }
}
