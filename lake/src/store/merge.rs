//! Merging of new rows into a file window.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::row::OwnedRow;

use super::batch::{concat, filter_rows, sort};
use super::filter::Filter;
use super::row_encoder::RowEncoder;
use super::{folder, parquet_file};
use crate::atomic_write::rename;
use crate::error::LakeError;
use crate::schema::{CoveredRange, Table};

/// Files and batches below this size, in bytes, are merged with adjacent files.
const SMALL_FILE_BYTES: u64 = 4 << 20;

/// Result of a merge.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct MergeSummary {
    /// Number of rows written.
    pub added: usize,
    /// Number of rows that exist already or are repeated in the batch.
    pub present: usize,
    /// Indexes in the batch of rows whose key exists with other values.
    pub conflicting: Vec<usize>,
}

impl MergeSummary {
    pub(super) fn accumulate(&mut self, other: Self) {
        self.added += other.added;
        self.present += other.present;
        self.conflicting.extend(other.conflicting);
    }
}

/// Merges the given rows of a batch into one window; the caller holds the partition's lock.
pub(super) fn merge_window(
    table: &Table,
    folder: &Path,
    window: CoveredRange,
    batch: &RecordBatch,
    rows: &[u32],
) -> Result<MergeSummary, LakeError> {
    let joined = files_to_join(folder, window, batch.get_array_memory_size())?;
    let existing = read_existing(table, &joined, batch)?;
    let incoming = take_record_batch(batch, &UInt32Array::from(rows.to_vec()))?;
    let (merge, fresh) = classify_rows(table, &existing, &incoming, rows)?;
    let unchanged = merge.added == 0 && joined.iter().any(|(_, range)| range.covers(window));
    if unchanged {
        return Ok(merge);
    }
    let fresh = take_record_batch(&incoming, &UInt32Array::from(fresh))?;
    let merged = concat(&batch.schema(), &[existing, fresh])?;
    write_joined(table, folder, window, &joined, &merged)?;
    Ok(merge)
}

/// Replaces the rows of one window by the given rows of a batch; the caller holds the partition's
/// lock.
pub(super) fn overwrite_window(
    table: &Table,
    folder: &Path,
    window: CoveredRange,
    batch: &RecordBatch,
    rows: &[u32],
) -> Result<(), LakeError> {
    if rows.is_empty() && extend_previous_file(folder, window)? {
        return Ok(());
    }
    let joined = files_to_join(folder, window, batch.get_array_memory_size())?;
    let existing = read_existing(table, &joined, batch)?;
    let kept = filter_rows(table, &existing, |value| !window.contains(value))?;
    let incoming = take_record_batch(batch, &UInt32Array::from(rows.to_vec()))?;
    let rows_to_write = concat(&batch.schema(), &[kept, incoming])?;
    write_joined(table, folder, window, &joined, &rows_to_write)
}

/// Extends the file that ends just before an empty range to that range by renaming it. Returns
/// whether there is such a file and no other file touches the range.
fn extend_previous_file(folder: &Path, window: CoveredRange) -> Result<bool, LakeError> {
    let all = folder::covered_ranges(folder)?;
    let near: Vec<_> = all.iter().filter(|(_, range)| range.touches(window)).collect();
    let [(path, range)] = near.as_slice() else { return Ok(false) };
    if range.to + 1 != window.from || !fit_in_one_window(*range, window) {
        return Ok(false);
    }
    let joined = connected_files(&all, window, fit_in_one_window);
    let hull = joined.iter().fold(window, |hull, (_, range)| hull.hull(*range));
    // A window that becomes complete is rewritten as one file.
    if joined.len() > 1 && hull.is_full_window() {
        return Ok(false);
    }
    rename(path, &path.with_file_name(range.hull(window).file_name()))?;
    Ok(true)
}

fn read_existing(
    table: &Table,
    joined: &[(PathBuf, CoveredRange)],
    batch: &RecordBatch,
) -> Result<RecordBatch, LakeError> {
    let mut existing = Vec::new();
    for (path, _) in joined {
        existing.extend(parquet_file::read(path, table, &Filter::default())?);
    }
    concat(&batch.schema(), &existing)
}

/// Writes one file for a window and the files merged into it, and removes those files.
fn write_joined(
    table: &Table,
    folder: &Path,
    window: CoveredRange,
    joined: &[(PathBuf, CoveredRange)],
    rows_to_write: &RecordBatch,
) -> Result<(), LakeError> {
    let covered = joined.iter().fold(window, |hull, (_, range)| hull.hull(*range));
    let path = folder.join(covered.file_name());
    parquet_file::write(&path, table, &sort(table, rows_to_write)?)?;
    joined.iter().filter(|(stale, _)| *stale != path).try_for_each(|(p, _)| folder::remove(p))
}

/// The files to merge with the new rows: files that overlap, and adjacent files of the window.
///
/// To avoid rewriting a large file for a few rows, an adjacent file is merged only if it and the
/// batch are small. All files of a window are merged once the window is complete.
fn files_to_join(
    folder: &Path,
    window: CoveredRange,
    incoming_bytes: usize,
) -> Result<Vec<(PathBuf, CoveredRange)>, LakeError> {
    let all = folder::covered_ranges(folder)?;
    let found = connected_files(&all, window, fit_in_one_window);
    let hull = found.iter().fold(window, |hull, (_, range)| hull.hull(*range));
    if hull.is_full_window() {
        return Ok(found);
    }
    let small = |(path, _): &&(PathBuf, CoveredRange)| {
        std::fs::metadata(path).is_ok_and(|file| file.len() < SMALL_FILE_BYTES)
    };
    let small: Vec<CoveredRange> = all.iter().filter(small).map(|(_, range)| *range).collect();
    let few = incoming_bytes as u64 <= SMALL_FILE_BYTES;
    Ok(connected_files(&all, window, |range, hull| {
        fit_in_one_window(range, hull) && few && small.contains(&range)
    }))
}

/// The files connected to a window by overlaps, or by adjacency where `may_join` permits it.
fn connected_files(
    all: &[(PathBuf, CoveredRange)],
    window: CoveredRange,
    may_join: impl Fn(CoveredRange, CoveredRange) -> bool,
) -> Vec<(PathBuf, CoveredRange)> {
    let mut unconnected = all.to_vec();
    let mut hull = window;
    let mut found = Vec::new();
    let joins = |range: CoveredRange, hull: CoveredRange| {
        let overlap = range.from <= hull.to && hull.from <= range.to;
        range.touches(hull) && (overlap || may_join(range, hull))
    };
    // A merged file may make the hull touch another file, so repeat until none is left.
    while let Some(i) = unconnected.iter().position(|(_, range)| joins(*range, hull)) {
        let (path, range) = unconnected.swap_remove(i);
        hull = hull.hull(range);
        found.push((path, range));
    }
    found.sort_by_key(|(_, range)| *range);
    found
}

fn fit_in_one_window(range: CoveredRange, hull: CoveredRange) -> bool {
    range.hull(hull).windows().len() == 1
}

/// Classifies incoming rows as new, present or conflicting.
fn classify_rows(
    table: &Table,
    existing: &RecordBatch,
    incoming: &RecordBatch,
    numbers: &[u32],
) -> Result<(MergeSummary, Vec<u32>), LakeError> {
    let (mut keys, mut values) =
        (RowEncoder::new(incoming, Some(table.keyed_by))?, RowEncoder::new(incoming, None)?);
    let (old_keys, old_values) = (keys.encode(existing)?, values.encode(existing)?);
    let mut seen: HashMap<OwnedRow, OwnedRow> = (0..existing.num_rows())
        .map(|row| (old_keys.row(row).owned(), old_values.row(row).owned()))
        .collect();
    let (new_keys, new_values) = (keys.encode(incoming)?, values.encode(incoming)?);
    let (mut merge, mut fresh) = (MergeSummary::default(), Vec::new());
    for (row, &number) in (0_u32..).zip(numbers) {
        let (key, value) = (new_keys.row(row as usize).owned(), new_values.row(row as usize));
        match seen.get(&key) {
            Some(stored) if stored.row() == value => merge.present += 1,
            Some(_) => merge.conflicting.push(number as usize),
            None => {
                seen.insert(key, value.owned());
                fresh.push(row);
            }
        }
    }
    merge.added = fresh.len();
    Ok((merge, fresh))
}
