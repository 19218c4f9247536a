//! A checksum of a whole Parquet file, stored in its footer.
//!
//! The value is the CRC-32 of all bytes of the file, itself taken as zeros, so that it covers pages,
//! page headers, statistics and the footer. Other programs ignore it. The name of the schema's root
//! identifies a file with a checksum too, so that damage to the key does not hide the damage.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use crc32fast::Hasher;
use parquet::file::metadata::KeyValue;

use crate::error::LakeError;

/// Name of the root of the schema of a file with a checksum.
pub(super) const SCHEMA_ROOT: &str = "plimsoll_crc32";
/// Key of the checksum in the footer's metadata.
const KEY: &str = "plimsoll.crc32";
/// The value before the checksum is known, and while it is computed.
const UNKNOWN: &str = "00000000";
/// Type and length of the value in the compact Thrift protocol: field 2, a string of 8 bytes.
const VALUE_HEADER: [u8; 2] = [0x18, UNKNOWN.len() as u8];
/// Length of the footer and magic number at the end of a file, bytes.
const TAIL_BYTES: u64 = 8;
const BUFFER_BYTES: usize = 1 << 18;

/// The entry of the footer's metadata that [`seal`] fills in.
pub(super) fn placeholder() -> KeyValue {
    KeyValue::new(KEY.to_owned(), UNKNOWN.to_owned())
}

/// Whether a file has a checksum; files of earlier releases and of other programs have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checksum {
    Valid,
    Absent,
}

/// A writer that computes the checksum of what it writes.
pub(super) struct HashingWriter<'a> {
    file: &'a mut File,
    hasher: Hasher,
}

impl<'a> HashingWriter<'a> {
    pub(super) fn new(file: &'a mut File) -> Self {
        Self { file, hasher: Hasher::new() }
    }

    /// Writes the checksum into the footer of the complete file at `path`.
    pub(super) fn seal(self, path: &Path) -> Result<(), LakeError> {
        let mut written = File::open(path).map_err(LakeError::io("read", path))?;
        let position = find_value(&mut written).map_err(LakeError::io("read", path))?;
        let position = position.expect("the footer was written with the placeholder");
        let value = format_value(self.hasher.finalize());
        let patch = |file: &mut File| {
            file.seek(SeekFrom::Start(position))?;
            file.write_all(value.as_bytes())
        };
        patch(self.file).map_err(LakeError::io("write", path))
    }
}

impl Write for HashingWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Verifies the checksum of a file.
///
/// # Errors
/// [`LakeError::Damaged`] if the checksum differs, or is absent from a file that was written with one.
pub(super) fn verify(file: &mut File, path: &Path) -> Result<Checksum, LakeError> {
    let damaged = |problem: String| LakeError::Damaged { path: path.into(), problem };
    match find_value(file).map_err(LakeError::io("read", path))? {
        Some(position) => {
            let (found, stored) = hash_file(file, position).map_err(LakeError::io("read", path))?;
            let (found, stored) = (format_value(found), String::from_utf8_lossy(&stored));
            if found == stored {
                Ok(Checksum::Valid)
            } else {
                Err(damaged(format!("its CRC-32 is {found}, and {stored} was written")))
            }
        }
        None if has_marker(file).map_err(LakeError::io("read", path))? => {
            Err(damaged("its checksum cannot be found".to_owned()))
        }
        None => Ok(Checksum::Absent),
    }
}

fn format_value(checksum: u32) -> String {
    format!("{checksum:08x}")
}

/// The position of the checksum's value in a file.
fn find_value(file: &mut File) -> io::Result<Option<u64>> {
    let length = file.metadata()?.len();
    let Some(footer_end) = length.checked_sub(TAIL_BYTES) else { return Ok(None) };
    file.seek(SeekFrom::Start(footer_end))?;
    let mut footer_bytes = [0; 4];
    file.read_exact(&mut footer_bytes)?;
    let footer_bytes = u64::from(u32::from_le_bytes(footer_bytes)).min(footer_end);
    let footer = read_at(file, footer_end - footer_bytes, footer_bytes)?;
    let entry = [KEY.as_bytes(), &VALUE_HEADER].concat();
    let found = footer.windows(entry.len()).rposition(|window| window == entry);
    let value = found.map(|at| at + entry.len()).filter(|at| at + UNKNOWN.len() <= footer.len());
    Ok(value.map(|at| footer_end - footer_bytes + at as u64))
}

/// Whether the end of a file has a name that only files with a checksum have.
fn has_marker(file: &mut File) -> io::Result<bool> {
    let length = file.metadata()?.len();
    let searched = length.min(16 << 20);
    let end = read_at(file, length - searched, searched)?;
    let contains = |text: &str| end.windows(text.len()).any(|window| window == text.as_bytes());
    Ok(contains(SCHEMA_ROOT) || contains(KEY))
}

fn read_at(file: &mut File, position: u64, bytes: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(position))?;
    let mut content = Vec::new();
    file.take(bytes).read_to_end(&mut content)?;
    Ok(content)
}

/// The checksum of a file with the value at `position` taken as zeros, and that value.
fn hash_file(file: &mut File, position: u64) -> io::Result<(u32, Vec<u8>)> {
    let mut hasher = Hasher::new();
    file.seek(SeekFrom::Start(0))?;
    hash_reader(&mut file.take(position), &mut hasher)?;
    let stored = read_at(file, position, UNKNOWN.len() as u64)?;
    hasher.update(UNKNOWN.as_bytes());
    hash_reader(file, &mut hasher)?;
    file.seek(SeekFrom::Start(0))?;
    Ok((hasher.finalize(), stored))
}

fn hash_reader(reader: &mut impl Read, hasher: &mut Hasher) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        match reader.read(&mut buffer)? {
            0 => return Ok(()),
            bytes => hasher.update(&buffer[..bytes]),
        }
    }
}
