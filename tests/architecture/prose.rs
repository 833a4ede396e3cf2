//! What stands in the files: openings, names, and words that must not.

use super::{files, rust_files, text};

#[test]
fn every_rust_file_opens_by_saying_what_it_is() {
    for (path, text) in rust_files() {
        assert!(text.starts_with("//!"), "{} does not say what it is", path.display());
    }
}

#[test]
fn no_test_is_called_test() {
    for (path, text) in rust_files() {
        let named = text.lines().any(|line| line.trim_start().starts_with(concat!("fn ", "test_")));
        assert!(!named, "{}: a test's name is a sentence", path.display());
    }
}

#[test]
fn nothing_is_left_to_do_later() {
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX"), concat!("HA", "CK")];
    for (path, text) in rust_files() {
        for word in words {
            let found = text.split(|c: char| !c.is_alphanumeric()).any(|token| token == word);
            assert!(!found, "{} says {word}", path.display());
        }
    }
}

#[test]
fn no_path_of_a_machine_and_no_registry_stands_in_any_file() {
    let banned = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("registry.npm", "js"),
        concat!("deb.deb", "ian.org"),
        concat!("static.crat", "es.io"),
    ];
    for path in files() {
        let Some(text) = text(&path) else { continue };
        for word in banned {
            assert!(!text.contains(word), "{} names {word}", path.display());
        }
    }
}

/// The core's own enums are matched arm by arm, so that a new variant breaks every place that should think about it.
#[test]
fn the_core_refuses_wildcard_arms() {
    let core = text("src/acd/lib.rs".as_ref()).unwrap();
    assert!(core.contains("clippy::wildcard_enum_match_arm"), "src/acd/lib.rs does not turn the lint on");
}

/// Time is read in one file of the product; the lab and the browser tests are programs of their own.
#[test]
fn wall_time_is_read_in_one_file() {
    for (path, text) in rust_files() {
        let inside = path.starts_with("src") || path.starts_with("views");
        let reads = text.contains(concat!("SystemTime::", "now"));
        assert!(!inside || !reads || path.ends_with("runtime/clock.rs"), "{} reads the clock", path.display());
    }
}
