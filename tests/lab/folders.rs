//! Where the lab keeps things: a cache that all labs share, and a data folder for each lab.

use std::path::{Path, PathBuf};

use crate::{Result, Trouble};

/// The checkout that this lab was built from.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap_or_else(|_| PathBuf::from("."))
}

/// What is costly to make and the same for every lab: `${XDG_CACHE_HOME:-~/.cache}/callsync`.
///
/// # Errors
/// When there is no home folder, or the folder cannot be made.
pub fn cache() -> Result<PathBuf> {
    made(base("XDG_CACHE_HOME", ".cache")?.join("callsync"))
}

/// The data folders of all labs: `${XDG_DATA_HOME:-~/.local/share}/callsync-lab`.
///
/// # Errors
/// When there is no home folder, or the folder cannot be made.
pub fn labs() -> Result<PathBuf> {
    made(base("XDG_DATA_HOME", ".local/share")?.join("callsync-lab"))
}

/// The data folder of labs that must leave nothing behind: inside a space of its own network this is a file system in memory.
///
/// # Errors
/// When there is no home folder, or the folder cannot be made.
pub fn passing() -> Result<PathBuf> {
    made(labs()?.join("passing"))
}

/// Makes a folder with all its parents, and gives it back.
///
/// # Errors
/// When it cannot be made.
pub fn made(folder: PathBuf) -> Result<PathBuf> {
    std::fs::create_dir_all(&folder).map_err(Trouble::file("making the folder", &folder))?;
    Ok(folder)
}

fn base(variable: &str, under_home: &str) -> Result<PathBuf> {
    let set = std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    match set {
        Some(path) => Ok(path),
        None => std::env::home_dir()
            .map(|home| home.join(under_home))
            .ok_or_else(|| Trouble::said(format!("neither HOME nor {variable} says where to keep things"))),
    }
}
