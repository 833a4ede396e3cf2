//! The house rules of the repository, as tests.

mod arrows;
mod layout;
mod prose;
mod styles;

use std::fs;
use std::path::{Path, PathBuf};

/// The repository's root.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of ours, as paths from the root, sorted. What tools leave behind and what is downloaded is not ours.
fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(root(), &mut found);
    found.sort();
    found
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            if ![".git", "target", "node_modules", "proptest-regressions"].contains(&name.as_str()) {
                walk(&path, found);
            }
        } else {
            found.push(path.strip_prefix(root()).unwrap().to_owned());
        }
    }
}

/// The text of a file, or nothing if it is not text.
fn text(path: &Path) -> Option<String> {
    fs::read_to_string(root().join(path)).ok()
}

/// The Rust files of ours with their texts.
fn rust_files() -> Vec<(PathBuf, String)> {
    let rust = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    files().into_iter().filter(rust).filter_map(|path| text(&path).map(|text| (path, text))).collect()
}
