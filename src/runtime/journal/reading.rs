//! Reading one segment: its header, its snapshot, its entries up to the end of what was written whole.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use acd::State;

use super::{Entry, FORMAT, Header, read_state, record};

/// The first eight bytes of every segment.
pub(super) const MAGIC: &[u8; 8] = b"CSYNCJRN";

/// Why a segment, or a part of it, could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The file cannot be read.
    #[error("it cannot be read: {0}")]
    File(#[from] io::Error),
    /// The file is something else.
    #[error("it is no segment of a journal")]
    Foreign,
    /// It was cut short before its snapshot was whole.
    #[error("it ends before its snapshot does")]
    Short,
    /// It is of a form that this program does not know.
    #[error("its form is number {0}, which this program does not know")]
    Format(u32),
    /// Its state is of a form that this program does not know.
    #[error("its state has the form number {0}, which this program does not know")]
    Schema(u32),
    /// Its header is whole, and is not what this program writes.
    #[error("its header says something else than it should: {0}")]
    Header(#[source] serde_json::Error),
    /// Its snapshot is whole, and is not what this program writes.
    #[error("its snapshot says something else than it should: {0}")]
    Snapshot(#[source] serde_json::Error),
    /// An entry is whole, and is not what this program writes.
    #[error("entry {number} says something else than it should: {source}")]
    Entry {
        /// The entry's number in the segment, from 1.
        number: u64,
        /// The position of its last fact, if that much can be read.
        last: Option<u64>,
        /// What is wrong.
        source: serde_json::Error,
    },
}

/// An open segment, read from its start to its end.
#[derive(Debug)]
pub struct Segment {
    /// The file.
    pub path: PathBuf,
    /// What opens it.
    pub header: Header,
    snapshot: Vec<u8>,
    rest: BufReader<File>,
    read: u64,
}

impl Segment {
    /// Opens a segment and reads it up to its first entry.
    ///
    /// # Errors
    /// When there is no header and no whole snapshot.
    pub fn open(path: &Path) -> Result<Self, Unreadable> {
        let mut rest = BufReader::new(File::open(path)?);
        let header = read_header(&mut rest)?;
        let snapshot = record::read(&mut rest)?.ok_or(Unreadable::Short)?;
        Ok(Self { path: path.to_owned(), header, snapshot, rest, read: 0 })
    }

    /// The state that the segment begins with.
    ///
    /// # Errors
    /// When this program cannot read it.
    pub fn state(&self) -> Result<State, Unreadable> {
        read_state(self.header.schema, &self.snapshot)
    }

    /// The next entry; `None` at the end of what was written whole.
    ///
    /// # Errors
    /// When this program cannot read it.
    pub fn entry(&mut self) -> Result<Option<Entry>, Unreadable> {
        let Some(json) = record::read(&mut self.rest)? else { return Ok(None) };
        self.read += 1;
        let number = self.read;
        serde_json::from_slice(&json).map(Some).map_err(|source| Unreadable::Entry { number, last: last_of(&json), source })
    }

    /// How many entries were read.
    #[must_use]
    pub const fn entries_read(&self) -> u64 {
        self.read
    }
}

/// The last fact in a segment, as far as it can be told: also where the entries are not what this program writes.
pub(crate) fn last_fact(path: &Path) -> u64 {
    let Ok(mut segment) = Segment::open(path) else { return header_of(path).map_or(0, |header| header.position) };
    let mut last = segment.header.position;
    loop {
        match segment.entry() {
            Ok(Some(entry)) => last = last.max(entry.last()),
            Err(Unreadable::Entry { last: Some(position), .. }) => last = last.max(position),
            Err(Unreadable::Entry { last: None, .. }) => {}
            Ok(None) | Err(_) => return last,
        }
    }
}

/// The places of an entry's facts, whatever they say.
fn last_of(json: &[u8]) -> Option<u64> {
    #[derive(serde::Deserialize)]
    struct Places {
        first: u64,
        facts: Vec<serde::de::IgnoredAny>,
    }
    let places: Places = serde_json::from_slice(json).ok()?;
    Some((places.first + places.facts.len() as u64).saturating_sub(1))
}

/// Only the header of a segment.
///
/// # Errors
/// When there is none that this program can read.
pub(super) fn header_of(path: &Path) -> Result<Header, Unreadable> {
    read_header(&mut BufReader::new(File::open(path)?))
}

fn read_header(from: &mut impl Read) -> Result<Header, Unreadable> {
    let mut magic = [0; 8];
    let mut read = 0;
    while read < magic.len() {
        match from.read(&mut magic[read..])? {
            0 => return Err(if magic[..read] == MAGIC[..read] { Unreadable::Short } else { Unreadable::Foreign }),
            more => read += more,
        }
    }
    if magic != *MAGIC {
        return Err(Unreadable::Foreign);
    }
    let json = record::read(from)?.ok_or(Unreadable::Short)?;
    // The number of the form is read first: the rest may be unknown to this program.
    #[derive(serde::Deserialize)]
    struct Form {
        format: u32,
    }
    let form: Form = serde_json::from_slice(&json).map_err(Unreadable::Header)?;
    if form.format != FORMAT {
        return Err(Unreadable::Format(form.format));
    }
    serde_json::from_slice(&json).map_err(Unreadable::Header)
}
