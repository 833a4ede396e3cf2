//! A record: its length, its checksum, its JSON. What cannot be read whole is the end of what was written.

use std::io::{self, Read};

use serde::Serialize;

/// No record is larger: a length beyond it is damage, not a reason to allocate.
const LARGEST: u32 = 256 * 1024 * 1024;

/// Appends a value to a buffer, as a record.
pub(super) fn write(into: &mut Vec<u8>, value: &impl Serialize) -> io::Result<()> {
    let start = into.len();
    into.extend([0; 8]);
    serde_json::to_writer(&mut *into, value)?;
    let payload = &into[start + 8..];
    let length = u32::try_from(payload.len()).ok().filter(|length| *length <= LARGEST);
    let length = length.ok_or_else(|| io::Error::other("a record is too large"))?;
    let checksum = crc32fast::hash(payload);
    into[start..start + 4].copy_from_slice(&length.to_le_bytes());
    into[start + 4..start + 8].copy_from_slice(&checksum.to_le_bytes());
    Ok(())
}

/// Reads the next record's JSON; `None` at the end of what was written whole.
///
/// # Errors
/// When the file cannot be read at all.
pub(super) fn read(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let Some(head) = read_all(from, 8)? else { return Ok(None) };
    let number = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let (length, checksum) = (number(0), number(4));
    // Eight zeroes are a file that grew and was never filled.
    if length == 0 || length > LARGEST {
        return Ok(None);
    }
    let payload = read_all(from, length)?;
    Ok(payload.filter(|payload| crc32fast::hash(payload) == checksum))
}

/// Exactly so many bytes, or nothing.
fn read_all(from: &mut impl Read, length: u32) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    from.take(u64::from(length)).read_to_end(&mut bytes)?;
    Ok((bytes.len() == length as usize).then_some(bytes))
}
