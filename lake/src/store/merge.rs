//! New rows are joined to what a window holds already.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{BooleanArray, RecordBatch, UInt32Array};
use arrow::compute::{filter_record_batch, take_record_batch};
use arrow::row::{OwnedRow, RowConverter, Rows, SortField};

use super::file;
use crate::batch::{concat, range_values, sort};
use crate::{CoveredRange, Filter, LakeError, Table};

/// Files below this size, and rows below it in memory, are joined to what they touch, bytes.
const SMALL_FILE_BYTES: u64 = 4 << 20;

/// What became of the rows of a batch.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct MergeSummary {
    /// Rows written.
    pub added: usize,
    /// Rows that the lake held already, or that stood twice in the batch.
    pub present: usize,
    /// Rows of the batch, by number, whose key is taken by a row with other values.
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
    let neighbours = files_to_join(folder, window, batch.get_array_memory_size())?;
    let existing = read_existing(table, &neighbours, batch)?;
    let incoming = take_record_batch(batch, &UInt32Array::from(rows.to_vec()))?;
    let (merge, fresh) = classify_rows(table, &existing, &incoming, rows)?;
    let unchanged = merge.added == 0 && neighbours.iter().any(|(_, range)| range.covers(window));
    if unchanged {
        return Ok(merge);
    }
    let fresh = take_record_batch(&incoming, &UInt32Array::from(fresh))?;
    let merged = concat(&batch.schema(), &[existing, fresh])?;
    write_joined(table, folder, window, &neighbours, &merged)?;
    Ok(merge)
}

/// Puts the given rows of a batch in the place of what one window held; the caller holds the
/// partition's lock.
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
    let neighbours = files_to_join(folder, window, batch.get_array_memory_size())?;
    let existing = read_existing(table, &neighbours, batch)?;
    let kept = filter_rows(table, &existing, |place| !window.contains(place))?;
    let incoming = take_record_batch(batch, &UInt32Array::from(rows.to_vec()))?;
    let whole = concat(&batch.schema(), &[kept, incoming])?;
    write_joined(table, folder, window, &neighbours, &whole)
}

/// Lets a file that ends where an empty range begins cover that too, by its name alone; whether
/// there was such a file and no other in the way.
fn extend_previous_file(folder: &Path, window: CoveredRange) -> Result<bool, LakeError> {
    let all = file::covered_ranges(folder)?;
    let near: Vec<_> = all.iter().filter(|(_, range)| range.touches(window)).collect();
    let [(path, range)] = near.as_slice() else { return Ok(false) };
    if range.to + 1 != window.from || !fit_in_one_window(*range, window) {
        return Ok(false);
    }
    let joined = connected_files(&all, window, fit_in_one_window);
    let hull = joined.iter().fold(window, |hull, (_, range)| hull.hull(*range));
    // A window that becomes whole is one file.
    if joined.len() > 1 && hull.is_full_window() {
        return Ok(false);
    }
    file::rename(path, &path.with_file_name(range.hull(window).file_name()))?;
    Ok(true)
}

/// The rows whose place on the table's axis is wanted.
pub(super) fn filter_rows(
    table: &Table,
    batch: &RecordBatch,
    wanted: impl Fn(i64) -> bool,
) -> Result<RecordBatch, LakeError> {
    let wanted: BooleanArray =
        range_values(table, batch)?.into_iter().map(|place| Some(wanted(place))).collect();
    Ok(filter_record_batch(batch, &wanted)?)
}

fn read_existing(
    table: &Table,
    neighbours: &[(PathBuf, CoveredRange)],
    batch: &RecordBatch,
) -> Result<RecordBatch, LakeError> {
    let mut existing = Vec::new();
    for (path, _) in neighbours {
        existing.extend(file::read(path, table, &Filter::default())?);
    }
    concat(&batch.schema(), &existing)
}

/// Writes one file for a window and its neighbours, and removes theirs.
fn write_joined(
    table: &Table,
    folder: &Path,
    window: CoveredRange,
    neighbours: &[(PathBuf, CoveredRange)],
    whole: &RecordBatch,
) -> Result<(), LakeError> {
    let covered = neighbours.iter().fold(window, |hull, (_, range)| hull.hull(*range));
    let path = folder.join(covered.file_name());
    file::write(&path, table, &sort(table, whole)?)?;
    neighbours.iter().filter(|(stale, _)| *stale != path).try_for_each(|(p, _)| file::remove(p))
}

/// The files that the new rows overlap, or continue within the same window.
///
/// A long tail is not rewritten for a few more rows: files that only touch are joined while both
/// are small, and all of a window's once it is whole.
fn files_to_join(
    folder: &Path,
    window: CoveredRange,
    incoming_bytes: usize,
) -> Result<Vec<(PathBuf, CoveredRange)>, LakeError> {
    let all = file::covered_ranges(folder)?;
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

/// All files that overlap, and those that touch and may join, however many lie between.
fn connected_files(
    all: &[(PathBuf, CoveredRange)],
    window: CoveredRange,
    may_join: impl Fn(CoveredRange, CoveredRange) -> bool,
) -> Vec<(PathBuf, CoveredRange)> {
    let mut rest = all.to_vec();
    let mut hull = window;
    let mut found = Vec::new();
    let joins = |range: CoveredRange, hull: CoveredRange| {
        let overlap = range.from <= hull.to && hull.from <= range.to;
        range.touches(hull) && (overlap || may_join(range, hull))
    };
    // A file that joins may bring the hull to touch another, so look until none is left.
    while let Some(i) = rest.iter().position(|(_, range)| joins(*range, hull)) {
        let (path, range) = rest.swap_remove(i);
        hull = hull.hull(range);
        found.push((path, range));
    }
    found.sort_by_key(|(_, range)| *range);
    found
}

fn fit_in_one_window(range: CoveredRange, hull: CoveredRange) -> bool {
    range.hull(hull).windows().len() == 1
}

/// Sorts incoming rows into new, present and conflicting.
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
            Some(held) if held.row() == value => merge.present += 1,
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

/// How many different keys a batch holds.
pub(super) fn count_distinct_keys(table: &Table, batch: &RecordBatch) -> Result<usize, LakeError> {
    let mut encoder = RowEncoder::new(batch, Some(table.keyed_by))?;
    let keys = encoder.encode(batch)?;
    Ok(keys.iter().collect::<HashSet<_>>().len())
}

/// Encodes some columns of a row as comparable bytes.
struct RowEncoder {
    converter: RowConverter,
    columns: Vec<usize>,
}

impl RowEncoder {
    fn new(batch: &RecordBatch, names: Option<&[&str]>) -> Result<Self, LakeError> {
        let schema = batch.schema();
        let columns = match names {
            Some(names) => {
                names.iter().map(|name| schema.index_of(name)).collect::<Result<_, _>>()?
            }
            None => (0..schema.fields().len()).collect::<Vec<_>>(),
        };
        let field = |&i: &usize| SortField::new(schema.field(i).data_type().clone());
        let converter = RowConverter::new(columns.iter().map(field).collect())?;
        Ok(Self { converter, columns })
    }

    fn encode(&mut self, batch: &RecordBatch) -> Result<Rows, LakeError> {
        let columns: Vec<_> = self.columns.iter().map(|&i| Arc::clone(batch.column(i))).collect();
        Ok(self.converter.convert_columns(&columns)?)
    }
}
