//! Events that broke a step: set aside on the disk, so that whoever mends the program has them, and so that a replay
//! leaves them out.

use std::collections::BTreeSet;
use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use acd::event::Event;
use model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::journal;

/// How many events are kept. One after another of the same kind tells no more than the first.
const MOST: usize = 100;

/// The events that are set aside.
#[derive(Debug)]
pub(crate) struct Poison {
    folder: PathBuf,
    known: BTreeSet<u64>,
}

#[derive(Serialize)]
struct Kept<'a> {
    at: Timestamp,
    event: &'a Event,
}

#[derive(Deserialize)]
struct Read {
    at: Timestamp,
    event: Event,
}

impl Poison {
    /// Reads what was set aside before. A file that cannot be read names no event.
    pub(crate) fn open(folder: PathBuf) -> Self {
        let known = files(&folder).iter().filter_map(|path| read(path)).map(|kept| hash(kept.at, &kept.event)).collect();
        Self { folder, known }
    }

    /// Whether this event was set aside.
    pub(crate) fn holds(&self, at: Timestamp, event: &Event) -> bool {
        !self.known.is_empty() && self.known.contains(&hash(at, event))
    }

    /// Sets an event aside.
    pub(crate) fn put(&mut self, at: Timestamp, event: &Event) {
        metrics::counter!("callsync_poison_total").increment(1);
        self.known.insert(hash(at, event));
        match self.write(at, event) {
            Ok(path) => tracing::error!(event = event.name(), file = %path.display(), "an event broke a step and was set aside"),
            Err(error) => tracing::error!(event = event.name(), %error, "an event broke a step and could not be set aside"),
        }
    }

    fn write(&self, at: Timestamp, event: &Event) -> io::Result<PathBuf> {
        if files(&self.folder).len() >= MOST {
            return Err(io::Error::other(format!("{} holds {MOST} of them already", self.folder.display())));
        }
        DirBuilder::new().recursive(true).mode(0o700).create(&self.folder)?;
        let mut number = 0;
        loop {
            let path = self.folder.join(format!("{}-{number}.json", at.as_ms()));
            match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
                Ok(mut file) => {
                    file.write_all(&serde_json::to_vec_pretty(&Kept { at, event })?)?;
                    file.sync_all()?;
                    return Ok(path);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(error),
            }
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(listed) = std::fs::read_dir(folder) else { return Vec::new() };
    listed.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.extension().is_some_and(|it| it == "json")).collect()
}

fn read(path: &Path) -> Option<Read> {
    let read = std::fs::read(path).ok().and_then(|json| serde_json::from_slice(&json).ok());
    if read.is_none() {
        tracing::warn!(file = %path.display(), "an event that was set aside cannot be read");
    }
    read
}

fn hash(at: Timestamp, event: &Event) -> u64 {
    journal::hash(&serde_json::to_vec(&Kept { at, event }).unwrap_or_default())
}
