//! `callsync replay`: tells what a journal holds, in sentences, or replays it and compares.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use runtime::journal::{self, Segment, Unreadable};

use crate::Failure;
use crate::tale::{Tale, moment};

/// Reads a segment, or all of a folder in their order.
pub fn run(path: &Path, check: bool) -> Result<ExitCode, Failure> {
    let segments = listed(path)?;
    if check { Ok(compare(&segments)) } else { tell(&segments) }
}

/// The segments that a path names.
fn listed(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let segments =
        journal::segments(path).map_err(|error| format!("the journal in {} cannot be read: {error}", path.display()))?;
    if segments.is_empty() {
        return Err(format!("there is no journal in {}", path.display()).into());
    }
    Ok(segments)
}

fn compare(segments: &[PathBuf]) -> ExitCode {
    match journal::check(segments) {
        Ok(checked) => {
            println!(
                "{} entries, equal ({} segments, {} of them followed by the state they end in)",
                checked.entries, checked.segments, checked.joined
            );
            ExitCode::SUCCESS
        }
        Err(difference) => {
            eprintln!("{difference}");
            ExitCode::FAILURE
        }
    }
}

fn tell(segments: &[PathBuf]) -> Result<ExitCode, Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    let mut told = Ok(());
    for path in segments {
        match Segment::open(path) {
            Ok(segment) => told = tell_one(segment, &mut out),
            Err(error) => told = writeln!(out, "-- {}: {error}", path.display()),
        }
        if told.is_err() {
            break;
        }
    }
    match told.and_then(|()| out.flush()) {
        // Whoever reads us has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        told => Ok(told.map(|()| ExitCode::SUCCESS)?),
    }
}

fn tell_one(mut segment: Segment, out: &mut impl Write) -> io::Result<()> {
    let header = &segment.header;
    let gap = if header.follows { "" } else { ", which begins anew" };
    writeln!(out, "-- {} by build {}, from {}{gap}", segment.path.display(), header.build, moment(header.at))?;
    let mut tale = match segment.state() {
        Ok(state) => Tale::from(state.settings()),
        Err(error) => {
            writeln!(out, "-- the state at its start cannot be read: {error}")?;
            Tale::default()
        }
    };
    loop {
        match segment.entry() {
            Ok(Some(entry)) => {
                for sentence in tale.of(&entry) {
                    writeln!(out, "{}  {sentence}", moment(entry.at))?;
                }
            }
            Ok(None) => break,
            Err(error @ Unreadable::Entry { .. }) => writeln!(out, "-- {error}")?,
            Err(error) => {
                writeln!(out, "-- {error}")?;
                break;
            }
        }
    }
    writeln!(out, "-- {} entries", segment.entries_read())
}
