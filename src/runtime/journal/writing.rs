//! Writing segments: append, bring to the disk, begin anew, forget what is old. A failure is said once, nothing is written
//! from then on, and a snapshot is asked for every second until a new segment can be begun.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::reading::MAGIC;
use super::thread::{Limits, Shared, Snapshot};
use super::{BUILD, Entry, FORMAT, Header, Keeping, SCHEMA, folder, record};
use crate::health::Health;

/// How often it is tried again to write, and looked whether the file is still there.
const AGAIN: Duration = Duration::from_secs(1);

/// How much is kept in memory before it is handed to the system.
const BUFFER: usize = 64 << 10;

/// The open segment, if one can be written.
pub(super) struct Writing {
    folder: PathBuf,
    days: u32,
    limits: Limits,
    health: Health,
    shared: Arc<Shared>,
    durable: watch::Sender<u64>,
    open: Option<Open>,
    /// The last fact that was appended.
    position: u64,
    /// Something was given up since the last snapshot.
    broken: bool,
    looked: Instant,
}

struct Open {
    file: File,
    path: PathBuf,
    buffer: Vec<u8>,
    bytes: u64,
    uncommitted: usize,
    since: Instant,
}

impl Writing {
    pub(super) fn new(
        keeping: &Keeping,
        limits: Limits,
        health: Health,
        shared: Arc<Shared>,
        durable: watch::Sender<u64>,
    ) -> Self {
        let (folder, days, looked) = (keeping.journal(), keeping.days, Instant::now());
        Self { folder, days, limits, health, shared, durable, open: None, position: 0, broken: false, looked }
    }

    /// How many bytes a power cut would lose.
    pub(super) fn uncommitted(&self) -> usize {
        self.open.as_ref().map_or(0, |open| open.uncommitted)
    }

    pub(super) fn append(&mut self, entry: &Entry) {
        self.position = self.position.max(entry.last());
        let Some(open) = &mut self.open else {
            metrics::counter!("callsync_journal_lost_total").increment(1);
            return;
        };
        let before = open.buffer.len();
        let appended = record::write(&mut open.buffer, entry);
        if appended.is_err() {
            open.buffer.truncate(before);
        }
        let length = open.buffer.len() - before;
        open.bytes += length as u64;
        open.uncommitted += length;
        let done = appended.and_then(|()| if open.buffer.len() >= BUFFER { open.write() } else { Ok(()) });
        self.settle(done);
    }

    /// Hands everything to the system.
    pub(super) fn write(&mut self) {
        let done = self.open.as_mut().map_or(Ok(()), Open::write);
        self.settle(done);
    }

    /// Brings everything to the disk.
    pub(super) fn commit(&mut self) {
        self.look();
        let Some(open) = &mut self.open else { return };
        let began = Instant::now();
        let done = open.commit();
        metrics::histogram!("callsync_journal_commit_seconds").record(began.elapsed().as_secs_f64());
        let written = done.is_ok();
        if open.bytes >= self.limits.bytes || open.since.elapsed() >= self.limits.age {
            self.shared.want();
        }
        self.settle(done);
        if written {
            self.durable.send_replace(self.position);
        }
    }

    /// Every second: tries again what failed, and sees whether the file is still where it was.
    pub(super) fn look(&mut self) {
        if self.looked.elapsed() < AGAIN {
            return;
        }
        self.looked = Instant::now();
        match &self.open {
            None if self.broken => self.shared.want(),
            None => {}
            Some(open) if open.since.elapsed() >= self.limits.age => self.shared.want(),
            Some(open) => {
                let there = open.is_there();
                self.settle(there);
            }
        }
    }

    /// Begins a new segment.
    pub(super) fn begin(&mut self, snapshot: &Snapshot) {
        self.commit();
        let follows = snapshot.follows && !self.broken;
        match self.create(snapshot, follows) {
            Ok(open) => {
                self.open = Some(open);
                self.position = snapshot.position;
                if self.broken {
                    tracing::info!("the journal is written again");
                }
                self.broken = false;
                self.health.set_journal_open(true);
                self.durable.send_replace(snapshot.position);
                self.retire(snapshot);
            }
            Err(error) => {
                self.open = None;
                self.settle(Err(error));
            }
        }
    }

    fn create(&self, snapshot: &Snapshot, follows: bool) -> io::Result<Open> {
        // Not what is above it: a data folder that was taken away is not made again behind somebody's back.
        match DirBuilder::new().mode(0o700).create(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let last = folder::segments(&self.folder)?.last().and_then(|path| folder::number(path)).unwrap_or(0);
        let path = folder::path_of(&self.folder, last + 1);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        let mut open = Open { file, path, buffer: MAGIC.to_vec(), bytes: 0, uncommitted: 0, since: Instant::now() };
        let header = Header {
            format: FORMAT,
            build: BUILD.to_owned(),
            schema: SCHEMA,
            at: snapshot.at,
            position: snapshot.position,
            since: snapshot.since,
            follows,
        };
        let written = record::write(&mut open.buffer, &header)
            .and_then(|()| record::write(&mut open.buffer, &snapshot.state))
            .and_then(|()| open.commit())
            // The name is on the disk when its folder is.
            .and_then(|()| File::open(&self.folder)?.sync_all());
        if let Err(error) = written {
            // A segment without a whole snapshot is of no use to anybody, and takes room where there may be none.
            drop(std::fs::remove_file(&open.path));
            return Err(error);
        }
        Ok(open)
    }

    fn retire(&self, snapshot: &Snapshot) {
        let before = folder::kept_since(snapshot.at, self.days);
        match folder::retire(&self.folder, before, self.health.facts_booked()) {
            Ok(0) => {}
            Ok(segments) => tracing::info!(segments, "old segments of the journal were deleted"),
            Err(error) => tracing::warn!(%error, "old segments of the journal could not be deleted"),
        }
    }

    /// A failure ends the segment. Said once, until it can be written again.
    fn settle(&mut self, done: io::Result<()>) {
        let Err(error) = done else { return };
        metrics::counter!("callsync_journal_failures_total").increment(1);
        if !self.broken {
            tracing::error!(
                %error,
                folder = %self.folder.display(),
                "the journal cannot be written: calls go on, but a restart would know of them only what Asterisk does"
            );
        }
        self.open = None;
        self.broken = true;
        self.health.set_journal_open(false);
        // The books must not wait for a journal that is not written.
        self.durable.send_replace(u64::MAX);
    }
}

/// However the thread ends: nobody writes from then on.
impl Drop for Writing {
    fn drop(&mut self) {
        self.health.set_journal_open(false);
    }
}

impl Open {
    fn write(&mut self) -> io::Result<()> {
        self.file.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    fn commit(&mut self) -> io::Result<()> {
        self.write()?;
        self.uncommitted = 0;
        self.file.sync_data()
    }

    /// A file that was deleted can be written for ever, and nobody ever reads it.
    fn is_there(&self) -> io::Result<()> {
        let ours = self.file.metadata()?;
        let named = std::fs::metadata(Path::new(&self.path))?;
        if (ours.dev(), ours.ino()) == (named.dev(), named.ino()) {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::NotFound, "the segment was replaced by another file"))
    }
}
