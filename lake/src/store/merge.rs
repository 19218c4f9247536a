//! New rows are joined to what a window holds already.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;
use arrow::row::{OwnedRow, RowConverter, Rows, SortField};

use super::file;
use crate::batch::{concat, sort};
use crate::{Filter, LakeError, Range, Table};

/// What became of the rows of a batch.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Merge {
    /// Rows written.
    pub added: usize,
    /// Rows that the lake held already, or that stood twice in the batch.
    pub present: usize,
    /// Rows of the batch, by number, whose key is taken by a row with other values.
    pub conflicting: Vec<usize>,
}

impl Merge {
    pub(super) fn append(&mut self, other: Self) {
        self.added += other.added;
        self.present += other.present;
        self.conflicting.extend(other.conflicting);
    }
}

/// Merges the given rows of a batch into one window; the caller holds the partition's lock.
pub(super) fn window(
    table: &Table,
    folder: &Path,
    window: Range,
    batch: &RecordBatch,
    rows: &[u32],
) -> Result<Merge, LakeError> {
    let neighbours = neighbours(folder, window)?;
    let mut existing = Vec::new();
    for (path, _) in &neighbours {
        existing.extend(file::read(path, &Filter::default())?);
    }
    let existing = concat(&batch.schema(), &existing)?;
    let incoming = take_record_batch(batch, &UInt32Array::from(rows.to_vec()))?;
    let (merge, fresh) = sift(table, &existing, &incoming, rows)?;
    let covered = neighbours.iter().fold(window, |hull, (_, range)| hull.hull(*range));
    let unchanged = merge.added == 0 && neighbours.iter().any(|(_, range)| range.covers(window));
    if unchanged {
        return Ok(merge);
    }
    let fresh = take_record_batch(&incoming, &UInt32Array::from(fresh))?;
    let merged = sort(table, &concat(&batch.schema(), &[existing, fresh])?)?;
    let path = folder.join(covered.file_name());
    file::write(&path, table, &merged)?;
    for (stale, _) in neighbours.iter().filter(|(stale, _)| *stale != path) {
        file::remove(stale)?;
    }
    Ok(merge)
}

/// The files of the same window that the new rows overlap or continue.
fn neighbours(folder: &Path, window: Range) -> Result<Vec<(PathBuf, Range)>, LakeError> {
    let mut ranges = file::ranges(folder)?;
    let mut hull = window;
    let mut found = Vec::new();
    // A file that joins may bring the hull to touch another, so look until none is left.
    while let Some(i) = ranges.iter().position(|(_, r)| joins(*r, hull)) {
        let (path, range) = ranges.swap_remove(i);
        hull = hull.hull(range);
        found.push((path, range));
    }
    found.sort_by_key(|(_, range)| *range);
    Ok(found)
}

/// Overlapping files must join; touching ones do if their hull is still one window.
fn joins(range: Range, hull: Range) -> bool {
    let overlap = range.from <= hull.to && hull.from <= range.to;
    range.touches(hull) && (overlap || range.hull(hull).windows().len() == 1)
}

/// Sorts incoming rows into new, present and conflicting.
fn sift(
    table: &Table,
    existing: &RecordBatch,
    incoming: &RecordBatch,
    numbers: &[u32],
) -> Result<(Merge, Vec<u32>), LakeError> {
    let (mut keys, mut values) =
        (Encoder::of(incoming, Some(table.keyed_by))?, Encoder::of(incoming, None)?);
    let (old_keys, old_values) = (keys.rows(existing)?, values.rows(existing)?);
    let mut seen: HashMap<OwnedRow, OwnedRow> = (0..existing.num_rows())
        .map(|row| (old_keys.row(row).owned(), old_values.row(row).owned()))
        .collect();
    let (new_keys, new_values) = (keys.rows(incoming)?, values.rows(incoming)?);
    let (mut merge, mut fresh) = (Merge::default(), Vec::new());
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

/// Encodes some columns of a row as comparable bytes.
struct Encoder {
    converter: RowConverter,
    columns: Vec<usize>,
}

impl Encoder {
    fn of(batch: &RecordBatch, names: Option<&[&str]>) -> Result<Self, LakeError> {
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

    fn rows(&mut self, batch: &RecordBatch) -> Result<Rows, LakeError> {
        let columns: Vec<_> = self.columns.iter().map(|&i| Arc::clone(batch.column(i))).collect();
        Ok(self.converter.convert_columns(&columns)?)
    }
}
